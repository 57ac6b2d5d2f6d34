//! The modes of a channel that have no parameter.

use bitflags::bitflags;
use parla_proto::mode::ChannelMode;
use serde::{Deserialize, Serialize};

bitflags! {
    /// The modes of a channel that have no parameter.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Flags: u16 {
        /// `u`: people without a rank see only themselves and people with a rank.
        const AUDITORIUM = 1 << 0;
        /// `i`: only people who were invited may enter.
        const INVITE_ONLY = 1 << 1;
        /// `m`: only people with a rank may speak.
        const MODERATED = 1 << 2;
        /// `C`: no CTCP other than actions (`/me`).
        const NO_CTCP = 1 << 3;
        /// `n`: only members may send messages.
        const NO_EXTERNAL = 1 << 4;
        /// `R`: only people who are signed in to an account may enter.
        const REGISTERED_ONLY = 1 << 5;
        /// `M`: only people who have a rank, or are signed in to an account, may speak.
        const REGISTERED_SPEAK = 1 << 6;
        /// `s`: people outside cannot see that the channel exists.
        const SECRET = 1 << 7;
        /// `S`: colours and other formatting are removed from messages.
        const STRIP_FORMATTING = 1 << 8;
        /// `t`: only half-operators and higher may change the topic.
        const TOPIC_LOCK = 1 << 9;
        /// `U`: only half-operators and higher hear what people without a rank say.
        const OPERATOR_MODERATED = 1 << 10;
    }
}

impl Flags {
    /// Each flag with its mode, in the order of the letters.
    const MODES: [(Self, ChannelMode); 11] = [
        (Self::AUDITORIUM, ChannelMode::Auditorium),
        (Self::INVITE_ONLY, ChannelMode::InviteOnly),
        (Self::MODERATED, ChannelMode::Moderated),
        (Self::NO_CTCP, ChannelMode::NoCtcp),
        (Self::NO_EXTERNAL, ChannelMode::NoExternal),
        (Self::OPERATOR_MODERATED, ChannelMode::OperatorModerated),
        (Self::REGISTERED_ONLY, ChannelMode::RegisteredOnly),
        (Self::REGISTERED_SPEAK, ChannelMode::RegisteredSpeak),
        (Self::SECRET, ChannelMode::Secret),
        (Self::STRIP_FORMATTING, ChannelMode::StripFormatting),
        (Self::TOPIC_LOCK, ChannelMode::TopicLock),
    ];

    /// The flag of a mode, if the mode is one.
    pub fn of_mode(mode: ChannelMode) -> Option<Self> {
        Self::MODES.iter().find(|(_, known)| *known == mode).map(|(flag, _)| *flag)
    }

    /// The letter of one flag.
    pub(crate) fn letter(self) -> char {
        Self::MODES.iter().find(|(known, _)| *known == self).map_or('?', |(_, mode)| mode.letter())
    }

    /// The letters of the flags, without a sign.
    pub fn letters(self) -> String {
        Self::MODES.iter().filter(|(flag, _)| self.contains(*flag)).map(|(_, mode)| mode.letter()).collect()
    }

    /// Reads letters such as `+nt`; `None` if one of them is not a flag.
    pub fn from_letters(letters: &str) -> Option<Self> {
        letters.chars().filter(|letter| *letter != '+').try_fold(Self::empty(), |flags, letter| {
            Some(flags | Self::of_mode(ChannelMode::from_letter(letter)?.mode)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::mode::{CHANNEL_MODES, ModeKind};

    use super::*;

    #[test]
    fn every_flag_of_the_protocol_is_one() {
        for facts in CHANNEL_MODES {
            assert_eq!(
                Flags::of_mode(facts.mode).is_some(),
                facts.kind == ModeKind::Flag,
                "{}",
                facts.letter
            );
        }
        let letters = Flags::all().letters();
        assert_eq!(Flags::from_letters(&letters), Some(Flags::all()));
    }
}
