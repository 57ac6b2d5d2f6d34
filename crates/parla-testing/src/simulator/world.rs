//! A model of the daemon: it collects inputs into batches, writes each batch's changes, and only then
//! releases its outputs.
//!
//! It contains the real [`Server`] and its real store, besides models of what is stored, of the shared log,
//! and of every client. It makes no choices itself.

mod checks;
mod delivery;
mod faults;
mod people;
mod questions;
mod settled;
mod unheard;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use parla_proto::Timestamp;
use parla_server::{
    ConnectionId, Disconnect, Fingerprint, Input, Kept, NetworkSettings, NodeId, Output, Peer, Server,
    Settings, Snapshot, Start,
};
use slotmap::{DefaultKey, SlotMap};

use self::{delivery::Owed, questions::Asked};
use super::{
    checkers::{self, Checked, Finding, ensure},
    client::{Client, Scene, Sent, number},
    disk::Disk,
    machine::{Beginning, Caused, Machine},
    people::People,
    projection::{OfEntry, Projection},
    shared_log::SharedLog,
    trace::Trace,
};

/// The password of a server that has one.
pub(crate) const PASSWORD: &str = "sesame";

/// The name of the only operator.
pub(crate) const OPERATOR: &str = "admin";

/// The password of the operator.
pub(crate) const OPERATOR_PASSWORD: &str = "abracadabra";

/// A number of entries that no run of the server reaches, so that numbers after a restart are higher than all
/// before.
const SEQS_PER_RUN: u64 = 10_000_000;

/// How many entries lie between two comparisons of the networks of all machines.
const STATE_LOOKED_AT_EVERY: usize = 16;

/// How many lines of a client may wait to be answered.
const LINES_WAITING_MAX: usize = 64;

/// What happens to something that a machine sends to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives, and the machine is told so.
    Confirmed,
    /// It arrives, and the machine is not told.
    Unconfirmed,
    /// It arrives later, if at all.
    Late,
}

/// What happened in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The number of connections that were opened.
    pub connections: usize,
    /// The number of lines that clients sent.
    pub lines_sent: usize,
    /// The number of lines that clients received.
    pub lines_delivered: usize,
    /// The number of messages on disk at the end.
    pub messages_kept: usize,
    /// How often a client was told that it is signed in.
    pub sign_ins: usize,
    /// The number of queries to the store.
    pub queries: usize,
    /// The number of crashes and shutdowns, each with a restart.
    pub restarts: usize,
    /// Findings that the run was told to pass over, by checker.
    pub passed_over: BTreeMap<String, usize>,
}

/// How the servers of a world order their entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// There is one server, which commits at once.
    Alone,
    /// There are this many servers, which share a log.
    Shared(usize),
}

/// Servers with their daemons, their disk and their clients.
///
/// What clients get is examined in the order of the log: no line of a later entry before all lines of an
/// earlier one, on any machine. So every checker can compare all clients, however far one machine is behind
/// another.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) scene: Scene,
    pub(crate) now: Timestamp,
    pub(crate) clients: SlotMap<DefaultKey, Client>,
    pub(crate) summary: Summary,
    pub(crate) trace: Trace,
    /// Checkers whose findings do not end the run. Only checkers of single lines can be passed over.
    pub(crate) passed_over: BTreeSet<String>,
    disk: Disk,
    pub(crate) machines: Vec<Machine>,
    pub(crate) log: SharedLog,
    order: Order,
    /// How often a server was started.
    runs: u64,
    /// The number of the first entry since all servers were started.
    first_seq: u64,
    /// Up to where the log was searched for events that nobody is told of.
    looked_to: usize,
    asked: Vec<Asked>,
    owed: Vec<Owed>,
}

impl World {
    pub(crate) fn new(settings: Settings, order: Order, (disk, trace): (Disk, Trace)) -> Self {
        // These clients do not know how to sign in.
        let network = NetworkSettings { accounts: None, ..settings.network };
        Self::of(Settings { network, ..settings }, order, (disk, trace))
    }

