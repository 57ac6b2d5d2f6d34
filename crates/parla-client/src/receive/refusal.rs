//! Refusals: each numeric of an error becomes a problem, and the problem finds what it is about.

use std::sync::Arc;

use super::{Incoming, whois};
use crate::{
    client::{Client, Turn},
    outbox,
    problem::{Problem, ProblemKind},
    registration,
    view::{BufferId, Presence},
};

/// What kind of problem a numeric tells. None: the interface need not say it.
const fn kind(number: u16) -> Option<ProblemKind> {
    Some(match number {
        401 | 406 => ProblemKind::NoSuchPerson,
        403 | 476 | 479 => ProblemKind::NoSuchRoom,
        404 => ProblemKind::CannotSpeak,
        405 | 437 => ProblemKind::TooManyRooms,
        417 => ProblemKind::TooLong,
        // No answer worth a word: no MOTD, nothing in a list.
        402 | 409 | 422 => return None,
        432 => ProblemKind::NickInvalid,
        433 | 436 => ProblemKind::NickTaken,
        441 => ProblemKind::TheyAreNotInRoom,
        442 => ProblemKind::NotInRoom,
        443 => ProblemKind::AlreadyInRoom,
        464 => ProblemKind::PasswordWrong,
        465 | 466 => ProblemKind::BannedFromServer,
        471 => ProblemKind::RoomFull,
        473 => ProblemKind::InviteOnly,
        474 => ProblemKind::BannedFromRoom,
        475 => ProblemKind::KeyNeeded,
        477 => ProblemKind::AccountNeeded,
        481 | 482 => ProblemKind::NotOperator,
        _ => ProblemKind::Other,
    })
}

/// A numeric from 400 to 599.
pub(super) fn receive(client: &mut Client, number: u16, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let about = incoming.param(1);
    if number == 401 && whois::missing(client, about) {
        return;
    }
    let Some(kind) = kind(number) else { return };
    let details = incoming.message.params.last().copied().unwrap_or_default();
    if !client.session.is_registered {
        return before_registration(client, kind, details, turn);
    }
    // To have the wanted name back is tried again and again; that it fails is not worth a word.
    if kind == ProblemKind::NickTaken
        && client.reclaim_at.is_some()
        && client.session.same(about, &client.settings.nick)
    {
        return;
    }
    let about = if incoming.message.params.len() > 2 { about } else { "" };
    let room = incoming.message.params.iter().skip(1).find(|word| client.session.is_room(word));
    let target = room.copied().unwrap_or(about);
    let buffer = client.buffers.named(&client.session, target).filter(|_| !target.is_empty());
    let problem = client.problem(kind, about, details);
    of(client, incoming, (buffer, problem));
}

fn before_registration(client: &mut Client, kind: ProblemKind, details: &str, turn: &mut Turn<'_>) {
    match kind {
        ProblemKind::NickTaken | ProblemKind::NickInvalid => {
            registration::nick_refused(client, kind, details, turn);
        }
        ProblemKind::PasswordWrong | ProblemKind::BannedFromServer => {
            let problem = client.problem(kind, "", details);
            client.stop(Some(problem), None, turn);
        }
        _ => {}
    }
}

/// Tells the message, the room or the person that is concerned.
pub(super) fn of(
    client: &mut Client,
    incoming: &Incoming<'_>,
    (buffer, problem): (Option<BufferId>, Problem),
) {
    let labelled = incoming.label.as_deref().and_then(|label| client.outbox.labelled(label));
    let is_about_message = matches!(
        problem.kind,
        ProblemKind::CannotSpeak | ProblemKind::NoSuchPerson | ProblemKind::TooLong | ProblemKind::Other
    );
    let unlabelled = buffer.filter(|_| is_about_message && incoming.label.is_none());
    let message = labelled.or_else(|| unlabelled.and_then(|id| Some((id, client.outbox.first_sent(id)?))));
    if let Some((id, row)) = message {
        return outbox::fail(client, id, row, problem);
    }
    if let Some(id) = buffer
        && let Some(room) = client.buffers.get_mut(id)
        && room.presence == Presence::Joining
    {
        room.presence = Presence::Absent(Some(Arc::new(problem)));
        if std::mem::take(&mut room.show_when_joined) {
            client.changes.event(crate::view::Update::Show(client.settings.network, id));
        }
        client.changes.memory = true;
        return client.changes.buffer(id);
    }
    client.complain(buffer, problem);
}
