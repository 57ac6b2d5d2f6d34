//! Refusals: each numeric of an error becomes a problem, and the problem finds what it is about.

use std::sync::Arc;

use parla_proto::Numeric;

use super::{Incoming, silenced, whois};
use crate::{
    client::{Client, Turn},
    naming, outbox,
    problem::{Problem, ProblemKind},
    registration, sign_in,
    view::{BufferId, Notice, Presence},
};

/// What kind of problem a numeric tells. None: the interface need not say it.
const fn kind(numeric: Numeric) -> Option<ProblemKind> {
    Some(match numeric {
        Numeric::NoSuchNick | Numeric::WasNoSuchNick => ProblemKind::NoSuchPerson,
        Numeric::NoSuchChannel | Numeric::BadChannelMask | Numeric::BadChannelName => ProblemKind::NoSuchRoom,
        Numeric::CannotSendToChannel => ProblemKind::CannotSpeak,
        Numeric::TooManyChannels => ProblemKind::TooManyRooms,
        Numeric::InputTooLong => ProblemKind::TooLong,
        // Nobody asked for anything that this refuses.
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

/// Something that the server did not do.
pub(super) struct Refused {
    pub(super) buffer: Option<BufferId>,
    pub(super) problem: Problem,
    /// It can be a message.
    pub(super) is_message: bool,
}

/// A numeric that refuses something.
pub(super) fn receive(client: &mut Client, numeric: Numeric, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let about = incoming.param(1);
    let is_labelled = incoming.label.as_deref().is_some_and(|label| client.outbox.labelled(label).is_some());
    if numeric == Numeric::NoSuchNick && !is_labelled && whois::missing(client, about) {
        return;
    }
    if numeric == Numeric::ForwardedTo {
        return forwarded(client, incoming);
    }
    let Some(mut kind) = kind(numeric) else { return };
    // A room or a nick that is not to be had for a while.
    if numeric == Numeric::NickUnavailable && !client.session.is_room(about) {
        kind = ProblemKind::NickHeld;
    }
    if kind.is_about_nick() {
        let told = client.session.nick_fault.take();
        let wanted = Arc::clone(&client.settings.nick);
        let refused = if about.is_empty() { &wanted } else { about };
        kind = naming::reason(&client.session, numeric, refused, told);
    }
    let details = incoming.message.params.last().copied().unwrap_or_default();
    if !client.session.is_registered {
        return before_registration(client, (numeric, kind), details, turn);
    }
    if kind.is_about_nick()
        || matches!(numeric, Numeric::BannedNickChange | Numeric::NickTooFast | Numeric::NoNickChange)
    {
        return nick(client, (kind, about, details));
    }
    let room = incoming.message.params.iter().skip(1).find(|word| client.session.is_room(word));
    let about = match (numeric, room) {
        // It is told of the room.
        (Numeric::UserNotInChannel | Numeric::UserOnChannel, Some(room)) => *room,
        _ if incoming.message.params.len() > 2 => about,
        _ => "",
    };
    let buffer = client.buffers.named(&client.session, room.copied().unwrap_or(about));
    if numeric == Numeric::CannotSendToChannel
        && let Some(id) = buffer
    {
        kind = silenced::why(client, incoming, id);
    }
    // Lists that only some may see were asked for on the chance.
    if kind == ProblemKind::NotOperator
        && let Some(room) = buffer.and_then(|id| client.buffers.get_mut(id))
        && room.modes.refuse_list()
    {
        return buffer.into_iter().for_each(|id| client.changes.buffer(id));
    }
    let problem = client.problem(kind, about, details);
    of(client, incoming, Refused { buffer, problem, is_message: is_about_message(numeric) });
}

fn before_registration(
    client: &mut Client,
    (numeric, kind): (Numeric, ProblemKind),
    details: &str,
    turn: &mut Turn<'_>,
) {
    // It does not know CAP, or wants to hear the name first.
    if matches!(numeric, Numeric::UnknownCommand | Numeric::NotRegistered) {
        return sign_in::introduce(client, turn);
    }
    match before_entry(client, kind) {
        kind if kind.is_about_nick() => {
            registration::nick_refused(client, kind, details, turn);
        }
        kind @ (ProblemKind::PasswordNeeded | ProblemKind::PasswordWrong | ProblemKind::SignInNeeded) => {
            let login = client.settings.credentials.login.as_ref();
            let login = login.filter(|_| kind == ProblemKind::PasswordWrong).map(|login| login.name.clone());
            let problem = client.problem(kind, &login.unwrap_or_default(), details);
            client.stop(Some(problem), None, turn);
        }
        // The server is about to close. Its ERROR may still say that signing in would help.
        ProblemKind::BannedFromServer => {
            client.link.parting = Some(client.problem(kind, "", details));
        }
        _ => {}
    }
}

/// What a refusal means to somebody who is not in yet.
const fn before_entry(client: &Client, kind: ProblemKind) -> ProblemKind {
    match kind {
        ProblemKind::PasswordWrong => client.session.sign_in.refused(),
        ProblemKind::AccountNeeded => ProblemKind::SignInNeeded,
        kind => kind,
    }
}

/// Another nick was not to be had, or not now.
fn nick(client: &mut Client, (kind, about, details): (ProblemKind, &str, &str)) {
    // To have the wanted name back is tried again and again; that it fails is not worth a word.
    let is_asked = client.nick_asked.as_ref().is_some_and(|asked| client.session.same(asked, about));
    if client.regain.refused() && !is_asked {
        return;
    }
    let asked = client.nick_asked.take();
    let problem = client.problem(kind, about, details);
    match asked.filter(|_| kind.is_about_nick()) {
        Some(nick) => client.refuse_nick(problem, &nick),
        None => client.complain(None, problem),
    }
}

/// The server takes the person to another room than the one he asked for.
fn forwarded(client: &mut Client, incoming: &Incoming<'_>) {
    let (from, to) = (incoming.param(1), incoming.param(2));
    let Some(id) = client.buffers.room(&client.session, from) else { return };
    let is_asked = client.buffers.get(id).is_some_and(|buffer| buffer.presence == Presence::Joining);
    if !is_asked || !client.session.is_room_name(to) {
        return;
    }
    if client.buffers.rename(&client.session, from, to).is_none() {
        // He is there already.
        let details = incoming.message.params.last().copied().unwrap_or_default();
        let problem = client.problem(ProblemKind::Other, from, details);
        client.shut_out(id, &problem);
    }
    client.outbox.renamed(id);
    let (from, to) = (crate::text::shown_name(from), crate::text::shown_name(to));
    client.say(Some(id), Notice::Forwarded { from, to });
    client.changes.memory = true;
    client.changes.buffer(id);
}

/// Tells the message, the room or the person that is concerned.
pub(super) fn of(client: &mut Client, incoming: &Incoming<'_>, refused: Refused) {
    let Refused { buffer, problem, is_message } = refused;
    let labelled = incoming.label.as_deref().and_then(|label| client.outbox.labelled(label));
    let unlabelled = buffer.filter(|_| is_message && incoming.label.is_none());
    let message = labelled.or_else(|| unlabelled.and_then(|id| Some((id, client.outbox.first_sent(id)?))));
    if let Some((id, row)) = message {
        return outbox::fail(client, id, row, problem);
    }
    let room =
        buffer.and_then(|id| client.buffers.get(id)).map(|room| (room.id, room.is_leaving, &room.presence));
    match room {
        // Not there, which is what he wanted.
        Some((id, true, _)) if matches!(problem.kind, ProblemKind::NotInRoom | ProblemKind::NoSuchRoom) => {
            client.close(id);
        }
        Some((id, true, Presence::Joining)) => client.close(id),
        Some((id, false, Presence::Joining)) => client.shut_out(id, &problem),
        _ => client.complain(buffer, problem),
    }
}
