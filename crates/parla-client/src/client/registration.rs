//! From an open connection to a usable one: the server registers and greets the person, or refuses them.
//!
//! What is agreed and known on the way belongs to the [`Session`].
//! <https://modern.ircdocs.horse/#connection-registration>

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
    view::Announcement,
};

/// The most channels in one JOIN.
const JOIN_ROOMS_MAX: usize = 10;
/// The most bytes of channel names and keys in one JOIN, so that it fits in a line.
const JOIN_BYTES_MAX: usize = 400;

impl Client {
    /// The connection is open. If others could read a password on it, the person is asked first.
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

    /// CAP: negotiates capabilities, and stops if that reveals a problem.
    pub(super) fn cap(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        if let Err(problem) = self.session.cap(&self.settings.credentials, incoming.message, turn) {
            self.stop(Some(problem), None, turn);
        }
        turn.network_changed();
    }

    /// RPL_WELCOME: the server has registered the person, and says under which nick.
    pub(super) fn welcome(&mut self, message: &Message<'_>, turn: &mut Turn<'_>) {
        if self.session.welcomed(message.param(0), &self.settings.nick, turn.now) {
            self.link.registered(turn.now);
            turn.network_changed();
        }
    }

    /// RPL_ISUPPORT: takes the limits and features of the server.
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

    /// The end of the greeting: the server's limits are known, so the channels are joined again.
    pub(super) fn greeted(&mut self, turn: &mut Turn<'_>) {
        let Self { session, buffers, .. } = self;
        if !session.greeted() {
            return;
        }
        session.ask_nick_again(turn);
        self.away.want_again(turn);
        DisplayNames::subscribe(session, turn);
        session.watch_nick(turn);
        buffers.rejoin(turn);
        buffers.ask_markers(session, turn);
        self.outbox.settle_direct(buffers, session);
        self.asked_people.ask_again(turn);
        if self.directory.take_owed() {
            self.list_rooms(turn);
        }
    }

    /// The latest time at which the greeting counts as over, because some servers never say so.
    pub(super) fn greeted_by(&self) -> Option<Timestamp> {
        let is_greeting = self.session.is_registered() && !self.session.is_greeted();
        self.link.greeted_by().filter(|_| is_greeting)
    }

    /// The server refuses the person's nick. If they have never been connected under it, they are asked for
    /// another. Otherwise the client finds one itself, so that a lost connection returns without a click, and
    /// tries from time to time to get the right one back.
    pub(super) fn nick_refused(&mut self, kind: ProblemKind, details: &str, turn: &mut Turn<'_>) {
        let which = self.session.refused_nick();
        let is_taken =
            matches!(kind, ProblemKind::NickTaken | ProblemKind::NickConfusable | ProblemKind::NickHeld);
        let is_wanted_invalid = !is_taken && which == NickRefused::Wanted;
        let wanted = Arc::clone(&self.settings.nick);
        if !self.link.is_first() && !is_wanted_invalid && which != NickRefused::Last {
            return self.session.try_stand_in(&wanted, turn);
        }
        // The client first asks the server why, before it asks the person.
        if self.session.asks_why() {
            return;
        }
        let why = Problem::new(kind, &wanted, details);
        let kind = if which == NickRefused::Wanted { kind } else { ProblemKind::NickTaken };
        let suggestion = self.suggest_nick(&wanted, kind);
        self.stop(Some(why), Some(suggestion), turn);
    }

    /// Tells the person that a nick was refused, with another one that may be free.
    pub(super) fn tell_nick_refused(&self, problem: Problem, nick: &str, turn: &mut Turn<'_>) {
        let suggestion = self.suggest_nick(nick, problem.kind);
        turn.announce(None, Announcement::NickRefused { problem: Arc::new(problem), suggestion });
    }

    fn suggest_nick(&self, nick: &str, kind: ProblemKind) -> Arc<str> {
        naming::suggestion(&self.session, nick, kind, self.settings.transliterate)
    }
}

impl Session {
    /// Learns the server's time from any line except messages. Messages may be repeats from the past, and a
    /// bouncer repeats an old greeting; everything else happens now.
    pub(super) fn learn_time(&mut self, incoming: &Incoming<'_>, now: Timestamp) {
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
    /// Joins all of the person's channels again, several per line: one by one they would count as a flood.
    fn rejoin(&self, turn: &mut Turn<'_>) {
        let mut rooms: Vec<&Buffer> =
            self.iter().filter(|room| room.is_room() && room.is_joining()).collect();
        // A key belongs to the channel at the same position of the list.
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

/// The line that joins one or several channels; `key` is empty if there is none.
pub(super) fn join_line(room: &str, key: &str) -> Line {
    let line = Line::bare("JOIN").param(room);
    if key.is_empty() { line } else { line.param(key) }
}
