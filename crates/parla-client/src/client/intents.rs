//! What the person wants, turned into lines and into what they see at once.

use std::sync::Arc;

use parla_proto::Line;

use super::{Client, registration::join_line};
use crate::{
    buffer::{Buffer, Look},
    intent::Intent,
    limits::{SUBMIT_BYTES_MAX, SUBMIT_MESSAGES_MAX},
    lines, naming,
    outbox::{self, MessageBody},
    problem::{Problem, ProblemKind},
    slash::{self, Slash, Submission},
    turn::Turn,
    view::{Announcement, Audience, BufferEvent, BufferId, BufferKind, Manner, RowId},
};

impl Client {
    /// Does what the person wants, or tells them why not.
    pub(super) fn perform(&mut self, intent: &Intent, turn: &mut Turn<'_>) {
        match intent {
            Intent::Submit { buffer, input } => self.submit(*buffer, input, turn),
            Intent::Join { room, key } => self.ask_to_join(room, key.as_deref(), turn),
            Intent::Leave { buffer } => self.leave(*buffer, "", turn),
            Intent::OpenDirect { nick } => drop(self.open_direct(nick, turn)),
            Intent::SetTopic { buffer, .. } | Intent::Invite { buffer, .. } | Intent::Kick { buffer, .. } => {
                self.ask_of_room(*buffer, intent, turn);
            }
            Intent::Configure { .. }
            | Intent::SetRank { .. }
            | Intent::AskLists { .. }
            | Intent::AddMask { .. }
            | Intent::RemoveMask { .. } => self.moderate(intent, turn),
            Intent::ChangeNick { nick } => self.change_nick(nick, turn),
            Intent::Away { reason } => self.away.want(reason.as_deref(), &self.link, turn),
            Intent::Whois { nick } => self.ask_whois(None, nick, turn),
            Intent::ListRooms => self.list_rooms(turn),
            Intent::LoadEarlier { buffer } => {
                if let Some(buffer) = self.buffers.get_mut(*buffer) {
                    self.history.load_earlier(buffer, &self.session, turn);
                }
            }
            Intent::LoadGap { buffer, row } => {
                if let Some(buffer) = self.buffers.get_mut(*buffer) {
                    self.history.load_gap(buffer, &self.session, *row);
                }
            }
            Intent::Look { buffer, at_end } => {
                self.looking.look(&mut self.buffers, Look { buffer: *buffer, at_end: *at_end });
            }
            Intent::Retry { buffer, row } => self.retry(*buffer, *row, turn),
            Intent::Discard { buffer, row } => {
                self.requests.take(&mut self.buffers, *buffer, *row);
                if let Some(buffer) = self.buffers.get_mut(*buffer) {
                    self.outbox.discard(buffer, *row);
                }
            }
            Intent::DiscardQueued { buffer } => {
                if let Some(buffer) = self.buffers.get_mut(*buffer) {
                    self.outbox.discard_queued(buffer);
                }
            }
            Intent::SignIn { credentials } => {
                self.settings.credentials.add(credentials.clone());
                self.connect(turn);
            }
            Intent::Reconnect => {
                if !self.link.is_online() && !self.link.is_connecting() {
                    self.connect(turn);
                }
            }
            Intent::Disconnect { reason } => self.disconnect(reason, turn),
        }
    }

    /// Repeats an intent that may have been carried out already, as far as that is harmless: it shows the
    /// conversation that the person asked for and asks the server again (JOIN, WHOIS, LIST), but sends no
    /// message.
    pub(super) fn show_again(&mut self, intent: &Intent, turn: &mut Turn<'_>) {
        match intent {
            Intent::Join { .. } | Intent::OpenDirect { .. } | Intent::Whois { .. } | Intent::ListRooms => {
                self.perform(intent, turn);
            }
            Intent::Submit { buffer, input } => match slash::parse(input) {
                Submission::Command(Slash::Msg { nick, .. }) => {
                    if self.session.audience(&nick).is_none() {
                        self.open_direct(&nick, turn);
                    }
                }
                Submission::Command(
                    command @ (Slash::Join { .. } | Slash::Whois { .. } | Slash::Help { .. } | Slash::List),
                ) => self.obey(*buffer, command, turn),
                Submission::Command(_)
                | Submission::Message(_)
                | Submission::Unknown(_)
                | Submission::Missing { .. } => {}
            },
            _ => {}
        }
    }

