//! Refusals: each error numeric becomes a problem, which is then shown where it belongs.

use parla_proto::Numeric;

use crate::{
    client::Client,
    incoming::Incoming,
    naming,
    outbox::OwnMessage,
    problem::{Problem, ProblemKind},
    session::Session,
    text::shown_name,
    turn::Turn,
    view::{Announcement, BufferId, Presence},
};

/// The kind of problem that a numeric stands for; `None` if the interface need not show it.
const fn kind(numeric: Numeric) -> Option<ProblemKind> {
    Some(match numeric {
        Numeric::NoSuchNick | Numeric::WasNoSuchNick => ProblemKind::NoSuchPerson,
        Numeric::NoSuchChannel | Numeric::BadChannelMask | Numeric::BadChannelName => ProblemKind::NoSuchRoom,
        Numeric::CannotSendToChannel => ProblemKind::CannotSpeak,
        Numeric::TooManyChannels => ProblemKind::TooManyRooms,
        Numeric::InputTooLong => ProblemKind::TooLong,
        // Nobody asked for anything that these refuse.
        Numeric::NoSuchServer | Numeric::NoOrigin => return None,
        Numeric::ErroneousNick => ProblemKind::NickInvalid,
        Numeric::NickInUse | Numeric::NickCollision => ProblemKind::NickTaken,
        Numeric::NickTooFast
        | Numeric::TargetTooFast
        | Numeric::JoinTooFast
        | Numeric::TargetChangeTooFast => ProblemKind::Throttled,
        Numeric::UserNotInChannel => ProblemKind::TheyAreNotInRoom,
        Numeric::NotOnChannel => ProblemKind::NotInRoom,
        Numeric::UserOnChannel => ProblemKind::AlreadyInRoom,
        Numeric::PasswordMismatch => ProblemKind::PasswordWrong,
        Numeric::BannedFromServer | Numeric::WillBeBanned => ProblemKind::BannedFromServer,
        Numeric::ChannelIsFull => ProblemKind::RoomFull,
        Numeric::InviteOnlyChannel => ProblemKind::InviteOnly,
        Numeric::BannedFromChannel => ProblemKind::BannedFromRoom,
        Numeric::BadChannelKey => ProblemKind::KeyNeeded,
        Numeric::AccountNeeded | Numeric::AccountNeededForMessage => ProblemKind::AccountNeeded,
        Numeric::KeySet | Numeric::InvalidKey | Numeric::InvalidModeParam => ProblemKind::BadSetting,
        Numeric::ListFull => ProblemKind::ListFull,
        Numeric::NoPrivileges | Numeric::CannotKillServer | Numeric::MissingPrivilege => {
            ProblemKind::NotServerOperator
        }
        Numeric::ChannelOperatorNeeded | Numeric::Restricted | Numeric::CreatorNeeded => {
            ProblemKind::NotOperator
        }
        _ => ProblemKind::Other,
    })
}

/// Whether a numeric can be the answer to a message.
const fn is_about_message(numeric: Numeric) -> bool {
    matches!(
        numeric,
        Numeric::NoSuchNick
            | Numeric::NoSuchChannel
            | Numeric::CannotSendToChannel
            | Numeric::TooManyTargets
            | Numeric::NoSuchService
            | Numeric::NoRecipient
            | Numeric::NoTextToSend
            | Numeric::NoTopLevel
            | Numeric::WildTopLevel
            | Numeric::BadMask
            | Numeric::InputTooLong
            | Numeric::TargetTooFast
            | Numeric::AccountNeeded
            | Numeric::AccountNeededForMessage
            | Numeric::SecureOnlyChannel
            | Numeric::CannotSendToUser
            | Numeric::TargetChangeTooFast
            | Numeric::TargetHearsNobody
    )
}

/// Something that the server refused to do.
pub(super) struct Refused {
    pub(super) buffer: Option<BufferId>,
    pub(super) problem: Problem,
    /// Whether the refused command may have been a message.
    pub(super) is_message: bool,
}

impl Client {
    /// A numeric that refuses something.
    pub(super) fn refused(&mut self, numeric: Numeric, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let Self { session, buffers, .. } = self;
        let about = incoming.param(1);
        if numeric == Numeric::NoSuchNick
            && self.outbox.labelled(incoming).is_none()
            && self.asked_people.missing(session, about, turn)
        {
            return;
        }
        if numeric == Numeric::ForwardedTo {
            return self.forwarded(incoming, turn);
        }
        let Some(mut kind) = kind(numeric) else { return };
        // The channel or nick cannot be had for a while.
        if numeric == Numeric::NickUnavailable && !session.is_room(about) {
            kind = ProblemKind::NickHeld;
        }
        if kind.is_about_nick() {
            let told = session.take_nick_fault();
            let refused = if about.is_empty() { &*self.settings.nick } else { about };
            kind = naming::reason(session, numeric, refused, told);
        }
        if !session.is_registered() {
            return self.refused_before_entry(numeric, kind, incoming.last(), turn);
        }
        if kind.is_about_nick()
            || matches!(numeric, Numeric::BannedNickChange | Numeric::NickTooFast | Numeric::NoNickChange)
        {
            return self.other_nick_refused(Problem::new(kind, about, incoming.last()), about, turn);
        }
        let room = incoming.message.params.iter().skip(1).find(|word| session.is_room(word));
        let about = match (numeric, room) {
            // It is shown in the channel.
            (Numeric::UserNotInChannel | Numeric::UserOnChannel, Some(room)) => *room,
            _ if incoming.message.params.len() > 2 => about,
            _ => "",
        };
        let id = buffers.named(session, room.copied().unwrap_or(about));
        if id.is_none() && !self.requests.is_waiting() && self.directory.is_refused_by(numeric, incoming) {
            return self.directory.refused(Problem::new(kind, "", incoming.last()));
        }
        let buffer = id.and_then(|id| buffers.get_mut(id));
        if let Some(buffer) = buffer {
            // The client asked for lists that only some may see, without knowing whether the person may.
            if kind == ProblemKind::NotOperator && buffer.modes_mut().refuse_list() {
                return;
            }
            if numeric == Numeric::CannotSendToChannel {
                let text = self.outbox.refused(buffer.id(), incoming).and_then(|own| self.outbox.text(own));
                kind = buffer.why_silenced(session, text);
            }
        }
        let problem = Problem::new(kind, about, incoming.last());
        let is_message = is_about_message(numeric);
        self.tell_refused(incoming, Refused { buffer: id, problem, is_message }, turn);
    }

