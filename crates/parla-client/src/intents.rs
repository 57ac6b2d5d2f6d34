//! What the person wants, turned into lines and into what he sees at once.

use std::sync::Arc;

use parla_proto::Line;

use crate::{
    client::{Client, Look, Turn},
    history,
    intent::Intent,
    limits::{SUBMIT_BYTES_MAX, SUBMIT_LINES_MAX},
    lines, moderation, naming,
    outbox::{self, Words},
    problem::ProblemKind,
    receive, regain, registration,
    slash::{self, Slash, Submission},
    view::{Audience, BufferId, BufferKind, LinkState, Manner, Notice, Presence, RowId, Update},
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
            with_room(client, *buffer, turn, |name| kick_line(name, nick, reason));
        }
        Intent::Configure { .. }
        | Intent::SetRank { .. }
        | Intent::AskLists { .. }
        | Intent::AddMask { .. }
        | Intent::RemoveMask { .. } => moderation::perform(client, intent, turn),
        Intent::ChangeNick { nick } => change_nick(client, nick, turn),
        Intent::Away { reason } => away(client, reason.as_deref(), turn),
        Intent::Whois { nick } => whois(client, (None, nick), turn),
        Intent::ListRooms => list_rooms(client, turn),
        Intent::LoadEarlier { buffer } => history::load_earlier(client, *buffer, turn),
        Intent::LoadGap { buffer, row } => history::load_gap(client, *buffer, *row),
        Intent::Look { buffer, at_end } => look(client, Look { buffer: *buffer, at_end: *at_end }),
        Intent::Retry { buffer, row } => retry(client, *buffer, *row),
        Intent::Discard { buffer, row } => outbox::discard(client, *buffer, *row),
        Intent::DiscardQueued { buffer } => outbox::discard_queued(client, *buffer),
        Intent::SignIn { credentials } => {
            client.settings.credentials.add(credentials.clone());
            client.connect(turn);
        }
        Intent::Reconnect => {
            if !client.link.is_online() && !client.link.is_connecting() {
                client.connect(turn);
            }
        }
        Intent::Disconnect { reason } => disconnect(client, reason, turn),
    }
}

/// Does of an intent that was carried out before only what may be done twice: it shows the conversation that the person asked for.
pub(crate) fn show_again(client: &mut Client, intent: &Intent, turn: &mut Turn<'_>) {
    match intent {
        Intent::Join { .. } | Intent::OpenDirect { .. } | Intent::Whois { .. } | Intent::ListRooms => {
            perform(client, intent, turn);
        }
        Intent::Submit { buffer, input } => match slash::parse(input) {
            Submission::Command(Slash::Msg { nick, .. }) => {
                if client.session.audience(&nick).is_none() {
                    open_direct(client, &nick);
                }
            }
            Submission::Command(
                command @ (Slash::Join { .. } | Slash::Whois { .. } | Slash::Help { .. } | Slash::List),
            ) => obey(client, *buffer, command, turn),
            Submission::Command(_)
            | Submission::Message(_)
            | Submission::Unknown(_)
            | Submission::Missing { .. } => {}
        },
        _ => {}
    }
}

