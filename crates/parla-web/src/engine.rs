//! The network side: one client, its WebSocket and its timers. Tells the interface in batches what changed.

use std::time::Duration;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender};
use futures_util::{
    FutureExt, StreamExt,
    future::{Either, select},
};
use gloo_timers::future::TimeoutFuture;
use parla_client::{
    Client, Credentials, Input, Intent, Output, ProblemKind, Settings, contract,
    view::{BufferKind, NetworkId, Stage, Update},
};
use parla_proto::Timestamp;
use parla_ui::platform::Command;
use web_sys::window;

use crate::{
    archive::Archive,
    page,
    socket::{Signal, Socket, problem},
    storage,
};

/// Under this name the person is known here; if it is saved, he comes back without being asked.
pub(crate) const NAME_KEY: &str = "name";
/// Messages of a direct conversation that are shown at once when the page is opened.
const OPENING_ROWS: usize = 100;

/// The interface is told of changes so often at most.
const UPDATES_EVERY: Duration = Duration::from_millis(90);

/// What happens to the engine.
#[derive(Debug)]
pub(crate) enum Happening {
    Command(Command),
    Socket(u32, Signal),
    /// The browser says that the device has lost its network.
    Offline,
    /// The browser says that the device has a network again, or another one.
    Online,
    /// The person looks at the page again.
    Awake,
    /// The person goes to another page, or closes this one.
    Left,
}

/// The network side.
pub(crate) struct Engine {
    happenings: UnboundedReceiver<Happening>,
    sender: UnboundedSender<Happening>,
    updates: UnboundedSender<Vec<Update>>,
    client: Option<Client>,
    archive: Archive,
    socket: Option<Socket>,
    /// The number of the newest connection.
    number: u32,
    told_at: Timestamp,
    /// Something may have changed since.
    is_stale: bool,
}

impl Engine {
    pub(crate) fn new(
        (sender, happenings): (UnboundedSender<Happening>, UnboundedReceiver<Happening>),
        updates: UnboundedSender<Vec<Update>>,
    ) -> Self {
        Self {
            happenings,
            sender,
            updates,
            client: None,
            archive: Archive::open(),
            socket: None,
            number: 0,
            told_at: Timestamp::from_millis(0),
            is_stale: false,
        }
    }

    /// Runs as long as the page.
    pub(crate) async fn run(mut self) {
        if let Some(nick) = storage::load(NAME_KEY) {
            self.connect(NetworkId(1), &nick, Credentials::default());
        }
        loop {
            self.tell();
            let due = self.until_due();
            match select(self.happenings.next(), due).await {
                Either::Left((Some(happening), _)) => self.take(happening),
                Either::Left((None, _)) => return,
                Either::Right(((), _)) => {
                    let now = page::now();
                    if self.client.as_ref().and_then(Client::next_deadline).is_some_and(|at| at <= now) {
                        self.handle(Input::Deadline);
                    }
                }
            }
            while let Some(Some(happening)) = self.happenings.next().now_or_never() {
                self.take(happening);
            }
        }
    }

    fn take(&mut self, happening: Happening) {
        match happening {
            Happening::Command(Command::Connect { network, nick, credentials, .. }) => {
                storage::save(NAME_KEY, Some(&nick));
                self.connect(network, &nick, credentials);
            }
            Happening::Command(Command::Forget(network)) => self.forget(network),
            // A page has one server, and the browser sees to its encryption.
            Happening::Command(Command::Change(..)) => {}
            Happening::Command(Command::Save { key, value }) => {
                storage::save(&key, value.as_deref());
            }
            Happening::Command(Command::Intent(_, intent)) => {
                if let Intent::ChangeNick { nick } = &intent {
                    storage::save(NAME_KEY, Some(nick));
                }
                self.handle(Input::Intent(intent));
            }
            Happening::Socket(number, signal) if number == self.number => self.hear(signal),
            Happening::Socket(..) => {}
            Happening::Offline => self.handle(Input::Offline),
            Happening::Online => self.handle(Input::Online),
            Happening::Awake => self.handle(Input::Awake),
            Happening::Left => {
                if self.socket.take().is_some() {
                    self.handle(Input::Closed(problem(ProblemKind::Lost, "the page was left")));
                }
            }
        }
    }

