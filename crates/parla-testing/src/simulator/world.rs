//! The model of the daemon: it gathers inputs into batches, writes each batch's changes, and only then lets its outputs go.
//!
//! In it are the real [`Server`], a model of the disk, of the shared log, and of every client. It chooses nothing itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use parla_proto::Timestamp;
use parla_server::{
    Change, ChannelState, ConnectionId, Disconnect, Input, NodeId, NotCompared, Output, Outputs, PasswordOf,
    Peer, Proposal, QueryResult, Server, Settings, Snapshot, Start, Verdict,
};
use slotmap::{DefaultKey, SlotMap};

use super::{
    checkers::{self, Checked, Finding, ensure},
    client::{Client, Scene, Sent, number, watch},
    store::Store,
    trace::Trace,
};

/// The password of a server that has one.
pub(crate) const PASSWORD: &str = "sesame";

/// The name of the one who may become an operator.
pub(crate) const OPERATOR: &str = "admin";

/// The password of the operator.
pub(crate) const OPERATOR_PASSWORD: &str = "abracadabra";

/// Entries that no run of the server reaches, so that numbers after a restart are higher than all before.
const SEQS_PER_RUN: u64 = 10_000_000;

/// Lines of a client that may wait to be answered.
const LINES_WAITING_MAX: usize = 64;

/// Something that was asked of the daemon and will be answered.
#[derive(Debug)]
enum Asked {
    History(ConnectionId, QueryResult),
    Password(ConnectionId, Verdict),
    /// Whether everything has been sent.
    Sent(ConnectionId),
    Configuration(ConnectionId),
    /// There is none in a simulation.
    Gateway(ConnectionId),
}

/// What happened in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Connections that were opened.
    pub connections: usize,
    /// Lines that clients sent.
    pub lines_sent: usize,
    /// Lines that clients got.
    pub lines_delivered: usize,
    /// Messages on disk at the end.
    pub messages_kept: usize,
    /// Questions to the store.
    pub queries: usize,
    /// Crashes and shutdowns, each with a restart.
    pub restarts: usize,
    /// Findings that the run was told to pass over, by checker.
    pub passed_over: BTreeMap<String, usize>,
}

/// A server with its daemon, its disk and its clients.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) scene: Scene,
    pub(crate) now: Timestamp,
    pub(crate) clients: SlotMap<DefaultKey, Client>,
    pub(crate) summary: Summary,
    pub(crate) trace: Trace,
    /// Checkers whose findings do not end the run. Only those of single lines can be passed over.
    pub(crate) passed_over: BTreeSet<String>,
    server: Server,
    shared: bool,
    gathering: Outputs,
    sealed: VecDeque<Outputs>,
    written: VecDeque<Vec<Output>>,
    log: VecDeque<Proposal>,
    /// The number of the first entry since the last start.
    first_seq: u64,
    asked: Vec<Asked>,
}

impl World {
    pub(crate) fn new(settings: Settings, shared: bool, trace: Trace) -> Self {
        let now = Timestamp::from_millis(1_700_000_000_000);
        Self {
            server: server(&settings, shared, (1, Vec::new()), now),
            scene: Scene {
                store: Store::new(&settings),
                settings,
                journals: BTreeMap::new(),
                private: BTreeSet::new(),
                texts_differ: true,
            },
            now,
            clients: SlotMap::new(),
            summary: Summary::default(),
            trace,
            passed_over: BTreeSet::new(),
            shared,
            gathering: Outputs::default(),
            sealed: VecDeque::new(),
            written: VecDeque::new(),
            log: VecDeque::new(),
            first_seq: 1,
            asked: Vec::new(),
        }
    }

    /// Someone connects.
    pub(crate) fn connect(&mut self, peer: Peer) -> ConnectionId {
        let key =
            self.clients.insert_with_key(|key| Client::new(ConnectionId::from_key(key), peer.unthrottled));
        let connection = ConnectionId::from_key(key);
        self.summary.connections += 1;
        self.trace.add(|| format!("connect {}", number(connection)));
        self.input(Input::Connected { connection, peer });
        connection
    }

    /// A client sends a line, unless too many of its lines wait already.
    pub(crate) fn send(&mut self, connection: ConnectionId, sent: Sent) {
        let Some(client) = self.clients.get_mut(connection.key()) else { return };
        if client.left || client.sent.len() >= LINES_WAITING_MAX {
            return;
        }
        let name = client.name();
        self.summary.lines_sent += 1;
        client.sent.push_back(sent.clone());
        let input = match sent {
            Sent::Line(line) => {
                self.trace.add(|| format!("{name}: {}", checkers::shown(&line)));
                Input::Line { connection, line: line.into() }
            }
            Sent::TooLong => {
                self.trace.add(|| format!("{name}: a line that is too long"));
                Input::LineTooLong { connection }
            }
        };
        self.input(input);
    }

