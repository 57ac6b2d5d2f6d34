//! RPL_LIST: the channels of the network. [`DirectoryBuilder`] builds the list itself.

use parla_proto::CommandName;

use crate::{
    directory::DirectoryBuilder,
    incoming::Incoming,
    problem::{Problem, ProblemKind},
    turn::Turn,
};

impl DirectoryBuilder {
    /// RPL_TRYAGAIN: the server refused something because it was asked too often.
    pub(super) fn try_again(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        if CommandName::parse(incoming.param(1)) == Some(CommandName::List) {
            self.refused();
        }
        turn.complain(None, Problem::new(ProblemKind::Throttled, "", incoming.last()));
    }
}
