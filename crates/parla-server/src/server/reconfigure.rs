//! The configuration was read again: REHASH, or the administrator's signal.

use std::sync::Arc;

use parla_proto::Line;

use super::Server;
use crate::{
    base::{connection::ConnectionId, settings::Settings},
    contract::output::Outputs,
    network::entry::{EntryCommand, Proposer},
    session::Until,
};

impl Server {
    /// Brings new settings into the log, and tells whoever asked for them what there is to know.
    pub(super) fn reconfigured(
        &mut self,
        asker: Option<ConnectionId>,
        settings: Settings,
        notes: &[String],
        out: &mut Outputs,
    ) {
        let waiting = asker.filter(|asker| self.tell(*asker, notes, out));
        let settings = Arc::new(settings.in_place_of(&self.settings));
        let by = Proposer { session: asker, actor: None };
        self.submit(by, EntryCommand::Reconfigure(settings), out);
        if let Some(connection) = waiting {
            self.go_on(connection, out);
        }
    }

    /// Tells whoever asked why nothing has changed.
    pub(super) fn not_reconfigured(&mut self, asker: ConnectionId, problems: &[String], out: &mut Outputs) {
        if self.tell(asker, problems, out) {
            self.go_on(asker, out);
        }
    }

    /// Says something to a client that waits for it. Gives whether there is one.
    fn tell(&mut self, connection: ConnectionId, lines: &[String], out: &mut Outputs) -> bool {
        let wanted = |until: &Until| matches!(until, Until::Reconfigured);
        let Some((session, _)) = self.sessions.answered(connection, wanted, self.now) else { return false };
        let target = session.target(&self.network);
        for line in lines {
            let line = Line::from(&self.settings.name).command("NOTICE").param(&target).text(line);
            session.send(line.finish().into(), out);
        }
        true
    }
}