    /// A client is gone.
    pub(crate) fn disconnect(&mut self, connection: ConnectionId, why: Disconnect) {
        let Some(client) = self.clients.get_mut(connection.key()).filter(|client| !client.left) else {
            return;
        };
        client.left = true;
        let name = client.name();
        self.trace.add(|| format!("{name} is gone: {why:?}"));
        self.input(Input::Disconnected { connection, why });
    }

    /// Time goes on, and back a little where the clock does.
    pub(crate) fn advance(&mut self, ms: i64) {
        self.now = Timestamp::from_millis(self.now.as_millis() + ms);
    }

    /// Goes to the server's next deadline.
    pub(crate) fn advance_to_deadline(&mut self) {
        if let Some(at) = self.server.next_deadline() {
            self.now = self.now.max(at);
            let now = self.now;
            self.trace.add(|| format!("time {now}"));
        }
    }

    /// Tells the server that its deadline has come, if it has.
    pub(crate) fn keep_deadline(&mut self) -> Checked {
        if self.server.next_deadline().is_some_and(|at| at <= self.now) {
            self.input(Input::Deadline);
            let next = self.server.next_deadline();
            ensure(next.is_none_or(|at| at > self.now), "deadline", || {
                format!("the next deadline {next:?} is not after {}", self.now)
            })?;
        }
        Ok(())
    }

    /// The gathered inputs become a batch.
    pub(crate) fn seal(&mut self) {
        if !self.gathering.is_empty() {
            self.sealed.push_back(std::mem::take(&mut self.gathering));
        }
    }

    /// The oldest batch that is not on disk is written.
    pub(crate) fn write(&mut self) -> Checked {
        let Some(batch) = self.sealed.pop_front() else { return Ok(()) };
        let count = batch.changes.len();
        if count > 0 {
            self.trace.add(|| format!("disk: {count} changes"));
        }
        self.check_changes(&batch.changes)?;
        let deleted = batch.outputs.iter().filter_map(|output| match output {
            Output::Audit(audit) if audit.action == "ROOM DELETE" => Some(audit.whom.as_str()),
            _ => None,
        });
        self.scene.store.write(batch.changes, &deleted.collect::<Vec<_>>())?;
        self.written.push_back(batch.outputs);
        Ok(())
    }

    /// The outputs of the oldest batch that is on disk leave.
    pub(crate) fn deliver(&mut self) -> Checked {
        for output in self.written.pop_front().unwrap_or_default() {
            self.release(output)?;
        }
        Ok(())
    }

    /// The shared log gives its next entry.
    pub(crate) fn commit_next(&mut self) {
        let Some(proposal) = self.log.pop_front() else { return };
        let session = proposal.origin.session.map_or(0, number);
        self.trace.add(|| format!("log: {:?} of {session}", proposal.command));
        self.input(Input::Committed { at: self.now, proposal: Box::new(proposal) });
    }

    /// The daemon answers one of the questions; `fails` if the disk does.
    pub(crate) fn answer(&mut self, which: usize, fails: bool) {
        if which >= self.asked.len() {
            return;
        }
        match self.asked.remove(which) {
            Asked::History(connection, result) => {
                let result = Some(result).filter(|_| !fails);
                self.trace.add(|| format!("history for {}, fails: {fails}", number(connection)));
                if let Some(client) = self.clients.get_mut(connection.key()) {
                    client.history_answered(result.clone());
                }
                self.input(Input::QueryResult { connection, result });
            }
            Asked::Configuration(asker) => {
                self.trace.add(|| format!("configuration for {}, is bad: {fails}", number(asker)));
                let settings = Box::new(self.scene.settings.clone());
                let lines = vec!["The configuration was read again.".to_owned()];
                self.input(if fails {
                    Input::NotReconfigured { asker, problems: lines }
                } else {
                    Input::Reconfigured { asker: Some(asker), settings, notes: lines }
                });
            }
            Asked::Password(connection, verdict) => {
                let verdict = if fails { Verdict::NotCompared(NotCompared::TooManyAtOnce) } else { verdict };
                self.trace.add(|| format!("password of {}: {verdict:?}", number(connection)));
                self.input(Input::PasswordVerified { connection, verdict });
            }
            Asked::Sent(connection) => {
                self.trace.add(|| format!("everything is sent to {}", number(connection)));
                self.input(Input::Sent { connection });
            }
            Asked::Gateway(connection) => {
                self.trace.add(|| format!("{} is no gateway", number(connection)));
                let client = Err("You are no gateway".to_owned());
                self.input(Input::GatewayVerified { connection, client });
            }
        }
    }

