//! The threads that do slow work, and how to give them questions.

use std::{io, net::IpAddr, sync::Arc, thread};

use parla_server::{AddressBlock, Answer, Input, NotCompared, Query, QuestionId, Verdict};
use parla_store::Reader;
use tokio::sync::mpsc::Sender;

use super::{
    history::History,
    judge::{Hashing, Judge},
    lane::{Job, Lane, Next},
    password::{Hasher, Passwords},
    queue::Standing,
    webirc::Gateways,
};
use crate::{
    health::{Failures, Pulse},
    limits::{
        HASH_MEMORY_KEPT_FOR, HASHES_AT_ONCE, HASHING_NICENESS, PASSWORDS_WAITING_MAX, QUERIES_WAITING_MAX,
    },
    net::{addresses::Addresses, connection::Connection, hub_input::HubInput},
};

/// Everything that the workers need.
pub(crate) struct Supplies {
    pub(crate) passwords: Passwords,
    pub(crate) gateways: Gateways,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) reader: Reader,
    pub(crate) failures: Failures,
    /// Where answers go.
    pub(crate) hub: Sender<HubInput>,
}

/// Passes questions to the threads. The threads end when the last copy of this is dropped.
#[derive(Clone)]
pub(crate) struct Workers {
    lanes: Arc<Lanes>,
    judge: Arc<Judge>,
    /// What each thread does, and its activity.
    pulses: Vec<(&'static str, Arc<Pulse>)>,
}

/// The waiting questions. All askers share this, but each thread has only its own lane, so this is dropped
/// with the last asker.
struct Lanes {
    hashing: Arc<Lane<Hashing>>,
    reading: Arc<Lane<Query>>,
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.hashing.close();
        self.reading.close();
    }
}

impl Workers {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no threads or no random numbers.
    pub(crate) fn start(supplies: Supplies) -> io::Result<Self> {
        let Supplies { passwords, gateways, addresses, reader, failures, hub } = supplies;
        let judge = Arc::new(Judge::new(passwords, gateways, addresses)?);
        let lanes = Lanes {
            hashing: Arc::new(Lane::new(PASSWORDS_WAITING_MAX)),
            reading: Arc::new(Lane::new(QUERIES_WAITING_MAX)),
        };
        let mut pulses = Vec::new();
        for number in 1..=HASHES_AT_ONCE {
            let pulse = Arc::new(Pulse::new());
            pulses.push(("compares passwords", Arc::clone(&pulse)));
            let (lane, judge, hub) = (Arc::clone(&lanes.hashing), Arc::clone(&judge), hub.clone());
            let thread = thread::Builder::new().name(format!("password {number}"));
            thread.spawn(move || {
                yield_to_others();
                compare_passwords(&lane, &judge, &pulse, &hub);
            })?;
        }
        let pulse = Arc::new(Pulse::new());
        pulses.push(("reads the history", Arc::clone(&pulse)));
        let lane = Arc::clone(&lanes.reading);
        let thread = thread::Builder::new().name("query".to_owned());
        let history = History { reader, failures };
        thread.spawn(move || read_history(&lane, &history, &pulse, &hub))?;
        Ok(Self { lanes: Arc::new(lanes), judge, pulses })
    }

    /// The activity of the threads, and what each of them does.
    pub(crate) fn pulses(&self) -> Vec<(&'static str, Arc<Pulse>)> {
        self.pulses.clone()
    }

    /// Has a password compared or hashed, or a gateway verified.
    pub(crate) fn hash(&self, waiting: Waiting<'_>, task: Hashing) {
        let has_guessed = self.judge.has_guessed(waiting.address);
        let standing = if has_guessed { Standing::Guesser } else { Standing::Trusted };
        let job = waiting.job(task);
        self.lanes.hashing.add(standing, job);
    }

    /// Has the history read.
    pub(crate) fn read(&self, waiting: Waiting<'_>, query: Query) {
        self.lanes.reading.add(Standing::Trusted, waiting.job(query));
    }

