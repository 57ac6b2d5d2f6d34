//! App passwords: each signs one program in to an account, has a name, and can be taken back by itself.
//!
//! They are random, with 130 bits, and made by the server. Nobody can guess one, however fast the hash is, so a
//! plain SHA-256 is kept in place of a slow hash with a salt.

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::{invite_code::ALPHABET, limits::DEVICE_NAME_CHARS_MAX};

/// The length of an app password in characters, each of five bits, and how many random bytes make one.
pub const APP_PASSWORD_BYTES: usize = 26;

/// Identifies an app password, by the number of the entry that created it. It is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AppPasswordId(u64);

impl AppPasswordId {
    /// The app password that was created by the entry with this number.
    pub const fn from_number(seq: u64) -> Self {
        Self(seq)
    }

    /// The number of the entry that created it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// What is kept of an app password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppPassword {
    /// The network's id of it.
    pub id: AppPasswordId,
    /// What its person calls it.
    pub name: String,
    /// The SHA-256 of the password.
    pub hash: [u8; 32],
    /// When it was created.
    pub created_at: Timestamp,
    /// When somebody last signed in with it, to the day; `None` if nobody has.
    pub used_at: Option<Timestamp>,
}

impl AppPassword {
    /// A new password from random bytes.
    pub fn password(random: &[u8; APP_PASSWORD_BYTES]) -> String {
        let letters = random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
        letters.map(|letter| char::from(*letter)).collect()
    }

    /// What is kept of a password; `None` if the text cannot be an app password.
    pub fn hash(text: &str) -> Option<[u8; 32]> {
        let is_one = text.len() == APP_PASSWORD_BYTES && text.bytes().all(|byte| ALPHABET.contains(&byte));
        is_one.then(|| Sha256::digest(text).into())
    }

    /// Whether it can be called that.
    pub fn is_name(text: &str) -> bool {
        device_name(text).as_deref() == Some(text)
    }

    /// One that is to be created. The entry gives it its number and time.
    pub const fn new(name: String, hash: [u8; 32]) -> Self {
        let (id, created_at) = (AppPasswordId::from_number(0), Timestamp::from_millis(0));
        Self { id, name, hash, created_at, used_at: None }
    }
}

/// What a client said and showed when it signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proved {
    /// What it calls itself: what followed the `@` behind the account's name.
    pub device: Option<String>,
    /// The app password that it used; `None` if it used the password of the account or a certificate.
    pub app_password: Option<AppPasswordId>,
}

/// A text as the name of a device or an app password, without what would disturb a list; `None` if nothing is left.
pub(crate) fn device_name(text: &str) -> Option<String> {
    let is_shown = |char: &char| !char.is_control() && !char.is_whitespace();
    let name: String = text.chars().filter(is_shown).take(DEVICE_NAME_CHARS_MAX).collect();
    (!name.is_empty()).then_some(name)
}

impl std::fmt::Debug for AppPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AppPassword({} {:?} {:?})", self.id.0, self.name, self.used_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_make_a_password_that_is_recognized() {
        let made = AppPassword::password(&std::array::from_fn(|at| u8::try_from(at * 9).unwrap()));
        assert_eq!((made.len(), made.as_str()), (26, "aju5epy9it4dnx8hs3cmw7gr2b"));
        assert_eq!(AppPassword::hash(&made), Some(Sha256::digest(&made).into()));
        for other in ["", "correcthorse", &made[1..], &made.to_uppercase(), &format!("{made}a")] {
            assert_eq!(AppPassword::hash(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_kept_of_one_is_not_shown() {
        let kept = AppPassword {
            id: AppPasswordId::from_number(7),
            name: "bot".to_owned(),
            hash: [77; 32],
            created_at: Timestamp::default(),
            used_at: None,
        };
        assert_eq!(format!("{kept:?}"), "AppPassword(7 \"bot\" None)");
    }
}
