//! Decides about passwords and gateways, and makes what is kept of new passwords.
//!
//! A password is compared only if its sender does not have to wait first, and if the result can matter. The
//! same holds for the proof of a client that does not send its password: before it may begin, it has to wait.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use data_encoding::BASE64_NOPAD;
use parla_server::{Answer, Gateway, NotCompared, PasswordOf, Secret, Verdict};

use super::{
    lane::Job,
    password::{
        Hasher, Passwords,
        guesses::{Attempt, Before, Guesses, Kind},
        new_app_password, prove,
    },
    webirc::Gateways,
};
use crate::{
    config::Hash,
    net::{addresses::Addresses, connection::Connection},
};

/// Work on passwords. Most of it takes a core and some memory for a while.
#[derive(Debug)]
pub(crate) enum Hashing {
    /// Whether a password is the server's, or an operator's.
    Password {
        /// The password that it is compared with.
        of: PasswordOf,
        /// The password that was given.
        password: Secret,
    },
    /// What is to be kept of a new password.
    NewPassword(Secret),
    /// A new app password.
    AppPassword,
    /// A nonce for a client that wants to prove that it knows the password of this account. It waits with the
    /// others, because it is the beginning of the same attempt.
    Nonce {
        /// As in [`Question::Nonce`](parla_server::Question::Nonce).
        account: String,
    },
    /// Whether somebody is a gateway.
    Gateway(Box<Gateway>),
}

/// How many random bytes are in a nonce.
const NONCE_BYTES: usize = 24;

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

/// A password that was given for a name; the name is empty if what it protects has none, and that of an
/// account is its hash.
struct Given<'a> {
    attempt: Attempt,
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
                let from = job.address;
                let (attempt, name) = match of {
                    PasswordOf::Server => (Attempt::new(Kind::Server, from), ""),
                    PasswordOf::Operator(name) => (Attempt::new(Kind::Operator, from), name.as_str()),
                    // What was wrong may be right when the account has another password.
                    PasswordOf::Account { name, hash } => {
                        (lock(&self.guesses).at_account(name, from), hash.as_deref().unwrap_or(name))
                    }
                };
                let passwords = self.passwords();
                let given = Given { attempt, from, name, password };
                Answer::Password(self.verdict(&given, || passwords.is_right(of, password.reveal(), hasher)))
            }
            Hashing::NewPassword(password) => {
                let proof = prove(password.reveal(), self.passwords().cost, hasher);
                Answer::NewPassword(proof.map(Box::new).ok_or(NotCompared::TooManyAtOnce))
            }
            Hashing::AppPassword => {
                Answer::AppPassword(new_app_password().map(Secret::new).ok_or(NotCompared::TooManyAtOnce))
            }
            Hashing::Nonce { account } => Answer::Nonce(self.nonce(account, job.address)),
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

    fn passwords(&self) -> Arc<Passwords> {
        Arc::clone(&lock(&self.passwords))
    }

    /// A nonce for an attempt that begins now.
    fn nonce(&self, account: &str, from: IpAddr) -> Result<String, NotCompared> {
        if !self.addresses.limits.is_exempt(from) {
            let mut guesses = lock(&self.guesses);
            let (attempt, now) = (guesses.at_account(account, from), Instant::now());
            let wait = guesses.wait(&attempt, now);
            if !wait.is_zero() {
                return Err(NotCompared::TooManyGuesses { wait });
            }
            guesses.begun(&attempt, now);
        }
        let mut bytes = [0; NONCE_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| NotCompared::TooManyAtOnce)?;
        Ok(BASE64_NOPAD.encode(&bytes))
    }

    /// Notes that a client could not prove that it knows the password of an account.
    pub(super) fn proof_was_wrong(&self, account: &str, from: IpAddr) {
        if !self.addresses.limits.is_exempt(from) {
            let mut guesses = lock(&self.guesses);
            let attempt = guesses.at_account(account, from);
            guesses.wrong(&attempt, None, Instant::now());
        }
    }

    /// Notes that somebody has signed in to an account, by whatever means.
    pub(super) fn signed_in(&self, account: &str, from: IpAddr) {
        let mut guesses = lock(&self.guesses);
        let attempt = guesses.at_account(account, from);
        guesses.right(&attempt, Instant::now());
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
            let (from, password) = (gateway.address, &gateway.password);
            let attempt = Attempt::new(Kind::Gateway, from);
            self.verdict(&Given { attempt, from, name: "", password }, compare)
        };
        self.gateways.client(gateway, compare, &self.addresses, connection.permit())
    }

    /// Compares a password, unless its sender has to wait or the result is known already.
    fn verdict(&self, given: &Given<'_>, compare: impl FnOnce() -> Option<bool>) -> Verdict {
        let Given { attempt, from, name, password } = *given;
        if self.addresses.limits.is_exempt(from) {
            return verdict(compare());
        }
        let guesses = lock(&self.guesses);
        let guess = guesses.fingerprint(name, password.reveal());
        let before = guesses.look(&attempt, &guess, Instant::now());
        drop(guesses);
        match before {
            Before::Unknown => {}
            Before::Wrong => return Verdict::Wrong,
            Before::Wait(wait) => return Verdict::NotCompared(NotCompared::TooManyGuesses { wait }),
        }
        let verdict = verdict(compare());
        match verdict {
            Verdict::Right => lock(&self.guesses).right(&attempt, Instant::now()),
            Verdict::Wrong => lock(&self.guesses).wrong(&attempt, Some(guess), Instant::now()),
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
