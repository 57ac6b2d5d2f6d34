//! The progress of signing in on one connection: what the server offers, and what was tried.

use parla_proto::Timestamp;

use crate::{credentials::Credentials, problem::ProblemKind};

/// How many mechanisms of a server's list are remembered.
const MECHANISMS_MAX: usize = 32;

/// The progress of signing in on this connection.
#[derive(Debug, Default)]
pub(super) struct SignIn {
    /// Whether the server offers SASL.
    pub(super) is_offered: bool,
    /// The mechanisms that the server accepts; empty if it does not say.
    pub(super) mechanisms: Vec<String>,
    pub(super) state: Stage,
    /// Whether a password was sent on this connection.
    pub(super) has_shown: bool,
    pub(super) is_introduced: bool,
    /// The latest time for NICK and USER, if they wait for the server's offer.
    pub(super) introduce_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    #[default]
    Idle,
    /// CAP REQ was sent.
    Requested,
    /// The server has agreed.
    Agreed,
    Trying(Mechanism),
    /// It has succeeded or failed for good.
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    External,
    Plain,
}

impl Mechanism {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::External => "EXTERNAL",
            Self::Plain => "PLAIN",
        }
    }
}

impl SignIn {
    /// Takes the server's offer from CAP LS or CAP NEW.
    pub(super) fn offer(&mut self, list: &str) {
        for word in list.split_ascii_whitespace() {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            if name == "sasl" {
                self.is_offered = true;
                self.list(value);
            }
        }
    }

    /// The server no longer offers it, for example while its services are down.
    pub(super) fn withdrawn(&mut self) {
        *self = Self { is_offered: false, state: Stage::Idle, ..std::mem::take(self) };
    }

    /// Takes the server's list of mechanisms.
    pub(super) fn list(&mut self, mechanisms: &str) {
        let names = mechanisms.split(',').filter(|name| !name.is_empty()).take(MECHANISMS_MAX);
        self.mechanisms = names.map(str::to_ascii_uppercase).collect();
    }

    /// Whether the server accepts this mechanism, as far as it has said.
    pub(super) fn takes(&self, mechanism: Mechanism) -> bool {
        self.mechanisms.is_empty() || self.mechanisms.iter().any(|name| name == mechanism.name())
    }

    /// The server has agreed to the CAP REQ.
    pub(super) const fn agreed(&mut self) {
        if matches!(self.state, Stage::Requested) {
            self.state = Stage::Agreed;
        }
    }

    /// The server has declined the CAP REQ.
    pub(super) const fn declined(&mut self) {
        if matches!(self.state, Stage::Requested) {
            self.state = Stage::Over;
        }
    }

    /// The problem that a refused password stands for.
    pub(super) const fn refused(&self) -> ProblemKind {
        if self.has_shown { ProblemKind::PasswordWrong } else { ProblemKind::PasswordNeeded }
    }

    /// The first mechanism that the server accepts and the person has credentials for.
    pub(super) fn first_mechanism(&self, credentials: &Credentials) -> Option<Mechanism> {
        let has = [
            (Mechanism::External, credentials.by_certificate),
            (Mechanism::Plain, credentials.login.is_some()),
        ];
        has.into_iter()
            .find(|(mechanism, has)| *has && self.takes(*mechanism))
            .map(|(mechanism, _)| mechanism)
    }
}
