//! Assembles the parts and shuts them down again: `parlad run`.

use std::{
    io::Write,
    net::SocketAddr,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Instant,
};

use anyhow::Context as _;
use parla_server::{AdminAnswer, AdminRequest, Input, Server};
use parla_store::{Database, DatabaseError, Reader};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    runtime,
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, oneshot},
};

use crate::{
    config::{Config, Http, Listen, Speech, TlsError, reachable},
    core::{
        clock::Clock,
        commit::{Commit, Told},
        control::{Control, Desk},
        hub::{self, Hub, Stall},
        offline,
        release::Release,
        store::{self, Store},
        wish::Wish,
    },
    health::{Failures, Health},
    limits::{FILES_RESERVED, HUB_QUEUE_MAX, STOP_MAX, STORE_QUEUE_MAX},
    log::Log,
    net::{
        acceptor::Acceptor,
        addresses::Addresses,
        cloak::Cloaks,
        connection_ids::ConnectionIds,
        connection_log::ConnectionLog,
        delivery::Delivery,
        hub_input::{HubInput, HubSenders},
        intake::{Intake, Shared},
        lines::Lines,
        listener::{self, ListenAddress, ListenError},
        tls::{Certificates, Visitors},
    },
    options::Options,
    reload::Reload,
    restart::Program,
    setup,
    web::{self, Invitations, Site, SiteParts, Slots, invitation_link},
    work::{Supplies, Workers, password::Passwords, webirc::Gateways},
};

/// What to do when the server has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// Exit.
    Exit,
    /// Start the server again.
    Restart,
}

/// Runs the server until SIGTERM, SIGINT or an operator's command.
pub(crate) fn run(
    options: &Options,
    config: &Config,
    program: Program,
    log_lines: &Log,
) -> anyhow::Result<Afterwards> {
    let runtime =
        runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    let Kept { mut database, addresses, server, clock } = Kept::open(options, config)?;

    runtime.block_on(async {
        let listeners = listen(config)?;
        let signals = Signals::prepare().context("cannot watch for signals")?;

        let (hub_sender, hub_receiver) = mpsc::channel(HUB_QUEUE_MAX);
        let (batch_sender, batches) = std::sync::mpsc::sync_channel(STORE_QUEUE_MAX);
        let (ids, log) = (Arc::new(ConnectionIds::default()), Arc::new(ConnectionLog::default()));
        let (failures, mut failed) = Failures::new();
        database.check_in_background(failures.reporter())?;
        let reader = Reader::new(&config.data_dir);
        let workers = Workers::start(Supplies {
            passwords: Passwords::new(config),
            gateways: Gateways::new(config.webirc.clone(), Arc::clone(&log))?,
            addresses: Arc::clone(&addresses),
            reader: reader.clone(),
            failures: failures.clone(),
            hub: hub_sender.clone(),
        })?;
        let health = Arc::new(Health::new(&config.data_dir, config.disk_reserve, workers.pulses()));
        let (wishes, wished) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk::new(hub_sender.clone()));
        let stall = Arc::new(Stall::default());
        let (store_alive, store_gone) = oneshot::channel();
        let (hub_alive, hub_gone) = oneshot::channel();
        let (sent_sender, sent) = mpsc::unbounded_channel();
        let hub_senders = HubSenders { hub: hub_sender.clone(), sent: sent_sender };
        let told = Told {
            hub: hub_sender.clone(),
            stall: Arc::clone(&stall),
            health: Arc::clone(&health),
            failures,
        };
        let commit = Commit::new(database, reader, told);
        let release = Release {
            delivery: Delivery::default(),
            hub_senders: hub_senders.clone(),
            workers: workers.clone(),
            wishes,
            ids: Arc::clone(&ids),
            desk: Arc::clone(&desk),
            log: Arc::clone(&log),
        };
        let store = Store { batches, commit, release, health: Arc::clone(&health) };
        let store = store::start(store, store_alive)?;
        let (hub_health, inputs) = (Arc::clone(&health), hub_receiver);
        let hub = Hub { server, clock, inputs, sent, store: batch_sender, stall, health: hub_health };
        let hub = hub::start(hub, hub_alive)?;

        let control = open_control(config, Arc::clone(&desk));
        announce(config, &listeners, setup_link(config, &listeners, &desk).await?)?;
        let open = listeners.addresses();
        let shared = Shared { addresses, ids, hub_senders, log: Arc::clone(&log) };
        let parts = sites(shared, &health, Invitations::new(desk, config));
        let certificates = listeners.open(&config.settings.network.name, &parts)?;
        let (run, started_with, hub_again) = (options.clone(), config.clone(), hub_sender.clone());
        let reload = Reload { run, started_with, open, program, certificates, hub: hub_again, workers, health };

        let afterwards = tokio::select! {
            biased;
            Some(why) = failed.recv() => anyhow::bail!("{why}"),
            afterwards = serve(signals, wished, &reload, log_lines) => afterwards,
            // Nobody sends anything here: the thread has ended, which it must not do.
            _ = store_gone => anyhow::bail!("the thread that writes to disk has failed; no message that people have seen is lost"),
            _ = hub_gone => anyhow::bail!("the thread that handles commands has failed; no message that people have seen is lost"),
        };
        // This must happen while the directory is locked; after that, the socket may be another server's.
        drop(control);
        let stopped = stop(&hub_sender, hub, store).await;
        log.finish();
        stopped?;
        Ok(afterwards)
    })
}

