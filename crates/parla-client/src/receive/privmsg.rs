//! PRIVMSG and NOTICE: somebody says something.

use parla_proto::CommandName;

use super::{
    Incoming, react,
    said::{self, Spoken},
};
use crate::{
    buffer::Coming,
    client::{Client, Turn},
    text::{Text, shown_name},
    view::{BufferId, BufferKind, Content, Row},
};

pub(super) fn receive(client: &mut Client, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    if let Some(id) = known(client, incoming)
        && react::is_all(client, id, incoming)
    {
        return;
    }
    let Some(spoken) = Spoken::new(&client.session, incoming, Coming::Live) else { return };
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
    let known = known(client, incoming);
    if client.session.audience(target).is_some() {
        return known;
    }
    let other = if client.session.is_own(incoming.from) { target } else { incoming.from };
    // A program that says something unasked begins no conversation.
    if known.is_some() || incoming.command == Some(CommandName::Notice) || !incoming.is_from_person() {
        return known;
    }
    let id = client.buffers.open_unasked(&client.session, other)?;
    client.changes.memory = true;
    Some(id)
}

/// The conversation that a line is about, if there is one: the room, also if only its operators or voiced are meant
/// (`@#room`), or the other person.
pub(super) fn known(client: &Client, incoming: &Incoming<'_>) -> Option<BufferId> {
    let target = incoming.param(0);
    if let Some((room, _)) = client.session.audience(target) {
        return client.buffers.room(&client.session, room);
    }
    let other = if client.session.is_own(incoming.from) { target } else { incoming.from };
    client.buffers.direct(&client.session, other)
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
