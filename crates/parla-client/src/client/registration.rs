//! From a connection that is there to one that can be used: the server takes the person in and greets them, or does not.
//!
//! What is agreed on and shown on the way is the session's: [`Session`]. <https://modern.ircdocs.horse/#connection-registration>

use std::sync::Arc;

use parla_proto::{CommandName, Line, Message, Timestamp, isupport::Token};

use super::Client;
use crate::{
    buffer::Buffer,
    buffers::Buffers,
    display_names::DisplayNames,
    incoming::Incoming,
    limits::ISUPPORT_TOKENS_MAX,
    naming,
    problem::{Problem, ProblemKind},
    session::{NickRefused, Session},
    turn::Turn,
    view::Notice,
};

/// Rooms in one JOIN ...
const JOIN_ROOMS_MAX: usize = 10;
/// ... and bytes of their names and keys, so that it is one line.
const JOIN_BYTES_MAX: usize = 400;

impl Client {
    /// The connection is there. If a password would be read by others, the person is asked first.
    pub(super) fn opened(&mut self, turn: &mut Turn<'_>) {
        if !self.link.opened(turn.now) {
            return;
        }
        turn.network_changed();
        let credentials = &self.settings.credentials;
        if credentials.has_password() && !self.settings.private && !credentials.readable {
            return self.stop(Some(Problem::of(ProblemKind::PasswordReadable)), None, turn);
        }
        self.session.begin(credentials, turn);
    }

    /// CAP.
    pub(super) fn cap(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        if let Err(problem) = self.session.cap(&self.settings.credentials, incoming.message, turn) {
            self.stop(Some(problem), None, turn);
        }
        turn.network_changed();
    }

    /// RPL_WELCOME: the server has taken the person in, and says under which name.
    pub(super) fn welcome(&mut self, message: &Message<'_>, turn: &mut Turn<'_>) {
        if self.session.welcomed(message.param(0), &self.settings.nick, turn.now) {
            self.link.registered(turn.now);
            turn.network_changed();
        }
    }

    /// RPL_ISUPPORT.
    pub(super) fn support(&mut self, message: &Message<'_>, turn: &mut Turn<'_>) {
        let folds_by = self.session.casemapping();
        let tokens = message.params.iter().skip(1).take(ISUPPORT_TOKENS_MAX);
        for token in tokens.filter(|token| !token.contains(' ')) {
            self.session.support(&Token::parse(token));
        }
        if self.session.casemapping() != folds_by {
            self.buffers.refold(&self.session);
        }
        turn.network_changed();
    }

    /// The end of the greeting: the server's limits are known now. Goes back to where the person was.
    pub(super) fn greeted(&mut self, turn: &mut Turn<'_>) {
        let Self { session, buffers, .. } = self;
        if !session.greeted() {
            return;
        }
        self.away.want_again(turn);
        DisplayNames::subscribe(session, turn);
        session.watch_nick(turn);
        buffers.rejoin(turn);
        buffers.ask_markers(session, turn);
        self.outbox.settle_direct(buffers, session);
    }

    /// When the greeting is over at the latest. Some servers never say so.
    pub(super) fn greeted_by(&self) -> Option<Timestamp> {
        let is_greeting = self.session.is_registered() && !self.session.is_greeted();
        self.link.greeted_by().filter(|_| is_greeting)
    }

    /// The server does not take the person in under their nick. If nobody was there under it before, the person is asked for
    /// another; else the client finds one itself, so that a connection that was lost comes back without a click, and tries to get
    /// the right one again from time to time.
    pub(super) fn nick_refused(&mut self, kind: ProblemKind, details: &str, turn: &mut Turn<'_>) {
        let which = self.session.refused_nick();
        let is_taken =
            matches!(kind, ProblemKind::NickTaken | ProblemKind::NickConfusable | ProblemKind::NickHeld);
        let is_wanted_invalid = !is_taken && which == NickRefused::Wanted;
        let wanted = Arc::clone(&self.settings.nick);
        if !self.link.is_first() && !is_wanted_invalid && which != NickRefused::Last {
            return self.session.try_stand_in(&wanted, turn);
        }
        // The reason is asked for before the person is.
        if self.session.asks_why() {
            return;
        }
        let why = Problem::new(kind, &wanted, details);
        let kind = if which == NickRefused::Wanted { kind } else { ProblemKind::NickTaken };
        let suggestion = self.suggest_nick(&wanted, kind);
        self.stop(Some(why), Some(suggestion), turn);
    }

    /// Says that a nick was refused, with another one that may be had.
    pub(super) fn tell_nick_refused(&self, problem: Problem, nick: &str, turn: &mut Turn<'_>) {
        let suggestion = self.suggest_nick(nick, problem.kind);
        turn.say(None, Notice::NickRefused { problem: Arc::new(problem), suggestion });
    }

    fn suggest_nick(&self, nick: &str, kind: ProblemKind) -> Arc<str> {
        naming::suggestion(&self.session, nick, kind, self.settings.transliterate)
    }
}

impl Session {
    /// Any line but a message tells what time it is at the server. Messages may be repeated, and a bouncer repeats the greeting of
    /// long ago; anything else happens now.
    pub(super) fn hear_time(&mut self, incoming: &Incoming<'_>, now: Timestamp) {
        let is_now = match incoming.command {
            Some(CommandName::Privmsg | CommandName::Notice | CommandName::Tagmsg) => false,
            command => self.is_greeted() || command == Some(CommandName::Cap),
        };
        if is_now && incoming.has_time() {
            self.heard_time(incoming.at, now);
        }
    }
}

impl Buffers {
    /// Asks for all rooms of the person, several in a line: one by one they would be taken for a flood.
    fn rejoin(&self, turn: &mut Turn<'_>) {
        let mut rooms: Vec<&Buffer> =
            self.iter().filter(|room| room.is_room() && room.is_joining()).collect();
        // A key belongs to the room that stands in the same place of its list.
        rooms.sort_by_key(|room| room.key().is_none());
        let (mut names, mut keys) = (Vec::new(), Vec::new());
        let mut bytes = 0;
        for room in rooms {
            let more = room.name().len() + room.key().map_or(0, |key| key.len() + 1) + 1;
            if !names.is_empty() && (bytes + more > JOIN_BYTES_MAX || names.len() >= JOIN_ROOMS_MAX) {
                turn.send(join_line(&names.join(","), &keys.join(",")));
                (names, keys, bytes) = (Vec::new(), Vec::new(), 0);
            }
            names.push(&**room.name());
            keys.extend(room.key().map(|key| &**key));
            bytes += more;
        }
        if !names.is_empty() {
            turn.send(join_line(&names.join(","), &keys.join(",")));
        }
    }
}

/// Asks the server for a room, or for several. No key if it is empty.
pub(super) fn join_line(room: &str, key: &str) -> Line {
    let line = Line::bare("JOIN").param(room);
    if key.is_empty() { line } else { line.param(key) }
}
