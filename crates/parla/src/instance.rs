//! Two programs with one directory: the second asks the first to show its window, and ends. They use a socket
//! in the directory, which only its owner can reach.

use std::path::Path;

use futures_channel::mpsc::{UnboundedReceiver, unbounded};

/// Requests to show the window from programs that are started later.
pub(crate) type Requests = UnboundedReceiver<()>;

/// Listens for such requests. If that fails, there are none, and a second program says why it cannot start.
pub(crate) fn listen(socket: &Path) -> Requests {
    let (wish, requests) = unbounded();
    #[cfg(unix)]
    if let Err(error) = unix::listen(socket, wish) {
        tracing::warn!(%error, "a second program could not ask for this window");
    }
    #[cfg(not(unix))]
    drop((socket, wish));
    requests
}

/// Asks the running program to show its window; returns whether it does.
pub(crate) fn show_other(socket: &Path) -> bool {
    #[cfg(unix)]
    return unix::show_other(socket).unwrap_or(false);
    #[cfg(not(unix))]
    {
        let _ = socket;
        false
    }
}

#[cfg(unix)]
mod unix {
    use std::{
        fs,
        io::{self, Read, Write},
        os::unix::net::{UnixListener, UnixStream},
        path::Path,
        thread,
        time::Duration,
    };

    use futures_channel::mpsc::UnboundedSender;

    const REQUEST: &[u8; 5] = b"show\n";
    const ANSWER: &[u8; 3] = b"ok\n";
    /// A program that hangs shows nothing.
    const ANSWER_MAX: Duration = Duration::from_secs(2);

    pub(super) fn listen(socket: &Path, wish: UnboundedSender<()>) -> io::Result<()> {
        // The lock is ours, so the program that made this socket is gone.
        match fs::remove_file(socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let listener = UnixListener::bind(socket)?;
        thread::Builder::new().name("instance".to_owned()).spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Input that cannot be read was not a request.
                let _ = answer(stream, &wish);
            }
        })?;
        Ok(())
    }

    fn answer(mut stream: UnixStream, wish: &UnboundedSender<()>) -> io::Result<()> {
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        stream.set_write_timeout(Some(ANSWER_MAX))?;
        let mut request = [0; REQUEST.len()];
        stream.read_exact(&mut request)?;
        if request == *REQUEST && wish.unbounded_send(()).is_ok() {
            stream.write_all(ANSWER)?;
        }
        Ok(())
    }

    pub(super) fn show_other(socket: &Path) -> io::Result<bool> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        stream.write_all(REQUEST)?;
        let mut answer = [0; ANSWER.len()];
        stream.read_exact(&mut answer)?;
        Ok(answer == *ANSWER)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_second_program_brings_the_first_to_the_front() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("parla.socket");
        assert!(!show_other(&socket), "nobody is there");
        let mut requests = listen(&socket);
        assert!(show_other(&socket));
        assert!(requests.try_recv().is_ok());
        drop(requests);
        assert!(!show_other(&socket), "it has no window any more");
        // A program that was killed leaves its socket behind.
        let mut requests = listen(&socket);
        assert!(show_other(&socket));
        assert!(requests.try_recv().is_ok());
    }
}
