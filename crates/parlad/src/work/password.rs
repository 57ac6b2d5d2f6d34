//! The passwords in the configuration, which are those of the server, the operators and the gateways: how
//! they are hashed, and how they are compared outside the hub.
//!
//! Comparing one takes about 20 ms and 19 MiB, on purpose. So at most
//! [`HASHES_AT_ONCE`](crate::limits::HASHES_AT_ONCE) are compared at the same time, in memory that is reused
//! ([`hasher`]), and guessers have to wait ([`guesses`]).

pub(super) mod guesses;
mod hasher;

use std::io::{self, BufRead, IsTerminal, Write};

use argon2::{Argon2, password_hash::PasswordHasher};
use parla_server::PasswordOf;

pub(crate) use hasher::Hasher;

use crate::config::{Config, Hash};

/// Reads a password from standard input, twice if that is a terminal, and returns its hash.
///
/// # Errors
/// Standard input cannot be read, the input is not a password, or the two do not match.
pub fn hash_from_input() -> anyhow::Result<String> {
    let password = read_line("Password: ")?;
    if io::stdin().is_terminal() {
        let again = read_line("Again: ")?;
        anyhow::ensure!(password == again, "the two passwords differ");
    }
    anyhow::ensure!(!password.is_empty(), "the password is empty");
    hash(&password)
}

/// The hash of a password, for storing it.
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

/// The password hashes of the server and its operators.
#[derive(Debug)]
pub(crate) struct Passwords {
    server: Option<Hash>,
    /// Names and hashes.
    operators: Vec<(String, Hash)>,
}

impl Passwords {
    pub(crate) fn new(config: &Config) -> Self {
        let names = config.settings.network.operators.iter().map(|operator| operator.name.clone());
        let operators = names.zip(config.operator_passwords.iter().cloned()).collect();
        Self { server: config.password.clone(), operators }
    }

    #[cfg(test)]
    pub(super) const fn for_tests(server: Hash) -> Self {
        Self { server: Some(server), operators: Vec::new() }
    }

    /// Whether a password is right; `None` if there is not enough memory to find out. An unknown name takes
    /// as long as an existing one.
    pub(super) fn is_right(&self, of: &PasswordOf, password: &str, hasher: &mut Hasher) -> Option<bool> {
        match of {
            // Without a hash, the server no longer requires a password, so any is right.
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
    fn what_is_made_here_is_not_weak() {
        assert!(!Hash::parse(&hash("secret").unwrap()).unwrap().is_weak());
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
