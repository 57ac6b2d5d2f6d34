//! Telling the server up to where the person has read, so that his other devices know it, too.
//!
//! <https://ircv3.net/specs/extensions/read-marker>

use parla_proto::{Capabilities, Line, Timestamp};

use crate::{
    client::{Client, Turn},
    limits::MARK_AFTER,
    view::{BufferId, BufferKind},
};

/// Conversations of which the server is told at once; of others a little later.
const TOLD_AT_ONCE: usize = 8;
/// People about whom the server is asked after connecting.
const ASKED_MAX: usize = 20;

/// When the server is told next.
#[derive(Debug, Default)]
pub(crate) struct Markers {
    has_moved: bool,
    due: Option<Timestamp>,
}

impl Markers {
    /// Something was read.
    pub(crate) const fn moved(&mut self) {
        self.has_moved = true;
    }

    pub(crate) const fn next_deadline(&self) -> Option<Timestamp> {
        self.due
    }
}

/// Sees to it that the server is told, if there is something to tell.
pub(crate) fn plan(client: &mut Client, turn: &Turn<'_>) {
    let has_moved = std::mem::take(&mut client.markers.has_moved);
    if has_moved && client.markers.due.is_none() && can_tell(client) {
        client.markers.due = Some(turn.now + MARK_AFTER);
    }
}

fn can_tell(client: &Client) -> bool {
    client.link.is_online() && client.session.has(Capabilities::READ_MARKER)
}

/// Tells it if it is time.
pub(crate) fn tell_due(client: &mut Client, turn: &mut Turn<'_>) {
    if client.markers.due.take_if(|due| *due <= turn.now).is_none() || !can_tell(client) {
        return;
    }
    let mut told = 0;
    for buffer in client.buffers.iter_mut() {
        if buffer.kind == BufferKind::Server || !buffer.is_present() || buffer.read_at() <= buffer.read_told {
            continue;
        }
        if told == TOLD_AT_ONCE {
            client.markers.due = Some(turn.now + MARK_AFTER);
            return;
        }
        if let Some(until) = buffer.read_at() {
            told += 1;
            buffer.read_told = Some(until);
            turn.send(Line::bare("MARKREAD").param(&buffer.name).param(format_args!("timestamp={until}")));
        }
    }
}

/// Servers tell the marker of a room on entering it; those of people they are asked for.
pub(crate) fn ask_direct(client: &Client, turn: &mut Turn<'_>) {
    if can_tell(client) {
        let people = client.buffers.iter().filter(|buffer| buffer.kind == BufferKind::Direct);
        for person in people.take(ASKED_MAX) {
            turn.send(Line::bare("MARKREAD").param(&person.name));
        }
    }
}

/// The connection is gone, and with it what the server was told.
pub(crate) fn connection_lost(client: &mut Client) {
    client.markers = Markers::default();
    for buffer in client.buffers.iter_mut() {
        buffer.read_told = None;
    }
}

/// Something of this conversation was read.
pub(crate) fn read(client: &mut Client, id: BufferId) {
    client.changes.memory = true;
    client.markers.moved();
    client.changes.buffer(id);
}
