//! Why a nick is refused, for programs: the codes of `FAIL NICK`, which accompanies the numeric.
//!
//! <https://ircv3.net/specs/extensions/standard-replies>.
//! The codes are parlad's own; `docs/protocol.md` lists them.

use std::fmt;

use crate::fail_code::FailCode;

/// What is wrong with a nick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NickFault {
    /// It is longer than this many bytes.
    TooLong(usize),
    /// It must not start with this character.
    Start(char),
    /// It must not contain this character.
    Character(char),
    /// Each character is allowed, but not this combination.
    Form,
    /// The nick is reserved.
    Reserved,
    /// It looks like a nick that is in use.
    Confusable,
}

impl NickFault {
    /// Its code in `FAIL NICK`.
    pub const fn code(self) -> FailCode {
        match self {
            Self::TooLong(_) => FailCode::NicknameTooLong,
            Self::Start(_) => FailCode::NicknameStart,
            Self::Character(_) => FailCode::NicknameCharacter,
            Self::Form => FailCode::NicknameInvalid,
            Self::Reserved => FailCode::NicknameReserved,
            Self::Confusable => FailCode::NicknameConfusable,
        }
    }

    /// The parameter after the code and the nick: the limit in bytes, or the character; empty if there is
    /// none.
    pub fn detail(self) -> String {
        match self {
            Self::TooLong(bytes_max) => bytes_max.to_string(),
            Self::Start(char) | Self::Character(char) => char.to_string(),
            Self::Form | Self::Reserved | Self::Confusable => String::new(),
        }
    }

    /// Parses a code with its detail.
    pub fn parse(code: FailCode, detail: &str) -> Option<Self> {
        let mut chars = detail.chars();
        Some(match (code, chars.next(), chars.next()) {
            (FailCode::NicknameTooLong, ..) => Self::TooLong(detail.parse().ok()?),
            (FailCode::NicknameStart, Some(char), None) => Self::Start(char),
            (FailCode::NicknameCharacter, Some(char), None) => Self::Character(char),
            (FailCode::NicknameInvalid, ..) => Self::Form,
            (FailCode::NicknameReserved, ..) => Self::Reserved,
            (FailCode::NicknameConfusable, ..) => Self::Confusable,
            _ => return None,
        })
    }
}

impl fmt::Display for NickFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(bytes_max) => write!(f, "This nickname is too long: it can have {bytes_max} bytes"),
            Self::Start(char) => write!(f, "A nickname cannot start with {char}"),
            Self::Character(' ') => f.write_str("A nickname cannot contain spaces"),
            Self::Character(char) => write!(f, "A nickname cannot contain {char}"),
            Self::Form => f.write_str("This nickname mixes characters that cannot stand together"),
            Self::Reserved => f.write_str("This nickname is reserved for services"),
            Self::Confusable => f.write_str("This nickname looks like one that is in use"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_back() {
        for fault in [
            NickFault::TooLong(32),
            NickFault::Start('1'),
            NickFault::Character('\''),
            NickFault::Form,
            NickFault::Reserved,
            NickFault::Confusable,
        ] {
            assert_eq!(NickFault::parse(fault.code(), &fault.detail()), Some(fault));
        }
        assert_eq!(NickFault::parse(FailCode::NicknameTooLong, "many"), None);
        assert_eq!(NickFault::parse(FailCode::NicknameCharacter, "ab"), None);
        assert_eq!(NickFault::parse(FailCode::Timeout, ""), None);
    }
}