    fn refused_before_entry(
        &mut self,
        numeric: Numeric,
        kind: ProblemKind,
        details: &str,
        turn: &mut Turn<'_>,
    ) {
        let Self { session, settings, .. } = self;
        // The server does not know CAP, or wants the nick first.
        if matches!(numeric, Numeric::UnknownCommand | Numeric::NotRegistered) {
            return session.introduce(&settings.credentials, turn);
        }
        match before_entry(session, kind) {
            kind if kind.is_about_nick() => self.nick_refused(kind, details, turn),
            ProblemKind::PasswordWrong => {
                let login = settings.credentials.login.as_ref().map_or("", |login| &login.name);
                let problem = Problem::new(ProblemKind::PasswordWrong, login, details);
                self.stop(Some(problem), None, turn);
            }
            kind @ (ProblemKind::PasswordNeeded | ProblemKind::SignInNeeded) => {
                self.stop(Some(Problem::new(kind, "", details)), None, turn);
            }
            // The server is about to close the connection. Its ERROR may still say that signing in would
            // help.
            kind @ ProblemKind::BannedFromServer => self.link.parts(Problem::new(kind, "", details)),
            _ => {}
        }
    }

    /// A change of nick was refused, at least for now.
    fn other_nick_refused(&mut self, problem: Problem, nick: &str, turn: &mut Turn<'_>) {
        if self.session.is_refused_quietly(nick, turn) {
            return;
        }
        let asked = self.session.take_nick_asked();
        match asked.filter(|_| problem.kind.is_about_nick()) {
            Some(nick) => self.tell_nick_refused(problem, &nick, turn),
            None => turn.complain(None, problem),
        }
    }

    /// The server puts the person into another channel than the one they asked for.
    fn forwarded(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        let (from, to) = (incoming.param(1), incoming.param(2));
        let Self { session, buffers, .. } = self;
        let Some(buffer) = buffers.room_mut(session, from) else { return };
        let id = buffer.id();
        if !buffer.is_joining() || !session.is_room_name(to) {
            return;
        }
        if buffers.rename(session, from, to).is_none() {
            // The person is already there.
            self.shut_out(id, Problem::new(ProblemKind::Other, from, incoming.last()));
        }
        self.outbox.renamed(id);
        self.requests.renamed(id);
        turn.announce(Some(id), Announcement::Forwarded { from: shown_name(from), to: shown_name(to) });
    }

    /// Shows a refusal with the message, the channel or the person that it is about.
    pub(super) fn tell_refused(&mut self, incoming: &Incoming<'_>, refused: Refused, turn: &mut Turn<'_>) {
        let Refused { buffer: id, problem, is_message } = refused;
        let labelled = self.outbox.labelled(incoming);
        let unlabelled = || id.filter(|_| is_message && incoming.label.is_none());
        let message = labelled.or_else(|| self.outbox.first_sent(unlabelled()?));
        if let Some(OwnMessage { buffer, row }) = message {
            if let Some(buffer) = self.buffers.get_mut(buffer) {
                self.outbox.fail(buffer, row, problem);
            }
            return;
        }
        // What was refused is the request, and not the JOIN before it.
        if self.requests.is_answer(incoming) {
            return turn.complain(id, problem);
        }
        let room = id.and_then(|id| self.buffers.get(id));
        match room.map(|room| (room.id(), room.is_leaving(), room.presence())) {
            // The person is not there, which is what they wanted.
            Some((id, true, _))
                if matches!(problem.kind, ProblemKind::NotInRoom | ProblemKind::NoSuchRoom) =>
            {
                self.finish_leaving(id, turn);
            }
            Some((id, true, Presence::Joining)) => self.finish_leaving(id, turn),
            Some((id, false, Presence::Joining)) => self.shut_out(id, problem),
            _ => turn.complain(id, problem),
        }
    }
}

/// What a refusal means to somebody who has not joined yet.
const fn before_entry(session: &Session, kind: ProblemKind) -> ProblemKind {
    match kind {
        ProblemKind::PasswordWrong => session.password_refused(),
        ProblemKind::AccountNeeded => ProblemKind::SignInNeeded,
        kind => kind,
    }
}