fn submit(client: &mut Client, id: BufferId, input: &str, turn: &mut Turn<'_>) {
    if input.len() > SUBMIT_BYTES_MAX {
        return client.complain(Some(id), client.problem(ProblemKind::TooLong, "", ""));
    }
    match slash::parse(input) {
        Submission::Message(lines) => say_lines(client, id, &Wish::plain(&lines), turn),
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
        Slash::Part { room: Some(room), reason } => {
            if let Some(room) = named_room(client, id, &room) {
                leave(client, room, &reason.unwrap_or_default(), turn);
            }
        }
        Slash::Nick { nick } => change_nick(client, &nick, turn),
        Slash::Topic { text: None } => client.show_topic(id, turn.now),
        Slash::Topic { text: Some(topic) } => {
            with_room(client, id, turn, |name| Line::bare("TOPIC").param(name).text(topic));
        }
        Slash::Msg { nick, lines } => {
            let room = client.session.audience(&nick).map(|(room, audience)| (room.to_owned(), audience));
            let (to, audience) = match room {
                Some((room, audience)) => (named_room(client, id, &room), audience),
                None => (open_direct(client, &nick), None),
            };
            if let Some(to) = to {
                say_lines(client, to, &Wish { audience, ..Wish::plain(&lines) }, turn);
            }
        }
        Slash::Me { lines } => {
            say_lines(client, id, &Wish { manner: Manner::Action, ..Wish::plain(&lines) }, turn);
        }
        Slash::Kick { nick, reason } => {
            with_room(client, id, turn, |name| kick_line(name, &nick, &reason.unwrap_or_default()));
        }
        Slash::Invite { nick, room } => {
            let room = room.map_or(Some(id), |room| named_room(client, id, &room));
            if let Some(room) = room {
                with_room(client, room, turn, |name| Line::bare("INVITE").param(&nick).param(name));
            }
        }
        Slash::Away { reason } => away(client, Some(reason.as_deref().unwrap_or("away")), turn),
        Slash::Back => away(client, None, turn),
        Slash::Whois { nick } => whois(client, (Some(id), &nick), turn),
        Slash::Help { .. } => client.say(Some(id), Notice::Help),
        Slash::List => list_rooms(client, turn),
        Slash::Quit { reason } => disconnect(client, &reason.unwrap_or_default(), turn),
    }
}

/// The room of this name; it is said where the person wrote it if there is none.
fn named_room(client: &mut Client, here: BufferId, name: &str) -> Option<BufferId> {
    let room = client.buffers.room(&client.session, name);
    if room.is_none() {
        client.complain(Some(here), client.problem(ProblemKind::NotInRoom, name, ""));
    }
    room
}

/// What is to be said.
struct Wish<'a> {
    manner: Manner,
    lines: &'a [String],
    audience: Option<Audience>,
}

impl<'a> Wish<'a> {
    const fn plain(lines: &'a [String]) -> Self {
        Self { manner: Manner::Message, lines, audience: None }
    }
}

fn say_lines(client: &mut Client, id: BufferId, wish: &Wish<'_>, turn: &mut Turn<'_>) {
    let Wish { manner, lines, audience } = *wish;
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
    let carries = outbox::carries(&client.session, &buffer.name, (manner, audience));
    let messages = lines::messages(lines, &carries);
    let count = if carries.several.is_some() { lines.len() } else { messages.len() };
    if count > SUBMIT_LINES_MAX {
        return client.complain(Some(id), client.problem(ProblemKind::TooLong, "", ""));
    }
    // All of it or nothing: the rest of a paste makes no sense.
    if !client.outbox.has_room_for(messages.len()) {
        return client.complain(Some(id), client.problem(ProblemKind::QueueFull, "", ""));
    }
    for text in &messages {
        outbox::say(client, id, Words { manner, text, audience }, turn);
    }
}

fn join(client: &mut Client, wanted: &str, key: Option<&str>, turn: &mut Turn<'_>) {
    // A name cannot have spaces in it; what was meant is plain.
    let wanted = &*wanted.split_whitespace().collect::<Vec<_>>().join("-");
    let name = if client.session.is_room(wanted) { wanted.to_owned() } else { format!("#{wanted}") };
    if !client.session.is_room_name(&name) {
        return client.complain(None, client.problem(ProblemKind::NoSuchRoom, wanted, ""));
    }
    let Some(id) = client.buffers.open(&client.session, BufferKind::Room, &name) else {
        return client.complain(None, client.problem(ProblemKind::TooManyRooms, wanted, ""));
    };
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    client.changes.event(Update::Show(client.settings.network, id));
    let is_there = buffer.is_present() && !buffer.is_leaving;
    buffer.is_leaving = false;
    if is_there {
        return;
    }
    buffer.leave(Presence::Joining);
    if key.is_some() {
        buffer.key = key.map(Arc::from);
    }
    let key = buffer.key.clone();
    client.changes.buffer(id);
    client.changes.memory = true;
    // Before the greeting is over, it goes out with the others.
    if client.session.is_greeted {
        registration::join(&name, key.as_deref(), turn);
    }
}