    /// Notes that nobody waits for this answer any more.
    pub(crate) fn forget(&self, id: QuestionId) {
        self.lanes.hashing.forget(id);
        self.lanes.reading.forget(id);
    }

    /// Notes that a client could not prove that it knows the password of an account. A password that was
    /// compared here needs no such note.
    pub(crate) fn proof_was_wrong(&self, account: &str, from: IpAddr) {
        self.judge.proof_was_wrong(account, from);
    }

    /// Notes that somebody has signed in to an account, by whatever means.
    pub(crate) fn signed_in(&self, account: &str, from: IpAddr) {
        self.judge.signed_in(account, from);
    }

    /// Replaces the passwords to compare with.
    pub(crate) fn replace_passwords(&self, passwords: Passwords) {
        self.judge.replace_passwords(passwords);
    }
}

/// Who waits for the answer to a question.
#[derive(Clone, Copy)]
pub(crate) struct Waiting<'a> {
    pub(crate) id: QuestionId,
    /// As in [`Asker`](parla_server::Asker).
    pub(crate) address: IpAddr,
    pub(crate) connection: &'a Arc<Connection>,
}

impl Waiting<'_> {
    fn job<T>(self, task: T) -> Job<T> {
        let Self { id, address, connection } = self;
        Job { id, address, from: AddressBlock::of(address), connection: Arc::downgrade(connection), task }
    }
}

/// Lets every other thread of the system go first that is less patient. Linux has a niceness per thread;
/// elsewhere it would apply to the whole process, so nothing is done.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(HASHING_NICENESS) {
        tracing::debug!(%error, "passwords are compared at the same priority as everything else");
    }
}

/// Delivers an answer. Returns whether that was possible, which fails only when the hub has ended.
fn bring(hub: &Sender<HubInput>, id: QuestionId, answer: Answer) -> bool {
    hub.blocking_send(HubInput::Server(Input::Answer { id, answer })).is_ok()
}

fn compare_passwords(lane: &Lane<Hashing>, judge: &Judge, pulse: &Pulse, hub: &Sender<HubInput>) {
    let mut hasher = Hasher::default();
    loop {
        pulse.ends();
        let next = lane.next(HASH_MEMORY_KEPT_FOR);
        pulse.begins();
        let (id, answer) = match next {
            Next::Answer(job) => {
                let judged = judge.judge(&job, &mut hasher);
                if judged.was_guess {
                    lane.distrust(job.from);
                }
                (job.id, judged.answer)
            }
            Next::Refuse(job) => (job.id, refused(&job.task)),
            Next::Rest => {
                hasher.rest();
                continue;
            }
            Next::End => return pulse.ends(),
        };
        if !bring(hub, id, answer) {
            return;
        }
    }
}

fn read_history(lane: &Lane<Query>, history: &History, pulse: &Pulse, hub: &Sender<HubInput>) {
    loop {
        pulse.ends();
        let next = lane.next(HASH_MEMORY_KEPT_FOR);
        pulse.begins();
        let (id, result) = match next {
            Next::Answer(job) => (job.id, history.answer(&job.task)),
            Next::Refuse(job) => (job.id, None),
            Next::Rest => continue,
            Next::End => return pulse.ends(),
        };
        if !bring(hub, id, Answer::Store(result)) {
            return;
        }
    }
}

/// The answer to a question for which there is no room.
fn refused(task: &Hashing) -> Answer {
    let why = NotCompared::TooManyAtOnce;
    match task {
        Hashing::Password { .. } => Answer::Password(Verdict::NotCompared(why)),
        Hashing::NewPassword(_) => Answer::NewPassword(Err(why)),
        Hashing::AppPassword => Answer::AppPassword(Err(why)),
        Hashing::Nonce { .. } => Answer::Nonce(Err(why)),
        Hashing::Gateway(_) => Answer::Gateway(Err(why.to_string())),
    }
}

#[cfg(test)]
mod tests;
