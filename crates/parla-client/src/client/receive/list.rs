//! RPL_LIST: the channels of the network. [`DirectoryBuilder`] builds the list itself.

use parla_proto::{CommandName, Numeric};

use crate::{
    directory::DirectoryBuilder,
    incoming::Incoming,
    problem::{Problem, ProblemKind},
    turn::Turn,
};

impl DirectoryBuilder {
    /// RPL_TRYAGAIN: the server refused something because it was asked too often.
    pub(super) fn try_again(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let problem = Problem::new(ProblemKind::Throttled, "", incoming.last());
        if CommandName::parse(incoming.param(1)) == Some(CommandName::List) {
            self.refused(problem);
        } else {
            turn.complain(None, problem);
        }
    }

    /// Whether a refusal that names no channel answers the LIST: it names the command, or it can answer nothing
    /// else. Servers word and number it as they like.
    pub(super) fn is_refused_by(&self, numeric: Numeric, incoming: &Incoming<'_>) -> bool {
        let is_named = CommandName::parse(incoming.param(1)) == Some(CommandName::List);
        let is_general =
            matches!(numeric, Numeric::NoPrivileges | Numeric::MissingPrivilege | Numeric::Unknown(_));
        self.is_awaited() && incoming.label.is_none() && (is_named || is_general)
    }
}