    /// Does what the person wanted some time ago, as far as they surely still want it.
    pub(super) fn perform_late(&mut self, intent: &Intent, turn: &mut Turn<'_>) {
        let request = match intent {
            Intent::Submit { buffer, input } => match slash::parse(input) {
                Submission::Command(command) => as_request(*buffer, command),
                _ => None,
            },
            Intent::SetTopic { .. }
            | Intent::Invite { .. }
            | Intent::Kick { .. }
            | Intent::Configure { .. }
            | Intent::SetRank { .. }
            | Intent::AddMask { .. }
            | Intent::RemoveMask { .. } => Some(intent.clone()),
            _ => None,
        };
        let Some(mut request) = request else { return self.perform(intent, turn) };
        match request.buffer_mut().map(|buffer| *buffer).filter(|id| self.buffers.get(*id).is_some()) {
            Some(id) if self.requests.has_room() => self.requests.put_off(&mut self.buffers, id, request),
            Some(_) | None => turn.complain(None, gone(asked(&request))),
        }
    }

    fn submit(&mut self, id: BufferId, input: &str, turn: &mut Turn<'_>) {
        if input.len() > SUBMIT_BYTES_MAX {
            return turn.complain(Some(id), Problem::of(ProblemKind::TooMuchText));
        }
        match slash::parse(input) {
            Submission::Message(lines) => self.say(id, &Utterance::plain(&lines), turn),
            Submission::Command(command) => self.obey(id, command, turn),
            Submission::Unknown(name) => {
                let problem = Problem::new(ProblemKind::UnknownCommand, &name, &format!("/{name}"));
                turn.complain(Some(id), problem);
            }
            Submission::Missing { command } => {
                turn.complain(Some(id), Problem::new(ProblemKind::MissingWords, command.name, ""));
            }
        }
    }

    fn obey(&mut self, id: BufferId, command: Slash, turn: &mut Turn<'_>) {
        match command {
            Slash::Join { rooms } => {
                rooms.iter().for_each(|(room, key)| self.ask_to_join(room, key.as_deref(), turn));
            }
            Slash::Part { room: None, reason } => self.leave(id, &reason.unwrap_or_default(), turn),
            Slash::Part { room: Some(room), reason } => {
                if let Some(room) = self.named_room(id, &room, turn) {
                    self.leave(room, &reason.unwrap_or_default(), turn);
                }
            }
            Slash::Nick { nick } => self.change_nick(&nick, turn),
            Slash::Topic { text: None } => self.show_topic(id, turn),
            Slash::Msg { nick, lines } => self.message(id, &nick, &lines, turn),
            Slash::Me { lines } => {
                self.say(id, &Utterance { manner: Manner::Action, ..Utterance::plain(&lines) }, turn);
            }
            Slash::Topic { text: Some(_) } | Slash::Kick { .. } | Slash::Invite { room: None, .. } => {
                if let Some(request) = as_request(id, command) {
                    self.ask_of_room(id, &request, turn);
                }
            }
            Slash::Invite { nick, room: Some(room) } => {
                if let Some(room) = self.named_room(id, &room, turn) {
                    self.ask_of_room(room, &Intent::Invite { buffer: room, nick: nick.into() }, turn);
                }
            }
            Slash::Away { reason } => {
                self.away.want(Some(reason.as_deref().unwrap_or("away")), &self.link, turn);
            }
            Slash::Back => self.away.want(None, &self.link, turn),
            Slash::Whois { nick } => self.ask_whois(Some(id), &nick, turn),
            Slash::Help { .. } => turn.announce(Some(id), Announcement::Help),
            Slash::List => self.list_rooms(turn),
            Slash::Quit { reason } => self.disconnect(&reason.unwrap_or_default(), turn),
        }
    }