/// What was stored, and what follows from it.
struct Kept {
    database: Database,
    addresses: Arc<Addresses>,
    server: Server,
    clock: Clock,
}

impl Kept {
    fn open(options: &Options, config: &Config) -> anyhow::Result<Self> {
        let open = if options.accept_damage { Database::open_accepting_damage } else { Database::open };
        let database = open(&config.data_dir, config.durability)?;
        let addresses = Arc::new(addresses(config, &database)?);
        let (server, clock) = offline::restore(config, &database)?;
        Ok(Self { database, addresses, server, clock })
    }
}

/// What all listeners share.
fn sites(shared: Shared, health: &Arc<Health>, invitations: Invitations) -> SiteParts {
    let connections_max = connections_max();
    let intake = Arc::new(Intake::new(connections_max, shared));
    SiteParts {
        intake,
        slots: Slots::new(connections_max),
        health: Arc::clone(health),
        invitations: Arc::new(invitations),
    }
}

/// How addresses are treated, and their limits.
fn addresses(config: &Config, database: &Database) -> Result<Addresses, DatabaseError> {
    let cloaks = if config.connections.cloak { Some(Cloaks::new(&database.cloak_key()?)) } else { None };
    Ok(Addresses { limits: config.connections.clone(), cloaks })
}

/// Stops the hub and the store, which closes the database.
async fn stop(
    hub_sender: &mpsc::Sender<HubInput>,
    hub: JoinHandle<()>,
    store: JoinHandle<()>,
) -> anyhow::Result<()> {
    let deadline = Instant::now() + STOP_MAX;
    // A hub that is stuck behind a full disk accepts nothing; this ends the wait.
    let _ = tokio::time::timeout(STOP_MAX, hub_sender.send(HubInput::Server(Input::ShuttingDown))).await;
    let ended = tokio::task::spawn_blocking(move || {
        while !(hub.is_finished() && store.is_finished()) && Instant::now() < deadline {
            thread::sleep(std::time::Duration::from_millis(1));
        }
        hub.is_finished() && store.is_finished()
    });
    anyhow::ensure!(
        ended.await.unwrap_or(false),
        "the last messages could not be written to disk in time; nobody has seen them"
    );
    Ok(())
}

/// Opens the control socket. A server without it is better than none.
fn open_control(config: &Config, desk: Arc<Desk>) -> Option<Control> {
    let refused = |error: &std::io::Error| tracing::error!(%error, "cannot open control.sock in the data directory, so `parlad room` cannot reach this server");
    Control::open(&config.data_dir, desk).inspect_err(refused).ok()
}

/// The listening sockets.
struct Listeners {
    irc: Vec<(TcpListener, Listen)>,
    http: Vec<(TcpListener, Http)>,
}

/// Listens on every address; failures are ignored for the optional ones.
fn listen(config: &Config) -> Result<Listeners, ListenError> {
    let open = |listen: &Listen| Ok((listener::listen(ListenAddress::irc(listen.address))?, listen.clone()));
    let mut irc = config.listen.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    for listen in &config.listen_if_possible {
        match open(listen) {
            Ok(listener) => irc.push(listener),
            Err(error) => tracing::warn!("{error}"),
        }
    }
    let http = config
        .http
        .iter()
        .map(|http| Ok((listener::listen(ListenAddress::http(http.address))?, http.clone())));
    Ok(Listeners { irc, http: http.collect::<Result<_, _>>()? })
}

impl Listeners {
    /// The addresses on which they listen.
    fn addresses(&self) -> Vec<SocketAddr> {
        let irc = self.irc.iter().map(|(listener, _)| listener);
        let all = irc.chain(self.http.iter().map(|(listener, _)| listener));
        all.filter_map(|listener| listener.local_addr().ok()).collect()
    }

    /// Starts accepting on each of them. Returns the certificates that are in use.
    fn open(self, name: &str, parts: &SiteParts) -> Result<Certificates, TlsError> {
        let intake = &parts.intake;
        tokio::spawn(Arc::clone(&intake.log).sum_up());
        let mut certificates = Certificates::default();
        let lines = Arc::new(Lines(Arc::clone(intake)));
        for (listener, listen) in self.irc {
            let is_proxied = listen.is_proxied;
            let visitors = if listen.speech == Speech::Lines { Visitors::Irc } else { Visitors::Browsers };
            let tls = listen.tls.map(|files| certificates.acceptor(&files, visitors)).transpose()?;
            match listen.speech {
                Speech::Lines => {
                    let service = Arc::clone(&lines);
                    tokio::spawn(Arc::new(Acceptor { listener, service, is_proxied, tls }).run());
                }
                Speech::WebSocket { origins } => {
                    let service = Arc::new(Site::web_socket(parts.clone(), origins));
                    tokio::spawn(Arc::new(Acceptor { listener, service, is_proxied, tls }).run());
                }
            }
        }
        for (listener, http) in self.http {
            let service = Arc::new(Site::app(parts.clone(), name, http.origins));
            let tls = http.tls.map(|files| certificates.acceptor(&files, Visitors::Browsers)).transpose()?;
            tokio::spawn(Arc::new(Acceptor { listener, service, is_proxied: false, tls }).run());
        }
        Ok(certificates)
    }
}

