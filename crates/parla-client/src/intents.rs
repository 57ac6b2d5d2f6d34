//! What the person wants, turned into lines and into what he sees at once.

use std::sync::Arc;

use parla_proto::Line;

use crate::{
    client::{Client, Look, Turn},
    history,
    intent::Intent,
    limits::{NAME_BYTES_MAX, SUBMIT_BYTES_MAX, SUBMIT_LINES_MAX},
    outbox,
    problem::ProblemKind,
    registration,
    slash::{self, Slash, Submission},
    view::{BufferId, BufferKind, LinkState, Manner, Notice, Presence, Update},
};

/// Does what the person wants, or says why not.
pub(crate) fn perform(client: &mut Client, intent: &Intent, turn: &mut Turn<'_>) {
    match intent {
        Intent::Submit { buffer, input } => submit(client, *buffer, input, turn),
        Intent::Join { room, key } => join(client, room, key.as_deref(), turn),
        Intent::Leave { buffer } => leave(client, *buffer, "", turn),
        Intent::OpenDirect { nick } => {
            open_direct(client, nick);
        }
        Intent::SetTopic { buffer, topic } => {
            with_room(client, *buffer, turn, |name| Line::bare("TOPIC").param(name).text(topic));
        }
        Intent::Invite { buffer, nick } => {
            with_room(client, *buffer, turn, |name| Line::bare("INVITE").param(nick).param(name));
        }
        Intent::Kick { buffer, nick, reason } => {
            with_room(client, *buffer, turn, |name| Line::bare("KICK").param(name).param(nick).text(reason));
        }
        Intent::ChangeNick { nick } => change_nick(client, nick, turn),
        Intent::Away { reason } => away(client, reason.as_deref(), turn),
        Intent::Whois { nick } => {
            ask(client, None, turn, Line::bare("WHOIS").param(nick));
        }
        Intent::ListRooms => list_rooms(client, turn),
        Intent::LoadEarlier { buffer } => history::load_earlier(client, *buffer, turn),
        Intent::LoadGap { buffer, row } => history::load_gap(client, *buffer, *row, turn),
        Intent::Look { buffer, at_end } => look(client, Look { buffer: *buffer, at_end: *at_end }),
        Intent::Retry { buffer, row } => outbox::queue_again(client, *buffer, *row),
        Intent::Discard { buffer, row } => outbox::discard(client, *buffer, *row),
        Intent::Reconnect => {
            if !client.link.is_online() && !client.link.is_connecting() {
                client.connect(turn);
            }
        }
        Intent::Disconnect { reason } => disconnect(client, reason, turn),
    }
}

fn submit(client: &mut Client, id: BufferId, input: &str, turn: &mut Turn<'_>) {
    if input.len() > SUBMIT_BYTES_MAX {
        return client.complain(Some(id), client.problem(ProblemKind::TooLong, "", ""));
    }
    match slash::parse(input) {
        Submission::Message(lines) => say_lines(client, id, (Manner::Message, &lines), turn),
        Submission::Command(command) => obey(client, id, command, turn),
        Submission::Unknown(name) => {
            client
                .complain(Some(id), client.problem(ProblemKind::UnknownCommand, &name, &format!("/{name}")));
        }
        Submission::Missing { command } => {
            let syntax = format!("/{} {}", command.name, command.syntax);
            client.complain(Some(id), client.problem(ProblemKind::MissingWords, command.name, &syntax));
        }
    }
}