    /// The channel with this name. If there is none, the person is told so in the conversation in which they
    /// asked.
    fn named_room(&self, here: BufferId, name: &str, turn: &mut Turn<'_>) -> Option<BufferId> {
        let room = self.buffers.room(&self.session, name);
        if room.is_none() {
            turn.complain(Some(here), Problem::new(ProblemKind::NotInRoom, name, ""));
        }
        room
    }
}

/// A message that the person wants to send.
struct Utterance<'a> {
    manner: Manner,
    lines: &'a [String],
    audience: Option<Audience>,
}

impl<'a> Utterance<'a> {
    const fn plain(lines: &'a [String]) -> Self {
        Self { manner: Manner::Message, lines, audience: None }
    }
}

/// Sending messages.
impl Client {
    /// `/msg`: sends a message to a person, to a channel or to some members of a channel.
    fn message(&mut self, here: BufferId, target: &str, lines: &[String], turn: &mut Turn<'_>) {
        let room = self.session.audience(target);
        let audience = room.and_then(|room| room.audience);
        let to = match room {
            Some(room) => self.named_room(here, room.room, turn),
            None => self.open_direct(target, turn),
        };
        if let Some(to) = to {
            self.say(to, &Utterance { audience, ..Utterance::plain(lines) }, turn);
        }
    }

    fn say(&mut self, id: BufferId, utterance: &Utterance<'_>, turn: &mut Turn<'_>) {
        let Utterance { manner, lines, audience } = *utterance;
        let Some(buffer) = self.buffers.get_mut(id) else {
            return turn.complain(None, gone(&lines.join("\n")));
        };
        if buffer.kind() == BufferKind::Server {
            return turn.complain(Some(id), Problem::of(ProblemKind::NotHere));
        }
        if buffer.is_absent() {
            return turn.complain(Some(id), Problem::new(ProblemKind::NotInRoom, buffer.name(), ""));
        }
        let capacity = outbox::capacity(&self.session, buffer.name(), manner, audience);
        let messages = lines::messages(lines, &capacity);
        if messages.len() > SUBMIT_MESSAGES_MAX {
            let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
            return turn.complain(Some(id), Problem::of(ProblemKind::TooManyMessages(count)));
        }
        // Either everything is sent or nothing: part of a pasted text makes no sense.
        if !self.outbox.has_room_for(messages.len()) {
            return turn.complain(Some(id), Problem::of(ProblemKind::QueueFull));
        }
        buffer.is_used_again();
        for text in &messages {
            self.outbox.say(buffer, &self.session, MessageBody { manner, text, audience }, turn.now);
        }
    }

    fn retry(&mut self, id: BufferId, row: RowId, turn: &mut Turn<'_>) {
        let Some(buffer) = self.buffers.get_mut(id) else { return };
        if buffer.is_absent() {
            return turn.complain(Some(id), Problem::new(ProblemKind::NotInRoom, buffer.name(), ""));
        }
        buffer.is_used_again();
        self.outbox.queue_again(buffer, row);
        if let Some(intent) = self.requests.take(&mut self.buffers, id, row) {
            self.perform(&intent, turn);
        }
    }
}

