//! METADATA: what people say of themselves. Of that only the display name is used.
//!
//! <https://ircv3.net/specs/extensions/metadata>, <https://github.com/ircv3/ircv3-specifications/pull/613>

use parla_proto::Timestamp;

use super::Incoming;
use crate::{display_names::DISPLAY_NAME, state::State};

/// `METADATA <target> <key> <visibility> [:<value>]`.
pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    set(state, (incoming.param(0), incoming.param(1)), incoming.message.param(3));
}

/// RPL_KEYVALUE, RPL_KEYNOTSET and RPL_WHOISKEYVALUE.
pub(super) fn value(state: &mut State, incoming: &Incoming<'_>, is_set: bool) {
    let value = incoming.message.param(4).filter(|_| is_set);
    set(state, (incoming.param(1), incoming.param(2)), value);
}

/// ERR_METADATASYNCLATER: the server has more to tell than it wants to tell now.
pub(super) fn later(state: &mut State, incoming: &Incoming<'_>, now: Timestamp) {
    let target = incoming.param(1);
    let is_target = target == "*" || target == "*ALL" || state.buffers.room(&state.session, target).is_some();
    if is_target {
        let seconds = incoming.param(2).parse().ok();
        state.metadata_later.put_off(&state.session, (target, seconds), now);
    }
}

fn set(state: &mut State, (nick, key): (&str, &str), value: Option<&str>) {
    if key != DISPLAY_NAME || !state.session.is_nick(nick) {
        return;
    }
    state.names.set(&state.session, nick, value);
    let called = state.names.of(&state.session, nick);
    for buffer in state.buffers.iter_mut() {
        if buffer.members.set_called(&state.session, nick, called.clone()) {
            state.changes.buffer(buffer.id);
        }
    }
}
