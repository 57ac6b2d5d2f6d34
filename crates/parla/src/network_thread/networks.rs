//! All networks on their own thread: takes events from everywhere and passes each to the network that it
//! is about.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_channel::mpsc::UnboundedSender;
use parla_client::{
    Credentials, ProblemKind,
    view::{Announcement, NetworkId, Update},
};
use parla_engine::{Pace, problem};
use parla_ui::platform::AppCommand;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

use super::{
    NetworkOrder,
    connection::{ConnectionEvent, ConnectionEvents, Serial},
    network::NetworkClient,
    tls::Tls,
};
use crate::{
    archive::{Archive, News},
    keyring::Keyring,
    limits::{ARCHIVE_CLOSE_MAX, FAREWELL_MAX, PIECES_MAX, SLEEP_MAX},
    store::{ConnectionSettings, RememberedNetwork, Store, StoreNews},
};

/// What the networks need from the program.
pub(crate) struct Surroundings {
    pub(crate) pace: Pace<Instant>,
    pub(crate) tls: Tls,
    pub(crate) store: Store,
    pub(crate) keyring: Keyring,
    pub(crate) archives: PathBuf,
    pub(crate) events: ConnectionEvents,
    pub(crate) tasks: JoinSet<()>,
    soon: mpsc::UnboundedSender<Soon>,
    /// Each archive's thread holds a clone; when all are dropped, everything is written.
    writing: mpsc::Sender<()>,
    last_serial: u64,
    seed: u64,
}

/// What an archive or the keyring reports to a network. There are at most as many as there were questions.
pub(crate) enum Soon {
    News(Serial, News),
    PasswordsKept(Serial, Result<(), String>),
    PasswordsLoaded(Serial, Result<Credentials, String>),
}

/// All networks, and the channels that they listen to.
pub(crate) struct Networks {
    networks: BTreeMap<NetworkId, NetworkClient>,
    around: Surroundings,
    updates: UnboundedSender<Vec<Update>>,
    /// Updates that no network reports itself: that one was removed, and what the store reports.
    own: Vec<Update>,
    sources: Option<Sources>,
    archives_end: mpsc::Receiver<()>,
}

/// The channels from which events come.
struct Sources {
    orders: mpsc::UnboundedReceiver<NetworkOrder>,
    events: mpsc::Receiver<(Serial, ConnectionEvent)>,
    soon: mpsc::UnboundedReceiver<Soon>,
    store_news: mpsc::UnboundedReceiver<StoreNews>,
}

/// The parts of [`Networks`].
pub(crate) struct Parts {
    pub(crate) archives: PathBuf,
    pub(crate) store: Store,
    pub(crate) keyring: Keyring,
    pub(crate) tls: Tls,
    pub(crate) updates: UnboundedSender<Vec<Update>>,
    pub(crate) orders: mpsc::UnboundedReceiver<NetworkOrder>,
    pub(crate) store_news: mpsc::UnboundedReceiver<StoreNews>,
}

impl Surroundings {
    pub(crate) const fn next_serial(&mut self) -> Serial {
        self.last_serial += 1;
        Serial(self.last_serial)
    }

    /// A seed that makes the pauses of networks and of programs differ.
    pub(crate) const fn seed(&self, serial: Serial) -> u64 {
        self.seed ^ serial.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// A callback that reports to the networks from any thread.
    pub(crate) fn teller(&self) -> impl Fn(Soon) + Send + 'static {
        let soon = self.soon.clone();
        move |report| {
            // If nobody listens, the program is ending.
            let _ = soon.send(report);
        }
    }

    /// Opens an archive. `None` if the system provides no thread.
    pub(crate) fn archive(&self, serial: Serial, file: &Path) -> Option<Archive> {
        let soon = self.soon.clone();
        let tell = Box::new(move |news| {
            let _ = soon.send(Soon::News(serial, news));
        });
        match Archive::start(file.to_owned(), tell, self.writing.clone()) {
            Ok(archive) => Some(archive),
            Err(error) => {
                tracing::error!(%error, "no thread for the archive");
                None
            }
        }
    }
}

impl Networks {
    pub(crate) fn new(parts: Parts) -> Self {
        let (events, received) = mpsc::channel(PIECES_MAX);
        let (soon, soon_heard) = mpsc::unbounded_channel();
        let (writing, archives_end) = mpsc::channel(1);
        let around = Surroundings {
            pace: Pace::default(),
            tls: parts.tls,
            store: parts.store,
            keyring: parts.keyring,
            archives: parts.archives,
            events,
            tasks: JoinSet::new(),
            soon,
            writing,
            last_serial: 0,
            seed: crate::clock::now().as_millis().unsigned_abs() ^ (u64::from(std::process::id()) << 32),
        };
        Self {
            networks: BTreeMap::new(),
            around,
            updates: parts.updates,
            own: Vec::new(),
            sources: Some(Sources {
                orders: parts.orders,
                events: received,
                soon: soon_heard,
                store_news: parts.store_news,
            }),
            archives_end,
        }
    }

    /// Adds a network, which starts to connect.
    pub(crate) fn add(&mut self, id: NetworkId, remembered: RememberedNetwork, credentials: Credentials) {
        self.networks.insert(id, NetworkClient::new(id, (remembered, credentials), &mut self.around));
        self.around.pace.changed();
    }

