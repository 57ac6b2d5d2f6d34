//! Texts by users that reach others without being messages: reasons for leaving, away texts, real names.
//!
//! Somebody who may not speak in a channel cannot speak there in this way either. How much of such a text
//! each person gets is decided only here, by the same check as for messages: [`Channel::speaker`]. Nothing is
//! sent from here.

use std::borrow::Cow;

use parla_proto::name::Casemapping;

use super::{
    Network, UserId, UserRef,
    channel::{Channel, Rank},
};
use crate::{base::formatting, network::entry::Verb};

/// How much of a text somebody gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TextVersion {
    /// Nothing, though they see who wrote it.
    Nothing,
    /// All of it without colours and other formatting, because of `+S`.
    Plain,
    Whole,
}

/// How far a user's text reaches in one channel.
pub(crate) struct TextReach<'a> {
    channel: &'a Channel,
    speaker: UserId,
    version: TextVersion,
    /// The lowest rank that gets it.
    least: Rank,
}

/// A user's text, and how much of it each person or session around gets, without duplicates.
#[derive(Clone, Debug)]
pub(crate) struct OwnText<Hearer> {
    text: String,
    audience: Vec<(Hearer, TextVersion)>,
}

impl Channel {
    /// How far a member's text reaches in this channel.
    pub(crate) fn text_reach(&self, of: UserRef<'_>, text: &str, casemapping: Casemapping) -> TextReach<'_> {
        let mut reach =
            TextReach { channel: self, speaker: of.id, version: TextVersion::Nothing, least: Rank::empty() };
        if let Ok(speaker) = self.speaker(of, None, casemapping) {
            reach.least = speaker.heard_from.unwrap_or_default();
            reach.version = match speaker.text(Verb::Privmsg, text.to_owned()) {
                Ok(relayed) if relayed == text => TextVersion::Whole,
                Ok(_) => TextVersion::Plain,
                Err(_) => TextVersion::Nothing,
            };
        }
        reach
    }
}

impl TextReach<'_> {
    /// How much a member gets. The author is shown the same as the others.
    pub(crate) fn reaches(&self, member: UserId) -> TextVersion {
        let rank = self.channel.members.get(&member);
        let hears = member == self.speaker || rank.is_some_and(|rank| rank.is_at_least(self.least));
        if hears { self.version } else { TextVersion::Nothing }
    }

    /// The text, with how much of it each of these members gets.
    pub(crate) fn among(&self, text: String, members: impl Iterator<Item = UserId>) -> OwnText<UserId> {
        OwnText { text, audience: members.map(|member| (member, self.reaches(member))).collect() }
    }
}

impl<Hearer: Copy + PartialEq> OwnText<Hearer> {
    /// No text, or one by the server, which everybody gets in full.
    pub(crate) fn for_all(text: Option<String>, audience: Vec<Hearer>) -> Self {
        let version = if text.is_some() { TextVersion::Whole } else { TextVersion::Nothing };
        let audience = audience.into_iter().map(|hearer| (hearer, version)).collect();
        Self { text: text.unwrap_or_default(), audience }
    }

    /// Adds somebody who gets all of it, or raises them to that.
    pub(crate) fn add(&mut self, hearer: Hearer) {
        match self.audience.iter_mut().find(|(known, _)| *known == hearer) {
            Some((_, version)) => *version = TextVersion::Whole,
            None => self.audience.push((hearer, TextVersion::Whole)),
        }
    }

    /// Keeps only those that the filter accepts.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(Hearer) -> bool) {
        self.audience.retain(|(hearer, _)| keeps(*hearer));
    }

    /// The same text for others, each of whom gets as much as the hearer they belong to.
    pub(crate) fn spread<Other, Others>(self, others: impl Fn(Hearer) -> Others) -> OwnText<Other>
    where
        Others: Iterator<Item = Other>,
    {
        let spread = |(hearer, version)| others(hearer).map(move |other| (other, version));
        OwnText { text: self.text, audience: self.audience.into_iter().flat_map(spread).collect() }
    }

    /// The versions of the text with those who get each; `None` for those who get nothing of it.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (Option<Cow<'_, str>>, Vec<Hearer>)> {
        [TextVersion::Whole, TextVersion::Plain, TextVersion::Nothing].into_iter().filter_map(|wanted| {
            let who =
                self.audience.iter().filter(|(_, version)| *version == wanted).map(|(hearer, _)| *hearer);
            let who: Vec<Hearer> = who.collect();
            let text = match wanted {
                TextVersion::Nothing => None,
                TextVersion::Plain => Some(formatting::strip(&self.text).into()),
                TextVersion::Whole => Some(self.text.as_str().into()),
            };
            (!who.is_empty()).then_some((text, who))
        })
    }

    /// Those who get at least part of it.
    pub(crate) fn hearers(&self) -> impl Iterator<Item = Hearer> {
        self.audience.iter().filter(|(_, version)| *version > TextVersion::Nothing).map(|(hearer, _)| *hearer)
    }
}

impl Network {
    /// A user's text for everybody who sees the user in a channel, without the user. Somebody who shares
    /// several channels gets the most that any of them lets through.
    pub(crate) fn own_text(&self, of: UserRef<'_>, text: String) -> OwnText<UserId> {
        let UserRef { id, user } = of;
        let mut audience = Vec::new();
        for channel in user.channels.iter().filter_map(|channel| self.channel(*channel)) {
            let reach = channel.text_reach(of, &text, self.casemapping());
            let members = channel.audience(channel.rank(id).unwrap_or_default());
            audience
                .extend(members.filter(|member| *member != id).map(|member| (member, reach.reaches(member))));
        }
        // Entries of the same user are sorted by how much they get, so the last has the most.
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