    /// A world whose people have accounts.
    pub(crate) fn with_people(settings: Settings, order: Order, (disk, trace): (Disk, Trace)) -> Self {
        let mut world = Self::of(settings, order, (disk, trace));
        let is_exact = order != Order::Alone;
        world.scene.people = Some(People { is_exact, ..People::default() });
        world
    }

    fn of(settings: Settings, order: Order, (disk, trace): (Disk, Trace)) -> Self {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let mut world = Self {
            scene: Scene::new(settings),
            now,
            clients: SlotMap::new(),
            summary: Summary::default(),
            trace,
            passed_over: BTreeSet::new(),
            disk,
            machines: Vec::new(),
            log: SharedLog::default(),
            order,
            runs: 0,
            first_seq: 1,
            looked_to: 0,
            asked: Vec::new(),
            owed: Vec::new(),
        };
        world.start_all(Kept::default());
        world
    }

    /// Whether there can be more than one machine.
    pub(crate) fn is_of_several(&self) -> bool {
        matches!(self.order, Order::Shared(count) if count > 1)
    }

    /// Starts every server with what was stored and an empty log.
    fn start_all(&mut self, kept: Kept) {
        let settings = self.scene.settings.clone();
        self.log = SharedLog::default();
        self.looked_to = 0;
        self.machines.clear();
        match self.order {
            Order::Alone => {
                let start = Start::Alone { next_seq: self.first_seq, kept };
                self.machines.push(Machine::with(
                    NodeId::ALONE,
                    Server::new(NodeId::ALONE, settings, start, self.now),
                ));
            }
            Order::Shared(count) => {
                let snapshot = Snapshot::of_new_network(settings.network.clone(), kept, self.first_seq);
                for number in 1..=u32::try_from(count).unwrap_or(1) {
                    self.runs += 1;
                    let start = Start::Shared { run: self.runs, snapshot: snapshot.clone() };
                    let own = settings_of(&settings, NodeId(number));
                    let server = Server::new(NodeId(number), own, start, self.now);
                    let beginning = Beginning { place: 0, snapshot: snapshot.encode() };
                    let mut machine = Machine::with(NodeId(number), server);
                    machine.run = self.runs;
                    machine.beginning = Some(beginning);
                    machine.projection = (count > 1).then(|| Projection::new(self.disk.another(), &settings));
                    self.machines.push(machine);
                }
            }
        }
    }

    /// Connects somebody to a machine.
    pub(crate) fn connect(&mut self, peer: Peer, which: usize) -> Option<ConnectionId> {
        let machine = self.machines.get_mut(which).filter(|machine| machine.runs())?;
        let unthrottled = peer.unthrottled;
        let certificate = peer.certificate.as_deref().copied().map(Fingerprint);
        let key = self.clients.insert_with_key(|key| {
            let connection = ConnectionId::from_key(key);
            let local = ConnectionId::from_key(machine.connections.insert(connection));
            let mut client = Client::new(connection, (which, local), unthrottled);
            client.person.certificate = certificate;
            client
        });
        let connection = ConnectionId::from_key(key);
        self.summary.connections += 1;
        self.trace.add(|| format!("connect {} to {which}", number(connection)));
        self.input_of(connection, |connection| Input::Connected { connection, peer });
        Some(connection)
    }

    /// Sends a line from a client, unless too many of its lines are already waiting.
    pub(crate) fn send(&mut self, connection: ConnectionId, sent: Sent) {
        let Some(client) = self.clients.get_mut(connection.key()) else { return };
        let awake = self.machines.get(client.place.0).is_some_and(Machine::runs);
        if client.left || !awake || client.sent.len() >= LINES_WAITING_MAX {
            return;
        }
        let name = client.name();
        self.summary.lines_sent += 1;
        client.sends(&sent);
        if let (Some(people), Sent::Line(line)) = (&self.scene.people, &sent) {
            client.person.sends(line, &people.told);
        }
        match sent {
            Sent::Line(line) => {
                self.trace.add(|| format!("{name}: {}", checkers::shown(&line)));
                self.input_of(connection, |connection| Input::Line { connection, line: line.into() });
            }
            Sent::TooLong => {
                self.trace.add(|| format!("{name}: a line that is too long"));
                self.input_of(connection, |connection| Input::LineTooLong { connection });
            }
        }
    }