/// The signals that the server handles.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    /// Handled so that exceeding the file size limit is an error of the write, which can pass, rather than
    /// the end of the process.
    _file_size: Signal,
}

impl Signals {
    fn prepare() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            _file_size: signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }
}

/// Handles signals and operators' commands until one of them asks for the end.
async fn serve(
    mut signals: Signals,
    mut wishes: mpsc::UnboundedReceiver<Wish>,
    reload: &Reload,
    log: &Log,
) -> Afterwards {
    loop {
        tokio::select! {
            _ = signals.terminate.recv() => break,
            _ = signals.interrupt.recv() => break,
            _ = signals.hangup.recv() => {
                log.reopen();
                reload.reload(None).await;
            }
            Some(wish) = wishes.recv() => match wish {
                Wish::Rehash(asker) => {
                    log.reopen();
                    reload.reload(Some(asker)).await;
                }
                Wish::Shutdown => break,
                // This may take a while, during which the server can still be stopped.
                Wish::Restart(asker) => tokio::select! {
                    _ = signals.terminate.recv() => break,
                    _ = signals.interrupt.recv() => break,
                    may_restart = reload.may_restart(asker) => if may_restart {
                        return Afterwards::Restart;
                    },
                },
            },
        }
    }
    tracing::info!("stopping");
    Afterwards::Exit
}

/// Raises the limit of open files as far as the system permits, and returns how many connections that allows.
fn connections_max() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
    let files = current.unwrap_or(u64::MAX).saturating_sub(FILES_RESERVED).max(1);
    usize::try_from(files).unwrap_or(usize::MAX)
}

/// The link with which the first person comes to own the server, which is also kept in a file; `None` if somebody
/// owns it, or there is no page.
async fn setup_link(config: &Config, listeners: &Listeners, desk: &Desk) -> anyhow::Result<Option<String>> {
    let file = setup::File::new(&config.data_dir);
    let page = listeners.http.first();
    let answer = if page.is_some() { desk.ask(AdminRequest::SetUp).await.ok() } else { None };
    let (Some((listener, http)), Some(AdminAnswer::Invitation(invitation))) = (page, answer) else {
        file.remove();
        return Ok(None);
    };
    let link = invitation_link(http, listener.local_addr()?, &invitation.code);
    if let Err(error) = file.write(&link) {
        tracing::warn!(%error, "cannot keep the link for the first person in the data directory");
    }
    Ok(Some(link))
}

/// Logs how to join, where the server listens, and where its data is.
fn announce(config: &Config, listeners: &Listeners, setup: Option<String>) -> anyhow::Result<()> {
    let mut text =
        format!("{}, the server {}\n", config.settings.machine.version, config.settings.network.name);
    for (listener, http) in &listeners.http {
        text += &format!("  open {}/ in a browser\n", http.base_here(listener.local_addr()?));
    }
    if let Some(link) = setup {
        text += &format!("  nobody owns this server yet; whoever opens {link} does\n");
    }
    if !(listeners.http.is_empty() || web::has_app()) {
        text += "  (this program was built without the app; the page says how to add it)\n";
    }
    let mut first = None;
    for (listener, listen) in &listeners.irc {
        let address = listener.local_addr()?;
        let words = match (&listen.speech, &listen.tls) {
            (Speech::Lines, None) => {
                if !listen.is_proxied {
                    first.get_or_insert(address);
                }
                ""
            }
            (Speech::Lines, Some(_)) => " (TLS)",
            (Speech::WebSocket { .. }, None) => " (WebSocket)",
            (Speech::WebSocket { .. }, Some(_)) => " (WebSocket, TLS)",
        };
        text += &format!("  listening on {address}{words}\n");
    }
    let data_dir = std::path::absolute(&config.data_dir).unwrap_or_else(|_| config.data_dir.clone());
    text += &format!("  data in {}\n", data_dir.display());
    if let Some(address) = first.map(reachable) {
        text += &format!("  join with: irssi --connect={} --port={}\n", address.ip(), address.port());
    }
    if !config.settings.network.autojoin.is_empty() {
        let rooms: Vec<&str> = config.settings.network.autojoin.iter().map(|room| room.as_str()).collect();
        text += &format!("  everyone joins {} automatically\n", rooms.join(", "));
    }
    std::io::stderr().write_all(text.as_bytes()).context("cannot write to standard error")
}
