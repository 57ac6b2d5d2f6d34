//! Clients and a real server, connected by wires that a test can cut at any point.

use std::{collections::VecDeque, time::Duration};

use parla_client::{ClientSettings, Input, Output, Problem, ProblemKind};
use parla_proto::Timestamp;
use parla_server::ConnectionId;

use super::{Memory, Rig, START, settings};

/// How long a server believes that a silent connection is alive.
const GHOST: Duration = Duration::from_secs(20);
/// After this time the network delivers what it had lost.
const LATE: Duration = Duration::from_secs(7);

/// How a wire is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// What was on its way is lost in both directions.
    Everything,
    /// What was on its way to the server arrives, and its answers are lost.
    Answers,
    /// What was on its way to the server arrives, and for a while the server does not notice that the client
    /// is gone.
    Unnoticed,
    /// What was on its way to the server arrives much later, and then the server learns that the connection
    /// has ended.
    Late,
}

impl Cut {
    pub(crate) const ALL: [Self; 4] = [Self::Everything, Self::Answers, Self::Unnoticed, Self::Late];
}

/// Changes a line on its way to a client.
pub(crate) type Bend = fn(Vec<u8>) -> Vec<Vec<u8>>;

/// A client and its wire.
pub(crate) struct Wire {
    pub(crate) rig: Rig,
    connection: Option<ConnectionId>,
    to_server: VecDeque<Vec<u8>>,
    /// The number of lines that have passed since the last cut.
    pub(crate) lines: usize,
    /// The coming cuts, each this many lines after the one before.
    pub(crate) cuts: VecDeque<(usize, Cut)>,
    pub(crate) connects: usize,
    /// Whether the wire cannot be repaired.
    pub(crate) is_dead: bool,
    /// Whether the program is killed at each cut and started again.
    pub(crate) restarts: bool,
    /// Changes each line on its way to the client; an empty result loses it, and several lines duplicate it.
    pub(crate) bend: Bend,
}

/// A connection in which only the server still believes.
struct Ghost {
    connection: ConnectionId,
    /// The lines that still arrive on it.
    lines: VecDeque<Vec<u8>>,
    ends_at: Timestamp,
    /// Whether the server is told that it has ended, after it has processed those lines.
    is_closed: bool,
}

/// All clients and the server.
pub(crate) struct World {
    pub(crate) server: Memory,
    pub(crate) now: Timestamp,
    pub(crate) wires: Vec<Wire>,
    /// Connections in which only the server still believes, with what still arrives on them.
    ghosts: Vec<Ghost>,
}

impl World {
    pub(crate) fn new(settings: parla_server::Settings) -> Self {
        Self { server: Memory::new(settings, START), now: START, wires: Vec::new(), ghosts: Vec::new() }
    }

    /// A world with the usual server.
    pub(crate) fn usual() -> Self {
        Self::new(parla_server::Settings::named("irc.example.org"))
    }

    /// Adds somebody who is not connected yet; returns their number.
    pub(crate) fn add(&mut self, nick: &str) -> usize {
        let settings = ClientSettings { nick: nick.into(), seed: self.wires.len() as u64, ..settings() };
        self.wires.push(Wire {
            rig: Rig::with(settings, &[]),
            connection: None,
            to_server: VecDeque::new(),
            lines: 0,
            cuts: VecDeque::new(),
            connects: 0,
            is_dead: false,
            restarts: false,
            bend: |line| vec![line],
        });
        self.wires.len() - 1
    }

    /// Adds somebody who is in a channel.
    pub(crate) fn add_to(&mut self, room: &str, nick: &str) -> usize {
        let number = self.add(nick);
        self.wires[number].rig.input(Input::Start);
        self.wants(number, parla_client::Intent::Join { room: room.into(), key: None });
        self.settle();
        number
    }

    pub(crate) fn wants(&mut self, number: usize, intent: parla_client::Intent) {
        self.wires[number].rig.now = self.now;
        self.wires[number].rig.wants(intent);
    }

    pub(crate) fn says(&mut self, number: usize, room: &str, text: &str) {
        self.wires[number].rig.now = self.now;
        self.wires[number].rig.writes(room, text);
    }

    /// Another program of this person sends a line on the same connection.
    pub(crate) fn raw(&mut self, number: usize, line: &str) {
        self.carry_out(number);
        self.wires[number].to_server.push_back(line.as_bytes().to_vec());
    }

    /// What the server sends to somebody next, line by line, until it is finished.
    pub(crate) fn heard(&mut self, number: usize) -> String {
        self.carry_out(number);
        self.deliver(number);
        let connection = self.wires[number].connection.unwrap();
        let lines = std::iter::from_fn(|| self.server.next_line(connection));
        lines.map(|line| String::from_utf8(line).unwrap()).collect()
    }

