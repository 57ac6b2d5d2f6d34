//! Reactions: `+draft/react` and `+draft/unreact` on a TAGMSG or a message.
//! <https://ircv3.net/specs/client-tags/react>

use std::sync::Arc;

use crate::{
    buffer::Buffer,
    buffers::Buffers,
    incoming::{Incoming, Reacting},
    limits::{REACTIONS_MAX, REACTORS_MAX},
    session::Session,
    text::{shown_name, shown_reaction},
    view::Reaction,
};

impl Buffers {
    /// TAGMSG: tags without text. We show only the reactions among them.
    pub(super) fn tagmsg(&mut self, session: &Session, incoming: &Incoming<'_>) {
        let id = self.conversation(session, incoming);
        if let (Some(reacting), Some(buffer)) = (incoming.reaction(), id.and_then(|id| self.get_mut(id))) {
            buffer.react(session, &reacting);
        }
    }
}

impl Buffer {
    /// Adds a reaction to a message that is here, or removes it. Returns whether it is shown.
    pub(super) fn react(&mut self, session: &Session, reacting: &Reacting<'_>) -> bool {
        let Some(row) = self.timeline().row_of(&reacting.to) else { return false };
        let mut is_shown = false;
        self.timeline_mut().update_message(row, |message| {
            if message.deleted.is_none()
                && let Some(reactions) = reacting.added_to(session, &message.reactions)
            {
                message.reactions = reactions;
                is_shown = true;
            }
        });
        is_shown
    }

    /// Counts a message's reaction, if it has one. Returns true if the reaction is shown and the message has
    /// no other content.
    pub(super) fn takes_as_reaction(&mut self, session: &Session, incoming: &Incoming<'_>) -> bool {
        let Some(reacting) = incoming.reaction() else { return false };
        let words = incoming.param(1).trim();
        self.react(session, &reacting)
            && (words.is_empty() || shown_reaction(words).is_some_and(|words| words == reacting.text))
    }
}

impl Reacting<'_> {
    /// The reactions with this one added, or removed if it is taken back; `None` if there are too many.
    fn added_to(&self, session: &Session, reactions: &[Reaction]) -> Option<Arc<[Reaction]>> {
        let who = shown_name(self.from);
        let mut reactions = reactions.to_vec();
        let people: usize = reactions.iter().map(|one| one.by.len()).sum();
        let has_room = people < REACTORS_MAX;
        let has_room_for_kind = has_room && reactions.len() < REACTIONS_MAX;
        let known = reactions.iter_mut().find(|one| one.text == self.text);
        let is_one_of = |by: &[Arc<str>]| by.iter().any(|other| session.same(other, &who));
        match known {
            Some(known) if !self.is_given => {
                known.by = known.by.iter().filter(|other| !session.same(other, &who)).cloned().collect();
                known.own &= !session.is_own(self.from);
            }
            Some(known) if is_one_of(&known.by) => {}
            Some(known) if has_room => {
                known.by = known.by.iter().cloned().chain([who]).collect();
                known.own |= session.is_own(self.from);
            }
            None if !self.is_given => {}
            None if has_room_for_kind => {
                let own = session.is_own(self.from);
                reactions.push(Reaction { text: Arc::clone(&self.text), by: [who].into(), own });
            }
            Some(_) | None => return None,
        }
        reactions.retain(|one| !one.by.is_empty());
        Some(reactions.into())
    }
}