    fn connect(&mut self, network: NetworkId, nick: &str, credentials: Credentials) {
        let records = storage::records();
        let window = window();
        let host = window.as_ref().and_then(|window| window.location().host().ok()).unwrap_or_default();
        let settings = Settings {
            network,
            address: host.into(),
            nick: nick.into(),
            credentials,
            private: window.as_ref().is_some_and(page::is_private),
            archive: contract::Archive::Direct,
            seed: page::seed(),
        };
        self.socket = None;
        self.client = Some(Client::new(settings, &records, page::now()));
        for person in records.keys().filter_map(|key| key.strip_prefix("person ")) {
            let (messages, more) = self.archive.recall(person, None, OPENING_ROWS);
            self.handle(Input::Recalled { kind: BufferKind::Direct, name: person.into(), messages, more });
        }
        // Tried all the same: the server may be on this device.
        if page::is_offline() {
            self.handle(Input::Offline);
        }
        self.handle(Input::Start);
    }

    fn forget(&mut self, network: NetworkId) {
        self.handle(Input::Intent(Intent::Disconnect { reason: "".into() }));
        self.client = None;
        self.socket = None;
        storage::save(NAME_KEY, None);
        storage::forget_network();
        self.archive = Archive::default();
        drop(self.updates.unbounded_send(vec![Update::NetworkForgotten(network)]));
    }

    fn hear(&mut self, signal: Signal) {
        match signal {
            Signal::Opened => self.handle(Input::Opened),
            Signal::Line(line) => self.handle(Input::Line(line.as_bytes())),
            Signal::LineTooLong => self.handle(Input::LineTooLong),
            Signal::Closed(problem) => {
                self.socket = None;
                self.handle(Input::Closed(problem));
            }
        }
    }

    /// Gives the client one input and does what it wants.
    fn handle(&mut self, input: Input<'_>) {
        let Some(client) = &mut self.client else { return };
        let mut outputs = Vec::new();
        client.handle(page::now(), input, &mut outputs);
        self.is_stale = true;
        let mut is_broken = false;
        let mut recalled = Vec::new();
        for output in outputs {
            match output {
                Output::Connect => is_broken = !self.open(),
                Output::Send(line) => {
                    is_broken |= self.socket.as_ref().is_some_and(|socket| !socket.send(&line));
                }
                Output::Disconnect => self.socket = None,
                Output::Store { key, value } => {
                    storage::store(&key, value.as_deref());
                }
                Output::Keep(kept) => self.archive.keep(&kept),
                Output::Unkeep { name, msgid, .. } => self.archive.unkeep(&name, &msgid),
                Output::Recall { kind, name, before, limit } => {
                    let (messages, more) = self.archive.recall(&name, before, limit);
                    recalled.push(Input::Recalled { kind, name, messages, more });
                }
            }
        }
        for answer in recalled {
            self.handle(answer);
        }
        if is_broken {
            self.socket = None;
            self.handle(Input::Closed(problem(ProblemKind::Lost, "the browser does not send any more")));
        }
    }

    fn open(&mut self) -> bool {
        self.number += 1;
        let url = window().and_then(|window| page::server_url(&window).ok());
        self.socket = url.and_then(|url| Socket::open(&url, self.number, &self.sender).ok());
        if let Some(client) = &mut self.client {
            client.handle(page::now(), Input::Progress(Stage::Finding), &mut Vec::new());
        }
        self.socket.is_some()
    }

    /// Tells the interface and the storage what has changed, if it was not told just now.
    fn tell(&mut self) {
        let now = page::now();
        if !self.is_stale || now.since(self.told_at) < UPDATES_EVERY && now >= self.told_at {
            return;
        }
        let Some(client) = &mut self.client else {
            self.is_stale = false;
            return;
        };
        let updates = client.take_updates();
        self.is_stale = false;
        if !updates.is_empty() {
            self.told_at = now;
            drop(self.updates.unbounded_send(updates));
        }
    }

    /// Over when the client or the interface is due.
    fn until_due(&self) -> impl Future<Output = ()> + Unpin + use<> {
        let now = page::now();
        let told = self.is_stale.then(|| self.told_at + UPDATES_EVERY);
        let deadline = self.client.as_ref().and_then(Client::next_deadline);
        // Without anything to do, a look now and then costs nothing.
        let idle = now + Duration::from_secs(60);
        let due = [told, deadline].into_iter().flatten().fold(idle, Timestamp::min);
        TimeoutFuture::new(u32::try_from(due.since(now).as_millis() + 1).unwrap_or(u32::MAX))
    }
}
