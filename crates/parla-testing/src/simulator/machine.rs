//! One machine: the real server, and a model of its daemon. Inputs are collected into a batch, the batch is
//! written, and only then are its outputs sent.

use std::{collections::VecDeque, fmt, mem};

use parla_proto::Timestamp;
use parla_server::{
    AdminAnswer, AdminRequest, Change, ConnectionId, Input, NodeId, Output, Outputs, Proposal, QuestionId,
    Server, Settings, Snapshot, Start,
};
use slotmap::{DefaultKey, SlotMap};

use super::{
    checkers::{Checked, Finding, ensure},
    projection::Projection,
};

/// When something happened on a machine: the effects of an entry come before everything that sessions send
/// after being told of it. This puts the outputs of several machines into one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    /// Up to where the machine had read the log.
    pub(crate) place: usize,
    /// Whether it came after the effects of that entry, rather than being one of them.
    pub(crate) is_after: bool,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.is_after { "after" } else { "at" };
        write!(f, "{when} {}", self.place)
    }
}

/// The effects of one input, and when they happened.
#[derive(Debug)]
pub(crate) struct Caused {
    pub(crate) turn: Turn,
    pub(crate) outputs: Outputs,
}

/// Where a machine starts to read the log, and with what.
#[derive(Clone, Debug)]
pub(crate) struct Beginning {
    pub(crate) place: usize,
    pub(crate) snapshot: Vec<u8>,
}

/// A machine with its server.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) node: NodeId,
    /// The number of its process, by which it comes up; 0 without a log.
    pub(crate) run: u64,
    pub(crate) server: Server,
    /// How many places of the log it has read.
    pub(crate) read: usize,
    /// The clients' connections by the ids that this machine gave them.
    pub(crate) connections: SlotMap<DefaultKey, ConnectionId>,
    pub(crate) condition: Condition,
    /// The last question that the server asked.
    pub(crate) last_question: Option<QuestionId>,
    /// What it stores; `None` for the only machine, whose disk belongs to the world.
    pub(crate) projection: Option<Projection>,
    /// What it uses when it starts again.
    pub(crate) beginning: Option<Beginning>,
    gathering: Vec<Caused>,
    sealed: VecDeque<Vec<Caused>>,
    written: VecDeque<Caused>,
    /// Proposals that it wants in the log and that have not been confirmed.
    pub(crate) unconfirmed: VecDeque<Vec<u8>>,
}

/// The condition of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Runs,
    /// It does nothing for a while, without knowing it.
    Sleeps,
    /// Its process has ended.
    Dead,
}

impl Machine {
    /// A machine whose server is alone, or is the only one on its log.
    pub(crate) fn with(node: NodeId, server: Server) -> Self {
        Self {
            node,
            run: 0,
            server,
            read: 0,
            connections: SlotMap::new(),
            condition: Condition::Runs,
            last_question: None,
            projection: None,
            beginning: None,
            gathering: Vec::new(),
            sealed: VecDeque::new(),
            written: VecDeque::new(),
            unconfirmed: VecDeque::new(),
        }
    }

    /// A machine that starts with what another has saved. `run` must be a different number each time.
    pub(crate) fn join(
        (node, run): (NodeId, u64),
        beginning: Beginning,
        settings: &Settings,
        now: Timestamp,
    ) -> Checked<Self> {
        let snapshot = Snapshot::decode(&beginning.snapshot)
            .map_err(|error| Finding::new("encoding", format!("a snapshot: {error}")))?;
        let server = Server::new(node, settings.clone(), Start::Shared { run, snapshot }, now);
        let read = beginning.place;
        Ok(Self { run, read, beginning: Some(beginning), ..Self::with(node, server) })
    }

    pub(crate) fn runs(&self) -> bool {
        self.condition == Condition::Runs
    }

    /// Saves its view of the network, in order to start with that again.
    pub(crate) fn write_down(&mut self) -> Checked {
        let snapshot = self.server.snapshot();
        let bytes = snapshot.encode();
        let again = Snapshot::decode(&bytes);
        ensure(again.as_ref() == Ok(&snapshot), "snapshot", || {
            format!("{snapshot:?} is read back as {again:?}")
        })?;
        self.beginning = Some(Beginning { place: self.read, snapshot: bytes });
        if let Some(projection) = &mut self.projection {
            projection.come_to(self.read);
        }
        Ok(())
    }

