//! The ranks of members, and the one table that says what each of them may do.
//!
//! `channel/access.rs` uses this table to check who may give or take a rank and who may remove whom.

use bitflags::bitflags;
use parla_proto::{Capabilities, mode::ChannelMode};
use serde::{Deserialize, Serialize};

bitflags! {
    /// The ranks of a member. A higher rank has a greater value.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    pub struct Rank: u8 {
        /// `v`, shown as `+`.
        const VOICE = 1 << 0;
        /// `h`, shown as `%`.
        const HALF_OPERATOR = 1 << 1;
        /// `o`, shown as `@`.
        const OPERATOR = 1 << 2;
        /// `a`, shown as `&`.
        const PROTECTED = 1 << 3;
        /// `q`, shown as `~`.
        const FOUNDER = 1 << 4;
    }
}

/// Actions that not every member may perform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Speak despite `+m`, `+M`, bans and mutes, and be heard by everyone in `+U`.
    SpeakAlways,
    /// See who is in a `+u` channel, and be seen there.
    SeeCrowd,
    /// Hear what members without a rank say in a `+U` channel.
    HearModerated,
    /// Remove members of a lower rank.
    Kick,
    /// Invite people past `+i` and every other restriction, and be told of invitations.
    Invite,
    /// Change `+b`, `+e` and `+I`, and list the last two.
    ChangeLists,
    /// Change the topic despite `+t`.
    ChangeTopic,
    /// Change every other mode.
    ChangeModes,
    /// Delete messages that others sent since one got the rank.
    Redact,
    /// Read everything that was said, whatever newcomers may read.
    ReadAll,
    /// Give and take this rank; a single one of [`Rank`].
    Promote(Rank),
}

impl Act {
    /// The table: the lowest rank that may perform the action.
    ///
    /// UnrealIRCd and InspIRCd agree on what half-operators may do (kick, lists, voice, topic), and InspIRCd
    /// and Ergo on what they may not (other modes). Nobody can give a rank above their own; operators can
    /// make others operators, as on other servers.
    pub(crate) const fn least(self) -> Rank {
        match self {
            Self::SpeakAlways | Self::SeeCrowd => Rank::VOICE,
            Self::HearModerated | Self::Kick | Self::Invite | Self::ChangeLists | Self::ChangeTopic => {
                Rank::HALF_OPERATOR
            }
            Self::ChangeModes | Self::Redact | Self::ReadAll => Rank::OPERATOR,
            Self::Promote(rank) => match rank {
                Rank::VOICE => Rank::HALF_OPERATOR,
                Rank::HALF_OPERATOR => Rank::OPERATOR,
                own => own,
            },
        }
    }

    /// The action that changing a mode is.
    pub(crate) fn change(mode: ChannelMode) -> Self {
        match (Rank::of_mode(mode), mode) {
            (Some(rank), _) => Self::Promote(rank),
            (None, ChannelMode::Ban | ChannelMode::BanException | ChannelMode::InviteException) => {
                Self::ChangeLists
            }
            (None, _) => Self::ChangeModes,
        }
    }
}

impl Rank {
    /// Each rank with its mode and its sign, from the highest; the same order as
    /// [`parla_proto::mode::MEMBER_MODES`].
    pub(crate) const MODES: [(Self, ChannelMode, char); 5] = [
        (Self::FOUNDER, ChannelMode::Founder, '~'),
        (Self::PROTECTED, ChannelMode::Protected, '&'),
        (Self::OPERATOR, ChannelMode::Operator, '@'),
        (Self::HALF_OPERATOR, ChannelMode::HalfOperator, '%'),
        (Self::VOICE, ChannelMode::Voice, '+'),
    ];

    /// The rank that a mode gives, if it gives one.
    pub(crate) fn of_mode(mode: ChannelMode) -> Option<Self> {
        Self::MODES.iter().find(|(_, known, _)| *known == mode).map(|(rank, _, _)| *rank)
    }

    /// The letter of the mode that gives this rank, which must be a single one.
    pub(crate) fn letter(self) -> char {
        Self::MODES.iter().find(|(known, _, _)| *known == self).map_or('?', |(_, mode, _)| mode.letter())
    }

    /// The letters of the modes that give these ranks, from the highest: `qo`.
    pub fn letters(self) -> String {
        let own = Self::MODES.iter().filter(|(rank, _, _)| self.contains(*rank));
        own.map(|(_, mode, _)| mode.letter()).collect()
    }

    /// The ranks that modes with these letters give; `None` if one of them gives none.
    pub fn from_letters(letters: &str) -> Option<Self> {
        let of = |letter| Self::MODES.iter().find(|(_, mode, _)| mode.letter() == letter);
        letters.chars().map(|letter| of(letter).map(|(rank, _, _)| *rank)).collect()
    }

