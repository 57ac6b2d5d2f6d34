//! MODE: what a room is like, and what its members may do.

use parla_proto::{Numeric, Timestamp};

use super::Incoming;
use crate::{
    room_modes::{Entry, whom},
    session::Session,
    settings::SETTINGS,
    state::State,
    survey::Question,
    text::shown_name,
    turn::Turn,
    view::{BufferId, Event, ModeChange, Rank},
};

/// One letter, and its parameter if it has one.
struct Step<'a> {
    is_set: bool,
    letter: char,
    param: Option<&'a str>,
}

pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    let params = incoming.message.params.as_slice();
    let Some(id) = state.buffers.room(&state.session, incoming.param(0)) else {
        // One's own, as the server reports it.
        if state.session.is_own(incoming.param(0)) {
            state.note_server(incoming.at, None, &format!("MODE {}", params.join(" ")));
        }
        return;
    };
    let Some((letters, params)) = params.get(1..).and_then(|rest| rest.split_first()) else { return };
    let steps = steps(&state.session, letters, params);
    apply(state, id, &steps, (incoming.from, incoming.at));
    let changes = steps.iter().map(|step| change(&state.session, step)).collect();
    let event = Event::ModeSet { by: shown_name(incoming.from), changes };
    state.happened(id, incoming.at, event);
}

/// RPL_CHANNELMODEIS.
pub(super) fn is(state: &mut State, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
    let Some(id) = state.buffers.room(&state.session, incoming.param(1)) else { return };
    let params = incoming.message.params.as_slice();
    let Some((letters, params)) = params.get(2..).and_then(|rest| rest.split_first()) else { return };
    if let Some(buffer) = state.buffers.get_mut(id) {
        buffer.modes.begin();
    }
    let steps = steps(&state.session, letters, params);
    apply(state, id, &steps, (incoming.from, incoming.at));
    state.changes.buffer(id);
    state.survey.answered(&state.buffers, (id, Question::Modes), turn);
}

/// A numeric about a list of a room.
pub(super) struct ListNumeric {
    letter: char,
    part: Part,
}

enum Part {
    /// One entry; its mask is the parameter at this index, followed by who set it and when.
    Entry {
        mask_at: usize,
    },
    End,
}

impl ListNumeric {
    /// None if the numeric is about something else.
    pub(super) const fn of(numeric: Numeric) -> Option<Self> {
        const ENTRY: Part = Part::Entry { mask_at: 2 };
        let (letter, part) = match numeric {
            Numeric::InviteExceptionList => ('I', ENTRY),
            Numeric::EndOfInviteExceptionList => ('I', Part::End),
            Numeric::BanExceptionList => ('e', ENTRY),
            Numeric::EndOfBanExceptionList => ('e', Part::End),
            Numeric::BanList => ('b', ENTRY),
            Numeric::EndOfBanList => ('b', Part::End),
            // This one names its letter before the mask.
            Numeric::QuietList => ('q', Part::Entry { mask_at: 3 }),
            Numeric::EndOfQuietList => ('q', Part::End),
            _ => return None,
        };
        Some(Self { letter, part })
    }

    pub(super) fn receive(self, state: &mut State, incoming: &Incoming<'_>) {
        let Some(id) = state.buffers.room(&state.session, incoming.param(1)) else { return };
        let Some(buffer) = state.buffers.get_mut(id) else { return };
        match self.part {
            Part::Entry { mask_at } => {
                let seconds = incoming.param(mask_at + 2).parse::<i64>().ok();
                let entry = Entry {
                    mask: incoming.param(mask_at),
                    by: Some(incoming.param(mask_at + 1)).filter(|by| !by.is_empty()),
                    at: seconds.and_then(|seconds| seconds.checked_mul(1000)).map(Timestamp::from_millis),
                };
                buffer.modes.list(&state.session, self.letter, entry);
            }
            Part::End => buffer.modes.listed(&state.session, self.letter),
        }
        state.changes.buffer(id);
    }
}

/// What a step means to people.
fn change(session: &Session, step: &Step<'_>) -> ModeChange {
    let Step { is_set, letter, param } = *step;
    let sign = session.member_modes.iter().find(|(_, known)| *known == letter).map(|(sign, _)| *sign);
    let rank = sign.map(Rank::of_sign).filter(|rank| *rank != Rank::Member);
    if let (Some(rank), Some(nick)) = (rank, param) {
        return ModeChange::Rank { who: shown_name(nick), rank, is_given: is_set };
    }
    if let Some((list, mask)) = param.and_then(|mask| session.list_of(letter, mask)) {
        return ModeChange::Listed { list, whom: whom(mask), is_added: is_set };
    }
    if let Some(setting) = SETTINGS.into_iter().find(|setting| session.modes.letter(*setting) == Some(letter))
    {
        let value = setting.has_value().then_some(param).flatten();
        return ModeChange::Setting(setting, is_set.then(|| shown_name(value.unwrap_or_default())));
    }
    let param = param.map_or_else(String::new, |param| format!(" {param}"));
    ModeChange::Other(shown_name(&format!("{}{letter}{param}", if is_set { '+' } else { '-' })))
}

fn apply(state: &mut State, id: BufferId, steps: &[Step<'_>], (by, at): (&str, Timestamp)) {
    let session = &state.session;
    let Some(buffer) = state.buffers.get_mut(id) else { return };
    for Step { is_set, letter, param } in steps {
        if let Some((sign, _)) = session.member_modes.iter().find(|(_, known)| known == letter) {
            if let Some(nick) = param {
                buffer.members.set_prefix(session, nick, *sign, *is_set);
            }
            continue;
        }
        if session.modes.lists.contains(*letter) {
            match param {
                Some(mask) if *is_set => {
                    buffer.modes.list(session, *letter, Entry { mask, by: Some(by), at: Some(at) });
                }
                Some(mask) => buffer.modes.unlist(session, *letter, mask),
                None => {}
            }
            continue;
        }
        // Some servers do not say what the key is.
        if *letter == 'k' && !(*is_set && *param == Some("*")) {
            buffer.key = param.filter(|_| *is_set).map(Into::into);
            state.changes.memory = true;
        }
        buffer.modes.apply(*letter, is_set.then_some(*param));
    }
}

fn steps<'a>(session: &Session, letters: &str, params: &[&'a str]) -> Vec<Step<'a>> {
    let modes = &session.modes;
    let mut params = params.iter().copied();
    let mut is_set = true;
    let mut steps = Vec::new();
    for letter in letters.chars() {
        match letter {
            '+' => is_set = true,
            '-' => is_set = false,
            letter => {
                let takes = modes.lists.contains(letter)
                    || modes.always.contains(letter)
                    || (is_set && modes.when_set.contains(letter))
                    || session.member_modes.iter().any(|(_, known)| *known == letter);
                let param = if takes { params.next() } else { None };
                steps.push(Step { is_set, letter, param });
            }
        }
    }
    steps
}
