//! The code of an invitation, which whoever is invited gives the server.
//!
//! It is made of the invitation's number and the server's key, so it is neither stored nor in the log, and can
//! still be shown again. It says nothing about other codes.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Letters and digits that are hard to mistake for one another; each stands for five bits.
pub(crate) const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// The length of a code in characters: 130 bits.
const CHARS: usize = 26;

/// Keeps these codes apart from everything else that is made with the same key.
const PURPOSE: &[u8] = b"parla invitation";

/// The code of the invitation with this number.
pub(crate) fn code(number: u64, key: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        debug_assert!(false, "a key may have any length");
        return String::new();
    };
    mac.update(PURPOSE);
    mac.update(&number.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let bit = |at: usize| digest.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let letter = |at: usize| (0..5).fold(0, |letter, offset| letter << 1 | bit(at * 5 + offset));
    (0..CHARS).filter_map(|at| ALPHABET.get(usize::from(letter(at)))).map(|byte| char::from(*byte)).collect()
}

/// A code as it is compared, from what somebody typed; `None` if it cannot be one.
pub(crate) fn typed(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    (text.len() == CHARS && text.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_depend_on_the_number_and_the_key() {
        let first = code(1, b"key");
        assert_eq!(first.len(), CHARS);
        assert_eq!(first, code(1, b"key"));
        assert_ne!(first, code(2, b"key"));
        assert_ne!(first, code(1, b"other"));
        assert_eq!(typed(&format!(" {} ", first.to_uppercase())), Some(first));
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        let long = code(1, b"key") + "a";
        for text in ["", "invite", &long, "lllllllllllllllllllllllllo", "ééééééééééééé"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