fn obey(client: &mut Client, id: BufferId, command: Slash, turn: &mut Turn<'_>) {
    match command {
        Slash::Join { rooms } => {
            rooms.iter().for_each(|(room, key)| join(client, room, key.as_deref(), turn));
        }
        Slash::Part { room: None, reason } => leave(client, id, &reason.unwrap_or_default(), turn),
        Slash::Part { room: Some(room), reason } => match client.buffers.named(&client.session, &room) {
            Some(room) => leave(client, room, &reason.unwrap_or_default(), turn),
            None => client.complain(Some(id), client.problem(ProblemKind::NotInRoom, &room, "")),
        },
        Slash::Nick { nick } => change_nick(client, &nick, turn),
        Slash::Topic { text: None } => client.show_topic(id, turn.now),
        Slash::Topic { text: Some(topic) } => {
            with_room(client, id, turn, |name| Line::bare("TOPIC").param(name).text(topic));
        }
        Slash::Msg { nick, lines } => {
            let to = if client.session.is_room(&nick) {
                client.buffers.named(&client.session, &nick)
            } else {
                open_direct(client, &nick)
            };
            match to {
                Some(to) => say_lines(client, to, (Manner::Message, &lines), turn),
                None => client.complain(Some(id), client.problem(ProblemKind::NotInRoom, &nick, "")),
            }
        }
        Slash::Me { lines } => say_lines(client, id, (Manner::Action, &lines), turn),
        Slash::Kick { nick, reason } => with_room(client, id, turn, |name| {
            Line::bare("KICK").param(name).param(&nick).text(reason.unwrap_or_default())
        }),
        Slash::Invite { nick, room } => {
            let named = room.as_deref().and_then(|room| client.buffers.named(&client.session, room));
            with_room(client, named.unwrap_or(id), turn, |name| {
                Line::bare("INVITE").param(&nick).param(name)
            });
        }
        Slash::Away { reason } => away(client, Some(reason.as_deref().unwrap_or("away")), turn),
        Slash::Back => away(client, None, turn),
        Slash::Whois { nick } => {
            ask(client, Some(id), turn, Line::bare("WHOIS").param(nick));
        }
        Slash::Help { .. } => client.say(Some(id), Notice::Help),
        Slash::List => list_rooms(client, turn),
        Slash::Quit { reason } => disconnect(client, &reason.unwrap_or_default(), turn),
    }
}

fn say_lines(client: &mut Client, id: BufferId, (manner, lines): (Manner, &[String]), turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get(id) else { return };
    match (buffer.kind, &buffer.presence) {
        (BufferKind::Server, _) => {
            return client.complain(Some(id), client.problem(ProblemKind::NotHere, "", ""));
        }
        (BufferKind::Room, Presence::Absent(_)) => {
            let name = Arc::clone(&buffer.name);
            return client.complain(Some(id), client.problem(ProblemKind::NotInRoom, &name, ""));
        }
        _ => {}
    }
    let around = if manner == Manner::Action { "\u{1}ACTION \u{1}".len() } else { 0 };
    let bytes_max = client.session.text_bytes_max(&buffer.name).saturating_sub(around);
    let pieces: Vec<&str> = lines
        .iter()
        .filter(|line| !line.trim().is_empty() || manner == Manner::Action)
        .flat_map(|line| slash::split_text(line, bytes_max))
        .collect();
    if pieces.len() > SUBMIT_LINES_MAX {
        return client.complain(Some(id), client.problem(ProblemKind::TooLong, "", ""));
    }
    for piece in pieces {
        outbox::say(client, id, manner, piece, turn);
    }
}

fn join(client: &mut Client, wanted: &str, key: Option<&str>, turn: &mut Turn<'_>) {
    let wanted = wanted.trim();
    let name = if client.session.is_room(wanted) { wanted.to_owned() } else { format!("#{wanted}") };
    let is_bad = name.len() < 2
        || name.len() > NAME_BYTES_MAX
        || name.contains(|char: char| matches!(char, ' ' | ',') || char.is_control());
    if is_bad {
        return client.complain(None, client.problem(ProblemKind::NoSuchRoom, wanted, ""));
    }
    let Some(id) = client.buffers.open(&client.session, BufferKind::Room, &name) else {
        return client.complain(None, client.problem(ProblemKind::TooManyRooms, wanted, ""));
    };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    client.changes.event(Update::Show(client.settings.network, id));
    if buffer.is_present() {
        return;
    }
    buffer.presence = Presence::Joining;
    if key.is_some() {
        buffer.key = key.map(Arc::from);
    }
    buffer.is_leaving = false;
    let key = buffer.key.clone();
    client.changes.buffer(id);
    client.changes.memory = true;
    if client.link.is_online() {
        registration::join(&name, key.as_deref(), turn);
    }
}

