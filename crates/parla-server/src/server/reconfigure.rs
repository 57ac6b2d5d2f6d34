//! The configuration was read again: REHASH, or the administrator's signal.

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
    /// Puts new settings of this machine in place and brings those of the network into the log, for the operator who asked for
    /// them or for the administrator.
    pub(super) fn reconfigure(&mut self, asker: Option<ConnectionId>, settings: Settings, out: &mut Outputs) {
        self.reconfigure_machine(settings.machine.in_place_of(&self.machine), out);
        let settings = Arc::new(settings.network.in_place_of(&self.settings));
        let by = Proposer { session: asker, actor: None };
        self.submit(by, EntryCommand::Reconfigure(settings), out);
    }

    /// Puts other settings of this machine in place, of which nobody elsewhere hears.
    fn reconfigure_machine(&mut self, machine: MachineSettings, out: &mut Outputs) {
        let before = std::mem::replace(&mut self.machine, machine);
        for connection in self.sessions.connections() {
            if let Some(session) = self.sessions.get_mut(connection)
                && let Some(word) = offer::sts_change(session, &before, &self.machine)
            {
                let target = session.target(&self.network);
                let line =
                    Line::from(&self.settings.name).command("CAP").param(&target).param("NEW").text(word);
                session.send(line.finish().into(), out);
            }
            self.set_timers(connection);
        }
    }

    /// Tells the operator who asked what there is to know, and puts a good configuration in place.
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

    /// Says something to the client of a session.
    fn tell(&mut self, connection: ConnectionId, lines: &[String], out: &mut Outputs) {
        let Some(session) = self.sessions.get_mut(connection) else { return };
        let target = session.target(&self.network);
        for line in lines {
            let line = Line::from(&self.settings.name).command("NOTICE").param(&target).text(line);
            session.send(line.finish().into(), out);
        }
    }
}
