//! The name of one message, unique on its network.
//!
//! A server makes one from the number of the entry that carried the message; to a client it is opaque text.
//!
//! <https://ircv3.net/specs/extensions/message-ids>

use std::fmt;

use thiserror::Error;

/// The id of a message that a parla server gave: `m` and the entry's number in base 32, such as `m7` or `m1s3jk2`.
///
/// Ids of other servers are any text; a client keeps those as text. Order is the order of the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MsgId(u64);

/// The text is not an id that a parla server gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a message id of this server")]
pub struct BadMsgId;

/// Digits and the letters that are not mistaken for one another when read aloud (Crockford's alphabet).
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Base 32 digits that 63 bits need. SQLite's integers have no more.
const DIGITS_MAX: usize = 13;

impl MsgId {
    /// The id of the message that the entry numbered `seq` carries.
    pub const fn from_seq(seq: u64) -> Self {
        Self(seq)
    }

    /// The number of the entry.
    pub const fn seq(self) -> u64 {
        self.0
    }

    /// Reads what `Display` writes, and nothing else: one message has one id.
    ///
    /// # Errors
    /// The text is not of that form.
    pub fn parse(text: &str) -> Result<Self, BadMsgId> {
        let digits = text.strip_prefix('m').ok_or(BadMsgId)?.as_bytes();
        let canonical = digits == b"0" || digits.first().is_some_and(|first| *first != b'0');
        if !canonical || digits.len() > DIGITS_MAX {
            return Err(BadMsgId);
        }
        let mut seq: u64 = 0;
        for byte in digits {
            let digit = DIGITS.iter().position(|known| known == byte).ok_or(BadMsgId)?;
            seq = seq.checked_mul(32).ok_or(BadMsgId)? | digit as u64;
        }
        if seq > i64::MAX as u64 { Err(BadMsgId) } else { Ok(Self(seq)) }
    }
}

impl fmt::Display for MsgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = arrayvec::ArrayVec::<u8, DIGITS_MAX>::new();
        let mut rest = self.0;
        loop {
            let digit = DIGITS.get((rest % 32) as usize).copied().unwrap_or(b'0');
            digits.push(digit);
            rest /= 32;
            if rest == 0 {
                break;
            }
        }
        digits.reverse();
        f.write_str("m")?;
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_short() {
        assert_eq!(MsgId::from_seq(7).to_string(), "m7");
        assert_eq!(MsgId::from_seq(32).to_string(), "m10");
        assert_eq!(MsgId::from_seq(i64::MAX as u64).to_string(), "m7zzzzzzzzzzzz");
    }

    #[test]
    fn has_one_spelling() {
        for text in ["", "m", "7", "m07", "M7", "mu", "m-1", "m8000000000000", "mzzzzzzzzzzzzz", "m00"] {
            assert_eq!(MsgId::parse(text), Err(BadMsgId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(seq in 0..=i64::MAX as u64) {
            let id = MsgId::from_seq(seq);
            prop_assert_eq!(MsgId::parse(&id.to_string()), Ok(id));
        }
    }
}
