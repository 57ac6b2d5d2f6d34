//! The id of a message as it appears on the wire: 22 letters and digits that mean nothing to a client.
//!
//! The server makes it from 16 bytes, and only the server can interpret them. Letters and digits are allowed
//! wherever ids occur: in the value of a tag, in a parameter, and in the name of a batch.
//!
//! <https://ircv3.net/specs/extensions/message-ids>

use std::fmt;

use thiserror::Error;

/// A message id from a parla server, such as `0KXNxOG4v2C1yvGmQV0Uzw`.
///
/// Other servers' ids can be any text, and a client stores them as text. Ids have no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MsgId([u8; 16]);

/// The text is not an id from a parla server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a message id of this server")]
pub struct BadMsgId;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number of base-62 digits that 64 bits need. Each half of the bytes is written separately, always with
/// all its digits.
const HALF_DIGITS: usize = 11;

/// The length of an id.
const ID_DIGITS: usize = 2 * HALF_DIGITS;

impl MsgId {
    /// The id of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes that the server made the id from.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// Parses exactly what `Display` writes, so that an id has only one spelling.
    ///
    /// # Errors
    /// The text does not have that form.
    pub fn parse(text: &str) -> Result<Self, BadMsgId> {
        let digits: &[u8; ID_DIGITS] = text.as_bytes().try_into().map_err(|_| BadMsgId)?;
        let (high, low) = digits.split_at(HALF_DIGITS);
        let bits = u128::from(number(high)?) << 64 | u128::from(number(low)?);
        Ok(Self(bits.to_be_bytes()))
    }
}

/// The number that these digits represent.
fn number(digits: &[u8]) -> Result<u64, BadMsgId> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'Z' => digit - b'A' + 10,
            b'a'..=b'z' => digit - b'a' + 36,
            _ => return Err(BadMsgId),
        };
        number.checked_mul(62).and_then(|number| number.checked_add(value.into())).ok_or(BadMsgId)
    })
}

impl fmt::Display for MsgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        let mut digits = [b'0'; ID_DIGITS];
        let (high, low) = digits.split_at_mut(HALF_DIGITS);
        for (half, bits) in [(high, bits >> 64), (low, bits)] {
            #[expect(clippy::cast_possible_truncation, reason = "the half that is meant is the lower one")]
            let mut rest = bits as u64;
            for place in half.iter_mut().rev() {
                *place = DIGITS.get((rest % 62) as usize).copied().unwrap_or(b'0');
                rest /= 62;
            }
        }
        f.write_str(std::str::from_utf8(&digits).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_22_letters_and_digits() {
        assert_eq!(MsgId([0; 16]).to_string(), "0000000000000000000000");
        assert_eq!(MsgId([0xff; 16]).to_string(), "LygHa16AHYFLygHa16AHYF");
        assert_eq!(MsgId(1_u128.to_be_bytes()).to_string(), "0000000000000000000001");
    }

    #[test]
    fn has_one_spelling() {
        for text in [
            "",
            "m7",
            "000000000000000000000",
            "00000000000000000000000",
            "00000000000-0000000000",
            "0000000000000000000é0",
            // One half exceeds 64 bits.
            "LygHa16AHYG00000000000",
            "00000000000zzzzzzzzzzz",
        ] {
            assert_eq!(MsgId::parse(text), Err(BadMsgId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(bytes: [u8; 16]) {
            let id = MsgId::from_bytes(bytes);
            prop_assert_eq!(MsgId::parse(&id.to_string()), Ok(id));
        }

        #[test]
        fn writes_what_it_reads(text in "[0-9A-Za-z]{22}") {
            if let Ok(id) = MsgId::parse(&text) {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
