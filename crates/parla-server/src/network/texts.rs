//! Texts of one's own that reach others without being messages: why one leaves, that one is away, what one is called.
//!
//! Whoever may not speak in a channel does not speak there by these either. How much of such a text each of those around
//! hears is decided here and nowhere else, by the same right as for messages: [`Channel::speaker`]. Nothing here is sent.

use std::borrow::Cow;

use parla_proto::name::Casemapping;

use super::{
    Network, UserId, UserRef,
    channel::{Channel, Rank},
};
use crate::{base::formatting, network::entry::Verb};

/// How much of a text somebody hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Heard {
    /// Nothing of it, though they see who would say it.
    Nothing,
    /// All of it without colours and the like, by `+S`.
    Plain,
    Whole,
}

/// How far a text of one's own goes in one channel.
pub(crate) struct Voice<'a> {
    channel: &'a Channel,
    speaker: UserId,
    heard: Heard,
    /// Members of this rank and higher hear it.
    least: Rank,
}

/// A text of somebody's own, and how much of it each of those around hears, once each: users, or the sessions of a machine.
#[derive(Clone, Debug)]
pub(crate) struct OwnText<Hearer> {
    text: String,
    audience: Vec<(Hearer, Heard)>,
}

impl Channel {
    /// How far a text of a member's own goes here.
    pub(crate) fn voice(&self, of: UserRef<'_>, text: &str, casemapping: Casemapping) -> Voice<'_> {
        let mut voice = Voice { channel: self, speaker: of.id, heard: Heard::Nothing, least: Rank::empty() };
        if let Ok(speaker) = self.speaker(of, None, casemapping) {
            voice.least = speaker.heard_from.unwrap_or_default();
            voice.heard = match speaker.text(Verb::Privmsg, text.to_owned()) {
                Ok(relayed) if relayed == text => Heard::Whole,
                Ok(_) => Heard::Plain,
                Err(_) => Heard::Nothing,
            };
        }
        voice
    }
}

impl Voice<'_> {
    /// How much a member hears. Who speaks is shown what others hear.
    pub(crate) fn reaches(&self, member: UserId) -> Heard {
        let rank = self.channel.members.get(&member);
        let hears = member == self.speaker || rank.is_some_and(|rank| rank.is_at_least(self.least));
        if hears { self.heard } else { Heard::Nothing }
    }

    /// The text among these members.
    pub(crate) fn among(&self, text: String, members: impl Iterator<Item = UserId>) -> OwnText<UserId> {
        OwnText { text, audience: members.map(|member| (member, self.reaches(member))).collect() }
    }
}

impl<Hearer: Copy + PartialEq> OwnText<Hearer> {
    /// No text, or one of the server's: everyone hears the same.
    pub(crate) fn for_all(text: Option<String>, audience: Vec<Hearer>) -> Self {
        let heard = if text.is_some() { Heard::Whole } else { Heard::Nothing };
        let audience = audience.into_iter().map(|hearer| (hearer, heard)).collect();
        Self { text: text.unwrap_or_default(), audience }
    }

    /// Adds somebody who hears all of it, wherever they are.
    pub(crate) fn add(&mut self, hearer: Hearer) {
        match self.audience.iter_mut().find(|(known, _)| *known == hearer) {
            Some((_, heard)) => *heard = Heard::Whole,
            None => self.audience.push((hearer, Heard::Whole)),
        }
    }

    /// Leaves out whom the filter does not let through.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(Hearer) -> bool) {
        self.audience.retain(|(hearer, _)| keeps(*hearer));
    }

    /// The same text for others, who hear as much of it as whoever they belong to.
    pub(crate) fn spread<Other, Others>(self, others: impl Fn(Hearer) -> Others) -> OwnText<Other>
    where
        Others: Iterator<Item = Other>,
    {
        let spread = |(hearer, heard)| others(hearer).map(move |other| (other, heard));
        OwnText { text: self.text, audience: self.audience.into_iter().flat_map(spread).collect() }
    }

    /// Each form of the text that somebody hears, with those who do; none: they hear nothing of it.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (Option<Cow<'_, str>>, Vec<Hearer>)> {
        [Heard::Whole, Heard::Plain, Heard::Nothing].into_iter().filter_map(|wanted| {
            let who = self.audience.iter().filter(|(_, heard)| *heard == wanted).map(|(hearer, _)| *hearer);
            let who: Vec<Hearer> = who.collect();
            let text = match wanted {
                Heard::Nothing => None,
                Heard::Plain => Some(formatting::strip(&self.text).into()),
                Heard::Whole => Some(self.text.as_str().into()),
            };
            (!who.is_empty()).then_some((text, who))
        })
    }

    /// Those who hear something of it.
    pub(crate) fn hearers(&self) -> impl Iterator<Item = Hearer> {
        self.audience.iter().filter(|(_, heard)| *heard > Heard::Nothing).map(|(hearer, _)| *hearer)
    }
}

impl Network {
    /// A text of a user's own among all who see them in a channel; not the user. Who sees them in several hears what one of
    /// those lets through.
    pub(crate) fn own_text(&self, of: UserRef<'_>, text: String) -> OwnText<UserId> {
        let UserRef { id, user } = of;
        let mut audience = Vec::new();
        for channel in user.channels.iter().filter_map(|channel| self.channel(*channel)) {
            let voice = channel.voice(of, &text, self.casemapping());
            let members = channel.audience(channel.rank(id).unwrap_or_default());
            audience
                .extend(members.filter(|member| *member != id).map(|member| (member, voice.reaches(member))));
        }
        // Of several of one user the last is what they hear most of.
        audience.sort_unstable();
        audience.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                *kept = *next;
            }
            is_same
        });
        OwnText { text, audience }
    }
}
