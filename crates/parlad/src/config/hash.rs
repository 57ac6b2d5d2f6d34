//! Password hashes, in the configuration and of accounts, and what a new one costs.

use argon2::{
    Params, Version,
    password_hash::phc::{Output, PasswordHash, Salt},
};
use thiserror::Error;

use crate::limits::{HASH_MEMORY_KIB_MAX, HASH_WORK_KIB_MAX};

/// The hash of a password: argon2id, at a cost that the server can afford.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hash(PasswordHash);

/// What hashing the password of an account costs, each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HashCost {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
}

impl Default for HashCost {
    fn default() -> Self {
        Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST }
    }
}

impl HashCost {
    /// As [`Hash::is_weak`].
    pub(super) const fn is_weak(self) -> bool {
        self.memory_kib < WEAK_MEMORY_KIB || self.work() < WEAK_WORK_KIB
    }

    /// Whether hashing would take the server too long.
    pub(super) const fn is_too_much(self) -> bool {
        self.work() > HASH_WORK_KIB_MAX
    }

    const fn of(params: &Params) -> Self {
        Self { memory_kib: params.m_cost(), passes: params.t_cost() }
    }

    /// The work of one comparison: memory in KiB times passes.
    const fn work(self) -> u64 {
        // Both are 32 bits long.
        self.memory_kib as u64 * self.passes as u64
    }
}

/// How many random bytes are in the salt of a new hash.
pub(crate) const SALT_BYTES: usize = 16;

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
        let cost = HashCost::of(&params);
        if cost.memory_kib > HASH_MEMORY_KIB_MAX {
            return Err(BadHash::TooLarge { asked: cost.memory_kib });
        }
        if cost.is_too_much() {
            return Err(BadHash::TooSlow { memory: cost.memory_kib, passes: cost.passes });
        }
        Ok(Self(hash))
    }

    /// A hash of this cost and salt that no password matches. [`Self::with_output`] makes that of a password
    /// from it.
    ///
    /// # Errors
    /// There is no hash of this cost.
    pub(crate) fn of_no_password(cost: HashCost, salt: &[u8; SALT_BYTES]) -> Result<Self, BadHash> {
        let HashCost { memory_kib, passes } = cost;
        let make = || {
            let params = Params::new(memory_kib, passes, Params::DEFAULT_P_COST, None).ok()?;
            Some(PasswordHash {
                algorithm: argon2::ARGON2ID_IDENT,
                version: Some(Version::default().into()),
                params: (&params).try_into().ok()?,
                salt: Some(Salt::new(salt).ok()?),
                hash: Some(Output::new(&[0; Params::DEFAULT_OUTPUT_LEN]).ok()?),
            })
        };
        make().map(Self).ok_or(BadHash::None)
    }

    /// The hash of the password that this output was computed from, with the salt and cost of this hash.
    pub(crate) fn with_output(self, output: Output) -> Self {
        Self(PasswordHash { hash: Some(output), ..self.0 })
    }

    /// The hash with its salt and cost parameters.
    pub(crate) const fn phc(&self) -> &PasswordHash {
        &self.0
    }

    /// Whether somebody who obtains the configuration could guess passwords much faster than with our own
    /// hashes.
    pub(crate) fn is_weak(&self) -> bool {
        Params::try_from(&self.0).is_ok_and(|params| HashCost::of(&params).is_weak())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_of_no_password_is_one_of_its_cost() {
        let cost = HashCost { memory_kib: 64, passes: 3 };
        let hash = Hash::of_no_password(cost, &[7; SALT_BYTES]).unwrap();
        let text = hash.phc().to_string();
        assert!(text.starts_with("$argon2id$v=19$m=64,t=3,p=1$BwcHBwcHBwcHBwcHBwcHBw$"), "{text}");
        assert_eq!(Hash::parse(&text), Ok(hash));
        assert!(Hash::of_no_password(HashCost { memory_kib: 1, passes: 1 }, &[7; SALT_BYTES]).is_err());
        assert!(cost.is_weak() && !HashCost::default().is_weak() && !HashCost::default().is_too_much());
    }

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