fn leave(client: &mut Client, id: BufferId, reason: &str, turn: &mut Turn<'_>) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let is_known = buffer.kind == BufferKind::Room && !matches!(buffer.presence, Presence::Absent(_));
    // Who says it twice does not want to wait for the server.
    let is_asked = client.session.is_greeted || (buffer.is_present() && client.link.is_online());
    if is_known && is_asked && !buffer.is_leaving {
        buffer.is_leaving = true;
        client.changes.memory = true;
        let line = Line::bare("PART").param(&buffer.name);
        return turn.send(if reason.is_empty() { line } else { line.text(reason) });
    }
    client.close(id);
}

fn open_direct(client: &mut Client, nick: &str) -> Option<BufferId> {
    let nick = nick.trim();
    let is_nick = client.session.is_nick(nick);
    let id = if is_nick { client.buffers.open(&client.session, BufferKind::Direct, nick) } else { None };
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
    let is_long = |bytes_max: &usize| nick.len() > *bytes_max;
    // Some servers cut a long name off without a word.
    let too_long = client.session.nick_bytes_max.filter(is_long).map(|max| naming::too_long(nick, max));
    let is_bad = !client.session.is_nick(nick);
    let fault = naming::fault(nick).or(too_long).or(is_bad.then_some(ProblemKind::NickInvalid));
    if let Some(kind) = fault {
        let problem = client.problem(kind, nick, "");
        return client.refuse_nick(problem, nick);
    }
    if client.link.is_online() && nick == &*client.session.nick {
        return regain::keep_stand_in(client);
    }
    if client.link.is_online() {
        client.nick_asked = Some(nick.into());
        return turn.send(Line::bare("NICK").param(nick));
    }
    client.settings.nick = nick.into();
    client.session.nick = nick.into();
    client.session.nicks_tried = 0;
    client.changes.network = true;
    if client.link.is_open() {
        turn.send(Line::bare("NICK").param(nick));
    } else if matches!(client.link.state, LinkState::Stopped { .. }) {
        client.connect(turn);
    }
}

fn whois(client: &mut Client, (buffer, nick): (Option<BufferId>, &str), turn: &mut Turn<'_>) {
    if client.link.is_online() {
        receive::whois::ask(client, nick);
    }
    ask(client, buffer, turn, Line::bare("WHOIS").param(nick));
}

fn kick_line(room: &str, nick: &str, reason: &str) -> Line {
    let line = Line::bare("KICK").param(room).param(nick);
    if reason.is_empty() { line } else { line.text(reason) }
}

fn retry(client: &mut Client, id: BufferId, row: RowId) {
    let Some(buffer) = client.buffers.get(id) else { return };
    if matches!(buffer.presence, Presence::Absent(_)) {
        let name = Arc::clone(&buffer.name);
        return client.complain(Some(id), client.problem(ProblemKind::NotInRoom, &name, ""));
    }
    outbox::queue_again(client, id, row);
}

fn away(client: &mut Client, reason: Option<&str>, turn: &mut Turn<'_>) {
    let line = Line::bare("AWAY");
    let line = match reason {
        Some(reason) => line.text(if reason.is_empty() { "away" } else { reason }),
        None => line,
    };
    client.away_asked = reason.map(|reason| crate::text::Text::parse(reason).plain);
    client.changes.memory = true;
    ask(client, None, turn, line);
}

fn list_rooms(client: &mut Client, turn: &mut Turn<'_>) {
    if !client.link.is_online() {
        return client.complain(None, client.problem(ProblemKind::Offline, "", ""));
    }
    if client.directory.begin(turn.now) {
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
pub(crate) fn ask(client: &mut Client, buffer: Option<BufferId>, turn: &mut Turn<'_>, line: Line) {
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
    // While some of it is still coming in, it is seen with the last of it.
    client.seen_later = look.buffer.filter(|_| look.at_end);
    client.see_later();
}
