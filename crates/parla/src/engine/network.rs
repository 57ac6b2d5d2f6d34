//! One network: its client, its connection and its archive, and what goes between them.

use std::sync::Arc;

use parla_client::{
    Client, Input, Intent, Output, Problem, ProblemKind, Settings, contract,
    endpoint::{BadEndpoint, Endpoint, Security},
    view::{BufferKind, NetworkId, Notice, Update},
};
use parla_proto::{
    framing::{Frame, Framer},
    limits::SERVER_LINE_BYTES_MAX,
};
use tokio::{
    sync::mpsc::{self, Sender, error::TrySendError},
    task::AbortHandle,
    time::Instant,
};

use super::{
    connection::{self, Happening, Plan, Serial},
    hub::Surroundings,
    trouble::problem,
    wish::WishedNick,
};
use crate::{
    archive::{self, Archive, News, Question, Recalled, Unkept},
    clock,
    limits::{ARCHIVE_FIRST_MAX, DEADLINE_GAP, LINES_MAX, OPENING_ROWS},
    store::RememberedNetwork,
};

/// One network.
pub(crate) struct Network {
    id: NetworkId,
    /// Tells its archive's answers from those of a network that had its number before.
    pub(crate) serial: Serial,
    remembered: RememberedNetwork,
    endpoint: Result<Endpoint, BadEndpoint>,
    wished_nick: WishedNick,
    /// What is remembered has changed since the store was told.
    is_changed: bool,
    client: Client,
    archive: Option<Archive>,
    connection: Option<Connection>,
    opening: Option<Opening>,
    no_deadline_before: Option<Instant>,
    outputs: Vec<Output>,
    /// To say besides what the client says.
    notices: Vec<Update>,
}

/// The connection that there is, or that is being made.
struct Connection {
    serial: Serial,
    lines: Sender<Vec<u8>>,
    framer: Framer,
    task: AbortHandle,
    /// Lines can go out.
    is_open: bool,
}

/// What was kept comes in; then it connects.
struct Opening {
    missing: usize,
    until: Instant,
}

impl Network {
    /// A network with its archive. It connects by itself, once that has given what it has.
    pub(crate) fn new(id: NetworkId, remembered: RememberedNetwork, around: &mut Surroundings) -> Self {
        let endpoint = Endpoint::parse(&remembered.address, remembered.unencrypted);
        let serial = around.next_serial();
        let mut archive = None;
        if let Ok(endpoint) = &endpoint {
            archive = around.archive(serial, &archive::file_of(&around.archives, endpoint));
        }
        let settings = Settings {
            network: id,
            address: remembered.address.as_str().into(),
            nick: remembered.nick.as_str().into(),
            private: endpoint.as_ref().is_ok_and(|endpoint| endpoint.security != Security::Plain),
            archive: if archive.is_some() { contract::Archive::All } else { contract::Archive::Nothing },
            seed: around.seed(serial),
        };
        let client = Client::new(settings, &remembered.records, clock::now());
        let mut network = Self {
            id,
            serial,
            remembered,
            endpoint,
            wished_nick: WishedNick::default(),
            is_changed: false,
            client,
            archive,
            connection: None,
            opening: None,
            no_deadline_before: None,
            outputs: Vec::new(),
            notices: Vec::new(),
        };
        network.open(around);
        network
    }

    /// Asks the archive for the end of each conversation.
    fn open(&mut self, around: &mut Surroundings) {
        let mut missing = 0;
        if let Some(archive) = &self.archive {
            for key in self.remembered.records.keys() {
                let (kind, name) = match key.split_once(' ') {
                    Some(("room", name)) => (BufferKind::Room, name.into()),
                    Some(("person", name)) => (BufferKind::Direct, name.into()),
                    _ => continue,
                };
                let asked = archive.recall(Question { kind, name, before: None, limit: OPENING_ROWS });
                missing += usize::from(asked.is_ok());
            }
        }
        self.opening = Some(Opening { missing, until: Instant::now() + ARCHIVE_FIRST_MAX });
        self.connect_when_open(around);
    }

