//! The threads that compare passwords, and what waits for them.
//!
//! Whoever asks never waits here. A question whose connection has ended is dropped unlooked at.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::Instant,
};

use parla_server::{ConnectionId, Gateway, Input, NotCompared, PasswordOf, Secret, Verdict};
use tokio::sync::mpsc::Sender;

use super::{
    Hash, Hasher, Passwords,
    guesses::{Before, Guesses, Kind},
    queue::Queue,
};
use crate::{
    core::hub::HubInput,
    health::Pulse,
    limits::{HASH_MEMORY_KEPT_FOR, HASHES_AT_ONCE, PASSWORDS_WAITING_MAX},
    net::{admission::customer, connection::Connection, listener::Addresses},
    work::webirc::Gateways,
};

/// A question about a password that someone gave.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Whether it is the server's, or an operator's.
    Password {
        /// What it is compared with.
        of: PasswordOf,
        /// Where they are.
        from: IpAddr,
        /// What they gave.
        password: Secret,
    },
    /// Whether it is that of a gateway.
    Gateway(Box<Gateway>),
}

impl Asked {
    const fn from(&self) -> IpAddr {
        match self {
            Self::Password { from, .. } => *from,
            Self::Gateway(gateway) => gateway.address,
        }
    }
}

/// Asks the threads. As long as the process lives, so do they.
#[derive(Clone)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
    /// One for each thread.
    pulses: Vec<Arc<Pulse>>,
}

struct Shared {
    waiting: Mutex<Waiting>,
    something_waits: Condvar,
    passwords: Mutex<Arc<Passwords>>,
    gateways: Gateways,
    guesses: Mutex<Guesses>,
    addresses: Arc<Addresses>,
    hub: Sender<HubInput>,
}

struct Waiting {
    questions: Queue<Question>,
    /// Those for whom there was no room. One for each session at most.
    without_room: Vec<Question>,
}

#[derive(Debug)]
struct Question {
    id: ConnectionId,
    /// Weak, so that a client that has gone takes no place and no socket while its question waits.
    connection: Weak<Connection>,
    asked: Asked,
}

impl Question {
    /// The connection, if anybody waits for an answer there.
    fn connection(&self) -> Option<Arc<Connection>> {
        self.connection.upgrade().filter(|connection| !connection.is_closing())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// Starts the threads.
    pub(crate) fn start(
        passwords: Passwords,
        gateways: Gateways,
        addresses: Arc<Addresses>,
        hub: Sender<HubInput>,
    ) -> io::Result<Self> {
        let questions = Queue::new(PASSWORDS_WAITING_MAX);
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Waiting { questions, without_room: Vec::new() }),
            something_waits: Condvar::new(),
            passwords: Mutex::new(Arc::new(passwords)),
            gateways,
            guesses: Mutex::new(Guesses::new()?),
            addresses,
            hub,
        });
        let mut pulses = Vec::new();
        for number in 1..=HASHES_AT_ONCE {
            let (shared, pulse) = (Arc::clone(&shared), Arc::new(Pulse::new()));
            pulses.push(Arc::clone(&pulse));
            thread::Builder::new().name(format!("password {number}")).spawn(move || shared.work(&pulse))?;
        }
        Ok(Self { shared, pulses })
    }

    /// How the threads get on.
    pub(crate) fn pulses(&self) -> Vec<Arc<Pulse>> {
        self.pulses.clone()
    }

    /// Asks for a connection. The answer goes to the hub.
    pub(crate) fn ask(&self, id: ConnectionId, connection: &Arc<Connection>, asked: Asked) {
        let from = customer(asked.from()).addr();
        let question = Question { id, connection: Arc::downgrade(connection), asked };
        let mut waiting = lock(&self.shared.waiting);
        if let Err(question) = waiting.questions.push(from, question) {
            waiting.questions.retain(|question| question.connection().is_some());
            if let Err(question) = waiting.questions.push(from, question) {
                waiting.without_room.push(question);
            }
        }
        drop(waiting);
        self.shared.something_waits.notify_one();
    }

    /// Compares with these passwords from now on.
    pub(crate) fn replace(&self, passwords: Passwords) {
        *lock(&self.shared.passwords) = Arc::new(passwords);
        lock(&self.shared.guesses).forget_known();
    }
}

/// What a thread is to do next.
enum Turn {
    Answer(Question),
    /// There was no room for it.
    Refuse(Question),
}

impl Shared {
    fn work(&self, pulse: &Pulse) {
        let mut hasher = Hasher::default();
        loop {
            pulse.ends();
            let turn = self.next(&mut hasher);
            pulse.begins();
            let input = match turn {
                Turn::Answer(question) => self.answer(question, &mut hasher),
                Turn::Refuse(question) => Some(refused(&question)),
            };
            let Some(input) = input else { continue };
            if self.hub.blocking_send(HubInput::Server(input)).is_err() {
                return;
            }
        }
    }

