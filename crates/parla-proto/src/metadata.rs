//! METADATA keys, which only parsing can create.
//!
//! <https://ircv3.net/specs/extensions/metadata>, "Keys and Values".

use std::fmt;

use thiserror::Error;

use crate::limits::METADATA_KEY_BYTES_MAX;

/// A key: one or more of `a-z`, `0-9`, `_`, `.`, `/` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Box<str>);

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadKey {
    /// The text is empty.
    #[error("the key is empty")]
    Empty,
    /// The text is longer than [`METADATA_KEY_BYTES_MAX`](crate::limits::METADATA_KEY_BYTES_MAX).
    #[error("the key is too long")]
    TooLong,
    /// The text contains a character that keys may not have.
    #[error("a key has only a-z, 0-9 and _./-")]
    Character,
}

impl Key {
    /// Parses a key.
    ///
    /// # Errors
    /// The text is not a key.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'/' | b'-');
        match text.len() {
            0 => Err(BadKey::Empty),
            bytes if bytes > METADATA_KEY_BYTES_MAX => Err(BadKey::TooLong),
            _ if text.bytes().all(is_allowed) => Ok(Self(text.into())),
            _ => Err(BadKey::Character),
        }
    }

    /// The key as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Message, Reply};

    #[test]
    fn keys_and_what_is_none() {
        for key in ["a", "display-name", "im.xmpp", "soju.im/x_1", "0", "-", &"k".repeat(64)] {
            assert_eq!(Key::parse(key).map(|key| key.to_string()), Ok(key.to_owned()));
        }
        assert_eq!(Key::parse(""), Err(BadKey::Empty));
        assert_eq!(Key::parse(&"k".repeat(65)), Err(BadKey::TooLong));
        for text in ["A", "a b", ":a", "$url$", "a:b", "é", "a,b", "*", "a\u{0}"] {
            assert_eq!(Key::parse(text), Err(BadKey::Character), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_a_text_of_the_alphabet(text in "\\PC{0,80}|[a-z0-9_./-]{0,80}|[a-z0-9_./-]{0,8}\\PC[a-z]{0,8}") {
            let alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_./-";
            let wanted = !text.is_empty() && text.len() <= 64 && text.chars().all(|char| alphabet.contains(char));
            prop_assert_eq!(Key::parse(&text).is_ok(), wanted);
        }

        /// Any key is one word of a line, and is the same when read back.
        #[test]
        fn a_key_survives_the_wire(text in "[a-z0-9_./-]{1,64}", value in "\\PC{0,100}") {
            let key = Key::parse(&text).unwrap();
            let line = Reply::KeyValue { target: "#a", key: key.as_str(), value: &value }.encode("s", "n");
            let line = line.strip_suffix(b"\r\n").unwrap();
            let message = Message::parse(line).unwrap();
            prop_assert_eq!(message.params.as_slice(), &["n", "#a", text.as_str(), "*", value.as_str()]);
        }
    }
}
