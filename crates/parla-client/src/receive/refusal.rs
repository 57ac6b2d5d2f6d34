//! Refusals: each numeric of an error becomes a problem, and the problem finds what it is about.

use std::sync::Arc;

use parla_proto::Numeric;

use super::{Incoming, silenced, whois};
use crate::{
    client::Client,
    naming,
    problem::{Problem, ProblemKind},
    registration::{self, sign_in},
    state::State,
    turn::Turn,
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
    if numeric == Numeric::NoSuchNick && !is_labelled && whois::missing(&mut client.state, about) {
        return;
    }
    if numeric == Numeric::ForwardedTo {
        return forwarded(client, incoming);
    }
    let Some(mut kind) = kind(numeric) else { return };
    // A room or a nick that is not to be had for a while.
    if numeric == Numeric::NickUnavailable && !client.state.session.is_room(about) {
        kind = ProblemKind::NickHeld;
    }
    if kind.is_about_nick() {
        let told = client.state.session.nick_fault.take();
        let wanted = Arc::clone(&client.state.settings.nick);
        let refused = if about.is_empty() { &wanted } else { about };
        kind = naming::reason(&client.state.session, numeric, refused, told);
    }
    let details = incoming.message.params.last().copied().unwrap_or_default();
    if !client.state.session.is_registered {
        return before_registration(client, (numeric, kind), details, turn);
    }
    if kind.is_about_nick()
        || matches!(numeric, Numeric::BannedNickChange | Numeric::NickTooFast | Numeric::NoNickChange)
    {
        return nick(&mut client.state, (kind, about, details));
    }
    let room = incoming.message.params.iter().skip(1).find(|word| client.state.session.is_room(word));
    let about = match (numeric, room) {
        // It is told of the room.
        (Numeric::UserNotInChannel | Numeric::UserOnChannel, Some(room)) => *room,
        _ if incoming.message.params.len() > 2 => about,
        _ => "",
    };
    let buffer = client.state.buffers.named(&client.state.session, room.copied().unwrap_or(about));
    if numeric == Numeric::CannotSendToChannel
        && let Some(id) = buffer
    {
        kind = silenced::why(client, incoming, id);
    }
    // Lists that only some may see were asked for on the chance.
    if kind == ProblemKind::NotOperator
        && let Some(room) = buffer.and_then(|id| client.state.buffers.get_mut(id))
        && room.modes.refuse_list()
    {
        return buffer.into_iter().for_each(|id| client.state.changes.buffer(id));
    }
    let problem = client.state.problem(kind, about, details);
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
        return sign_in::introduce(&mut client.state, turn);
    }
    match before_entry(&client.state, kind) {
        kind if kind.is_about_nick() => {
            registration::nick_refused(client, kind, details, turn);
        }
        kind @ (ProblemKind::PasswordNeeded | ProblemKind::PasswordWrong | ProblemKind::SignInNeeded) => {
            let login = client.state.settings.credentials.login.as_ref();
            let login = login.filter(|_| kind == ProblemKind::PasswordWrong).map(|login| login.name.clone());
            let problem = client.state.problem(kind, &login.unwrap_or_default(), details);
            client.stop(Some(problem), None, turn);
        }
        // The server is about to close. Its ERROR may still say that signing in would help.
        ProblemKind::BannedFromServer => {
            client.state.link.parting = Some(client.state.problem(kind, "", details));
        }
        _ => {}
    }
}

/// What a refusal means to somebody who is not in yet.
const fn before_entry(state: &State, kind: ProblemKind) -> ProblemKind {
    match kind {
        ProblemKind::PasswordWrong => state.session.sign_in.refused(),
        ProblemKind::AccountNeeded => ProblemKind::SignInNeeded,
        kind => kind,
    }
}

/// Another nick was not to be had, or not now.
fn nick(state: &mut State, (kind, about, details): (ProblemKind, &str, &str)) {
    // To have the wanted name back is tried again and again; that it fails is not worth a word.
    let is_asked = state.nick_asked.as_ref().is_some_and(|asked| state.session.same(asked, about));
    if state.regain.refused() && !is_asked {
        return;
    }
    let asked = state.nick_asked.take();
    let problem = state.problem(kind, about, details);
    match asked.filter(|_| kind.is_about_nick()) {
        Some(nick) => state.refuse_nick(problem, &nick),
        None => state.complain(None, problem),
    }
}

/// The server takes the person to another room than the one he asked for.
fn forwarded(client: &mut Client, incoming: &Incoming<'_>) {
    let (from, to) = (incoming.param(1), incoming.param(2));
    let Some(id) = client.state.buffers.room(&client.state.session, from) else { return };
    let is_asked = client.state.buffers.get(id).is_some_and(|buffer| buffer.presence == Presence::Joining);
    if !is_asked || !client.state.session.is_room_name(to) {
        return;
    }
    if client.state.buffers.rename(&client.state.session, from, to).is_none() {
        // He is there already.
        let details = incoming.message.params.last().copied().unwrap_or_default();
        let problem = client.state.problem(ProblemKind::Other, from, details);
        client.shut_out(id, &problem);
    }
    client.outbox.renamed(id);
    let (from, to) = (crate::text::shown_name(from), crate::text::shown_name(to));
    client.state.say(Some(id), Notice::Forwarded { from, to });
    client.state.changes.memory = true;
    client.state.changes.buffer(id);
}

/// Tells the message, the room or the person that is concerned.
pub(super) fn of(client: &mut Client, incoming: &Incoming<'_>, refused: Refused) {
    let Refused { buffer, problem, is_message } = refused;
    let labelled = incoming.label.as_deref().and_then(|label| client.outbox.labelled(label));
    let unlabelled = buffer.filter(|_| is_message && incoming.label.is_none());
    let message = labelled.or_else(|| unlabelled.and_then(|id| Some((id, client.outbox.first_sent(id)?))));
    if let Some((id, row)) = message {
        return client.outbox.fail(&mut client.state, (id, row), problem);
    }
    let room = buffer
        .and_then(|id| client.state.buffers.get(id))
        .map(|room| (room.id, room.is_leaving, &room.presence));
    match room {
        // Not there, which is what he wanted.
        Some((id, true, _)) if matches!(problem.kind, ProblemKind::NotInRoom | ProblemKind::NoSuchRoom) => {
            client.close(id);
        }
        Some((id, true, Presence::Joining)) => client.close(id),
        Some((id, false, Presence::Joining)) => client.shut_out(id, &problem),
        _ => client.state.complain(buffer, problem),
    }
}
