//! How a person proves who they are: passwords and certificates. They are in memory only. Nothing here prints one, and no view,
//! record or problem holds one.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A password. Its `Debug` shows nothing of it, and its memory is overwritten when it is dropped.
///
/// It can be serialised so that the tabs of one browser can hand it to the one that is connected. No shell may store it; a keyring
/// takes it by [`Secret::reveal`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a password over.
    pub fn new(password: String) -> Self {
        Self(Zeroizing::new(password))
    }

    /// The password itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing was written.
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

/// The account of a person on a network or a bouncer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The name of the account, which may differ from the nick. For a bouncer it may name the network too: `alice/libera`.
    pub name: String,
    /// Its password.
    pub password: Secret,
}

/// Everything that a person can show to be let in. Empty for most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// The password of the server, which is the same for everybody there.
    pub server: Option<Secret>,
    /// The person's own account.
    pub login: Option<Login>,
    /// The shell shows a certificate of the person when it connects, and the account is found by it. Desktop only.
    pub by_certificate: bool,
    /// The person has agreed to send a password over a connection that others can read.
    pub readable: bool,
    /// The person wants the passwords kept, if the system has a safe place for them. For the shell; the client ignores it.
    pub keep: bool,
}

impl Credentials {
    /// Whether a password would go over the connection.
    pub const fn has_password(&self) -> bool {
        self.server.is_some() || self.login.is_some()
    }

    /// Takes in what the person has written now; what they wrote earlier for the other purpose stays.
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
