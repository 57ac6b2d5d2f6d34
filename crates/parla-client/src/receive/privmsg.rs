//! PRIVMSG and NOTICE: somebody says something.

use super::{
    Incoming,
    said::{self, Spoken},
};
use crate::{
    client::{Client, Turn},
    view::{BufferId, BufferKind, Content},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let Some(spoken) = Spoken::new(incoming, true) else { return };
    match place(client, incoming) {
        Some(id) => {
            said::add(client, id, &spoken, turn);
        }
        None => client.note_server(incoming.at, incoming.from, spoken.text),
    }
}

/// The conversation it belongs to. None: it is for the server's own page.
fn place(client: &mut Client, incoming: &Incoming<'_>) -> Option<BufferId> {
    let target = incoming.param(0);
    // To the operators or the voiced of a room: `@#room`.
    let bare =
        target.trim_start_matches(|char| client.session.member_modes.iter().any(|(sign, _)| *sign == char));
    if client.session.is_room(bare) {
        return client.buffers.named(&client.session, bare);
    }
    let is_person = incoming.message.source.is_some_and(|source| source.user.is_some());
    let other = if client.session.is_own(incoming.from) { target } else { incoming.from };
    if other.is_empty() || other.len() > crate::limits::NAME_BYTES_MAX || client.session.is_room(other) {
        return None;
    }
    let known = client.buffers.named(&client.session, other);
    if known.is_some() || incoming.message.command == "NOTICE" || !is_person {
        return known;
    }
    let id = client.buffers.open(&client.session, BufferKind::Direct, other)?;
    client.changes.memory = true;
    Some(id)
}

impl Client {
    /// What the server says, on its own page.
    pub(crate) fn note_server(&mut self, at: parla_proto::Timestamp, from: &str, text: &str) {
        let Some(id) = self.buffers.open(&self.session, BufferKind::Server, "") else { return };
        let row = self.buffers.row_id();
        let text = if from.is_empty() || !from.contains('.') && !from.is_empty() {
            crate::text::Text::parse(&format!("{} {text}", crate::text::shown_name(from)))
        } else {
            crate::text::Text::parse(text)
        };
        if let Some(buffer) = self.buffers.get_mut(id) {
            buffer.note(crate::view::Row { id: row, at, content: Content::Server(text) });
        }
        self.changes.buffer(id);
    }

    /// Whether a message of this id is there.
    pub(crate) fn knows(&self, id: BufferId, msgid: &str) -> bool {
        self.buffers.get(id).is_some_and(|buffer| buffer.timeline.knows(msgid))
    }
}