    /// Passes lines in both directions until none is on its way.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            let mut is_busy = false;
            for number in 0..self.wires.len() {
                is_busy |= self.step(number);
            }
            if !is_busy {
                return;
            }
        }
        panic!("the talk never ends");
    }

    /// Time passes.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        self.settle();
        for _ in 0..1_000_000 {
            let clients = self.wires.iter().filter_map(|wire| wire.rig.client.next_deadline());
            let ghosts = self.ghosts.iter().map(|ghost| ghost.ends_at);
            let next = clients.chain(ghosts).chain(self.server.next_deadline()).min();
            let Some(next) = next.filter(|next| *next <= until) else {
                self.now = until;
                return;
            };
            self.now = self.now.max(next);
            self.wake();
            self.settle();
        }
        panic!("time does not pass");
    }

    fn wake(&mut self) {
        let now = self.now;
        self.server.wake(now);
        for ghost in self.ghosts.extract_if(.., |ghost| ghost.ends_at <= now) {
            for line in ghost.lines {
                self.server.line(ghost.connection, &line);
            }
            if ghost.is_closed {
                self.server.closed(ghost.connection);
            } else {
                self.server.lost(ghost.connection);
            }
        }
        for wire in &mut self.wires {
            wire.rig.now = now;
            if wire.rig.client.next_deadline().is_some_and(|deadline| deadline <= now) {
                wire.rig.input(Input::Deadline);
            }
        }
    }

    /// Passes one line in each direction. Returns false if there is none.
    fn step(&mut self, number: usize) -> bool {
        let did = self.carry_out(number);
        let wire = &mut self.wires[number];
        wire.rig.now = self.now;
        let Some(connection) = wire.connection else { return did };
        if self.cut_if_due(number) {
            return true;
        }
        let wire = &mut self.wires[number];
        let sent = wire.to_server.pop_front();
        if let Some(line) = &sent {
            wire.lines += 1;
            self.server.line(connection, line);
            if self.cut_if_due(number) {
                return true;
            }
        }
        let wire = &mut self.wires[number];
        let said = self.server.next_line(connection);
        if let Some(line) = &said {
            wire.lines += 1;
            for line in (wire.bend)(line.strip_suffix(b"\r\n").unwrap().to_vec()) {
                wire.rig.input(Input::Line(&line));
            }
        } else if !self.server.is_open(connection) {
            self.break_wire(number);
        }
        did || sent.is_some() || said.is_some()
    }

    /// Carries out what the client asks for. Returns false if there is nothing.
    fn carry_out(&mut self, number: usize) -> bool {
        let outputs = self.wires[number].rig.take_outputs();
        let did = !outputs.is_empty();
        for output in outputs {
            match output {
                Output::Send(bytes) => {
                    self.wires[number].to_server.push_back(bytes.strip_suffix(b"\r\n").unwrap().to_vec());
                }
                Output::Connect => self.connect(number),
                Output::Disconnect => {
                    self.deliver(number);
                    self.hang_up(number);
                }
                Output::Store { .. } => panic!("the rig keeps it"),
                Output::Keep(_) | Output::Unkeep { .. } | Output::Rename { .. } | Output::Recall { .. } => {
                    panic!("there is no archive")
                }
            }
        }
        did
    }

    fn connect(&mut self, number: usize) {
        self.hang_up(number);
        self.wires[number].connects += 1;
        if self.wires[number].is_dead {
            return self.break_wire(number);
        }
        self.wires[number].connection = Some(self.server.open());
        self.wires[number].rig.input(Input::Opened);
    }

    fn hang_up(&mut self, number: usize) {
        self.wires[number].to_server.clear();
        if let Some(connection) = self.wires[number].connection.take() {
            self.server.lost(connection);
        }
    }

    /// Delivers what was on its way to the server.
    fn deliver(&mut self, number: usize) {
        let wire = &mut self.wires[number];
        if let Some(connection) = wire.connection {
            for line in wire.to_server.drain(..) {
                self.server.line(connection, &line);
            }
        }
    }

    fn cut_if_due(&mut self, number: usize) -> bool {
        let wire = &mut self.wires[number];
        let Some((_, how)) = wire.cuts.front().copied().filter(|(after, _)| wire.lines >= *after) else {
            return false;
        };
        wire.cuts.pop_front();
        wire.lines = 0;
        self.cut(number, how);
        true
    }

    pub(crate) fn cut(&mut self, number: usize, how: Cut) {
        self.carry_out(number);
        if matches!(how, Cut::Answers | Cut::Unnoticed) {
            self.deliver(number);
        }
        if matches!(how, Cut::Unnoticed | Cut::Late)
            && let Some(connection) = self.wires[number].connection.take()
        {
            let (lines, is_closed) = (std::mem::take(&mut self.wires[number].to_server), how == Cut::Late);
            let ends_at = self.now + if is_closed { LATE } else { GHOST };
            self.ghosts.push(Ghost { connection, lines, ends_at, is_closed });
        }
        if self.wires[number].restarts {
            return self.restart(number);
        }
        self.break_wire(number);
    }

    fn restart(&mut self, number: usize) {
        self.hang_up(number);
        let rig = std::mem::replace(&mut self.wires[number].rig, Rig::new());
        let settings = rig.settings.clone();
        self.wires[number].rig = rig.restarts_with(settings);
        self.wires[number].rig.input(Input::Start);
    }

    fn break_wire(&mut self, number: usize) {
        self.hang_up(number);
        let problem = Problem::new(ProblemKind::Lost, "", "reset");
        self.wires[number].rig.input(Input::Closed(problem));
    }
}