    /// How many questions wait.
    pub(crate) fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Everything on its way arrives, and then everyone must agree.
    pub(crate) fn settle(&mut self) -> Checked {
        loop {
            self.seal();
            while !self.sealed.is_empty() {
                self.write()?;
            }
            while !self.written.is_empty() {
                self.deliver()?;
            }
            if !self.log.is_empty() {
                self.commit_next();
            } else if !self.asked.is_empty() {
                self.answer(0, false);
            } else if self.gathering.is_empty() {
                break;
            }
        }
        self.check_quiet()
    }

    /// The machine stops dead. What was not written is lost, and so is what was not delivered.
    pub(crate) fn crash(&mut self) {
        self.trace.add(|| "crash".to_owned());
        self.restart();
    }

    /// The server is told to stop, stops, and is started again.
    pub(crate) fn shut_down(&mut self) -> Checked {
        self.trace.add(|| "shutdown".to_owned());
        self.input(Input::ShuttingDown);
        self.settle()?;
        let open = self.clients.values().next();
        ensure(open.is_none(), "shutdown", || format!("{:?} is open", open.map(Client::name)))?;
        self.restart();
        Ok(())
    }

    fn restart(&mut self) {
        self.summary.restarts += 1;
        self.gathering = Outputs::default();
        self.sealed.clear();
        self.written.clear();
        self.log.clear();
        self.asked.clear();
        self.clients.clear();
        self.scene.journals.values_mut().for_each(checkers::Journal::restart);
        self.first_seq += SEQS_PER_RUN;
        let kept = (self.first_seq, self.scene.store.kept());
        self.server = server(&self.scene.settings, self.shared, kept, self.now);
    }

    fn input(&mut self, input: Input) {
        self.scene.store.see_time(self.now);
        self.server.handle(self.now, input, &mut self.gathering);
    }

    fn release(&mut self, output: Output) -> Checked {
        match output {
            Output::Deliver { to, line } => {
                let names = || to.iter().map(|to| number(*to).to_string()).collect::<Vec<_>>().join(",");
                self.trace.add(|| format!("  {} <- {}", names(), checkers::shown(&line)));
                let once: BTreeSet<_> = to.iter().collect();
                ensure(once.len() == to.len() && !to.is_empty(), "recipients", || format!("{to:?}"))?;
                let message = checkers::line(&line)?;
                if let Err(finding) = checkers::size(&line, &message) {
                    self.pass_over(finding, message.command)?;
                }
                for connection in to {
                    self.summary.lines_delivered += 1;
                    let client = self.clients.get_mut(connection.key()).ok_or_else(|| closed(connection))?;
                    if let Err(finding) = client.hear(&line, &message, &mut self.scene) {
                        self.pass_over(finding, message.command)?;
                    }
                }
            }
            Output::Close { connection } => {
                self.trace.add(|| format!("  {} closed", number(connection)));
                let client = self.clients.get(connection.key()).ok_or_else(|| closed(connection))?;
                client.closed(&self.scene)?;
                self.clients.remove(connection.key());
            }
            Output::LineTaken { connection, .. } => {
                let client = self.clients.get_mut(connection.key()).ok_or_else(|| closed(connection))?;
                client.line_taken(&self.scene)?;
            }
            Output::TellWhenSent { connection } => self.asked.push(Asked::Sent(connection)),
            Output::Query { connection, query } => {
                self.summary.queries += 1;
                let client = self.clients.get(connection.key()).ok_or_else(|| closed(connection))?;
                may_ask(client, &query, &self.scene)?;
                self.asked.push(Asked::History(connection, self.scene.store.answer(&query)));
            }
            Output::VerifyPassword { connection, of, password, .. } => {
                let wanted = match of {
                    PasswordOf::Server => Some(PASSWORD),
                    PasswordOf::Operator(name) => (name == OPERATOR).then_some(OPERATOR_PASSWORD),
                };
                let verdict = if wanted == Some(password.reveal()) { Verdict::Right } else { Verdict::Wrong };
                self.asked.push(Asked::Password(connection, verdict));
            }
            Output::Note(_) => {}
            Output::Rehash { connection } => self.asked.push(Asked::Configuration(connection)),
            Output::Administered { .. } => {}
            Output::Audit(audit) => {
                let operator = format!("({OPERATOR})");
                let is_open_to_all =
                    ["OPER", "MODE", "KICK", "REDACT", "RENAME", "MODERATION"].contains(&audit.action);
                let is_known = audit.who.ends_with(&operator) || is_open_to_all;
                ensure(is_known, "operators", || format!("{audit:?} by no operator"))?;
            }
            output @ (Output::Shutdown | Output::Restart { .. }) => {
                return ensure(false, "operators", || format!("{output:?} without the privilege"));
            }
            Output::VerifyGateway { connection, .. } => self.asked.push(Asked::Gateway(connection)),
            Output::Propose(proposal) => {
                ensure(self.shared, "log", || format!("{proposal:?} to no log"))?;
                self.log.push_back(*proposal);
            }
        }
        Ok(())
    }