    /// The rank with this sign.
    pub(crate) fn of_sign(sign: char) -> Option<Self> {
        Self::MODES.iter().find(|(_, _, known)| *known == sign).map(|(rank, _, _)| *rank)
    }

    /// All signs before a nick, the highest first.
    pub(crate) fn all_signs(self) -> String {
        self.each_sign().collect()
    }

    /// The signs before a nick for a client with these capabilities: only the highest without `multi-prefix`.
    pub(crate) fn signs_for(self, capabilities: Capabilities) -> String {
        let count = if capabilities.contains(Capabilities::MULTI_PREFIX) { Self::MODES.len() } else { 1 };
        self.each_sign().take(count).collect()
    }

    fn each_sign(self) -> impl Iterator<Item = char> {
        Self::MODES.iter().filter(move |(rank, _, _)| self.contains(*rank)).map(|(_, _, sign)| *sign)
    }

    /// Whether these ranks allow the action.
    pub(crate) fn may(self, act: Act) -> bool {
        self.is_at_least(act.least())
    }

    /// Whether one of the ranks is `least` or higher.
    pub(crate) const fn is_at_least(self, least: Self) -> bool {
        // The highest rank is the highest bit, so it decides the comparison.
        self.bits() >= least.bits()
    }

    /// Whether somebody with these ranks may remove somebody with the other ranks, or take a rank from them.
    ///
    /// Equals may from operator upward, as on other servers; half-operators may not touch each other.
    pub(crate) fn outranks(self, other: Self) -> bool {
        let (own, other) = (self.highest(), other.highest());
        own > other || (own == other && own >= Self::OPERATOR)
    }

    fn highest(self) -> Self {
        let ranks = Self::MODES.iter().map(|(rank, _, _)| *rank);
        ranks.into_iter().find(|rank| self.contains(*rank)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the ranks may, from the lowest: `x` if it may, `.` if not.
    fn row(may: impl Fn(Rank) -> bool) -> String {
        let all = [
            Rank::empty(),
            Rank::VOICE,
            Rank::HALF_OPERATOR,
            Rank::OPERATOR,
            Rank::PROTECTED,
            Rank::FOUNDER,
            Rank::FOUNDER | Rank::VOICE,
        ];
        all.into_iter().map(|rank| if may(rank) { 'x' } else { '.' }).collect()
    }

    #[test]
    fn letters_are_read_back() {
        let all = Rank::from_letters("qaohv").unwrap();
        assert_eq!((all, all.letters()), (Rank::all(), "qaohv".to_owned()));
        assert_eq!(Rank::from_letters(""), Some(Rank::empty()));
        assert_eq!(Rank::from_letters("ox"), None);
    }

    #[test]
    fn who_may_what() {
        for (act, expected) in [
            (Act::SpeakAlways, ".xxxxxx"),
            (Act::SeeCrowd, ".xxxxxx"),
            (Act::HearModerated, "..xxxxx"),
            (Act::Kick, "..xxxxx"),
            (Act::Invite, "..xxxxx"),
            (Act::ChangeLists, "..xxxxx"),
            (Act::ChangeTopic, "..xxxxx"),
            (Act::ChangeModes, "...xxxx"),
            (Act::Redact, "...xxxx"),
            (Act::ReadAll, "...xxxx"),
            (Act::Promote(Rank::VOICE), "..xxxxx"),
            (Act::Promote(Rank::HALF_OPERATOR), "...xxxx"),
            (Act::Promote(Rank::OPERATOR), "...xxxx"),
            (Act::Promote(Rank::PROTECTED), "....xxx"),
            (Act::Promote(Rank::FOUNDER), ".....xx"),
        ] {
            assert_eq!(row(|rank| rank.may(act)), expected, "{act:?}");
        }
    }

    #[test]
    fn who_is_above_whom() {
        for (rank, expected) in [
            (Rank::empty(), "......."),
            (Rank::VOICE, "x......"),
            (Rank::HALF_OPERATOR, "xx....."),
            (Rank::OPERATOR, "xxxx..."),
            (Rank::PROTECTED | Rank::VOICE, "xxxxx.."),
            (Rank::FOUNDER, "xxxxxxx"),
        ] {
            assert_eq!(row(|other| rank.outranks(other)), expected, "{rank:?}");
        }
    }

    #[test]
    fn the_table_of_modes_is_that_of_the_protocol() {
        let modes = Rank::MODES.map(|(_, mode, sign)| (mode, sign));
        assert_eq!(modes, parla_proto::mode::MEMBER_MODES);
    }
}