/// Channels and people.
impl Client {
    fn ask_to_join(&mut self, wanted: &str, key: Option<&str>, turn: &mut Turn<'_>) {
        let Self { session, buffers, .. } = self;
        // A name cannot contain spaces, but it is plain what was meant.
        let wanted = &*wanted.split_whitespace().collect::<Vec<_>>().join("-");
        let name = if session.is_room(wanted) { wanted.to_owned() } else { format!("#{wanted}") };
        if !session.is_room_name(&name) {
            return turn.complain(None, Problem::new(ProblemKind::NoSuchRoom, wanted, ""));
        }
        let id = buffers.open(session, BufferKind::Room, &name);
        let Some(buffer) = id.and_then(|id| buffers.get_mut(id)) else {
            return turn.complain(None, Problem::new(ProblemKind::TooManyConversations, wanted, ""));
        };
        turn.show(buffer.id());
        // The JOIN waits until the greeting is over, and is then sent with those of the other channels.
        if buffer.ask_to_enter(key) && session.is_greeted() {
            turn.send(join_line(&name, buffer.key().map_or("", |key| key)));
        }
    }

    fn leave(&mut self, id: BufferId, reason: &str, turn: &mut Turn<'_>) {
        let Some(buffer) = self.buffers.get_mut(id) else { return };
        let is_known = buffer.is_room() && !buffer.is_absent();
        // Somebody who asks twice does not want to wait for the server.
        let can_ask = self.session.is_greeted() || (buffer.is_present() && self.link.is_online());
        if is_known && can_ask && !buffer.is_leaving() {
            buffer.ask_to_leave();
            let line = Line::bare("PART").param(buffer.name());
            return turn.send(if reason.is_empty() { line } else { line.text(reason) });
        }
        let is_direct = buffer.kind() == BufferKind::Direct;
        // What the person has just said is waited for.
        if is_direct && self.link.is_online() && !buffer.is_leaving() && self.outbox.has_undecided(id) {
            return buffer.ask_to_leave();
        }
        self.finish_leaving(id, turn);
    }

    fn open_direct(&mut self, nick: &str, turn: &mut Turn<'_>) -> Option<BufferId> {
        let Self { session, buffers, .. } = self;
        let nick = nick.trim();
        if !session.is_nick(nick) {
            turn.complain(None, Problem::new(ProblemKind::NoSuchPerson, nick, ""));
            return None;
        }
        let Some(id) = buffers.open(session, BufferKind::Direct, nick) else {
            turn.complain(None, Problem::new(ProblemKind::TooManyConversations, nick, ""));
            return None;
        };
        self.buffers.get_mut(id).into_iter().for_each(Buffer::is_used_again);
        turn.show(id);
        Some(id)
    }

    /// Shows the topic of a channel again, at the end of the conversation.
    fn show_topic(&mut self, id: BufferId, turn: &Turn<'_>) {
        let Some(buffer) = self.buffers.get_mut(id) else { return };
        let Some(topic) = buffer.topic().cloned() else { return };
        let by = topic.by.clone().unwrap_or_else(|| Arc::clone(&self.settings.address));
        buffer.happened(turn.now, BufferEvent::TopicSet { by, topic: topic.text.clone() });
    }

    fn ask_whois(&mut self, buffer: Option<BufferId>, nick: &str, turn: &mut Turn<'_>) {
        if self.link.is_online() {
            self.asked_people.ask(&self.session, nick);
        }
        self.link.ask(buffer, Line::bare("WHOIS").param(nick), turn);
    }

    pub(super) fn list_rooms(&mut self, turn: &mut Turn<'_>) {
        if !self.link.is_online() {
            turn.complain(None, Problem::of(ProblemKind::Offline));
        } else if self.directory.begin(turn.now) {
            turn.send(Line::bare("LIST"));
        }
    }

    /// Sends a request about a channel that is one line.
    fn ask_of_room(&mut self, id: BufferId, intent: &Intent, turn: &mut Turn<'_>) {
        let Some(buffer) = self.buffers.get(id) else {
            return turn.complain(None, gone(asked(intent)));
        };
        let room = buffer.name();
        let line = match intent {
            _ if !buffer.is_room() => return turn.complain(Some(id), Problem::of(ProblemKind::NotHere)),
            Intent::SetTopic { topic, .. } => Line::bare("TOPIC").param(room).text(topic),
            Intent::Invite { nick, .. } => Line::bare("INVITE").param(nick).param(room),
            Intent::Kick { nick, reason, .. } => kick_line(room, nick, reason),
            _ => return,
        };
        self.request(id, intent, turn, |_| vec![line]);
    }