    /// Gives the server an input.
    pub(crate) fn input(&mut self, now: Timestamp, input: Input) {
        let is_entry = matches!(input, Input::Committed { .. });
        let mut outputs = Outputs::default();
        self.server.handle(now, input, &mut outputs);
        let place = self.read;
        if is_entry {
            // After the entry, the next line of whoever waited for it is handled, or they turn out to have
            // gone.
            let is_next = |output: &Output| matches!(output, Output::LineTaken { .. } | Output::Close { .. });
            let end = outputs.outputs.iter().position(is_next).unwrap_or(outputs.outputs.len());
            let after = outputs.outputs.split_off(end);
            self.gather(Turn { place, is_after: false }, outputs);
            outputs = Outputs { outputs: after, changes: Vec::new() };
        }
        self.gather(Turn { place, is_after: true }, outputs);
    }

    /// What the server answers to its administrator at once. What else it does with that input, such as to come up,
    /// is gathered.
    pub(crate) fn ask(&mut self, now: Timestamp, request: AdminRequest) -> Option<AdminAnswer> {
        let mut outputs = Outputs::default();
        self.server.handle(now, Input::Administration { id: 0, request }, &mut outputs);
        let is_answer = |output: &mut Output| matches!(output, Output::Administered { .. });
        let answer = outputs.outputs.extract_if(.., is_answer).next();
        self.gather(Turn { place: self.read, is_after: true }, outputs);
        match answer {
            Some(Output::Administered { answer, .. }) => Some(*answer),
            _ => None,
        }
    }

    fn gather(&mut self, turn: Turn, outputs: Outputs) {
        if !outputs.is_empty() {
            self.gathering.push(Caused { turn, outputs });
        }
    }

    /// Turns the collected inputs into a batch.
    pub(crate) fn seal(&mut self) {
        if !self.gathering.is_empty() {
            self.sealed.push_back(mem::take(&mut self.gathering));
        }
    }

    /// How many batches are not on disk.
    pub(crate) fn batches(&self) -> usize {
        self.sealed.len()
    }

    /// The changes of the batch that is being written.
    pub(crate) fn under_way(&self) -> Vec<Change> {
        self.being_written().flat_map(|caused| caused.outputs.changes.iter().cloned()).collect()
    }

    /// The batch that is being written.
    pub(crate) fn being_written(&self) -> impl Iterator<Item = &Caused> {
        self.sealed.front().into_iter().flatten()
    }

    /// The oldest batch that is not on disk.
    pub(crate) fn next_sealed(&mut self) -> Option<Vec<Caused>> {
        self.sealed.pop_front()
    }

    /// Releases the effects of one input. Proposals are sent at once; what clients get waits for its turn.
    pub(crate) fn written(&mut self, caused: Caused) {
        let Caused { turn, outputs: Outputs { outputs, changes } } = caused;
        let mut rest = Outputs { outputs: Vec::new(), changes };
        for output in outputs {
            match output {
                Output::Propose(proposal) => self.unconfirmed.push_back(Proposal::encode(&proposal)),
                output => rest.outputs.push(output),
            }
        }
        if !rest.is_empty() {
            self.written.push_back(Caused { turn, outputs: rest });
        }
    }

    /// The turn of the oldest outputs that may be sent.
    pub(crate) fn next_written(&self) -> Option<Turn> {
        self.written.front().map(|caused| caused.turn)
    }

    /// Takes the oldest outputs that may be sent, with the changes that were stored with them.
    pub(crate) fn take_written(&mut self) -> Outputs {
        self.written.pop_front().map(|caused| caused.outputs).unwrap_or_default()
    }

    /// The earliest turn to which the next line from this machine to clients can belong.
    pub(crate) fn earliest(&self) -> Turn {
        let sealed = self.sealed.front().and_then(|batch| batch.first());
        let waiting = sealed.or(self.gathering.first()).map(|caused| caused.turn);
        self.next_written().or(waiting).unwrap_or(Turn { place: self.read, is_after: true })
    }

    /// Whether nothing of it is on its way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.gathering.is_empty()
            && self.sealed.is_empty()
            && self.written.is_empty()
            && self.unconfirmed.is_empty()
    }

    /// Ends the process. Everything that was not written or not sent is lost.
    pub(crate) fn die(&mut self) {
        self.condition = Condition::Dead;
        self.gathering.clear();
        self.sealed.clear();
        self.written.clear();
        self.unconfirmed.clear();
        self.connections.clear();
    }
}
