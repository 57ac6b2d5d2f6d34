//! What the person wants, turned into lines and into what he sees at once.

use std::sync::Arc;

use parla_proto::Line;

use crate::{
    client::Client,
    intent::Intent,
    limits::{SUBMIT_BYTES_MAX, SUBMIT_MESSAGES_MAX},
    lines, moderation, naming,
    outbox::{self, Words},
    problem::ProblemKind,
    registration,
    slash::{self, Slash, Submission},
    state::{Look, State},
    turn::Turn,
    view::{Audience, BufferId, BufferKind, LinkState, Manner, Notice, Presence, RowId, Update},
};

/// Does what the person wants, or says why not.
pub(crate) fn perform(client: &mut Client, intent: &Intent, turn: &mut Turn<'_>) {
    match intent {
        Intent::Submit { buffer, input } => submit(client, *buffer, input, turn),
        Intent::Join { room, key } => join(&mut client.state, room, key.as_deref(), turn),
        Intent::Leave { buffer } => leave(client, *buffer, "", turn),
        Intent::OpenDirect { nick } => {
            open_direct(&mut client.state, nick);
        }
        Intent::SetTopic { buffer, topic } => {
            with_room(&mut client.state, *buffer, turn, |name| Line::bare("TOPIC").param(name).text(topic));
        }
        Intent::Invite { buffer, nick } => {
            with_room(&mut client.state, *buffer, turn, |name| Line::bare("INVITE").param(nick).param(name));
        }
        Intent::Kick { buffer, nick, reason } => {
            with_room(&mut client.state, *buffer, turn, |name| kick_line(name, nick, reason));
        }
        Intent::Configure { .. }
        | Intent::SetRank { .. }
        | Intent::AskLists { .. }
        | Intent::AddMask { .. }
        | Intent::RemoveMask { .. } => moderation::perform(&mut client.state, intent, turn),
        Intent::ChangeNick { nick } => change_nick(client, nick, turn),
        Intent::Away { reason } => away(&mut client.state, reason.as_deref(), turn),
        Intent::Whois { nick } => whois(&mut client.state, (None, nick), turn),
        Intent::ListRooms => list_rooms(&mut client.state, turn),
        Intent::LoadEarlier { buffer } => client.history.load_earlier(&mut client.state, *buffer, turn),
        Intent::LoadGap { buffer, row } => client.history.load_gap(&mut client.state, *buffer, *row),
        Intent::Look { buffer, at_end } => look(&mut client.state, Look { buffer: *buffer, at_end: *at_end }),
        Intent::Retry { buffer, row } => retry(client, *buffer, *row),
        Intent::Discard { buffer, row } => client.outbox.discard(&mut client.state, *buffer, *row),
        Intent::DiscardQueued { buffer } => client.outbox.discard_queued(&mut client.state, *buffer),
        Intent::SignIn { credentials } => {
            client.state.settings.credentials.add(credentials.clone());
            client.connect(turn);
        }
        Intent::Reconnect => {
            if !client.state.link.is_online() && !client.state.link.is_connecting() {
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
                if client.state.session.audience(&nick).is_none() {
                    open_direct(&mut client.state, &nick);
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
        return client.state.complain(Some(id), client.state.problem(ProblemKind::TooMuchText, "", ""));
    }
    match slash::parse(input) {
        Submission::Message(lines) => say_lines(client, id, &Wish::plain(&lines), turn),
        Submission::Command(command) => obey(client, id, command, turn),
        Submission::Unknown(name) => {
            client.state.complain(
                Some(id),
                client.state.problem(ProblemKind::UnknownCommand, &name, &format!("/{name}")),
            );
        }
        Submission::Missing { command } => {
            let syntax = format!("/{} {}", command.name, command.syntax);
            client
                .state
                .complain(Some(id), client.state.problem(ProblemKind::MissingWords, command.name, &syntax));
        }
    }
}

fn obey(client: &mut Client, id: BufferId, command: Slash, turn: &mut Turn<'_>) {
    match command {
        Slash::Join { rooms } => {
            rooms.iter().for_each(|(room, key)| join(&mut client.state, room, key.as_deref(), turn));
        }
        Slash::Part { room: None, reason } => leave(client, id, &reason.unwrap_or_default(), turn),
        Slash::Part { room: Some(room), reason } => {
            if let Some(room) = named_room(&mut client.state, id, &room) {
                leave(client, room, &reason.unwrap_or_default(), turn);
            }
        }
        Slash::Nick { nick } => change_nick(client, &nick, turn),
        Slash::Topic { text: None } => client.state.show_topic(id, turn.now),
        Slash::Topic { text: Some(topic) } => {
            with_room(&mut client.state, id, turn, |name| Line::bare("TOPIC").param(name).text(topic));
        }
        Slash::Msg { nick, lines } => {
            let room =
                client.state.session.audience(&nick).map(|(room, audience)| (room.to_owned(), audience));
            let (to, audience) = match room {
                Some((room, audience)) => (named_room(&mut client.state, id, &room), audience),
                None => (open_direct(&mut client.state, &nick), None),
            };
            if let Some(to) = to {
                say_lines(client, to, &Wish { audience, ..Wish::plain(&lines) }, turn);
            }
        }
        Slash::Me { lines } => {
            say_lines(client, id, &Wish { manner: Manner::Action, ..Wish::plain(&lines) }, turn);
        }
        Slash::Kick { nick, reason } => {
            with_room(&mut client.state, id, turn, |name| {
                kick_line(name, &nick, &reason.unwrap_or_default())
            });
        }
        Slash::Invite { nick, room } => {
            let room = room.map_or(Some(id), |room| named_room(&mut client.state, id, &room));
            if let Some(room) = room {
                with_room(&mut client.state, room, turn, |name| {
                    Line::bare("INVITE").param(&nick).param(name)
                });
            }
        }
        Slash::Away { reason } => away(&mut client.state, Some(reason.as_deref().unwrap_or("away")), turn),
        Slash::Back => away(&mut client.state, None, turn),
        Slash::Whois { nick } => whois(&mut client.state, (Some(id), &nick), turn),
        Slash::Help { .. } => client.state.say(Some(id), Notice::Help),
        Slash::List => list_rooms(&mut client.state, turn),
        Slash::Quit { reason } => disconnect(client, &reason.unwrap_or_default(), turn),
    }
}

/// The room of this name; it is said where the person wrote it if there is none.
fn named_room(state: &mut State, here: BufferId, name: &str) -> Option<BufferId> {
    let room = state.buffers.room(&state.session, name);
    if room.is_none() {
        state.complain(Some(here), state.problem(ProblemKind::NotInRoom, name, ""));
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
    let Client { state, outbox, .. } = client;
    let Wish { manner, lines, audience } = *wish;
    let Some(buffer) = state.buffers.get(id) else { return };
    match (buffer.kind, &buffer.presence) {
        (BufferKind::Server, _) => {
            return state.complain(Some(id), state.problem(ProblemKind::NotHere, "", ""));
        }
        (BufferKind::Room, Presence::Absent(_)) => {
            let name = Arc::clone(&buffer.name);
            return state.complain(Some(id), state.problem(ProblemKind::NotInRoom, &name, ""));
        }
        _ => {}
    }
    let carries = outbox::carries(&state.session, &buffer.name, (manner, audience));
    let messages = lines::messages(lines, &carries);
    if messages.len() > SUBMIT_MESSAGES_MAX {
        let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
        let problem = state.problem(ProblemKind::TooManyMessages(count), "", "");
        return state.complain(Some(id), problem);
    }
    // All of it or nothing: the rest of a paste makes no sense.
    if !outbox.has_room_for(messages.len()) {
        return state.complain(Some(id), state.problem(ProblemKind::QueueFull, "", ""));
    }
    for text in &messages {
        outbox.say(state, id, Words { manner, text, audience }, turn.now);
    }
}

fn join(state: &mut State, wanted: &str, key: Option<&str>, turn: &mut Turn<'_>) {
    // A name cannot have spaces in it; what was meant is plain.
    let wanted = &*wanted.split_whitespace().collect::<Vec<_>>().join("-");
    let name = if state.session.is_room(wanted) { wanted.to_owned() } else { format!("#{wanted}") };
    if !state.session.is_room_name(&name) {
        return state.complain(None, state.problem(ProblemKind::NoSuchRoom, wanted, ""));
    }
    let Some(id) = state.buffers.open(&state.session, BufferKind::Room, &name) else {
        return state.complain(None, state.problem(ProblemKind::TooManyRooms, wanted, ""));
    };
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    state.changes.event(Update::Show(state.settings.network, id));
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
    state.changes.buffer(id);
    state.changes.memory = true;
    // Before the greeting is over, it goes out with the others.
    if state.session.is_greeted {
        registration::join(&name, key.as_deref(), turn);
    }
}

fn leave(client: &mut Client, id: BufferId, reason: &str, turn: &mut Turn<'_>) {
    let Some(buffer) = client.state.buffers.get_mut(id) else { return };
    let is_known = buffer.kind == BufferKind::Room && !matches!(buffer.presence, Presence::Absent(_));
    // Who says it twice does not want to wait for the server.
    let is_asked = client.state.session.is_greeted || (buffer.is_present() && client.state.link.is_online());
    if is_known && is_asked && !buffer.is_leaving {
        buffer.is_leaving = true;
        client.state.changes.memory = true;
        let line = Line::bare("PART").param(&buffer.name);
        return turn.send(if reason.is_empty() { line } else { line.text(reason) });
    }
    client.close(id);
}

fn open_direct(state: &mut State, nick: &str) -> Option<BufferId> {
    let nick = nick.trim();
    let is_nick = state.session.is_nick(nick);
    let id = if is_nick { state.buffers.open(&state.session, BufferKind::Direct, nick) } else { None };
    let Some(id) = id else {
        state.complain(None, state.problem(ProblemKind::NoSuchPerson, nick, ""));
        return None;
    };
    state.changes.buffer(id);
    state.changes.memory = true;
    state.changes.event(Update::Show(state.settings.network, id));
    Some(id)
}

fn change_nick(client: &mut Client, nick: &str, turn: &mut Turn<'_>) {
    let nick = nick.trim();
    let is_long = |bytes_max: &usize| nick.len() > *bytes_max;
    // Some servers cut a long name off without a word.
    let too_long = client.state.session.nick_bytes_max.filter(is_long).map(|max| naming::too_long(nick, max));
    let is_bad = !client.state.session.is_nick(nick);
    let fault = naming::fault(nick).or(too_long).or(is_bad.then_some(ProblemKind::NickInvalid));
    if let Some(kind) = fault {
        let problem = client.state.problem(kind, nick, "");
        return client.state.refuse_nick(problem, nick);
    }
    if client.state.link.is_online() && nick == &*client.state.session.nick {
        // The person wants to stay who they are now.
        client.state.settings.nick = Arc::clone(&client.state.session.nick);
        client.state.regain.end();
        client.state.changes.network = true;
        return;
    }
    if client.state.link.is_online() {
        client.state.nick_asked = Some(nick.into());
        return turn.send(Line::bare("NICK").param(nick));
    }
    client.state.settings.nick = nick.into();
    client.state.session.nick = nick.into();
    client.state.session.nicks_tried = 0;
    client.state.changes.network = true;
    if client.state.link.is_open() {
        turn.send(Line::bare("NICK").param(nick));
    } else if matches!(client.state.link.state, LinkState::Stopped { .. }) {
        client.connect(turn);
    }
}

fn whois(state: &mut State, (buffer, nick): (Option<BufferId>, &str), turn: &mut Turn<'_>) {
    if state.link.is_online() {
        state.people.ask(&state.session, nick);
    }
    state.ask(buffer, Line::bare("WHOIS").param(nick), turn);
}

fn kick_line(room: &str, nick: &str, reason: &str) -> Line {
    let line = Line::bare("KICK").param(room).param(nick);
    if reason.is_empty() { line } else { line.text(reason) }
}

fn retry(client: &mut Client, id: BufferId, row: RowId) {
    let Client { state, outbox, .. } = client;
    let Some(buffer) = state.buffers.get(id) else { return };
    if matches!(buffer.presence, Presence::Absent(_)) {
        let name = Arc::clone(&buffer.name);
        return state.complain(Some(id), state.problem(ProblemKind::NotInRoom, &name, ""));
    }
    outbox.queue_again(state, id, row);
}

fn away(state: &mut State, reason: Option<&str>, turn: &mut Turn<'_>) {
    let line = Line::bare("AWAY");
    let line = match reason {
        Some(reason) => line.text(if reason.is_empty() { "away" } else { reason }),
        None => line,
    };
    state.away_asked = reason.map(|reason| crate::text::Text::parse(reason).plain);
    state.changes.memory = true;
    state.ask(None, line, turn);
}

fn list_rooms(state: &mut State, turn: &mut Turn<'_>) {
    if !state.link.is_online() {
        return state.complain(None, state.problem(ProblemKind::Offline, "", ""));
    }
    if state.directory.begin(turn.now) {
        turn.send(Line::bare("LIST"));
        state.changes.directory = true;
    }
}

fn disconnect(client: &mut Client, reason: &str, turn: &mut Turn<'_>) {
    if client.state.link.is_online() {
        let line = Line::bare("QUIT");
        turn.send(if reason.is_empty() { line } else { line.text(reason) });
    }
    client.stop(None, None, turn);
}

/// Sends a line about a room that the person is in.
fn with_room(state: &mut State, id: BufferId, turn: &mut Turn<'_>, line: impl FnOnce(&str) -> Line) {
    let Some(buffer) = state.buffers.get(id) else { return };
    if buffer.kind != BufferKind::Room {
        return state.complain(Some(id), state.problem(ProblemKind::NotHere, "", ""));
    }
    let line = line(&buffer.name);
    state.ask(Some(id), line, turn);
}

/// The person looks elsewhere, or at more.
fn look(state: &mut State, look: Look) {
    let before = std::mem::replace(&mut state.look, look);
    // The window is only hidden: the divider is still wanted when he comes back.
    let has_left = look.buffer.is_some() && before.buffer != look.buffer;
    if has_left
        && let Some(left) = before.buffer.and_then(|id| state.buffers.get_mut(id))
        && left.unread == 0
        && left.divider.take().is_some()
    {
        state.changes.buffer(left.id);
    }
    // While some of it is still coming in, it is seen with the last of it.
    state.seen_later = look.buffer.filter(|_| look.at_end);
    state.see_later();
}
