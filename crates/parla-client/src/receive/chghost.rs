//! CHGHOST: someone is seen under another user name or host. <https://ircv3.net/specs/extensions/chghost>

use super::Incoming;
use crate::state::State;

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    // One's own decides how long a message may be.
    if state.session.is_own(incoming.from) && incoming.message.params.len() > 1 {
        state.session.userhost = Some(format!("{}@{}", incoming.param(0), incoming.param(1)));
    }
}
