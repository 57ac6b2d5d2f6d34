//! PRIVMSG and NOTICE: somebody says something.

use super::{
    Incoming,
    said::{self, Spoken},
};
use crate::{
    buffer::Coming,
    client::{Client, Turn},
    text::{Text, shown_name},
    view::{BufferId, BufferKind, Content, Row},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let Some(spoken) = Spoken::new(incoming, Coming::Live) else { return };
    match place(client, incoming) {
        Some(id) if spoken.has_time && client.session.is_long_ago(incoming.at, turn.now) => {
            said::repeated(client, id, spoken, turn);
        }
        Some(id) => {
            if let Some(buffer) = client.buffers.get_mut(id) {
                buffer.repeated = None;
            }
            said::add(client, id, &spoken, turn);
        }
        None => {
            let who = Some(incoming.from).filter(|_| incoming.is_from_person());
            client.note_server(incoming.at, who, spoken.text);
        }
    }
}

/// The conversation it belongs to. None: it is for the server's own page.
fn place(client: &mut Client, incoming: &Incoming<'_>) -> Option<BufferId> {
    let target = incoming.param(0);
    // What comes from nobody comes from the server.
    if incoming.from.is_empty() {
        return None;
    }
    if let Some(room) = room(client, target) {
        return client.buffers.room(&client.session, room);
    }
    let other = if client.session.is_own(incoming.from) { target } else { incoming.from };
    let known = client.buffers.direct(&client.session, other);
    // A program that says something unasked begins no conversation.
    if known.is_some() || incoming.message.command == "NOTICE" || !incoming.is_from_person() {
        return known;
    }
    let id = client.buffers.open_unasked(&client.session, other)?;
    client.changes.memory = true;
    Some(id)
}

/// The room that is meant, also if only its operators or voiced are: `@#room`.
fn room<'a>(client: &Client, target: &'a str) -> Option<&'a str> {
    let is_sign = |char| client.session.member_modes.iter().any(|(sign, _)| *sign == char);
    // `&` is a sign to some servers and begins a room to others.
    let bare = target.trim_start_matches(is_sign);
    [target, bare].into_iter().find(|name| client.session.is_room(name))
}

impl Client {
    /// What the server says, or a person whom nobody talks to, on the server's own page.
    pub(crate) fn note_server(&mut self, at: parla_proto::Timestamp, who: Option<&str>, text: &str) {
        let Some(id) = self.buffers.open(&self.session, BufferKind::Server, "") else { return };
        let row = self.buffers.row_id();
        let text = match who {
            Some(nick) => Text::parse(&format!("<{}> {text}", shown_name(nick))),
            None => Text::parse(text),
        };
        if let Some(buffer) = self.buffers.get_mut(id) {
            buffer.note(Row { id: row, at, content: Content::Server(text) });
        }
        self.changes.buffer(id);
    }
}
