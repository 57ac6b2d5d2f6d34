//! The state machine itself, with a virtual clock and a store in memory. All its questions are answered at
//! once.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use parla_proto::{
    Timestamp,
    framing::{Frame, Framer},
    limits::CLIENT_LINE_BYTES_MAX,
};
use parla_server::{
    Answer, Audit, ConnectionId, Disconnect, Input, Kept, NodeId, Note, Noted, Output, Outputs, Peer,
    Question, Reconfiguration, Server, Snapshot, Start,
};
use parla_store::Tables;

use super::{
    backend::{Backend, ReceivedLine},
    error::RunError,
    ids,
    script::Script,
    settings::Settings,
    text::{self, START},
};

/// What orders the entries; clients see no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// The server itself.
    Local,
    /// An external log, which returns each proposal once the input that caused it has been handled.
    Shared,
}

/// How many numbers are skipped at a restart, because the server does not tell the last one it used.
const NUMBERS_PER_START: u64 = 1000;

/// How many deadlines at the same time mean that the server is stuck.
const DEADLINES_MAX: usize = 10_000;

/// A server in memory.
pub struct Memory {
    settings: Settings,
    is_virtual: bool,
    log: Log,
    server: Server,
    tables: Tables,
    now: Timestamp,
    /// The number of the first entry since the last start.
    first_seq: u64,
    connections: u64,
    clients: BTreeMap<String, Client>,
    received: Vec<ReceivedLine>,
    /// Whether RESTART was given.
    restarts: bool,
    /// The log lines since the last step.
    log_lines: Vec<String>,
    /// Answers and entries that the server waits for.
    waiting: VecDeque<Input>,
}

struct Client {
    connection: ConnectionId,
    framer: Framer,
}

impl Memory {
    /// A server for a script.
    ///
    /// # Errors
    /// The script's settings are invalid, or there is not enough memory for a database.
    pub fn new(script: &Script, log: Log) -> Result<Self, RunError> {
        let (settings, is_virtual) = (script.settings().clone(), script.is_virtual());
        let to_server = settings.to_server(is_virtual)?;
        let start = start(log, &to_server, (1, Kept::default()));
        let server = Server::new(NODE, to_server, start, START);
        Ok(Self {
            settings,
            is_virtual,
            log,
            server,
            tables: Tables::in_memory()?,
            now: START,
            first_seq: 1,
            connections: 0,
            clients: BTreeMap::new(),
            received: Vec::new(),
            restarts: false,
            log_lines: Vec::new(),
            waiting: VecDeque::new(),
        })
    }

