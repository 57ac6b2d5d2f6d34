//! PRIVMSG and NOTICE: somebody says something.

use parla_proto::CommandName;

use super::{
    Incoming, react,
    said::{self, Spoken},
};
use crate::{buffer::Coming, client::Client, state::State, turn::Turn, view::BufferId};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(id) = incoming.conversation(&client.state)
        && react::is_all(&mut client.state, id, incoming)
    {
        return;
    }
    let Some(spoken) = Spoken::new(&client.state.session, incoming, Coming::Live) else { return };
    match place(&mut client.state, incoming) {
        Some(id) if spoken.has_time && client.state.session.is_long_ago(incoming.at, turn.now) => {
            said::repeated(client, id, spoken, turn);
        }
        Some(id) => {
            if let Some(buffer) = client.state.buffers.get_mut(id) {
                buffer.repeated = None;
            }
            said::add(client, id, &spoken, turn);
        }
        None => {
            let who = Some(incoming.from).filter(|_| incoming.is_from_person());
            client.state.note_server(incoming.at, who, spoken.text);
        }
    }
}

/// The conversation it belongs to. None: it is for the server's own page.
fn place(state: &mut State, incoming: &Incoming<'_>) -> Option<BufferId> {
    let target = incoming.param(0);
    // What comes from nobody comes from the server.
    if incoming.from.is_empty() {
        return None;
    }
    let known = incoming.conversation(state);
    if state.session.audience(target).is_some() {
        return known;
    }
    let other = if state.session.is_own(incoming.from) { target } else { incoming.from };
    // A program that says something unasked begins no conversation.
    if known.is_some() || incoming.command == Some(CommandName::Notice) || !incoming.is_from_person() {
        return known;
    }
    let id = state.buffers.open_unasked(&state.session, other)?;
    state.changes.memory = true;
    Some(id)
}
