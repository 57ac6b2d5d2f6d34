//! What those who look after a room do: set it up, give ranks, keep people out.

use std::sync::Arc;

use parla_proto::Line;

use crate::{
    client::{Client, Turn},
    intent::Intent,
    intents::ask,
    members,
    problem::ProblemKind,
    session::Session,
    settings::{ListKind, MaskBy},
    view::{BufferId, BufferKind},
};

/// Does what the person wants of a room, or says why not.
pub(crate) fn perform(client: &mut Client, intent: &Intent, turn: &mut Turn<'_>) {
    match intent {
        Intent::Configure { buffer, settings } => {
            let Some(room) = client.buffers.get(*buffer) else { return };
            for line in room.modes.lines(&client.session, &room.name, settings) {
                ask(client, Some(*buffer), turn, line);
            }
        }
        Intent::SetRank { buffer, nick, rank, is_given } => {
            let modes = &client.session.member_modes;
            let letter =
                modes.iter().find(|(sign, _)| members::rank(*sign) == *rank).map(|(_, letter)| *letter);
            if let Some(letter) = letter {
                change(client, *buffer, (*is_given, letter), nick, turn);
            }
        }
        Intent::AskLists { buffer } => ask_lists(client, *buffer, turn),
        Intent::AddMask { buffer, list, who, by } => match mask(client, who.trim(), *by) {
            Some(mask) => set_mask(client, *buffer, (true, *list), &mask, turn),
            None => client.complain(Some(*buffer), client.problem(ProblemKind::NoSuchPerson, who, "")),
        },
        Intent::RemoveMask { buffer, list, mask } => {
            set_mask(client, *buffer, (false, *list), mask, turn);
        }
        _ => {}
    }
}

fn change(
    client: &mut Client,
    id: BufferId,
    (is_set, letter): (bool, char),
    param: &str,
    turn: &mut Turn<'_>,
) {
    let Some(room) = client.buffers.get(id).filter(|buffer| buffer.kind == BufferKind::Room) else { return };
    let sign = if is_set { '+' } else { '-' };
    let line = Line::bare("MODE").param(&room.name).param(format!("{sign}{letter}")).param(param);
    ask(client, Some(id), turn, line);
}

fn ask_lists(client: &mut Client, id: BufferId, turn: &mut Turn<'_>) {
    if !client.link.is_online() {
        return;
    }
    let Some(room) = client.buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
    for letter in room.modes.ask_lists(&client.session) {
        turn.send(Line::bare("MODE").param(&room.name).param(letter.to_string()));
    }
    client.changes.buffer(id);
}

fn set_mask(
    client: &mut Client,
    id: BufferId,
    (is_set, list): (bool, ListKind),
    mask: &str,
    turn: &mut Turn<'_>,
) {
    let Some((letter, begin)) = client.session.list_letter(list) else { return };
    let mask = format!("{begin}{mask}");
    change(client, id, (is_set, letter), &mask, turn);
}

/// The mask that means whom the person wrote. None if that is nobody, or it is not known whence he comes.
fn mask(client: &Client, who: &str, by: MaskBy) -> Option<String> {
    let session = &client.session;
    let is_mask = who.contains(['!', '@', '*', '?']) || is_extended(who);
    if who.is_empty() || who.starts_with(':') || who.contains(char::is_whitespace) {
        return None;
    }
    if is_mask {
        return Some(match who.contains('@') && !who.contains('!') {
            true => format!("*!{who}"),
            false => who.to_owned(),
        });
    }
    if by == MaskBy::Host {
        // What has a dot or a colon is an address itself: no nick has one.
        let is_address = who.contains(['.', ':']);
        let host = if is_address { Some(Arc::from(who)) } else { host(client, session, who) };
        return host.map(|host| format!("*!*@{host}"));
    }
    session.is_nick(who).then(|| format!("{who}!*@*"))
}

/// `a:account`, with what servers put before it.
fn is_extended(who: &str) -> bool {
    let bare = who.trim_start_matches(['~', '$']);
    bare.chars().nth(1) == Some(':') && bare.starts_with(|first: char| first.is_ascii_alphabetic())
}

/// Whence somebody comes, if he is in one of the rooms.
fn host(client: &Client, session: &Session, nick: &str) -> Option<Arc<str>> {
    client.buffers.iter().find_map(|buffer| buffer.members.host(session, nick))
}
