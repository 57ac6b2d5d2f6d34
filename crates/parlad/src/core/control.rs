//! The control socket, through which `parlad room`, `parlad account` and other tools of the administrator talk to the running
//! server.
//!
//! `control.sock` in the data directory is a Unix socket that only the server's own user and root can open. A
//! client sends requests, and gets the answer to each before sending the next: both are JSON, one line each,
//! as defined in [`message`].
//!
//! ```text
//! {"do":"room.show","room":"#tea"}
//! {"error":"#tea: No such channel"}
//! ```
//!
//! This module makes no decisions. A request is passed to the state machine, and its answer is sent when its
//! changes are on disk. Requests, connections, and the time that each may take are bounded.

pub(crate) mod client;
pub(crate) mod message;

use std::{
    collections::BTreeMap,
    fs::{self, File, Permissions},
    io,
    os::{
        fd::AsRawFd as _,
        unix::{
            fs::{FileTypeExt as _, PermissionsExt as _},
            net::UnixListener as StdListener,
        },
    },
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use parla_server::{AdminAnswer, AdminRequest, Input};
use rustix::{
    net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType},
    process::geteuid,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream},
    sync::{Semaphore, mpsc::Sender, oneshot},
    task::JoinHandle,
    time::timeout,
};

use self::message::{ControlAnswer, ControlRequest};
use crate::{
    limits::{
        ACCEPT_PAUSE, CONTROL_ANSWER_TIME_MAX, CONTROL_BACKLOG, CONTROL_CONNECTIONS_MAX,
        CONTROL_PATH_BYTES_MAX, CONTROL_REQUEST_BYTES_MAX, CONTROL_REQUEST_TIME_MAX, CONTROL_WRITE_TIME_MAX,
    },
    net::hub_input::HubInput,
};

/// The name of the socket in the data directory.
const NAME: &str = "control.sock";

/// The socket while it is served. Once this is dropped, nobody can connect any more.
#[derive(Debug)]
pub(crate) struct Control {
    path: PathBuf,
    accepting: JoinHandle<()>,
}

/// Requests that wait for their answers.
#[derive(Debug)]
pub(crate) struct Desk {
    hub: Sender<HubInput>,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    answers: BTreeMap<u64, oneshot::Sender<AdminAnswer>>,
}

/// The path of the socket in a data directory.
fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(NAME)
}

/// A path of the socket that fits into a socket address. If the usual path is too long, it leads through
/// `/proc/self/fd`, and the returned directory must stay open while it is used.
fn short_path(data_dir: &Path) -> io::Result<(PathBuf, Option<File>)> {
    let path = path(data_dir);
    if path.as_os_str().len() <= CONTROL_PATH_BYTES_MAX {
        return Ok((path, None));
    }
    let directory = File::open(data_dir)?;
    Ok((format!("/proc/self/fd/{}/{NAME}", directory.as_raw_fd()).into(), Some(directory)))
}

impl Control {
    /// Opens the socket of a data directory, which this process must have locked.
    pub(crate) fn open(data_dir: &Path, desk: Arc<Desk>) -> io::Result<Self> {
        let listener = listen(data_dir)?;
        listener.set_nonblocking(true)?;
        let listener = UnixListener::from_std(listener)?;
        Ok(Self { path: path(data_dir), accepting: tokio::spawn(accept(listener, desk)) })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.accepting.abort();
        // The directory is still locked, so this is our socket; if it cannot be removed, the next server
        // replaces it.
        let _ = fs::remove_file(&self.path);
    }
}

/// Creates the socket. If one exists, it is left over from a server that crashed, because the directory is
/// locked.
fn listen(data_dir: &Path) -> io::Result<StdListener> {
    let path = path(data_dir);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.file_type().is_socket() => fs::remove_file(&path)?,
        Ok(_) => return Err(io::Error::other("there is something else of this name; move it away")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let (short, _directory) = short_path(data_dir)?;
    let socket =
        rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(&*short)?)?;
    // Nobody can connect before it listens.
    fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    rustix::net::listen(&socket, CONTROL_BACKLOG)?;
    Ok(socket.into())
}

