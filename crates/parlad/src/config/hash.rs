//! Password hashes in the configuration.

use argon2::{Params, password_hash::phc::PasswordHash};
use thiserror::Error;

use crate::limits::{HASH_MEMORY_KIB_MAX, HASH_WORK_KIB_MAX};

/// The hash of a password: argon2id, at a cost that the server can afford.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hash(PasswordHash);

/// Why the server does not accept a text as a hash, worded to follow the name of a key.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum BadHash {
    #[error("must be what `parlad hash-password` prints; passwords are not written as they are")]
    None,
    #[error(
        "is a hash of the kind {0}, which this server does not know; make one with `parlad hash-password`"
    )]
    OtherKind(String),
    #[error(
        "asks for {asked} KiB of memory, and at most {HASH_MEMORY_KIB_MAX} are possible; make one with `parlad hash-password`"
    )]
    TooLarge { asked: u32 },
    #[error("would take too long to compare (m={memory}, t={passes}); make one with `parlad hash-password`")]
    TooSlow { memory: u32, passes: u32 },
}

/// A hash with less memory than this (KiB) is quick to guess.
const WEAK_MEMORY_KIB: u32 = 7_168;

/// A hash with less work than this (KiB times passes) is quick to guess. This is the least of what OWASP
/// recommends for argon2id.
const WEAK_WORK_KIB: u64 = 35_840;

impl Hash {
    /// Parses a hash in the PHC string format.
    ///
    /// # Errors
    /// It is not a hash, or comparing with it would take this server too long.
    pub(crate) fn parse(text: &str) -> Result<Self, BadHash> {
        let hash = PasswordHash::new(text).map_err(|_| BadHash::None)?;
        if hash.algorithm != argon2::ARGON2ID_IDENT {
            return Err(BadHash::OtherKind(hash.algorithm.to_string()));
        }
        if hash.salt.is_none() || hash.hash.is_none() {
            return Err(BadHash::None);
        }
        let params = Params::try_from(&hash).map_err(|_| BadHash::None)?;
        let (memory, passes) = (params.m_cost(), params.t_cost());
        if memory > HASH_MEMORY_KIB_MAX {
            return Err(BadHash::TooLarge { asked: memory });
        }
        if work(&params) > HASH_WORK_KIB_MAX {
            return Err(BadHash::TooSlow { memory, passes });
        }
        Ok(Self(hash))
    }

    /// The hash with its salt and cost parameters.
    pub(crate) const fn phc(&self) -> &PasswordHash {
        &self.0
    }

    /// Whether somebody who obtains the configuration could guess passwords much faster than with our own
    /// hashes.
    pub(crate) fn is_weak(&self) -> bool {
        Params::try_from(&self.0)
            .is_ok_and(|params| params.m_cost() < WEAK_MEMORY_KIB || work(&params) < WEAK_WORK_KIB)
    }
}

/// The work of one comparison: memory in KiB times passes.
fn work(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_that_the_server_takes() {
        let rest = "$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
        let with = |kind: &str, params: &str| Hash::parse(&format!("${kind}$v=19${params}{rest}"));
        for (params, is_weak) in [
            ("m=19456,t=2,p=1", false),
            ("m=47104,t=1,p=1", false),
            ("m=7168,t=5,p=1", false),
            ("m=65536,t=3,p=4", false),
            ("m=4096,t=9,p=1", true),
            ("m=19456,t=1,p=1", true),
        ] {
            assert_eq!(with("argon2id", params).unwrap().is_weak(), is_weak, "{params}");
        }
        assert_eq!(with("argon2id", "m=2097152,t=1,p=1"), Err(BadHash::TooLarge { asked: 2_097_152 }));
        assert_eq!(
            with("argon2id", "m=65536,t=40,p=1"),
            Err(BadHash::TooSlow { memory: 65_536, passes: 40 })
        );
        assert_eq!(with("argon2i", "m=19456,t=2,p=1"), Err(BadHash::OtherKind("argon2i".to_owned())));
        assert_eq!(with("scrypt", "ln=16,r=8,p=1"), Err(BadHash::OtherKind("scrypt".to_owned())));
        for none in
            ["secret", "", "$argon2id$v=19$m=19456,t=2,p=1", "$2b$12$abc", "$argon2id$m=1,t=0,p=0$YQ$YQ"]
        {
            assert_eq!(Hash::parse(none), Err(BadHash::None), "{none}");
        }
    }
}