    /// Waits for a question. After a while without any, the memory of the last ones is given back.
    fn next(&self, hasher: &mut Hasher) -> Turn {
        let mut waiting = lock(&self.waiting);
        loop {
            if let Some(question) = waiting.without_room.pop() {
                return Turn::Refuse(question);
            }
            if let Some(question) = waiting.questions.pop() {
                return Turn::Answer(question);
            }
            let woken = self.something_waits.wait_timeout(waiting, HASH_MEMORY_KEPT_FOR);
            let timeout;
            (waiting, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
            if timeout.timed_out() {
                hasher.rest();
            }
        }
    }

    /// The answer, unless nobody waits for it any more.
    fn answer(&self, question: Question, hasher: &mut Hasher) -> Option<Input> {
        let (connection, id) = (question.connection()?, question.id);
        Some(match question.asked {
            Asked::Password { of, from, password } => {
                let (kind, name) = match &of {
                    PasswordOf::Server => (Kind::Server, ""),
                    PasswordOf::Operator(name) => (Kind::Operator, name.as_str()),
                };
                let passwords = Arc::clone(&lock(&self.passwords));
                let compare = || passwords.is_right(&of, password.reveal(), hasher);
                let verdict = self.judge((kind, from), (name, &password), compare);
                Input::PasswordVerified { connection: id, verdict }
            }
            Asked::Gateway(gateway) => {
                let compare = |known: &[Hash]| {
                    let password = gateway.password.reveal();
                    let compare = || {
                        let mut known = known.iter().map(|hash| hasher.matches(hash, password));
                        known.find(|is_it| *is_it != Some(false)).unwrap_or(Some(false))
                    };
                    self.judge((Kind::Gateway, gateway.address), ("", &gateway.password), compare)
                };
                let client = self.gateways.client(&gateway, compare, &self.addresses, connection.ticket());
                Input::GatewayVerified { connection: id, client }
            }
        })
    }

    /// Compares a password that was given for a name, unless whoever gave it has to wait or nothing can come of it.
    fn judge(
        &self,
        (kind, from): (Kind, IpAddr),
        (name, password): (&str, &Secret),
        compare: impl FnOnce() -> Option<bool>,
    ) -> Verdict {
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

/// What follows from a password that is right or wrong, or could not be compared as there was no memory for it.
const fn verdict(is_right: Option<bool>) -> Verdict {
    match is_right {
        Some(true) => Verdict::Right,
        Some(false) => Verdict::Wrong,
        None => Verdict::NotCompared(NotCompared::TooManyAtOnce),
    }
}

/// The answer to a question for which there is no room.
fn refused(question: &Question) -> Input {
    let (connection, why) = (question.id, NotCompared::TooManyAtOnce);
    match question.asked {
        Asked::Password { .. } => Input::PasswordVerified { connection, verdict: Verdict::NotCompared(why) },
        Asked::Gateway(_) => Input::GatewayVerified { connection, client: Err(why.to_string()) },
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use parla_server::Input;
    use slotmap::SlotMap;
    use tokio::{
        net::{TcpListener, TcpStream},
        sync::mpsc,
    };

    use super::*;
    use crate::{
        config::Connections,
        net::{admission::Admission, framing::Framing, send_queue::SendQueues, stream::Stream},
        work::password,
    };

    /// A question of somebody who has gone is not looked at, and is not answered.
    #[tokio::test]
    async fn whoever_has_gone_gets_no_answer() {
        let limits = Connections::for_tests();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let admission = Admission::new(limits.clone(), 10, Instant::now());
        let queues = SendQueues::new(1 << 20, 1 << 20);
        let mut connections = Vec::new();
        for _ in 0..2 {
            let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            let ticket = admission.admit_unknown().unwrap();
            let connection = Connection::new(Stream::Plain(socket), Framing::Lines, &queues, ticket);
            connections.push(Arc::new(connection));
        }
        let passwords = Passwords {
            server: Some(Hash::parse(&password::hash("secret").unwrap()).unwrap()),
            operators: Vec::new(),
        };
        let (hub, mut answers) = mpsc::channel(10);
        let addresses = Arc::new(Addresses { limits, cloaks: None });
        let pool = Pool::start(passwords, Gateways::new(Vec::new(), Arc::default()).unwrap(), addresses, hub)
            .unwrap();
        let mut names = SlotMap::new();
        let mut ask = |connection: &Arc<Connection>| {
            let id = ConnectionId::from_key(names.insert(()));
            let (from, password) = (Ipv4Addr::LOCALHOST.into(), Secret::new("secret".to_owned()));
            pool.ask(id, connection, Asked::Password { of: PasswordOf::Server, from, password });
            id
        };
        let there = connections.pop().unwrap();
        let closing = connections.pop().unwrap();
        closing.close();
        ask(&closing);
        let id = ask(&there);
        let Some(HubInput::Server(Input::PasswordVerified { connection, verdict })) = answers.recv().await
        else {
            panic!("no answer")
        };
        assert_eq!((connection, verdict), (id, Verdict::Right));
        assert!(answers.is_empty());
    }
}
