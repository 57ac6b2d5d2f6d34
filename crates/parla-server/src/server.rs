//! The state machine: passes inputs to sessions, their proposals to the log, entries to the network, and
//! events to `publish`.

mod accounts;
mod administration;
mod answers;
#[cfg(test)]
mod devices;
mod entries;
mod invitations;
mod lines;
mod membership;
mod moderation;
mod reconfigure;
mod storage;
mod timers;

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::{Line, Timestamp};

use membership::Membership;
use moderation::Moderation;

use crate::{
    base::{
        connection::{ConnectionId, Disconnect, Peer},
        settings::{MachineSettings, Settings},
    },
    context::statistics::Statistics,
    contract::{
        input::Input,
        note::{Note, Noted},
        output::{Output, Outputs},
    },
    network::{
        Network, UserId, encoding,
        entry::{EndReason, EntryCommand, NodeId, Proposer, SessionEnded, SessionRef},
        kept::Kept,
        snapshot::Snapshot,
    },
    server::timers::{Timer, Timers},
    session::{
        Session, allowance::Allowances, pause::WaitingLine, questions::Questions, sessions::Sessions,
        watchers::Watchers,
    },
};

/// How a server starts.
#[derive(Clone, Debug)]
pub enum Start {
    /// It is its network's only server, and orders the entries itself.
    Alone {
        /// The number of the next entry, which must be higher than any used before.
        next_seq: u64,
        /// What was stored.
        kept: Kept,
    },
    /// It shares a log with other servers: it sends [`Output::Propose`] and gets [`Input::Committed`].
    Shared {
        /// A random number that identifies this run of the process.
        run: u64,
        /// The network as another server had it, with the network's settings. The entries after it must
        /// follow.
        snapshot: Snapshot,
    },
}

impl Start {
    /// Starts alone and with nothing stored, for tests.
    pub const fn alone(next_seq: u64) -> Self {
        let kept = Kept {
            channels: Vec::new(),
            accounts: Vec::new(),
            invitations: Vec::new(),
            closures: BTreeMap::new(),
            access: None,
        };
        Self::Alone { next_seq, kept }
    }
}

/// An IRC server. It has one owner and runs on one thread; `&mut` is the only lock.
#[derive(Debug)]
pub struct Server {
    machine: MachineSettings,
    membership: Membership,
    network: Network,
    sessions: Sessions,
    watchers: Watchers,
    timers: Timers,
    questions: Questions,
    statistics: Statistics,
    /// Whether the disk of this machine is nearly full.
    is_storage_low: bool,
    moderation: Moderation,
    /// Whether it has proposed to forget channels and the entry has not come back yet.
    has_proposed_to_forget: bool,
    /// The same for the deletion of old messages.
    has_proposed_to_expire: bool,
    now: Timestamp,
}

impl Server {
    /// A server on the machine of this name, without connections.
    ///
    /// If it shares a log, only the machine's settings are used: those of the network are in the snapshot,
    /// and an entry changes them.
    pub fn new(node: NodeId, settings: Settings, start: Start, now: Timestamp) -> Self {
        let (network, membership) = match start {
            Start::Alone { next_seq, kept } => {
                let mut network = Network::new(Arc::new(settings.network), kept, next_seq);
                let epoch = network.begin_alone(node);
                (network, Membership::alone(node, epoch))
            }
            Start::Shared { run, snapshot } => (snapshot.into_network(), Membership::shared(node, run)),
        };
        let mut server = Self {
            machine: settings.machine,
            network,
            membership,
            sessions: Sessions::default(),
            watchers: Watchers::default(),
            timers: Timers::default(),
            questions: Questions::default(),
            statistics: Statistics::new(now),
            is_storage_low: false,
            moderation: Moderation::default(),
            has_proposed_to_forget: false,
            has_proposed_to_expire: false,
            now,
        };
        server.set(Timer::Network);
        server
    }

