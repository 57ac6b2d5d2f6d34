//! Passwords of the configuration, the server's, the operators' and the gateways': hashed for it, compared away from the hub.
//!
//! Comparing one takes some 20 ms and 19 MiB, on purpose. So at most [`HASHES_AT_ONCE`](crate::limits::HASHES_AT_ONCE) are
//! compared at the same time, in memory that is used again ([`hasher`]), and whoever guesses has to wait ([`guesses`]).

pub(super) mod guesses;
mod hasher;

use std::io::{self, BufRead, IsTerminal, Write};

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher, phc::PasswordHash},
};
use parla_server::PasswordOf;
use thiserror::Error;

pub(crate) use hasher::Hasher;

use crate::{
    config::Config,
    limits::{HASH_MEMORY_KIB_MAX, HASH_WORK_KIB_MAX},
};

/// The hash of a password: argon2id, at a price that the server can pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hash(PasswordHash);

/// Why a text is no hash that the server takes, in words that follow the name of a key.
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

/// What is fast to guess: less memory than this, in KiB, ...
const WEAK_MEMORY_KIB: u32 = 7_168;

/// ... or less work, in KiB times passes; the least of what OWASP recommends for argon2id.
const WEAK_WORK_KIB: u64 = 35_840;

impl Hash {
    /// Reads a hash in the PHC string format.
    ///
    /// # Errors
    /// It is none, or none that this server can compare with in good time.
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

    /// Whether whoever gets hold of the configuration can try passwords much faster than against a hash of ours.
    pub(crate) fn is_weak(&self) -> bool {
        Params::try_from(&self.0)
            .is_ok_and(|params| params.m_cost() < WEAK_MEMORY_KIB || work(&params) < WEAK_WORK_KIB)
    }
}

/// Memory that is written to compare once, in KiB.
fn work(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}

/// Reads a password from standard input, twice from a terminal, and gives its hash.
///
/// # Errors
/// Standard input cannot be read, or what was typed is no password or differs from the first time.
pub fn hash_from_input() -> anyhow::Result<String> {
    let password = read_line("Password: ")?;
    if io::stdin().is_terminal() {
        let again = read_line("Again: ")?;
        anyhow::ensure!(password == again, "the two passwords differ");
    }
    anyhow::ensure!(!password.is_empty(), "the password is empty");
    hash(&password)
}

/// A password as it may be kept.
pub(crate) fn hash(password: &str) -> anyhow::Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| anyhow::anyhow!("cannot hash the password: {error}"))
}

fn read_line(prompt: &str) -> anyhow::Result<String> {
    if io::stdin().is_terminal() {
        let mut stderr = io::stderr();
        stderr.write_all(prompt.as_bytes())?;
        stderr.flush()?;
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The hashes of the server and its operators.
#[derive(Debug)]
pub(crate) struct Passwords {
    server: Option<Hash>,
    /// By name.
    operators: Vec<(String, Hash)>,
}

impl Passwords {
    pub(crate) fn new(config: &Config) -> Self {
        let names = config.settings.operators.iter().map(|operator| operator.name.clone());
        let operators = names.zip(config.operator_passwords.iter().cloned()).collect();
        Self { server: config.password.clone(), operators }
    }

    #[cfg(test)]
    pub(super) const fn for_tests(server: Hash) -> Self {
        Self { server: Some(server), operators: Vec::new() }
    }

    /// Whether a password is the right one; nothing if there is no memory to find out. A name that nobody has takes as long as one
    /// that someone has.
    pub(super) fn is_right(&self, of: &PasswordOf, password: &str, hasher: &mut Hasher) -> Option<bool> {
        match of {
            // No password is asked for any more.
            PasswordOf::Server => {
                self.server.as_ref().map_or(Some(true), |hash| hasher.matches(hash, password))
            }
            PasswordOf::Operator(wanted) => {
                let known = self.operators.iter().find(|(name, _)| name == wanted);
                let compared = known.or_else(|| self.operators.first());
                let is_it = compared.map_or(Some(false), |(_, hash)| hasher.matches(hash, password))?;
                Some(is_it && known.is_some())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_that_the_server_takes() {
        let rest = "$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
        let with = |kind: &str, params: &str| Hash::parse(&format!("${kind}$v=19${params}{rest}"));
        assert!(!Hash::parse(&hash("secret").unwrap()).unwrap().is_weak());
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

    #[test]
    fn a_name_has_its_own_password() {
        let hash = |password: &str| Hash::parse(&hash(password).unwrap()).unwrap();
        let operators = vec![("alice".to_owned(), hash("a")), ("bob".to_owned(), hash("b"))];
        let passwords = Passwords { server: Some(hash("s")), operators };
        let mut hasher = Hasher::default();
        let mut is_right = |name: &str, password: &str| {
            passwords.is_right(&PasswordOf::Operator(name.to_owned()), password, &mut hasher).unwrap()
        };
        assert!(is_right("alice", "a") && is_right("bob", "b"));
        assert!(!is_right("alice", "b") && !is_right("carol", "a") && !is_right("Alice", "a"));
        assert_eq!(passwords.is_right(&PasswordOf::Server, "", &mut hasher), Some(false));
        assert_eq!(passwords.is_right(&PasswordOf::Server, "s", &mut hasher), Some(true));
    }
}
