//! Decides about passwords and gateways.
//!
//! A password is compared only if its sender does not have to wait first, and if the result can matter.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use parla_server::{Answer, Gateway, NotCompared, PasswordOf, Secret, Verdict};

use super::{
    lane::Job,
    password::{
        Hasher, Passwords,
        guesses::{Before, Guesses, Kind},
    },
    webirc::Gateways,
};
use crate::{
    config::Hash,
    net::{addresses::Addresses, connection::Connection},
};

/// Work that takes a core and some memory for a while.
#[derive(Debug)]
pub(crate) enum Hashing {
    /// Whether a password is the server's, or an operator's.
    Password {
        /// The password that it is compared with.
        of: PasswordOf,
        /// The password that was given.
        password: Secret,
    },
    /// Whether somebody is a gateway.
    Gateway(Box<Gateway>),
}

/// What is known about passwords, gateways and guessers.
pub(super) struct Judge {
    passwords: Mutex<Arc<Passwords>>,
    gateways: Gateways,
    guesses: Mutex<Guesses>,
    addresses: Arc<Addresses>,
}

/// An answer, and whether the address turned out to be guessing.
pub(super) struct Judged {
    pub(super) answer: Answer,
    pub(super) was_guess: bool,
}

/// A password that was given for a name; the name is empty if what it protects has none.
struct Given<'a> {
    kind: Kind,
    from: IpAddr,
    name: &'a str,
    password: &'a Secret,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Judge {
    /// # Errors
    /// The system has no random numbers.
    pub(super) fn new(
        passwords: Passwords,
        gateways: Gateways,
        addresses: Arc<Addresses>,
    ) -> io::Result<Self> {
        let (passwords, guesses) = (Mutex::new(Arc::new(passwords)), Mutex::new(Guesses::new()?));
        Ok(Self { passwords, gateways, guesses, addresses })
    }

    /// Replaces the passwords to compare with.
    pub(super) fn replace_passwords(&self, passwords: Passwords) {
        *lock(&self.passwords) = Arc::new(passwords);
        lock(&self.guesses).forget_known();
    }

    /// Whether wrong passwords came from an address recently.
    pub(super) fn has_guessed(&self, address: IpAddr) -> bool {
        lock(&self.guesses).has_guessed(address, Instant::now())
    }

    /// The answer to a question.
    pub(super) fn judge(&self, job: &Job<Hashing>, hasher: &mut Hasher) -> Judged {
        let answer = match &job.task {
            Hashing::Password { of, password } => {
                let (kind, name) = match of {
                    PasswordOf::Server => (Kind::Server, ""),
                    PasswordOf::Operator(name) => (Kind::Operator, name.as_str()),
                };
                let passwords = Arc::clone(&lock(&self.passwords));
                let given = Given { kind, from: job.address, name, password };
                Answer::Password(self.verdict(&given, || passwords.is_right(of, password.reveal(), hasher)))
            }
            Hashing::Gateway(gateway) => {
                let connection = job.connection.upgrade();
                Answer::Gateway(match connection {
                    Some(connection) => self.client(gateway, &connection, hasher),
                    // Nobody will receive this.
                    None => Err("The connection is closed".to_owned()),
                })
            }
        };
        Judged { answer, was_guess: self.has_guessed(job.address) }
    }

    /// The client of a gateway, if it is one.
    fn client(
        &self,
        gateway: &Gateway,
        connection: &Connection,
        hasher: &mut Hasher,
    ) -> Result<Box<parla_server::Peer>, String> {
        let compare = |known: &[Hash]| {
            let password = gateway.password.reveal();
            let compare = || {
                let mut known = known.iter().map(|hash| hasher.matches(hash, password));
                known.find(|is_it| *is_it != Some(false)).unwrap_or(Some(false))
            };
            let (kind, from) = (Kind::Gateway, gateway.address);
            self.verdict(&Given { kind, from, name: "", password: &gateway.password }, compare)
        };
        self.gateways.client(gateway, compare, &self.addresses, connection.permit())
    }

    /// Compares a password, unless its sender has to wait or the result is known already.
    fn verdict(&self, given: &Given<'_>, compare: impl FnOnce() -> Option<bool>) -> Verdict {
        let Given { kind, from, name, password } = *given;
        if self.addresses.limits.is_exempt(from) {
            return verdict(compare());
        }
        let guesses = lock(&self.guesses);
        let guess = guesses.fingerprint(name, password.reveal());
        let before = guesses.look(kind, from, &guess, Instant::now());
        drop(guesses);
        match before {
            Before::Unknown => {}
            Before::Wrong => return Verdict::Wrong,
            Before::Wait(wait) => return Verdict::NotCompared(NotCompared::TooManyGuesses { wait }),
        }
        let verdict = verdict(compare());
        match verdict {
            Verdict::Right => lock(&self.guesses).right(kind, from),
            Verdict::Wrong => lock(&self.guesses).wrong(kind, from, guess, Instant::now()),
            Verdict::NotCompared(_) => {}
        }
        verdict
    }
}

/// The verdict for a password that is right or wrong, or could not be compared for lack of memory.
const fn verdict(is_right: Option<bool>) -> Verdict {
    match is_right {
        Some(true) => Verdict::Right,
        Some(false) => Verdict::Wrong,
        None => Verdict::NotCompared(NotCompared::TooManyAtOnce),
    }
}