    /// Removes a client that is gone.
    pub(crate) fn disconnect(&mut self, connection: ConnectionId, why: Disconnect) {
        let Some(client) = self.clients.get_mut(connection.key()).filter(|client| !client.left) else {
            return;
        };
        if !self.machines.get(client.place.0).is_some_and(Machine::runs) {
            return;
        }
        client.left = true;
        let name = client.name();
        self.trace.add(|| format!("{name} is gone: {why:?}"));
        self.input_of(connection, |connection| Input::Disconnected { connection, why });
    }

    /// Advances the time; the clock may go back a little.
    pub(crate) fn advance(&mut self, ms: i64) {
        self.now = Timestamp::from_millis(self.now.as_millis() + ms);
    }

    /// Advances to the servers' next deadline.
    pub(crate) fn advance_to_deadline(&mut self) {
        let running = self.machines.iter().filter(|machine| machine.runs());
        if let Some(at) = running.filter_map(|machine| machine.server.next_deadline()).min() {
            self.now = self.now.max(at);
            let now = self.now;
            self.trace.add(|| format!("time {now}"));
        }
    }

    /// Tells each server whose deadline has come.
    pub(crate) fn keep_deadline(&mut self) -> Checked {
        let now = self.now;
        self.scene.store.see_time(now);
        for machine in self.machines.iter_mut().filter(|machine| machine.runs()) {
            if machine.server.next_deadline().is_some_and(|at| at <= now) {
                machine.input(now, Input::Deadline);
                let next = machine.server.next_deadline();
                ensure(next.is_none_or(|at| at > now), "deadline", || {
                    format!("the next deadline {next:?} is not after {now}")
                })?;
            }
        }
        Ok(())
    }

    /// Turns the inputs that a machine has collected into a batch.
    pub(crate) fn seal(&mut self, which: usize) {
        if let Some(machine) = self.machines.get_mut(which).filter(|machine| machine.runs()) {
            machine.seal();
        }
    }

    /// Writes the oldest batch of a machine that is not on disk.
    pub(crate) fn write(&mut self, which: usize) -> Checked {
        let Some(machine) = self.machines.get_mut(which).filter(|machine| machine.runs()) else {
            return Ok(());
        };
        machine.server.check().map_err(|what| Finding::new("invariants", what))?;
        let batch = machine.next_sealed().unwrap_or_default();
        let (mut fresh, mut entries) = (Vec::new(), Vec::new());
        for caused in &batch {
            let changes = &caused.outputs.changes;
            self.check_changes(changes)?;
            if changes.is_empty() {
                continue;
            }
            let entry = self.of_entry(caused);
            if self.log.wrote(&entry)? {
                self.trace.add(|| format!("disk: {} changes", changes.len()));
                let deleted: Vec<&str> = entry.deleted.iter().map(String::as_str).collect();
                self.scene.store.write(changes.clone(), &deleted)?;
                fresh.extend(changes.iter().cloned());
            }
            entries.push(entry);
        }
        let Some(machine) = self.machines.get_mut(which) else { return Ok(()) };
        match &mut machine.projection {
            None => self.disk.write(&fresh)?,
            Some(projection) => {
                projection.write(entries, &self.scene.store)?;
                projection.come_to(batch.last().map_or(0, |caused| caused.turn.place));
            }
        }
        batch.into_iter().for_each(|caused| machine.written(caused));
        Ok(())
    }

    /// The changes of an entry, and what its place in the log says about them.
    fn of_entry(&self, caused: &Caused) -> OfEntry {
        let Caused { turn, outputs } = caused;
        let deleted = outputs.outputs.iter().filter_map(|output| match output {
            Output::Audit(audit) if audit.action == "ROOM DELETE" => Some(audit.whom.clone()),
            _ => None,
        });
        let deleted = deleted.chain(self.log.deleted(turn.place)).collect();
        OfEntry { place: turn.place, changes: outputs.changes.clone(), deleted }
    }