    /// The result of all entries so far, for another server to start with.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.network.clone())
    }

    /// A short hash by which servers can check that the entries have led to the same network on each of them.
    pub fn state_hash(&self) -> u64 {
        encoding::state_hash(&self.network)
    }

    /// Handles one input at the time `now`, and adds its effects to `out`. Time never goes back: a `now` that
    /// is earlier than the last one is replaced by that.
    pub fn handle(&mut self, now: Timestamp, input: Input, out: &mut Outputs) {
        self.now = self.now.max(now);
        self.come_up(out);
        match input {
            Input::Connected { connection, peer } => self.connected(connection, peer),
            Input::Line { connection, line } => self.receive(connection, WaitingLine::Line(line), out),
            Input::LineTooLong { connection } => self.receive(connection, WaitingLine::TooLong, out),
            Input::LineEndless { connection } => self.receive(connection, WaitingLine::Endless, out),
            Input::Blank { connection } => self.receive(connection, WaitingLine::Blank, out),
            Input::Disconnected { connection, why } => self.disconnected(connection, why, out),
            Input::Sent { connection } => self.sent(connection, out),
            Input::Answer { id, answer } => self.answered(id, answer, out),
            Input::Reconfigured(reconfiguration) => self.reconfigure(None, reconfiguration.settings, out),
            Input::Administration { id, request } => self.administer(id, request, out),
            Input::Committed { at, proposal } => self.committed(at, *proposal, out),
            Input::NodeLost { node } => self.declare_dead(node, out),
            Input::Deadline => self.deadlines(out),
            Input::Stalled { duration } => self.sessions.postpone(duration, self.now),
            Input::Storage { is_low } => self.storage_changed(is_low, out),
            Input::ShuttingDown => {
                // All connections are closed together, so nobody is told that others leave, and the log need
                // not contain it.
                for connection in self.sessions.connections() {
                    self.close(connection, Some("Server is shutting down"), out);
                }
            }
        }
    }

    /// Checks all invariants of the server's state: that both sides agree on memberships and sessions, and
    /// that indexes and counts are right. It is slow, and meant for simulators and tests.
    ///
    /// # Errors
    /// The first violation, as a sentence.
    pub fn check(&self) -> Result<(), String> {
        self.network.check()?;
        self.sessions.check(&self.network, self.membership.node())
    }

    /// When [`Input::Deadline`] is due, if no other input comes first.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let coming_up = self.membership.must_come_up().then_some(self.now);
        [self.timers.next(), coming_up].into_iter().flatten().min()
    }

    fn connected(&mut self, connection: ConnectionId, peer: Peer) {
        self.sessions.insert(Session::new(connection, peer, self.allowances(), self.now));
        self.set_timers(connection);
    }

    /// The allowances of a client that has sent nothing yet.
    fn allowances(&self) -> Allowances {
        Allowances::new(self.machine.flood, self.network.settings.limits.multiline_lines, self.now)
    }

    fn disconnected(&mut self, connection: ConnectionId, why: Disconnect, out: &mut Outputs) {
        // A client that closed its side is still served what it sent before, and may still read.
        if let Some(session) = self.sessions.get_mut(connection)
            && why == Disconnect::Closed
            && !session.waits_to_be_let_in()
            && let Some(pause) = &mut session.pause
        {
            pause.lines.push_back(WaitingLine::End);
            return;
        }
        self.end(connection, None, Some(why.reason()), out);
    }

    /// Ends a session. The client is sent `error`; if the user goes with it, others read `reason`.
    fn end(
        &mut self,
        connection: ConnectionId,
        error: Option<&str>,
        reason: Option<&str>,
        out: &mut Outputs,
    ) {
        if let Some(why) = error.or(reason) {
            self.note_left(connection, why, out);
        }
        let Some(user) = self.close(connection, error, out) else { return };
        if let Some(reason) = reason.or(error) {
            self.propose_end(connection, user, EndReason::Servers(reason.to_owned()), out);
        }
    }

    /// Ends a session at its user's request. The client is sent `reason`, and if the user goes with it,
    /// others read it wherever the user may speak.
    fn quit(&mut self, connection: ConnectionId, reason: &str, out: &mut Outputs) {
        // What a person wrote is not logged.
        self.note_left(connection, "Quit", out);
        let Some(user) = self.close(connection, Some(reason), out) else { return };
        self.propose_end(connection, user, EndReason::Own(reason.to_owned()), out);
    }

    /// Proposes an entry that a session of a user has ended.
    fn propose_end(&mut self, connection: ConnectionId, user: UserId, why: EndReason, out: &mut Outputs) {
        let session = SessionRef { node: self.membership.node(), connection };
        let by = Proposer { session: Some(connection), actor: Some(user) };
        self.submit(by, EntryCommand::SessionEnded(SessionEnded { session, why }), out);
    }

    /// Closes a session. Returns its user, who is still in the network.
    fn close(&mut self, connection: ConnectionId, error: Option<&str>, out: &mut Outputs) -> Option<UserId> {
        let mut session = self.sessions.remove(connection)?;
        self.watchers.clear(connection);
        self.questions.forget(&session, out);
        self.set_timers(connection);
        if let Some(error) = error {
            let host = session.peer.host();
            let line = Line::bare("ERROR").text(format_args!("Closing link: {host} ({error})")).finish();
            session.send(line.into(), out);
        }
        session.send_response(&self.network.settings.name, out);
        out.outputs.push(Output::Close { connection });
        session.user()
    }

    /// Notes what happened to a connection, for the administrator's log file.
    fn note(&self, connection: ConnectionId, noted: Noted, out: &mut Outputs) {
        let Some(session) = self.sessions.get(connection) else { return };
        let note = Note { connection, address: session.peer.address, noted };
        out.outputs.push(Output::Note(Box::new(note)));
    }

    fn note_left(&self, connection: ConnectionId, why: &str, out: &mut Outputs) {
        let user = self.sessions.get(connection).and_then(Session::user);
        let who = user.and_then(|id| self.network.user(id)).map(|user| user.called());
        self.note(connection, Noted::Left { who, why: why.to_owned() }, out);
    }
}