    /// Runs until it is told to end.
    pub(crate) async fn run(mut self) {
        let Some(mut sources) = self.sources.take() else { return };
        loop {
            let wake = self.next_wake(Instant::now());
            tokio::select! {
                order = sources.orders.recv() => match order {
                    Some(NetworkOrder::Command(command)) => self.command(command),
                    Some(NetworkOrder::End) | None => break,
                },
                Some((serial, event)) = sources.events.recv() => self.happened(serial, event),
                Some(soon) = sources.soon.recv() => self.soon(soon),
                Some(news) = sources.store_news.recv() => self.handle_store_news(news),
                Some(_) = self.around.tasks.join_next() => {}
                () = sleep_until(wake) => {}
            }
            self.handle_deadlines();
        }
        drop(sources);
        self.end().await;
    }

    fn next_wake(&self, now: Instant) -> Instant {
        let deadlines = self.networks.values().filter_map(|network| network.next_deadline(now));
        deadlines.chain(self.around.pace.due(now)).min().unwrap_or(now + SLEEP_MAX).min(now + SLEEP_MAX)
    }

    fn handle_deadlines(&mut self) {
        let now = Instant::now();
        for network in self.networks.values_mut() {
            if network.next_deadline(now).is_some_and(|deadline| deadline <= now) {
                network.handle_deadline(&mut self.around);
            }
        }
        if self.around.pace.is_due(now) {
            self.tell(now);
        }
    }

    fn command(&mut self, command: AppCommand) {
        match command {
            AppCommand::Connect { network, address, nick, unencrypted, credentials } => {
                self.forget(network);
                let settings = ConnectionSettings { address, nick, unencrypted, ..Default::default() };
                let remembered = RememberedNetwork::new(settings);
                self.around.store.remember(network, &remembered);
                self.add(network, remembered, credentials);
            }
            AppCommand::Change(network, change) => {
                if let Some(network) = self.networks.get_mut(&network) {
                    network.change(change, &mut self.around);
                }
            }
            AppCommand::Forget(network) => self.forget(network),
            AppCommand::Save { key, value } => self.around.store.save(&key, value.as_deref()),
            AppCommand::Intent(network, intent) => {
                if let Some(network) = self.networks.get_mut(&network) {
                    network.wish(intent, &mut self.around);
                }
            }
        }
    }

    /// Disconnects from a network as politely as time allows, and deletes what was stored for it.
    fn forget(&mut self, id: NetworkId) {
        if let Some(mut network) = self.networks.remove(&id) {
            network.forget(&mut self.around);
            self.own.push(Update::NetworkForgotten(id));
            self.around.pace.changed();
        }
    }

    /// Passes on what the store reports, which belongs to no network.
    fn handle_store_news(&mut self, news: StoreNews) {
        let problem = match news {
            StoreNews::Damaged(aside) => problem(ProblemKind::StoreDamaged, &aside),
            StoreNews::Failing(why) => problem(ProblemKind::StoreFailing, &why),
        };
        self.own.push(Update::Announcement(NetworkId(0), None, Announcement::Problem(Arc::new(problem))));
        self.around.pace.changed();
    }

    fn happened(&mut self, serial: Serial, event: ConnectionEvent) {
        // Events of a connection that is no longer wanted are ignored.
        if let Some(network) = self.networks.values_mut().find(|network| network.has(serial)) {
            network.happened((serial, event), &mut self.around);
        }
    }

    fn soon(&mut self, soon: Soon) {
        let (Soon::News(serial, _) | Soon::PasswordsKept(serial, _) | Soon::PasswordsLoaded(serial, _)) =
            &soon;
        let Some(network) = self.networks.values_mut().find(|network| network.serial == *serial) else {
            return;
        };
        match soon {
            Soon::News(_, news) => network.handle_news(news, &mut self.around),
            Soon::PasswordsKept(_, kept) => network.passwords_kept(kept, &mut self.around),
            Soon::PasswordsLoaded(_, loaded) => network.passwords_loaded(loaded, &mut self.around),
        }
    }

    /// Sends the changes to the interface, unless it has not even taken the last batch: then they stay here,
    /// where later changes can replace them.
    fn tell(&mut self, now: Instant) {
        if self.updates.is_empty() {
            let mut batch = std::mem::take(&mut self.own);
            let around = &self.around;
            batch.extend(self.networks.values_mut().flat_map(|network| network.take_updates(around)));
            if batch.is_empty() {
                self.around.pace.nothing();
            } else {
                self.around.pace.told(now);
                // If the window is gone, the program is about to end.
                let _ = self.updates.unbounded_send(batch);
            }
        } else {
            self.around.pace.held(now);
        }
    }

    /// Disconnects from all networks, and lets the archives finish.
    async fn end(mut self) {
        for network in self.networks.values_mut() {
            network.leave_for_now(&mut self.around);
        }
        self.networks.clear();
        let Surroundings { mut tasks, writing, .. } = self.around;
        let left = async { while tasks.join_next().await.is_some() {} };
        if timeout(FAREWELL_MAX, left).await.is_err() {
            tracing::info!("a server was too slow for a farewell");
        }
        drop(writing);
        if timeout(ARCHIVE_CLOSE_MAX, self.archives_end.recv()).await.is_err() {
            tracing::warn!("an archive is still being written; what is missing is lost");
        }
    }
}