    /// Sends the first of a machine's unconfirmed proposals to the log. It may be lost, arrive late, or
    /// arrive without the machine being told; the machine then sends it again.
    pub(crate) fn publish(&mut self, which: usize, fate: Fate) {
        let Some(machine) = self.machines.get_mut(which).filter(|machine| machine.runs()) else { return };
        let Some(bytes) = machine.unconfirmed.front().cloned() else { return };
        if matches!(fate, Fate::Confirmed) {
            machine.unconfirmed.pop_front();
        }
        match fate {
            Fate::Confirmed | Fate::Unconfirmed => self.log.append(self.now, bytes),
            Fate::Late => self.log.delay(bytes),
        }
    }

    /// Gives a machine its next entry from the log.
    pub(crate) fn commit_next(&mut self, which: usize) -> Checked {
        let now = self.now;
        let Some(machine) = self.machines.get_mut(which).filter(|machine| machine.runs()) else {
            return Ok(());
        };
        if machine.read >= self.log.len() {
            return Ok(());
        }
        machine.read += 1;
        let place = machine.read;
        self.scene.store.see_time(now);
        let (at, proposal) = self.log.read(place)?;
        self.trace.add(|| format!("{which} reads {place}: {proposal:?}"));
        machine.input(now, Input::Committed { at, proposal: Box::new(proposal) });
        if self.order != Order::Alone && place.is_multiple_of(STATE_LOOKED_AT_EVERY) {
            self.log.became(place, machine.server.state_hash())?;
        }
        Ok(())
    }

    /// How many questions are waiting.
    pub(crate) fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Lets every machine run and everything arrive, and then checks that all agree.
    pub(crate) fn settle(&mut self) -> Checked {
        for which in 0..self.machines.len() {
            self.start_again(which)?;
        }
        self.log_gets_all();
        loop {
            for which in 0..self.machines.len() {
                self.seal(which);
                for _ in 0..self.machines.get(which).map_or(0, Machine::batches) {
                    self.write(which)?;
                }
                while self.machines.get(which).is_some_and(|machine| !machine.unconfirmed.is_empty()) {
                    self.publish(which, Fate::Confirmed);
                }
                while self.machines.get(which).is_some_and(|machine| machine.read < self.log.len()) {
                    self.commit_next(which)?;
                }
            }
            let log = self.log.len();
            let is_over = self.machines.iter().all(|machine| machine.is_quiet() && machine.read == log);
            if self.deliver()? || !is_over {
                continue;
            }
            if self.asked.is_empty() {
                break;
            }
            self.answer(0, false);
        }
        self.disk.rest()?;
        for projection in self.machines.iter_mut().filter_map(|machine| machine.projection.as_mut()) {
            projection.rest()?;
        }
        self.check_agreement()?;
        self.check_kept()?;
        self.check_quiet()
    }

    fn log_gets_all(&mut self) {
        while self.log.late() > 0 {
            self.log.append_late(self.now, 0);
        }
    }

    /// Gives an input to the client's machine, with the connection id of that machine.
    fn input_of(&mut self, connection: ConnectionId, input: impl FnOnce(ConnectionId) -> Input) {
        let now = self.now;
        self.scene.store.see_time(now);
        let Some((which, local)) = self.clients.get(connection.key()).map(|client| client.place) else {
            return;
        };
        if let Some(machine) = self.machines.get_mut(which) {
            machine.input(now, input(local));
        }
    }
}

/// The settings for one of several machines: the network's settings are the same everywhere, and nothing that
/// all machines share may depend on a machine's own.
fn settings_of(settings: &Settings, node: NodeId) -> Settings {
    let mut settings = settings.clone();
    let machine = &mut settings.machine;
    machine.version = format!("{}, machine {}", machine.version, node.0);
    machine.portion_bytes += 40 * usize::try_from(node.0).unwrap_or_default();
    machine.flood.burst += node.0;
    machine.timeouts.ping_interval += Duration::from_millis(u64::from(node.0) * 250);
    settings
}

fn closed(connection: ConnectionId) -> Finding {
    Finding::new("closed", format!("an output names {}, which is closed", number(connection)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_have_settings_of_their_own_in_one_network() {
        let settings = Settings::named("a.b");
        let [one, two] = [1, 2].map(|number| settings_of(&settings, NodeId(number)));
        assert_eq!(one.network, two.network);
        assert_ne!(one.machine, two.machine);
    }
}