    /// Gives the server an input, and then everything that it waits for because of it.
    fn feed(&mut self, input: Input) -> Result<(), RunError> {
        self.waiting.push_back(input);
        while let Some(input) = self.waiting.pop_front() {
            let mut out = Outputs::default();
            self.server.handle(self.now, input, &mut out);
            self.tables.commit(&out.changes)?;
            for output in out.outputs {
                self.carry_out(output)?;
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, output: Output) -> Result<(), RunError> {
        match output {
            Output::Deliver { to, line } => {
                let line = ids::deciphered(&text::name_times(&text::line(&line), text::relative));
                for connection in to {
                    self.hears(connection, line.clone());
                }
            }
            Output::Close { connection } => {
                self.hears(connection, "(closed)".to_owned());
                self.clients.retain(|_, client| client.connection != connection);
            }
            Output::LineTaken { .. } => {}
            Output::TellWhenSent { connection } => self.waiting.push_back(Input::Sent { connection }),
            Output::Note(note) => self.log_lines.extend(self.settings.notes.then(|| note_line(&note))),
            Output::Question { id, question, .. } => {
                if let Some(answer) = self.answer(question)? {
                    self.waiting.push_back(Input::Answer { id, answer });
                }
            }
            Output::Forget(_) => {}
            Output::Shutdown => self.waiting.push_back(Input::ShuttingDown),
            Output::Administered { .. } => {}
            Output::Audit(audit) => self.log_lines.extend(self.is_virtual.then(|| audit_line(&audit))),
            Output::Propose(proposal) => {
                self.waiting.push_back(Input::Committed { at: self.now, proposal });
            }
        }
        Ok(())
    }

    /// The daemon's answer; `None` if it stops instead.
    fn answer(&mut self, question: Question) -> Result<Option<Answer>, RunError> {
        Ok(Some(match question {
            Question::Store(query) => Answer::Store(Some(self.tables.answer(&query)?)),
            Question::Password { of, password } => Answer::Password(self.settings.verdict(&of, &password)),
            Question::NewPassword(password) => Answer::NewPassword(Ok(Box::new(Settings::proof(&password)))),
            Question::AppPassword => Answer::AppPassword(Ok(Settings::app_password())),
            Question::Nonce { .. } => Answer::Nonce(Ok("nonce".to_owned())),
            Question::Gateway(gateway) => Answer::Gateway(self.settings.client_of(*gateway)),
            Question::Restart if !self.settings.broken => {
                self.restarts = true;
                return Ok(None);
            }
            Question::Configuration | Question::Restart => Answer::Configuration(self.configuration()?),
        }))
    }

    /// Reads the configuration again, as `server: rewrite` left it.
    fn configuration(&self) -> Result<Result<Box<Reconfiguration>, Vec<String>>, RunError> {
        if self.settings.broken {
            return Ok(Err(vec!["The configuration is wrong.".to_owned()]));
        }
        let settings = self.settings.to_server(self.is_virtual)?;
        let notes = vec!["The configuration was read again.".to_owned()];
        Ok(Ok(Box::new(Reconfiguration { settings, notes })))
    }

    fn hears(&mut self, connection: ConnectionId, line: String) {
        let client = self.clients.iter().find(|(_, client)| client.connection == connection);
        let client = client.map_or_else(|| "(nobody)".to_owned(), |(name, _)| name.clone());
        self.received.push(ReceivedLine { client, line });
    }

    /// Calls the server at each of its deadlines until a time.
    fn wake_until(&mut self, until: Timestamp) -> Result<(), RunError> {
        for _ in 0..DEADLINES_MAX {
            match self.server.next_deadline().filter(|deadline| *deadline <= until) {
                None => return Ok(()),
                Some(deadline) => {
                    self.now = self.now.max(deadline);
                    self.feed(Input::Deadline)?;
                }
            }
        }
        Err(RunError::StuckDeadline)
    }
}

impl Backend for Memory {
    fn pass(&mut self, duration: Duration) -> Result<(), RunError> {
        let until = self.now + duration;
        self.wake_until(until)?;
        self.now = until;
        Ok(())
    }

    fn open(&mut self, client: &str) -> Result<(), RunError> {
        self.connections += 1;
        let connection = ConnectionId::from_number(self.connections);
        self.clients.insert(client.to_owned(), Client { connection, framer: Framer::default() });
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let peer = Peer { unthrottled: !self.settings.throttled, ..Peer::at(address) };
        self.feed(Input::Connected { connection, peer })
    }

    fn send(&mut self, client: &str, bytes: &[u8]) -> Result<(), RunError> {
        let not_connected = || RunError::NotConnected(client.to_owned());
        let Client { connection, framer } = self.clients.get_mut(client).ok_or_else(not_connected)?;
        let connection = *connection;
        let mut inputs = Vec::new();
        framer.feed(bytes, CLIENT_LINE_BYTES_MAX, |frame| {
            inputs.push(match frame {
                Frame::Line(line) => Input::Line { connection, line: line.into() },
                Frame::TooLong => Input::LineTooLong { connection },
                Frame::Endless => Input::LineEndless { connection },
            });
        });
        for input in inputs {
            self.feed(input)?;
        }
        self.wake_until(self.now)
    }

    fn close(&mut self, client: &str) -> Result<(), RunError> {
        let client = self.clients.remove(client).ok_or_else(|| RunError::NotConnected(client.to_owned()))?;
        let connection = client.connection;
        self.feed(Input::Disconnected { connection, why: Disconnect::Closed })?;
        // It is not there to be told that it was closed.
        self.received.retain(|received| received.client != "(nobody)" || received.line != "(closed)");
        Ok(())
    }

    fn rewrite(&mut self, setting: &str) -> Result<(), RunError> {
        self.settings.broken = false;
        self.settings.add(setting).map_err(|_| RunError::Setting("rewrite"))
    }

    fn restart(&mut self) -> Result<(), RunError> {
        self.feed(Input::ShuttingDown)?;
        self.first_seq += NUMBERS_PER_START;
        let settings = self.settings.to_server(self.is_virtual)?;
        let kept = self.tables.kept(&settings.network.name_rules())?;
        let start = start(self.log, &settings, (self.first_seq, kept));
        self.server = Server::new(NODE, settings, start, self.now);
        Ok(())
    }

    fn take_received(&mut self, actors: &[String], _expected: usize) -> Result<Vec<ReceivedLine>, RunError> {
        if std::mem::take(&mut self.restarts) {
            self.restart()?;
        }
        for line in self.log_lines.drain(..) {
            self.received.push(ReceivedLine { client: "log".to_owned(), line });
        }
        let mut received = std::mem::take(&mut self.received);
        let place = |received: &ReceivedLine| actors.iter().position(|actor| *actor == received.client);
        received
            .sort_by_cached_key(|received| (place(received).unwrap_or(usize::MAX), received.client.clone()));
        Ok(received)
    }

    fn translate(&self, text: &str) -> String {
        ids::enciphered(&text::find_times(text, |word| text::absolute(word).map(|at| at.to_string())))
    }

    fn fits(&mut self, expected: &str, line: &str) -> bool {
        expected == line
    }
}

/// What the daemon records about an operator, in the form of a script.
fn audit_line(audit: &Audit) -> String {
    let words = [audit.action, &audit.whom, &audit.why].map(str::trim);
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    format!("{}: {}", audit.who, words.join(" | "))
}

/// What the daemon logs about a connection, in the form of a script.
fn note_line(note: &Note) -> String {
    let words = match &note.noted {
        Noted::Joined { who, secure: false } => format!("joined | {who}"),
        Noted::Joined { who, secure: true } => format!("joined by TLS | {who}"),
        Noted::Renamed { from, to } => format!("renamed | {from} | {to}"),
        Noted::PasswordRefused => "password refused".to_owned(),
        Noted::SignedIn { account, .. } => format!("signed in | {account}"),
        Noted::SignInFailed { account, by, .. } => format!("sign-in failed | {account} | {by}"),
        Noted::Left { who: Some(who), why } => format!("left | {who} | {why}"),
        Noted::Left { who: None, why } => format!("left | {why}"),
    };
    format!("{}: {words}", note.address)
}

/// The server's id among those that share its log.
const NODE: NodeId = NodeId(1);

/// The first entry of the server itself has the number before `first_seq`, so that clients cause the same
/// numbers with either log.
fn start(log: Log, settings: &parla_server::Settings, (first_seq, kept): (u64, Kept)) -> Start {
    match log {
        Log::Local => Start::Alone { next_seq: first_seq, kept },
        Log::Shared => Start::Shared {
            run: first_seq,
            snapshot: Snapshot::of_new_network(settings.network.clone(), kept, first_seq - 1),
        },
    }
}