fn leave(client: &mut Client, id: BufferId, reason: &str, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    if buffer.kind == BufferKind::Room && buffer.is_present() && client.link.is_online() {
        buffer.is_leaving = true;
        let line = Line::bare("PART").param(&buffer.name);
        return turn.send(if reason.is_empty() { line } else { line.text(reason) });
    }
    client.close(id);
}

fn open_direct(client: &mut Client, nick: &str) -> Option<BufferId> {
    let nick = nick.trim();
    let is_bad = nick.is_empty()
        || nick.len() > NAME_BYTES_MAX
        || client.session.is_room(nick)
        || nick.contains(|char: char| matches!(char, ' ' | ',' | '!' | '@' | ':') || char.is_control());
    let id = if is_bad { None } else { client.buffers.open(&client.session, BufferKind::Direct, nick) };
    let Some(id) = id else {
        client.complain(None, client.problem(ProblemKind::NoSuchPerson, nick, ""));
        return None;
    };
    client.changes.buffer(id);
    client.changes.memory = true;
    client.changes.event(Update::Show(client.settings.network, id));
    Some(id)
}

fn change_nick(client: &mut Client, nick: &str, turn: &mut Turn<'_>) {
    let nick = nick.trim();
    let is_bad = nick.is_empty() || nick.contains(|char: char| char.is_whitespace() || char.is_control());
    if is_bad || nick.len() > NAME_BYTES_MAX {
        return client.complain(None, client.problem(ProblemKind::NickInvalid, nick, ""));
    }
    client.settings.nick = nick.into();
    client.reclaim_at = None;
    if client.link.is_online() {
        return turn.send(Line::bare("NICK").param(nick));
    }
    client.session.nick = nick.into();
    client.changes.network = true;
    if matches!(client.link.state, LinkState::Stopped { .. }) {
        client.connect(turn);
    }
}

fn away(client: &mut Client, reason: Option<&str>, turn: &mut Turn<'_>) {
    let line = Line::bare("AWAY");
    let line = match reason {
        Some(reason) => line.text(if reason.is_empty() { "away" } else { reason }),
        None => line,
    };
    client.away_asked = reason.map(|reason| crate::text::Text::parse(reason).plain);
    ask(client, None, turn, line);
}

fn list_rooms(client: &mut Client, turn: &mut Turn<'_>) {
    if client.link.is_online() && client.directory.begin() {
        turn.send(Line::bare("LIST"));
        client.changes.directory = true;
    }
}

fn disconnect(client: &mut Client, reason: &str, turn: &mut Turn<'_>) {
    if client.link.is_online() {
        let line = Line::bare("QUIT");
        turn.send(if reason.is_empty() { line } else { line.text(reason) });
    }
    client.stop(None, None, turn);
}

/// Sends a line, or says that there is nobody to send it to.
fn ask(client: &mut Client, buffer: Option<BufferId>, turn: &mut Turn<'_>, line: Line) {
    if client.link.is_online() {
        turn.send(line);
    } else {
        client.complain(buffer, client.problem(ProblemKind::Offline, "", ""));
    }
}

/// Sends a line about a room that the person is in.
fn with_room(client: &mut Client, id: BufferId, turn: &mut Turn<'_>, line: impl FnOnce(&str) -> Line) {
    let Some(buffer) = client.buffers.get(id) else { return };
    if buffer.kind != BufferKind::Room {
        return client.complain(Some(id), client.problem(ProblemKind::NotHere, "", ""));
    }
    let line = line(&buffer.name);
    ask(client, Some(id), turn, line);
}

/// The person looks elsewhere, or at more.
fn look(client: &mut Client, look: Look) {
    let before = std::mem::replace(&mut client.look, look);
    // The window is only hidden: the divider is still wanted when he comes back.
    let has_left = look.buffer.is_some() && before.buffer != look.buffer;
    if has_left
        && let Some(left) = before.buffer.and_then(|id| client.buffers.get_mut(id))
        && left.unread == 0
        && left.divider.take().is_some()
    {
        client.changes.buffer(left.id);
    }
    if look.at_end
        && let Some(buffer) = look.buffer.and_then(|id| client.buffers.get_mut(id))
        && buffer.mark_read()
    {
        client.changes.buffer(buffer.id);
        client.changes.memory = true;
    }
}
