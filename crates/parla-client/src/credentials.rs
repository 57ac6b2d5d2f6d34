//! How a person proves who they are: passwords and certificates. They are held in memory only. Nothing here
//! prints one, and no view, record or problem contains one.
//! record or problem holds one.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A password. Its `Debug` shows nothing of it, and its memory is overwritten when it is dropped.
///
/// It can be serialised so that the tabs of one browser can hand it to the tab that is connected. No shell
/// may store it; a keyring gets it through [`Secret::reveal`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a password.
    pub fn new(password: String) -> Self {
        Self(Zeroizing::new(password))
    }

    /// The password in plain text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the password is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// A person's account on a network or a bouncer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The account name, which may differ from the nick. For a bouncer it may include the network:
    /// `alice/libera`.
    pub name: String,
    /// The password of the account.
    pub password: Secret,
}

/// Everything that a person can present to be let in. Empty for most people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// The server's password, which is the same for everybody.
    pub server: Option<Secret>,
    /// The person's own account.
    pub login: Option<Login>,
    /// Whether the shell presents the person's certificate, by which the server finds the account. Desktop
    /// only.
    pub by_certificate: bool,
    /// Whether the person has agreed to send a password over a connection that others can read.
    pub readable: bool,
    /// Whether the person wants the passwords to be stored, if the system has a safe place for them. This is
    /// for the shell; the client ignores it.
    pub keep: bool,
}

impl Credentials {
    /// Whether a password would be sent over the connection.
    pub const fn has_password(&self) -> bool {
        self.server.is_some() || self.login.is_some()
    }

    /// Adds what the person has just entered; a password that they entered earlier for the other purpose
    /// stays.
    pub fn add(&mut self, newer: Self) {
        let Self { server, login, by_certificate, readable, keep } = newer;
        self.server = server.or_else(|| self.server.take());
        self.login = login.or_else(|| self.login.take());
        self.by_certificate |= by_certificate;
        self.readable |= readable;
        self.keep = keep;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(server: Option<&str>, login: Option<(&str, &str)>) -> Credentials {
        Credentials {
            server: server.map(|password| Secret::new(password.to_owned())),
            login: login.map(|(name, password)| Login {
                name: name.to_owned(),
                password: Secret::new(password.to_owned()),
            }),
            ..Credentials::default()
        }
    }

    #[test]
    fn no_password_is_printed() {
        let shown = format!("{:#?}", of(Some("opensesame"), Some(("alice", "hunter2"))));
        assert!(!shown.contains("opensesame") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_second_password_does_not_take_the_place_of_the_first() {
        let mut credentials = of(Some("opensesame"), None);
        credentials.add(of(None, Some(("alice", "wrong"))));
        credentials.add(of(None, Some(("alice", "hunter2"))));
        assert_eq!(credentials, of(Some("opensesame"), Some(("alice", "hunter2"))));
    }
}
