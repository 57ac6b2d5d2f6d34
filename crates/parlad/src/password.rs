//! The server's password: hashed for the configuration, compared away from the hub.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    sync::mpsc,
    thread,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use parla_server::{ConnectionId, Input, Secret};
use tokio::sync::mpsc::Sender;

use crate::hub::HubInput;

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

/// A password that was given, and by whom.
pub(crate) type Attempt = (ConnectionId, Secret);

/// Starts the thread that compares passwords. It ends with the sender; each session has at most one attempt under way.
pub(crate) fn start(hash: Option<String>, hub: Sender<HubInput>) -> io::Result<mpsc::Sender<Attempt>> {
    let (sender, receiver) = mpsc::channel::<Attempt>();
    thread::Builder::new().name("password".to_owned()).spawn(move || {
        for (connection, password) in receiver {
            let good = hash.as_deref().is_some_and(|hash| matches(hash, password.reveal()));
            let input = Input::PasswordVerified { connection, good };
            if hub.blocking_send(HubInput::Server(input)).is_err() {
                return;
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
}
