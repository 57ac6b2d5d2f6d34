//! Reactions: `+draft/react` and `+draft/unreact` on a TAGMSG or a message. <https://ircv3.net/specs/client-tags/react>

use std::{borrow::Cow, sync::Arc};

use super::Incoming;
use crate::{
    limits::{REACTIONS_MAX, REACTORS_MAX},
    session::Session,
    state::State,
    text::{shown_name, shown_reaction},
    view::{BufferId, Content, Reaction},
};

/// TAGMSG: tags without words. Of all that could be in them only reactions are shown.
pub(super) fn receive(state: &mut State, incoming: &Incoming<'_>) {
    if let Some(id) = incoming.conversation(state) {
        apply(state, id, incoming);
    }
}

/// The id of the message that this one answers.
pub(super) fn replied_to(incoming: &Incoming<'_>) -> Option<Arc<str>> {
    let msgid = tag(incoming, ["+reply", "+draft/reply"])?;
    Some(parla_proto::line::fitting(&msgid, super::MSGID_BYTES_MAX).into())
}

fn tag<'a>(incoming: &Incoming<'a>, names: [&str; 2]) -> Option<Cow<'a, str>> {
    let found = names.into_iter().find_map(|name| incoming.message.tags.get(name));
    found.filter(|value| !value.is_empty())
}

/// Counts a reaction to a message that is here, or takes it away. Gives the reaction if it is shown.
pub(super) fn apply(state: &mut State, id: BufferId, incoming: &Incoming<'_>) -> Option<Arc<str>> {
    let given = tag(incoming, ["+react", "+draft/react"]);
    let taken = tag(incoming, ["+unreact", "+draft/unreact"]);
    let is_given = given.is_some();
    let text = shown_reaction(&given.or(taken)?)?;
    let to = replied_to(incoming)?;
    if incoming.from.is_empty() {
        return None;
    }
    let session = &state.session;
    let buffer = state.buffers.get_mut(id)?;
    let row = buffer.timeline.row_of(&to)?;
    let mut is_shown = false;
    buffer.timeline.update(row, |row| {
        let Content::Said(said) = &mut row.content else { return };
        if said.deleted.is_some() {
            return;
        }
        let all = if is_given {
            with(session, &said.reactions, &text, incoming.from)
        } else {
            Some(without(session, &said.reactions, &text, incoming.from))
        };
        if let Some(all) = all {
            Arc::make_mut(said).reactions = all;
            is_shown = true;
        }
    });
    state.changes.buffer(id);
    is_shown.then_some(text)
}

/// Whether the message is a reaction that is shown, and says nothing besides.
pub(super) fn is_all(state: &mut State, id: BufferId, incoming: &Incoming<'_>) -> bool {
    let words = incoming.param(1).trim();
    apply(state, id, incoming)
        .is_some_and(|text| words.is_empty() || shown_reaction(words).is_some_and(|words| words == text))
}

/// With one more; none if there are too many.
fn with(session: &Session, all: &[Reaction], text: &Arc<str>, nick: &str) -> Option<Arc<[Reaction]>> {
    let who = shown_name(nick);
    let mut all = all.to_vec();
    let people: usize = all.iter().map(|one| one.by.len()).sum();
    if let Some(known) = all.iter_mut().find(|one| one.text == *text) {
        if !known.by.iter().any(|other| session.same(other, &who)) {
            if people >= REACTORS_MAX {
                return None;
            }
            known.by = known.by.iter().cloned().chain([who]).collect();
            known.own |= session.is_own(nick);
        }
    } else if all.len() < REACTIONS_MAX && people < REACTORS_MAX {
        all.push(Reaction { text: Arc::clone(text), by: [who].into(), own: session.is_own(nick) });
    } else {
        return None;
    }
    Some(all.into())
}

fn without(session: &Session, all: &[Reaction], text: &Arc<str>, nick: &str) -> Arc<[Reaction]> {
    let who = shown_name(nick);
    let mut all = all.to_vec();
    if let Some(known) = all.iter_mut().find(|one| one.text == *text) {
        known.by = known.by.iter().filter(|other| !session.same(other, &who)).cloned().collect();
        known.own &= !session.is_own(nick);
    }
    all.retain(|one| !one.by.is_empty());
    all.into()
}