    fn connect_when_open(&mut self, around: &mut Surroundings) {
        if self.opening.take_if(|opening| opening.missing == 0 || opening.until <= Instant::now()).is_some() {
            self.handle(Input::Start, around);
        }
    }

    /// Gives the client something and does what it wants done.
    pub(crate) fn handle(&mut self, input: Input<'_>, around: &mut Surroundings) {
        let mut outputs = std::mem::take(&mut self.outputs);
        self.client.handle(clock::now(), input, &mut outputs);
        for output in outputs.drain(..) {
            self.perform(output, around);
        }
        self.outputs = outputs;
        around.pace.changed();
    }

    /// The person wants something.
    pub(crate) fn wish(&mut self, intent: Intent, around: &mut Surroundings) {
        self.wished_nick.hear(&intent);
        self.handle(Input::Intent(intent), around);
    }

    /// The network is left for good, or until the next start.
    pub(crate) fn leave(&mut self, around: &mut Surroundings) {
        self.handle(Input::Intent(Intent::Disconnect { reason: "".into() }), around);
    }

    fn perform(&mut self, output: Output, around: &mut Surroundings) {
        match output {
            Output::Connect => self.connect(around),
            Output::Send(line) => self.send(line, around),
            Output::Disconnect => self.disconnect(),
            Output::Store { key, value } => {
                match value {
                    Some(value) => drop(self.remembered.records.insert(key, value)),
                    None => drop(self.remembered.records.remove(&key)),
                }
                self.is_changed = true;
            }
            Output::Keep(kept) => {
                if let Some(archive) = &mut self.archive {
                    archive.keep(kept);
                }
            }
            Output::Unkeep { kind, name, msgid } => {
                if let Some(archive) = &mut self.archive {
                    archive.unkeep(Unkept { kind, name, msgid });
                }
            }
            Output::Recall { kind, name, before, limit } => {
                self.recall(Question { kind, name, before: Some(before), limit }, around);
            }
        }
    }

    fn connect(&mut self, around: &mut Surroundings) {
        self.opening = None;
        if let Some(before) = self.connection.take() {
            before.task.abort();
        }
        let endpoint = match &self.endpoint {
            Ok(endpoint) => endpoint.clone(),
            Err(error) => return self.fail(problem(ProblemKind::BadAddress, &error.to_string()), around),
        };
        let tls = match endpoint.security {
            Security::Local | Security::Plain => None,
            Security::Tls => match around.tls.config() {
                Ok(config) => Some(config),
                Err(error) => {
                    return self.fail(problem(ProblemKind::BadCertificate, &error.to_string()), around);
                }
            },
        };
        let (lines, queue) = mpsc::channel(LINES_MAX);
        let serial = around.next_serial();
        let happenings = around.happenings.clone();
        let plan = Plan { serial, endpoint, tls, lines: queue, happenings };
        let task = around.tasks.spawn(connection::run(plan));
        self.connection = Some(Connection { serial, lines, framer: Framer::default(), task, is_open: false });
        tracing::info!(network = self.id.0, "connecting");
    }

    fn disconnect(&mut self) {
        // The task of an open one writes what it was given, and ends.
        if let Some(connection) = self.connection.take_if(|connection| !connection.is_open) {
            connection.task.abort();
        }
        self.connection = None;
    }

    /// A connection that cannot even be tried.
    fn fail(&mut self, problem: Problem, around: &mut Surroundings) {
        let serial = around.next_serial();
        around.later(serial, Happening::Closed(problem));
        let (lines, _) = mpsc::channel(1);
        let task = around.tasks.spawn(std::future::ready(()));
        self.connection = Some(Connection { serial, lines, framer: Framer::default(), task, is_open: false });
    }

    fn send(&mut self, line: Vec<u8>, around: &mut Surroundings) {
        let Some(connection) = &self.connection else { return };
        match connection.lines.try_send(line) {
            Ok(()) => {}
            // Its task has told why it ended, or is about to.
            Err(TrySendError::Closed(_)) => {}
            Err(TrySendError::Full(_)) => {
                connection.task.abort();
                let why = problem(ProblemKind::Lost, "the server does not take what is sent");
                around.later(connection.serial, Happening::Closed(why));
            }
        }
    }