    /// Counts a finding in a line of this command, if the run was told to.
    fn pass_over(&mut self, finding: Finding, command: &str) -> Checked {
        if !self.passed_over.contains(finding.checker) {
            return Err(finding);
        }
        *self.summary.passed_over.entry(format!("{}, {command}", finding.checker)).or_default() += 1;
        Ok(())
    }

    fn check_changes(&self, changes: &[Change]) -> Checked {
        let said = changes.iter().any(|change| matches!(change, Change::Message(_)));
        ensure(self.scene.settings.history || !said, "kept", || {
            "a message, and there is no history".to_owned()
        })
    }

    /// Nothing is on its way: all members agree, and nobody waits for anything but time.
    fn check_quiet(&mut self) -> Checked {
        let scene = &self.scene;
        for client in self.clients.values_mut() {
            client.answer_is_complete(scene)?;
            client.is_caught_up(scene)?;
            // A slowed client that left is heard to the end of what it had sent.
            let has_gone = client.left && client.sent.is_empty();
            ensure(!has_gone, "close", || format!("{} left and is not closed", client.name()))?;
            ensure(client.sent.is_empty() || !client.unthrottled, "lines taken", || {
                format!("{} waits for nothing with {} lines not taken", client.name(), client.sent.len())
            })?;
        }
        let registered = self.clients.values().filter(|client| client.nick.is_some());
        let here = registered.map(|client| client.folded_nick(scene)).collect();
        for client in self.clients.values() {
            watch::is_true(client, &here)?;
        }
        let mut members: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for client in self.clients.values() {
            for name in client.rooms.keys() {
                members.entry(name).or_default().insert(client.folded_nick(scene));
            }
        }
        for client in self.clients.values() {
            for (name, room) in client.rooms.iter().filter(|(_, room)| !room.is_partial) {
                let by_client: BTreeSet<String> = room.members.keys().cloned().collect();
                let by_members = members.get(name.as_str());
                ensure(by_members == Some(&by_client), "membership", || {
                    format!("in {name} {} sees {by_client:?}, there are {by_members:?}", client.name())
                })?;
                let kept = scene.store.channel_named(name);
                let topic = kept.map(|state| state.topic.as_ref().map_or("", |topic| &topic.text));
                ensure(topic.is_none_or(|topic| topic == room.topic), "kept", || {
                    format!("in {name} {} sees the topic {:?}, kept is {topic:?}", client.name(), room.topic)
                })?;
            }
        }
        Ok(())
    }
}

/// A server that begins with what was kept, and with an entry of this number.
fn server(
    settings: &Settings,
    shared: bool,
    (first_seq, kept): (u64, Vec<ChannelState>),
    now: Timestamp,
) -> Server {
    let start = if shared {
        let snapshot = Snapshot::of_new_network(settings.clone(), kept, first_seq);
        Start::Shared { run: first_seq, snapshot }
    } else {
        Start::Alone { next_seq: first_seq, kept }
    };
    Server::new(NodeId(1), settings.clone(), start, now)
}

fn closed(connection: ConnectionId) -> Finding {
    Finding::new("closed", format!("an output names {}, which is closed", number(connection)))
}

/// Only who is in a room may read its history. Operators of the server may ask for a message to delete it.
fn may_ask(client: &Client, query: &parla_server::Query, scene: &Scene) -> Checked {
    if client.was_operator && matches!(query, parla_server::Query::Message { .. }) {
        return Ok(());
    }
    let records = match query {
        parla_server::Query::History { record, .. } | parla_server::Query::Message { record, .. } => {
            std::slice::from_ref(record)
        }
        parla_server::Query::LatestTimes { records } => records.as_slice(),
    };
    for record in records {
        let mut names = scene.store.names_of(*record).peekable();
        let is_kept = names.peek().is_some();
        ensure(!is_kept || names.any(|name| client.rooms.contains_key(name)), "outside", || {
            format!("{} reads the history of {:?}", client.name(), scene.store.channel(*record))
        })?;
    }
    Ok(())
}
