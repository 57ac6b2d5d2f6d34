//! Servers, and people with several devices, for tests.

use std::{
    collections::VecDeque,
    net::{IpAddr, Ipv4Addr},
};

use expect_test::{Expect, expect};

use super::super::*;
use crate::{
    base::settings::Privileges,
    network::{entry::Proposal, grant::OperatorGrant, kept::Kept},
};

/// One connection, with the name that the test gives it.
struct Device {
    name: &'static str,
    machine: usize,
    connection: ConnectionId,
}

/// Several servers on one log, or a single one. After every step each of them is checked, and all must agree.
pub(super) struct Rig {
    pub(super) servers: Vec<Server>,
    log: VecDeque<Proposal>,
    devices: Vec<Device>,
    pub(super) heard: String,
}

pub(super) const NOW: Timestamp = Timestamp::from_millis(0);

pub(super) fn settings() -> Settings {
    Settings::named("s")
}

impl Rig {
    /// Alice at her desk, with a phone that has these capabilities; bob shares a channel with her.
    pub(super) fn alone(desk: &str, phone: &str) -> Self {
        let alone = Server::new(NodeId::ALONE, settings(), Start::alone(1), NOW);
        let mut rig =
            Self { servers: vec![alone], log: VecDeque::new(), devices: Vec::new(), heard: String::new() };
        rig.guest(("desk", 0), "alice", desk);
        rig.guest(("bob", 0), "bob", "");
        rig.says("desk", "JOIN #rust");
        rig.says("bob", "JOIN #rust");
        rig.device(("phone", 0), "alice", phone);
        rig.heard.clear();
        rig
    }

    /// A number of machines without users.
    pub(super) fn machines(count: u32) -> Self {
        let mut rig =
            Self { servers: Vec::new(), log: VecDeque::new(), devices: Vec::new(), heard: String::new() };
        for which in 0..count {
            let start = Start::Shared {
                run: u64::from(which) + 1,
                snapshot: Snapshot::of_new_network(settings().network, Kept::default(), 1),
            };
            rig.servers.push(Server::new(NodeId(which), settings(), start, NOW));
            rig.feed(which as usize, Input::Deadline);
        }
        rig.settle();
        rig
    }

    /// A connection that has negotiated capabilities and not registered.
    fn connect(&mut self, (name, machine): (&'static str, usize), capabilities: &str) -> ConnectionId {
        let connection = ConnectionId::from_number(self.devices.len() as u64 + 1);
        self.devices.push(Device { name, machine, connection });
        let peer = Peer { unthrottled: true, ..Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST)) };
        self.feed(machine, Input::Connected { connection, peer });
        self.says(name, &format!("CAP REQ :{capabilities}"));
        connection
    }

    /// A new user and their first session.
    pub(super) fn guest(&mut self, device: (&'static str, usize), nick: &str, capabilities: &str) {
        self.connect(device, capabilities);
        for line in [format!("NICK {nick}"), format!("USER {nick} 0 * :{nick}"), "CAP END".to_owned()] {
            self.says(device.0, &line);
        }
        self.heard.clear();
    }

    /// Another session of an existing user.
    pub(super) fn device(&mut self, device: (&'static str, usize), nick: &str, capabilities: &str) {
        let connection = self.connect(device, capabilities);
        let machine = device.1;
        let session = SessionRef { node: self.servers[machine].membership.node(), connection };
        let user = self.user(nick);
        for server in &mut self.servers {
            server.network.begin_session(user, session);
        }
        self.servers[machine].begin_session(connection, user, &mut Outputs::default());
        self.heard.clear();
        self.look();
    }

    fn user(&self, nick: &str) -> UserId {
        self.servers[0].network.find_user(nick).unwrap().0
    }

    pub(super) fn place(&self, name: &str) -> (usize, ConnectionId) {
        let device = self.devices.iter().find(|device| device.name == name).unwrap();
        (device.machine, device.connection)
    }

    /// Sends a line from a device; its proposals stay in the log until the machines settle.
    pub(super) fn begins(&mut self, name: &str, line: &str) {
        let (machine, connection) = self.place(name);
        self.feed(machine, Input::Line { connection, line: line.as_bytes().into() });
    }

    pub(super) fn says(&mut self, name: &str, line: &str) {
        self.begins(name, line);
        self.settle();
    }

    /// Breaks a device's connection.
    pub(super) fn breaks(&mut self, name: &str) {
        let (machine, connection) = self.place(name);
        self.feed(machine, Input::Disconnected { connection, why: Disconnect::Reset });
        self.settle();
    }

    /// Makes the user of a device an operator of the server.
    pub(super) fn is_operator(&mut self, name: &str) {
        let (machine, connection) = self.place(name);
        let actor = self.servers[machine].sessions.get(connection).unwrap().user();
        let (name, title) = ("boss".to_owned(), "is the boss".to_owned());
        let grant = OperatorGrant { name, title, privileges: Privileges::all(), is_by_account: false };
        let by = Proposer { session: Some(connection), actor };
        let mut out = Outputs::default();
        self.servers[machine].submit(by, EntryCommand::Oper(Box::new(grant)), &mut out);
        self.take(machine, out);
        self.settle();
        self.heard.clear();
    }

    pub(super) fn feed(&mut self, machine: usize, input: Input) {
        let mut out = Outputs::default();
        self.servers[machine].handle(NOW, input, &mut out);
        self.servers[machine].check().unwrap();
        self.take(machine, out);
    }

    fn take(&mut self, machine: usize, out: Outputs) {
        for output in out.outputs {
            match output {
                Output::Deliver { to, line } => {
                    let names = self.names(machine, &to);
                    self.heard += &format!("{names}> {}\n", String::from_utf8_lossy(&line).trim_end());
                }
                Output::Close { connection } => {
                    let names = self.names(machine, &[connection]);
                    self.heard += &format!("{names} is closed\n");
                }
                Output::Propose(proposal) => self.log.push_back(*proposal),
                Output::TellWhenSent { connection } => self.feed(machine, Input::Sent { connection }),
                _ => {}
            }
        }
    }

    fn names(&self, machine: usize, connections: &[ConnectionId]) -> String {
        let is_meant =
            |device: &&Device| device.machine == machine && connections.contains(&device.connection);
        let names: Vec<&str> = self.devices.iter().filter(is_meant).map(|device| device.name).collect();
        assert_eq!(names.len(), connections.len(), "each gets a line once");
        names.join(", ")
    }

    /// Delivers everything in the log to every machine.
    pub(super) fn settle(&mut self) {
        while let Some(proposal) = self.log.pop_front() {
            for machine in 0..self.servers.len() {
                let proposal = Box::new(proposal.clone());
                self.feed(machine, Input::Committed { at: NOW, proposal });
            }
        }
        self.look();
    }

    fn look(&self) {
        for server in &self.servers {
            server.check().unwrap();
            assert_eq!(server.snapshot(), self.servers[0].snapshot());
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    pub(super) fn check(&mut self, expected: Expect) {
        expected.assert_eq(&std::mem::take(&mut self.heard));
    }
}