    fn recall(&mut self, question: Question, around: &mut Surroundings) {
        let asked = match &self.archive {
            Some(archive) => archive.recall(question),
            None => Err(question),
        };
        if let Err(question) = asked {
            around.answer_later(self.serial, News::Recalled(question, Recalled::default()));
        }
    }

    /// Whether that is its connection.
    pub(crate) fn has(&self, serial: Serial) -> bool {
        self.connection.as_ref().is_some_and(|connection| connection.serial == serial)
    }

    /// Something happened to its connection.
    pub(crate) fn happened(&mut self, happening: Happening, around: &mut Surroundings) {
        match happening {
            Happening::Progress(stage) => self.handle(Input::Progress(stage), around),
            Happening::Opened => {
                if let Some(connection) = &mut self.connection {
                    connection.is_open = true;
                }
                self.handle(Input::Opened, around);
            }
            Happening::Bytes(bytes) => self.read(&bytes, around),
            Happening::Closed(problem) => {
                tracing::info!(network = self.id.0, kind = ?problem.kind, why = %problem.details, "not connected");
                self.connection = None;
                self.handle(Input::Closed(problem), around);
            }
        }
    }

    fn read(&mut self, bytes: &[u8], around: &mut Surroundings) {
        let Some(connection) = &mut self.connection else { return };
        let serial = connection.serial;
        let mut framer = std::mem::take(&mut connection.framer);
        framer.feed(bytes, SERVER_LINE_BYTES_MAX, |frame| {
            // What comes behind the line that made the client leave is not for the next connection.
            if self.has(serial) {
                match frame {
                    Frame::Line(line) => self.handle(Input::Line(line), around),
                    Frame::TooLong => self.handle(Input::LineTooLong, around),
                    Frame::Endless => {}
                }
            }
        });
        if let Some(connection) = self.connection.as_mut().filter(|connection| connection.serial == serial) {
            connection.framer = framer;
        }
    }

    /// The archive has something to say.
    pub(crate) fn heard(&mut self, news: News, around: &mut Surroundings) {
        match news {
            News::Recalled(Question { kind, name, .. }, Recalled { messages, more }) => {
                self.handle(Input::Recalled { kind, name, messages, more }, around);
                if let Some(opening) = &mut self.opening {
                    opening.missing = opening.missing.saturating_sub(1);
                    self.connect_when_open(around);
                }
            }
            News::Broken(why) => {
                let notice = Notice::Problem(Arc::new(problem(ProblemKind::Other, &why)));
                self.notices.push(Update::Notice(self.id, None, notice));
                around.pace.changed();
            }
        }
    }

    /// When something is to be done without anything having happened.
    pub(crate) fn next_deadline(&self, now: Instant) -> Option<Instant> {
        let opening = self.opening.as_ref().map(|opening| opening.until);
        let client = self.client.next_deadline().map(|deadline| {
            let at = now + deadline.since(clock::now());
            self.no_deadline_before.map_or(at, |first| at.max(first))
        });
        [opening, client].into_iter().flatten().min()
    }

    /// Does what is due.
    pub(crate) fn ring(&mut self, now: Instant, around: &mut Surroundings) {
        self.connect_when_open(around);
        if self.no_deadline_before.is_none_or(|first| first <= now)
            && self.client.next_deadline().is_some_and(|deadline| deadline <= clock::now())
        {
            self.no_deadline_before = Some(now + DEADLINE_GAP);
            self.handle(Input::Deadline, around);
        }
    }

    /// What the interface is to be told.
    pub(crate) fn take_updates(&mut self) -> Vec<Update> {
        let mut updates = self.client.take_updates();
        for update in &updates {
            if let Update::Network(view) = update
                && let Some(nick) = self.wished_nick.granted(view)
            {
                self.remembered.nick = nick.as_ref().to_owned();
                self.is_changed = true;
            }
        }
        updates.append(&mut self.notices);
        updates
    }

    /// What is to be remembered, if it changed.
    pub(crate) fn take_remembered(&mut self) -> Option<RememberedNetwork> {
        std::mem::take(&mut self.is_changed).then(|| self.remembered.clone())
    }
}
