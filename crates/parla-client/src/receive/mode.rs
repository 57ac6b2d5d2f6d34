//! MODE: what a room is like, and what its members may do.

use super::Incoming;
use crate::{client::Client, session::Session, text::shown_name, view::Event};

/// One letter, and its parameter if it has one.
struct Step<'a> {
    is_set: bool,
    letter: char,
    param: Option<&'a str>,
}

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>) {
    let params = incoming.message.params.as_slice();
    let Some(id) = client.buffers.room(&client.session, incoming.param(0)) else {
        // One's own, as the server reports it.
        if client.session.is_own(incoming.param(0)) {
            client.note_server(incoming.at, None, &format!("MODE {}", params.join(" ")));
        }
        return;
    };
    let Some((letters, params)) = params.get(1..).and_then(|rest| rest.split_first()) else { return };
    let steps = steps(&client.session, letters, params);
    apply(client, id, &steps);
    let modes = std::iter::once(*letters).chain(params.iter().copied()).collect::<Vec<_>>().join(" ");
    let event = Event::ModeSet { by: shown_name(incoming.from), modes: shown_name(&modes) };
    client.happened(id, incoming.at, event);
}

/// RPL_CHANNELMODEIS.
pub(super) fn is(client: &mut Client, incoming: &Incoming<'_>) {
    let Some(id) = client.buffers.room(&client.session, incoming.param(1)) else { return };
    let params = incoming.message.params.as_slice();
    let Some((letters, params)) = params.get(2..).and_then(|rest| rest.split_first()) else { return };
    if let Some(buffer) = client.buffers.get_mut(id) {
        buffer.topic_locked = false;
    }
    let steps = steps(&client.session, letters, params);
    apply(client, id, &steps);
    client.changes.buffer(id);
}

fn apply(client: &mut Client, id: crate::view::BufferId, steps: &[Step<'_>]) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    for step in steps {
        let sign = client.session.member_modes.iter().find(|(_, letter)| *letter == step.letter);
        match (sign, step.param) {
            (Some((sign, _)), Some(nick)) => {
                buffer.members.set_prefix(&client.session, nick, *sign, step.is_set);
            }
            // Some servers do not say what it is.
            (None, Some("*")) if step.letter == 'k' && step.is_set => {}
            (None, key) if step.letter == 'k' => {
                buffer.key = key.filter(|_| step.is_set).map(Into::into);
                client.changes.memory = true;
            }
            _ if step.letter == 't' => buffer.topic_locked = step.is_set,
            _ => {}
        }
    }
}

fn steps<'a>(session: &Session, letters: &str, params: &[&'a str]) -> Vec<Step<'a>> {
    let (always, when_set) = &session.param_modes;
    let mut params = params.iter().copied();
    let mut is_set = true;
    let mut steps = Vec::new();
    for letter in letters.chars() {
        match letter {
            '+' => is_set = true,
            '-' => is_set = false,
            letter => {
                let takes = always.contains(letter)
                    || (is_set && when_set.contains(letter))
                    || session.member_modes.iter().any(|(_, known)| *known == letter);
                let param = if takes { params.next() } else { None };
                steps.push(Step { is_set, letter, param });
            }
        }
    }
    steps
}
