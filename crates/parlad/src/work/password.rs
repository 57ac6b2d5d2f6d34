//! Passwords: those in the configuration, which are the server's, the operators' and the gateways', and those
//! of accounts. How they are hashed, and how they are compared outside the hub.
//!
//! Comparing one takes about 20 ms and 19 MiB, on purpose. So at most
//! [`HASHES_AT_ONCE`](crate::limits::HASHES_AT_ONCE) are compared at the same time, in memory that is reused
//! ([`hasher`]), and guessers have to wait ([`guesses`]).

pub(super) mod account_guesses;
pub(super) mod guesses;
mod hasher;
mod pause;
mod proof;

use std::io::{self, BufRead, IsTerminal, Write};

use argon2::{Argon2, password_hash::PasswordHasher};
use parla_server::{APP_PASSWORD_BYTES, AppPassword, PasswordOf};

pub(crate) use self::{hasher::Hasher, proof::prove};
use crate::config::{BadHash, Config, Hash, HashCost, SALT_BYTES};

/// Reads a password from standard input, twice if that is a terminal, and returns its hash.
///
/// # Errors
/// Standard input cannot be read, the input is not a password, or the two do not match.
pub fn hash_from_input() -> anyhow::Result<String> {
    hash(&from_input()?)
}

/// Reads a password from standard input, twice if that is a terminal.
///
/// # Errors
/// As [`hash_from_input`].
pub(crate) fn from_input() -> anyhow::Result<String> {
    let password = read_line("Password: ")?;
    if io::stdin().is_terminal() {
        let again = read_line("Again: ")?;
        anyhow::ensure!(password == again, "the two passwords differ");
    }
    anyhow::ensure!(!password.is_empty(), "the password is empty");
    Ok(password)
}

/// The hash of a password, for storing it.
pub(crate) fn hash(password: &str) -> anyhow::Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| anyhow::anyhow!("cannot hash the password: {error}"))
}

/// A new app password; `None` if the system has no random numbers.
pub(crate) fn new_app_password() -> Option<String> {
    let mut random = [0; APP_PASSWORD_BYTES];
    getrandom::fill(&mut random).ok()?;
    Some(AppPassword::password(&random))
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

/// The password hashes of the server and its operators, and what is needed for those of accounts.
#[derive(Debug)]
pub(crate) struct Passwords {
    server: Option<Hash>,
    /// Names and hashes.
    operators: Vec<(String, Hash)>,
    /// What a new hash costs.
    pub(super) cost: HashCost,
    /// What is compared in place of a hash that an account does not have.
    nobodys: Option<Hash>,
}

impl Passwords {
    pub(crate) fn new(config: &Config) -> Self {
        let names = config.settings.network.operators.iter().map(|operator| operator.name.clone());
        let operators = names.zip(config.operator_passwords.iter().cloned()).collect();
        Self { operators, ..Self::of_server(config.password.clone(), config.password_cost) }
    }

    fn of_server(server: Option<Hash>, cost: HashCost) -> Self {
        // There is one, because the configuration allows no cost that is impossible.
        let nobodys = Hash::of_no_password(cost, &[0; SALT_BYTES]).ok();
        Self { server, operators: Vec::new(), cost, nobodys }
    }

    #[cfg(test)]
    pub(super) fn for_tests(server: Hash) -> Self {
        Self::of_server(Some(server), HashCost { memory_kib: 64, passes: 1 })
    }

    /// Whether a password is right; `None` if there is not enough memory to find out. An unknown name takes
    /// as long as an existing one, unless the costs were changed since the password was hashed.
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
            PasswordOf::Account { name, hash } => {
                let unreadable = |error: &BadHash| {
                    tracing::error!(account = name, %error, "cannot read a stored password");
                };
                let known = hash.as_ref().and_then(|text| Hash::parse(text).inspect_err(unreadable).ok());
                let compared = known.as_ref().or(self.nobodys.as_ref());
                let is_it =
                    compared.map_or(Some(false), |hash| hasher.matches(hash, &proof::prepared(password)))?;
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
        let passwords = Passwords { operators, ..Passwords::for_tests(hash("s")) };
        let mut hasher = Hasher::default();
        let mut is_right = |name: &str, password: &str| {
            passwords.is_right(&PasswordOf::Operator(name.to_owned()), password, &mut hasher).unwrap()
        };
        assert!(is_right("alice", "a") && is_right("bob", "b"));
        assert!(!is_right("alice", "b") && !is_right("carol", "a") && !is_right("Alice", "a"));
        assert_eq!(passwords.is_right(&PasswordOf::Server, "", &mut hasher), Some(false));
        assert_eq!(passwords.is_right(&PasswordOf::Server, "s", &mut hasher), Some(true));
    }

    #[test]
    fn an_account_is_compared_with_its_own_hash() {
        let passwords = Passwords::of_server(None, HashCost { memory_kib: 64, passes: 1 });
        let mut hasher = Hasher::default();
        let proof = prove("Zoë's password", passwords.cost, &mut hasher).unwrap();
        let mut is_right = |hash: Option<&str>, password: &str| {
            let of = PasswordOf::Account { name: "zoe".to_owned(), hash: hash.map(Into::into) };
            passwords.is_right(&of, password, &mut hasher).unwrap()
        };
        assert!(is_right(Some(&proof.hash), "Zoë's password"));
        assert!(is_right(Some(&proof.hash), "Zoe\u{308}'s\u{a0}password"), "as another keyboard types it");
        assert!(!is_right(Some(&proof.hash), "Zoe's password"));
        for password in ["", "Zoë's password", "\u{0}"] {
            assert!(
                !is_right(None, password) && !is_right(Some("$argon2id$damaged"), password),
                "{password}"
            );
        }
    }
}
