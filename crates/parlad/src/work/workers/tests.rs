//! The workers with real connections and passwords, but without a hub.

use std::{net::Ipv4Addr, path::Path, time::Instant};

use parla_server::{PasswordOf, Secret};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use super::*;
use crate::{
    config::{ConnectionLimits, Hash},
    net::{admission::Admission, framing::Framing, send_queue::SendQueueTotals, stream::Stream},
};

struct Rig {
    workers: Workers,
    answers: mpsc::Receiver<HubInput>,
    connection: Arc<Connection>,
    address: IpAddr,
    asked: u64,
}

impl Rig {
    /// Workers that know the password `secret`.
    async fn start() -> Self {
        let limits = ConnectionLimits::for_tests();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let admission = Admission::new(limits.clone(), 10, Instant::now());
        let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let permit = admission.admit_unknown().unwrap();
        let totals = SendQueueTotals::new(1 << 20, 1 << 20);
        let connection = Connection::new(Stream::Plain(socket), Framing::Lines, &totals, permit);
        let hash = Hash::parse(&crate::work::password::hash("secret").unwrap()).unwrap();
        let (hub, answers) = mpsc::channel(100);
        let workers = Workers::start(Supplies {
            passwords: Passwords::for_tests(hash),
            gateways: Gateways::new(Vec::new(), Arc::default()).unwrap(),
            addresses: Arc::new(Addresses { limits, cloaks: None }),
            reader: Reader::new(Path::new("/nowhere")),
            failures: Failures::new().0,
            hub,
        });
        let address = Ipv4Addr::LOCALHOST.into();
        Self { workers: workers.unwrap(), answers, connection: Arc::new(connection), address, asked: 0 }
    }

    fn next_id(&mut self) -> QuestionId {
        self.asked += 1;
        QuestionId::from_number(self.asked)
    }

    /// Has a password compared.
    fn give(&mut self, password: &str) -> QuestionId {
        let id = self.next_id();
        let task = Hashing::Password { of: PasswordOf::Server, password: Secret::new(password.to_owned()) };
        let (address, connection) = (self.address, &self.connection);
        self.workers.hash(Waiting { id, address, connection }, task);
        id
    }

    async fn answer(&mut self) -> (QuestionId, Answer) {
        match self.answers.recv().await {
            Some(HubInput::Server(Input::Answer { id, answer })) => (id, answer),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_done() {
    let mut rig = Rig::start().await;
    let asked: Vec<QuestionId> = (0..40).map(|_| rig.give("wrong")).collect();
    asked.iter().for_each(|id| rig.workers.forget(*id));
    let last = rig.give("secret");
    let mut answered = 0;
    loop {
        let (id, answer) = rig.answer().await;
        if id == last {
            assert!(matches!(answer, Answer::Password(Verdict::Right)), "{answer:?}");
            break;
        }
        answered += 1;
    }
    // These are only those that a thread had already started.
    assert!(answered <= HASHES_AT_ONCE, "{answered}");
}

/// A hundred passwords take seconds; a query about the history must not wait for them.
#[tokio::test]
async fn passwords_keep_nobody_from_the_history() {
    let mut rig = Rig::start().await;
    for _ in 0..100 {
        rig.give("wrong");
    }
    let id = rig.next_id();
    let waiting = Waiting { id, address: rig.address, connection: &rig.connection };
    rig.workers.read(waiting, Query::LatestTimes { conversations: Vec::new() });
    let mut before = 0;
    while rig.answer().await.0 != id {
        before += 1;
    }
    assert!(before < 50, "{before}");
}

#[tokio::test]
async fn the_threads_end_with_the_last_who_can_ask() {
    let Rig { workers, mut answers, .. } = Rig::start().await;
    let other = workers.clone();
    drop(workers);
    assert!(answers.is_empty() && !answers.is_closed());
    drop(other);
    // Each thread has a sender.
    assert!(answers.recv().await.is_none());
}
