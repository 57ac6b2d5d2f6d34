//! Passwords of the configuration, the server's and the operators': hashed for it, compared away from the hub.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    sync::{Arc, mpsc},
    thread,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use parla_server::{ConnectionId, Input, PasswordOf, Secret};
use tokio::sync::mpsc::Sender;

use crate::{config::Config, health::Health, hub::HubInput};

/// Whether a text is the hash of a password.
pub(crate) fn is_hash(text: &str) -> bool {
    PasswordHash::new(text).is_ok()
}

/// Reads a password from standard input, twice from a terminal, and gives its hash.
pub(crate) fn hash_from_input() -> anyhow::Result<String> {
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

/// What the thread that compares passwords is asked to do.
#[derive(Debug)]
pub(crate) enum Request {
    /// Compare what someone gave.
    Compare(ConnectionId, PasswordOf, Secret),
    /// Compare with these from now on.
    Replace(Passwords),
}

/// The hashes of the configuration.
#[derive(Debug)]
pub(crate) struct Passwords {
    server: Option<String>,
    /// By name.
    operators: Vec<(String, String)>,
}

impl Passwords {
    pub(crate) fn new(config: &Config) -> Self {
        let names = config.settings.operators.iter().map(|operator| operator.name.clone());
        let operators = names.zip(config.operator_passwords.iter().cloned()).collect();
        Self { server: config.password.clone(), operators }
    }

    /// Whether a password is the right one. A name that nobody has takes as long as one that someone has.
    fn is_right(&self, of: &PasswordOf, password: &Secret) -> bool {
        match of {
            PasswordOf::Server => self.server.as_deref().is_some_and(|hash| matches(hash, password.reveal())),
            PasswordOf::Operator(wanted) => {
                let known = self.operators.iter().find(|(name, _)| name == wanted);
                match known.or_else(|| self.operators.first()) {
                    Some((_, hash)) => matches(hash, password.reveal()) && known.is_some(),
                    None => {
                        // Nobody can be an operator, and nobody can tell that from the time it takes to say no.
                        let _ = Argon2::default().hash_password(password.reveal().as_bytes());
                        false
                    }
                }
            }
        }
    }
}

/// Starts the thread that compares passwords. It ends with the sender; each session has at most one question under way.
pub(crate) fn start(
    mut passwords: Passwords,
    hub: Sender<HubInput>,
    health: Arc<Health>,
) -> io::Result<mpsc::Sender<Request>> {
    let (sender, receiver) = mpsc::channel::<Request>();
    thread::Builder::new().name("password".to_owned()).spawn(move || {
        for request in receiver {
            match request {
                Request::Replace(others) => passwords = others,
                Request::Compare(connection, of, password) => {
                    health.password.begins();
                    let good = passwords.is_right(&of, &password);
                    health.password.ends();
                    let input = Input::PasswordVerified { connection, good };
                    if hub.blocking_send(HubInput::Server(input)).is_err() {
                        return;
                    }
                }
            }
        }
    })?;
    Ok(sender)
}

/// Whether a password is the one that was hashed.
pub(crate) fn matches(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_hash_only() {
        let hash = Argon2::default().hash_password(b"secret").unwrap().to_string();
        assert!(is_hash(&hash) && hash.starts_with("$argon2id$"));
        assert!(matches(&hash, "secret"));
        assert!(!matches(&hash, "Secret"));
        assert!(!is_hash("secret"));
    }

    #[test]
    fn a_name_has_its_own_password() {
        let hash = |password: &str| Argon2::default().hash_password(password.as_bytes()).unwrap().to_string();
        let operators = vec![("alice".to_owned(), hash("a")), ("bob".to_owned(), hash("b"))];
        let passwords = Passwords { server: None, operators };
        let is_right = |name: &str, password: &str| {
            passwords.is_right(&PasswordOf::Operator(name.to_owned()), &Secret::new(password.to_owned()))
        };
        assert!(is_right("alice", "a") && is_right("bob", "b"));
        assert!(!is_right("alice", "b") && !is_right("carol", "a") && !is_right("Alice", "a"));
        assert!(!passwords.is_right(&PasswordOf::Server, &Secret::new(String::new())));
    }
}