async fn accept(listener: UnixListener, desk: Arc<Desk>) {
    let places = Arc::new(Semaphore::new(CONTROL_CONNECTIONS_MAX));
    loop {
        match listener.accept().await {
            Ok((stream, _)) if !is_ours(&stream) => {
                tracing::warn!("refused another user at the control socket");
            }
            Ok((stream, _)) => match Arc::clone(&places).try_acquire_owned() {
                Ok(place) => {
                    let desk = Arc::clone(&desk);
                    tokio::spawn(async move {
                        // A client that does not read to the end has gone, and misses nothing.
                        drop(serve(stream, &desk).await);
                        drop(place);
                    });
                }
                Err(_) => {
                    let busy = ControlAnswer::Error("too many ask at the same time; try again".to_owned());
                    // The text fits into the buffer of a new socket.
                    drop(stream.try_write(&busy.to_line()));
                }
            },
            Err(error) => {
                tracing::warn!(%error, "cannot accept at the control socket");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether the client runs as the server's user or as root; the file's permissions require the same.
fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == 0 || peer.uid() == geteuid().as_raw())
}

/// Answers one client until it is done or takes too long.
async fn serve(mut stream: UnixStream, desk: &Desk) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut requests = BufReader::new(read);
    loop {
        let mut line = Vec::new();
        let most = CONTROL_REQUEST_BYTES_MAX as u64 + 1;
        let mut rest = (&mut requests).take(most);
        let taken = timeout(CONTROL_REQUEST_TIME_MAX, rest.read_until(b'\n', &mut line)).await;
        let refusal = match taken {
            Ok(Ok(0)) => return Ok(()),
            Ok(Ok(_)) if line.len() > CONTROL_REQUEST_BYTES_MAX => Some("the request is too long"),
            Ok(Ok(_)) => None,
            Ok(Err(error)) => return Err(error),
            Err(_) => Some("no request came in time"),
        };
        let answer = match refusal {
            Some(why) => ControlAnswer::Error(why.to_owned()),
            None => desk.answer(&line).await,
        };
        timeout(CONTROL_WRITE_TIME_MAX, write.write_all(&answer.to_line())).await??;
        if refusal.is_some() {
            return Ok(());
        }
    }
}

impl Desk {
    pub(crate) fn new(hub: Sender<HubInput>) -> Self {
        Self { hub, waiting: Mutex::default() }
    }

    /// The answer to a line.
    async fn answer(&self, line: &[u8]) -> ControlAnswer {
        match ControlRequest::parse(line) {
            Ok(request) => {
                let subject = request.subject();
                match request.try_into() {
                    Ok(request) => match self.ask(request).await {
                        Ok(answer) => ControlAnswer::new(subject, answer),
                        Err(why) => ControlAnswer::Error(why.to_owned()),
                    },
                    Err(why) => ControlAnswer::Error(why),
                }
            }
            Err(why) => ControlAnswer::Error(why),
        }
    }

    /// Asks the state machine.
    pub(crate) async fn ask(&self, request: AdminRequest) -> Result<AdminAnswer, &'static str> {
        let (sender, receiver) = oneshot::channel();
        let id = {
            let mut waiting = self.waiting();
            waiting.last += 1;
            let id = waiting.last;
            waiting.answers.insert(id, sender);
            id
        };
        let asked = async {
            let input = HubInput::Server(Input::Administration { id, request });
            self.hub.send(input).await.ok()?;
            receiver.await.ok()
        };
        let answer = timeout(CONTROL_ANSWER_TIME_MAX, asked).await;
        self.waiting().answers.remove(&id);
        match answer {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err("the server is stopping"),
            Err(_) => {
                Err("the server does not answer, and may still do what it was asked; is its disk full?")
            }
        }
    }

    /// Passes an answer on to whoever waits for it.
    pub(crate) fn give(&self, id: u64, answer: AdminAnswer) {
        if let Some(sender) = self.waiting().answers.remove(&id) {
            // If they have gone, they do not need it.
            drop(sender.send(answer));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
