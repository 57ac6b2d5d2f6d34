//! What happens after the configuration was read again, by REHASH or the administrator's signal.

use std::sync::Arc;

use parla_proto::Line;

use super::Server;
use crate::{
    base::{
        connection::ConnectionId,
        settings::{MachineSettings, Settings},
    },
    command::cap::offer,
    contract::{output::Outputs, question::Reconfiguration},
    network::entry::{EntryCommand, Proposer},
};

impl Server {
    /// Adopts the new settings of this machine and proposes those of the network, on behalf of the operator
    /// who asked, or of the administrator.
    pub(super) fn reconfigure(&mut self, asker: Option<ConnectionId>, settings: Settings, out: &mut Outputs) {
        self.reconfigure_machine(settings.machine.in_place_of(&self.machine), out);
        let settings = Arc::new(settings.network.in_place_of(&self.network.settings));
        let by = Proposer { session: asker, actor: None };
        self.submit(by, EntryCommand::Reconfigure(settings), out);
    }

    /// Adopts new settings of this machine; other machines are not told.
    fn reconfigure_machine(&mut self, machine: MachineSettings, out: &mut Outputs) {
        let before = std::mem::replace(&mut self.machine, machine);
        self.change_allowances();
        for connection in self.sessions.connections() {
            if let Some(session) = self.sessions.get_mut(connection)
                && let Some(word) = offer::sts_change(session, &before, &self.machine)
            {
                let target = session.target(&self.network);
                let line = Line::from(&self.network.settings.name)
                    .command("CAP")
                    .param(&target)
                    .param("NEW")
                    .text(word);
                session.send(line.finish().into(), out);
            }
            self.set_timers(connection);
        }
    }

    /// Gives each session the allowances of the current settings, less what it has used.
    pub(super) fn change_allowances(&mut self) {
        let allowances = self.allowances();
        for connection in self.sessions.connections() {
            if let Some(session) = self.sessions.get_mut(connection) {
                session.change_allowances(allowances, self.now);
            }
            self.set_timers(connection);
        }
    }

    /// Tells the operator who asked about the result, and adopts a valid configuration.
    pub(super) fn configuration_read(
        &mut self,
        asker: ConnectionId,
        outcome: Result<Box<Reconfiguration>, Vec<String>>,
        out: &mut Outputs,
    ) {
        match outcome {
            Ok(reconfiguration) => {
                let Reconfiguration { settings, notes } = *reconfiguration;
                self.tell(asker, &notes, out);
                self.reconfigure(Some(asker), settings, out);
            }
            Err(problems) => self.tell(asker, &problems, out),
        }
    }

    /// Sends lines to the client of a session.
    fn tell(&mut self, connection: ConnectionId, lines: &[String], out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let target = session.target(&self.network);
        for line in lines {
            let line = Line::from(&self.network.settings.name).command("NOTICE").param(&target).text(line);
            session.send(line.finish().into(), out);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use parla_proto::Timestamp;

    use super::*;
    use crate::{
        Input, Start,
        base::{connection::Peer, settings::Flood},
        contract::output::Output,
        network::entry::NodeId,
    };

    const AT_FIRST: Timestamp = Timestamp::from_millis(0);

    fn settings(flood: Flood, lines_max: usize) -> Settings {
        let mut settings = Settings::named("s");
        settings.machine.flood = flood;
        settings.network.limits.multiline_lines = lines_max;
        settings
    }

    /// A server with one client whose flood limits apply.
    struct Rig {
        server: Server,
        connection: ConnectionId,
    }

    impl Rig {
        /// A server whose client has sent four lines.
        fn new(settings: Settings) -> Self {
            let server = Server::new(NodeId::ALONE, settings, Start::alone(1), AT_FIRST);
            let mut rig = Self { server, connection: ConnectionId::from_number(1) };
            let peer = Peer::at(IpAddr::V4(Ipv4Addr::LOCALHOST));
            rig.feed(AT_FIRST, Input::Connected { connection: rig.connection, peer });
            rig.says("CAP REQ :batch message-tags draft/multiline echo-message");
            rig.says("NICK alice");
            rig.says("USER alice 0 * :Alice");
            assert!(rig.says("CAP END").contains(" 001 alice "));
            rig
        }

        /// The lines that the client receives.
        fn feed(&mut self, now: Timestamp, input: Input) -> String {
            let mut out = Outputs::default();
            self.server.handle(now, input, &mut out);
            self.server.check().unwrap();
            let lines = out.outputs.iter().filter_map(|output| match output {
                Output::Deliver { line, .. } => Some(String::from_utf8_lossy(line)),
                _ => None,
            });
            lines.collect()
        }

        fn says(&mut self, line: &str) -> String {
            let input = Input::Line { connection: self.connection, line: line.as_bytes().into() };
            self.feed(AT_FIRST, input)
        }

        fn is_answered(&mut self) -> bool {
            self.says("PING x").contains("PONG")
        }

        fn configure(&mut self, settings: Settings) {
            self.server.reconfigure(None, settings, &mut Outputs::default());
            self.server.check().unwrap();
        }
    }

    #[test]
    fn a_client_that_waits_waits_no_longer_than_the_new_pace_asks() {
        let mut rig = Rig::new(settings(Flood { burst: 5, rate: 1 }, 9));
        assert!(rig.is_answered());
        assert!(!rig.is_answered());
        rig.configure(settings(Flood { burst: 5, rate: 10 }, 9));
        let after = |ms| Timestamp::from_millis(ms);
        assert_eq!(rig.feed(AT_FIRST, Input::Deadline), "", "there is no room yet");
        assert_eq!(rig.server.next_deadline(), Some(after(100)));
        assert!(rig.feed(after(100), Input::Deadline).contains("PONG"));
    }

    #[test]
    fn what_was_sent_counts_and_what_is_more_is_there_at_once() {
        let mut rig = Rig::new(settings(Flood { burst: 5, rate: 1 }, 9));
        rig.configure(settings(Flood { burst: 7, rate: 1 }, 9));
        let answered = [(); 4].map(|()| rig.is_answered());
        assert_eq!(answered, [true, true, true, false]);
        rig.configure(settings(Flood { burst: 8, rate: 1 }, 9));
        assert!(rig.feed(AT_FIRST, Input::Deadline).contains("PONG"));
    }

    /// The client was told the limit by `CAP NEW`.
    #[test]
    fn a_message_may_have_as_many_lines_as_it_says() {
        let flood = Flood { burst: 7, rate: 1 };
        let mut rig = Rig::new(settings(flood, 2));
        rig.configure(settings(flood, 4));
        rig.says("BATCH +a draft/multiline alice");
        for text in ["one", "two", "three", "four"] {
            rig.says(&format!("@batch=a PRIVMSG alice :{text}"));
        }
        let heard = rig.says("BATCH -a");
        assert!(heard.contains(":four"), "{heard}");
        assert!(rig.is_answered() && !rig.is_answered());
    }
}