    /// Sends what the person asks of a channel, or keeps it and tells them that they are not connected.
    /// `lines` is called only if it can be sent.
    pub(super) fn request(
        &mut self,
        id: BufferId,
        intent: &Intent,
        turn: &mut Turn<'_>,
        lines: impl FnOnce(&mut Self) -> Vec<Line>,
    ) {
        if !self.requests.has_room() {
            return turn.complain(Some(id), Problem::of(ProblemKind::QueueFull));
        }
        // Before the greeting is over, the channels have not been joined again.
        if !self.session.is_greeted() {
            self.requests.put_off(&mut self.buffers, id, intent.clone());
            return turn.complain(Some(id), Problem::of(ProblemKind::Offline));
        }
        let lines = lines(self);
        if !lines.is_empty() {
            let Self { requests, buffers, session, .. } = self;
            requests.send(buffers, session, (id, intent.clone(), lines), turn);
        }
    }
}

/// The request that a command of the composer makes of this channel, if it makes one.
fn as_request(buffer: BufferId, command: Slash) -> Option<Intent> {
    match command {
        Slash::Topic { text: Some(topic) } => Some(Intent::SetTopic { buffer, topic: topic.into() }),
        Slash::Kick { nick, reason } => {
            Some(Intent::Kick { buffer, nick: nick.into(), reason: reason.unwrap_or_default().into() })
        }
        Slash::Invite { nick, room: None } => Some(Intent::Invite { buffer, nick: nick.into() }),
        _ => None,
    }
}

/// The conversation is gone, in which the person wrote or asked for this.
fn gone(written: &str) -> Problem {
    // All of it is kept, because nobody else has it.
    Problem { details: written.into(), ..Problem::of(ProblemKind::ConversationGone) }
}

/// What the person wrote in a request.
fn asked(intent: &Intent) -> &str {
    match intent {
        Intent::SetTopic { topic, .. } => topic,
        Intent::Invite { nick, .. } | Intent::Kick { nick, .. } => nick,
        _ => "",
    }
}

fn kick_line(room: &str, nick: &str, reason: &str) -> Line {
    let line = Line::bare("KICK").param(room).param(nick);
    if reason.is_empty() { line } else { line.text(reason) }
}

/// The person and their connection.
impl Client {
    fn change_nick(&mut self, nick: &str, turn: &mut Turn<'_>) {
        let nick = nick.trim();
        let Self { session, link, settings, .. } = self;
        let is_long = |bytes_max: &usize| nick.len() > *bytes_max;
        // Some servers silently cut off a nick that is too long.
        let too_long = session.nick_bytes_max().filter(is_long).map(|max| naming::too_long(nick, max));
        let is_bad = !session.is_nick(nick);
        let fault = naming::fault(nick).or(too_long).or(is_bad.then_some(ProblemKind::NickInvalid));
        if let Some(kind) = fault {
            return self.tell_nick_refused(Problem::new(kind, nick, ""), nick, turn);
        }
        if link.is_online() && nick == &**session.nick() {
            // The spelling is compared, because a change of case is a change too. The person wants to keep
            // the nick that they have now.
            settings.nick = Arc::clone(session.nick());
            session.regain_mut().end();
            return turn.network_changed();
        }
        if link.is_online() {
            return session.ask_nick(nick, turn);
        }
        settings.nick = nick.into();
        session.introduce_as(nick);
        turn.network_changed();
        if link.is_open() {
            turn.send(Line::bare("NICK").param(nick));
        } else if link.is_stopped() {
            self.connect(turn);
        }
    }

    fn disconnect(&mut self, reason: &str, turn: &mut Turn<'_>) {
        if self.link.is_online() {
            let line = Line::bare("QUIT");
            turn.send(if reason.is_empty() { line } else { line.text(reason) });
        }
        self.stop(None, None, turn);
    }
}
