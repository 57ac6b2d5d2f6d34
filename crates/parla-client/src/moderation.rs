//! What those who look after a room do: set it up, give ranks, keep people out.

use std::sync::Arc;

use parla_proto::Line;

use crate::{
    intent::Intent,
    problem::ProblemKind,
    session::Session,
    settings::{ListKind, MaskBy},
    state::State,
    turn::Turn,
    view::{BufferId, BufferKind, Rank},
};

/// Does what the person wants of a room, or says why not.
pub(crate) fn perform(state: &mut State, intent: &Intent, turn: &mut Turn<'_>) {
    match intent {
        Intent::Configure { buffer, settings } => {
            let Some(room) = state.buffers.get(*buffer) else { return };
            for line in room.modes.lines(&state.session, &room.name, settings) {
                state.ask(Some(*buffer), line, turn);
            }
        }
        Intent::SetRank { buffer, nick, rank, is_given } => {
            let modes = &state.session.member_modes;
            let letter =
                modes.iter().find(|(sign, _)| Rank::of_sign(*sign) == *rank).map(|(_, letter)| *letter);
            if let Some(letter) = letter {
                change(state, *buffer, (*is_given, letter), nick, turn);
            }
        }
        Intent::AskLists { buffer } => ask_lists(state, *buffer, turn),
        Intent::AddMask { buffer, list, who, by } => match mask(state, who.trim(), *by) {
            Some(mask) => set_mask(state, *buffer, (true, *list), &mask, turn),
            None => state.complain(Some(*buffer), state.problem(ProblemKind::NoSuchPerson, who, "")),
        },
        Intent::RemoveMask { buffer, list, mask } => {
            set_mask(state, *buffer, (false, *list), mask, turn);
        }
        _ => {}
    }
}

fn change(state: &mut State, id: BufferId, (is_set, letter): (bool, char), param: &str, turn: &mut Turn<'_>) {
    let Some(room) = state.buffers.get(id).filter(|buffer| buffer.kind == BufferKind::Room) else { return };
    let sign = if is_set { '+' } else { '-' };
    let line = Line::bare("MODE").param(&room.name).param(format!("{sign}{letter}")).param(param);
    state.ask(Some(id), line, turn);
}

fn ask_lists(state: &mut State, id: BufferId, turn: &mut Turn<'_>) {
    if !state.link.is_online() {
        return;
    }
    let Some(room) = state.buffers.get_mut(id).filter(|buffer| buffer.is_present()) else { return };
    for letter in room.modes.ask_lists(&state.session) {
        turn.send(Line::bare("MODE").param(&room.name).param(letter.to_string()));
    }
    state.changes.buffer(id);
}

fn set_mask(
    state: &mut State,
    id: BufferId,
    (is_set, list): (bool, ListKind),
    mask: &str,
    turn: &mut Turn<'_>,
) {
    let Some((letter, begin)) = state.session.list_letter(list) else { return };
    let mask = format!("{begin}{mask}");
    change(state, id, (is_set, letter), &mask, turn);
}

/// The mask that means whom the person wrote. None if that is nobody, or it is not known whence he comes.
fn mask(state: &State, who: &str, by: MaskBy) -> Option<String> {
    let session = &state.session;
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
        let host = if is_address { Some(Arc::from(who)) } else { host(state, session, who) };
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
fn host(state: &State, session: &Session, nick: &str) -> Option<Arc<str>> {
    state.buffers.iter().find_map(|buffer| buffer.members.host(session, nick))
}
