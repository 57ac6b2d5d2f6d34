//! Refusals: each numeric of an error becomes a problem, and the problem finds what it is about.

use std::sync::Arc;

use super::{Incoming, whois};
use crate::{
    client::{Client, Turn},
    naming, outbox,
    problem::{Problem, ProblemKind},
    registration, sign_in,
    view::{BufferId, Notice, Presence},
};

/// What kind of problem a numeric tells. None: the interface need not say it.
const fn kind(number: u16) -> Option<ProblemKind> {
    Some(match number {
        401 | 406 => ProblemKind::NoSuchPerson,
        403 | 476 | 479 => ProblemKind::NoSuchRoom,
        404 => ProblemKind::CannotSpeak,
        405 => ProblemKind::TooManyRooms,
        417 => ProblemKind::TooLong,
        // No answer worth a word: no MOTD, nothing in a list.
        402 | 409 | 422 => return None,
        432 => ProblemKind::NickInvalid,
        433 | 436 => ProblemKind::NickTaken,
        438 | 439 | 480 | 707 => ProblemKind::Throttled,
        441 => ProblemKind::TheyAreNotInRoom,
        442 => ProblemKind::NotInRoom,
        443 => ProblemKind::AlreadyInRoom,
        464 => ProblemKind::PasswordWrong,
        465 | 466 => ProblemKind::BannedFromServer,
        471 => ProblemKind::RoomFull,
        473 => ProblemKind::InviteOnly,
        474 => ProblemKind::BannedFromRoom,
        475 => ProblemKind::KeyNeeded,
        477 | 486 => ProblemKind::AccountNeeded,
        467 | 525 | 696 => ProblemKind::BadSetting,
        478 => ProblemKind::ListFull,
        481 | 483 | 723 => ProblemKind::NotServerOperator,
        482 | 484 | 485 => ProblemKind::NotOperator,
        _ => ProblemKind::Other,
    })
}

/// Why one may not speak in a room, if the server says by which mode: `Cannot send to channel (+m)`.
fn silenced(details: &str) -> ProblemKind {
    let mode = details.split_once("(+").and_then(|(_, rest)| rest.chars().next());
    match mode {
        Some('m') => ProblemKind::VoiceNeeded,
        Some('n') => ProblemKind::OutsideRoom,
        Some('b' | 'q') => ProblemKind::SilencedInRoom,
        Some('M' | 'R' | 'r') => ProblemKind::AccountNeeded,
        Some('C' | 'c' | 'S') => ProblemKind::NotTaken,
        _ => ProblemKind::CannotSpeak,
    }
}

/// Whether a numeric can be the answer to a message.
const fn is_about_message(number: u16) -> bool {
    matches!(number, 401 | 403 | 404 | 407 | 408 | 411..=415 | 417 | 439 | 477 | 486 | 489 | 531 | 707 | 716)
}

/// Something that the server did not do.
pub(super) struct Refused {
    pub(super) buffer: Option<BufferId>,
    pub(super) problem: Problem,
    /// It can be a message.
    pub(super) is_message: bool,
}

/// A numeric that refuses something.
pub(super) fn receive(client: &mut Client, number: u16, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let about = incoming.param(1);
    let is_labelled = incoming.label.as_deref().is_some_and(|label| client.outbox.labelled(label).is_some());
    if number == 401 && !is_labelled && whois::missing(client, about) {
        return;
    }
    if number == 470 {
        return forwarded(client, incoming);
    }
    let Some(mut kind) = kind(number) else { return };
    // A room or a nick that is not to be had for a while.
    if number == 437 && !client.session.is_room(about) {
        kind = ProblemKind::NickHeld;
    }
    if kind.is_about_nick() {
        let told = client.session.nick_fault.take();
        let asked = client.nick_asked.clone().unwrap_or_else(|| Arc::clone(&client.settings.nick));
        kind = naming::reason(&client.session, number, &asked, told);
    }
    let details = incoming.message.params.last().copied().unwrap_or_default();
    if number == 404 {
        kind = silenced(details);
    }
    if !client.session.is_registered {
        return before_registration(client, (number, kind), details, turn);
    }
    if kind.is_about_nick() || matches!(number, 435 | 438 | 447) {
        return nick(client, (kind, about, details));
    }
    let room = incoming.message.params.iter().skip(1).find(|word| client.session.is_room(word));
    let about = match (number, room) {
        // It is told of the room.
        (441 | 443, Some(room)) => *room,
        _ if incoming.message.params.len() > 2 => about,
        _ => "",
    };
    let buffer = client.buffers.named(&client.session, room.copied().unwrap_or(about));
    // Lists that only some may see were asked for on the chance.
    if kind == ProblemKind::NotOperator
        && let Some(room) = buffer.and_then(|id| client.buffers.get_mut(id))
        && room.modes.refuse_list()
    {
        return buffer.into_iter().for_each(|id| client.changes.buffer(id));
    }
    let problem = client.problem(kind, about, details);
    of(client, incoming, Refused { buffer, problem, is_message: is_about_message(number) });
}

fn before_registration(
    client: &mut Client,
    (number, kind): (u16, ProblemKind),
    details: &str,
    turn: &mut Turn<'_>,
) {
    // It does not know CAP, or wants to hear the name first.
    if matches!(number, 421 | 451) {
        return sign_in::introduce(client, turn);
    }
    match before_entry(client, kind, details) {
        kind if kind.is_about_nick() => {
            registration::nick_refused(client, kind, details, turn);
        }
        kind @ (ProblemKind::PasswordNeeded
        | ProblemKind::PasswordWrong
        | ProblemKind::SignInNeeded
        | ProblemKind::BannedFromServer) => {
            let login = client.settings.credentials.login.as_ref();
            let login = login.filter(|_| kind == ProblemKind::PasswordWrong).map(|login| login.name.clone());
            let problem = client.problem(kind, &login.unwrap_or_default(), details);
            client.stop(Some(problem), None, turn);
        }
        _ => {}
    }
}

/// What a refusal means to somebody who is not in yet.
fn before_entry(client: &Client, kind: ProblemKind, details: &str) -> ProblemKind {
    match kind {
        ProblemKind::PasswordWrong => client.session.sign_in.refused(),
        ProblemKind::AccountNeeded => ProblemKind::SignInNeeded,
        ProblemKind::BannedFromServer if asks_for_account(details) => ProblemKind::SignInNeeded,
        kind => kind,
    }
}

/// Whether these words turn people away only because they have not signed in. There is no numeric for that.
pub(super) fn asks_for_account(details: &str) -> bool {
    let lower = details.to_ascii_lowercase();
    let asks = ["sasl", "log in", "logged in", "identify to", "require an account", "need an account"];
    !lower.contains("timed out") && !lower.contains("timeout") && asks.iter().any(|word| lower.contains(word))
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
