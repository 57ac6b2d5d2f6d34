//! A model of what the delivery, a connection's task and the client do to one socket at the same time.
//!
//! It compiles `shared_socket.rs` and `send_queue.rs` of `parlad` with the lock, the atomics and the waker of loom,
//! and runs each story below in every order in which the steps of its threads can happen. A task that sleeps
//! although there is something to do is a deadlock, which loom reports. It prints the steps of a story that
//! fails if `LOOM_LOG=trace` and `LOOM_LOCATION=1` are set.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

#[path = "shared_socket/net.rs"]
mod net;
#[path = "shared_socket/wire.rs"]
mod wire;

use std::{
    future::poll_fn,
    sync::{
        Arc,
        // What a story counts is not part of the model.
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use loom::{future::block_on, model::Builder, thread};
use net::{
    send_queue::SendQueueTotals,
    shared_socket::{SharedSocket, Turn},
};
use parla_server::limits::LINES_WAITING_BYTES_MAX;
use wire::Wire;

/// How often a thread may be interrupted in one run of a story. Two are enough for every fault that was put in
/// to try the model, and for both that it found; with three, it takes ten times as long.
const PREEMPTIONS_MAX: usize = 2;

/// Bytes that may wait for the socket, and for all sockets together.
const WAITING_MAX: usize = 4;

/// Tells the story in every order.
fn in_every_order(story: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS_MAX);
    builder.check(story);
}

/// A connection with its task, which is the thread of the story itself.
struct Rig {
    shared: Arc<SharedSocket<Wire>>,
    totals: Arc<SendQueueTotals>,
    /// How often the hub was told that everything has been sent.
    told: Arc<AtomicUsize>,
}

impl Rig {
    fn with(wire: Wire) -> Self {
        let totals = SendQueueTotals::new(WAITING_MAX, WAITING_MAX);
        Self { shared: Arc::new(SharedSocket::new(wire, &totals)), totals, told: Arc::default() }
    }

    /// Starts another thread with this work on the connection.
    fn beside(&self, work: impl FnOnce(&SharedSocket<Wire>) + 'static) {
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || work(&shared));
    }

    /// What the task does until there is something else to do than to write, and what that is.
    fn run(&self) -> Turn {
        block_on(async {
            loop {
                match poll_fn(|context| self.shared.poll_turn(context, false)).await {
                    Turn::Write if self.shared.flush().unwrap() => tell_hub(&self.shared, &self.told),
                    Turn::Write => {}
                    turn => return turn,
                }
            }
        })
    }

    /// What the task does until the connection is over. Returns what the client has got.
    fn run_to_end(self) -> String {
        assert_eq!(self.run(), Turn::Closing);
        block_on(self.shared.send_rest()).unwrap();
        assert!(self.totals.are_none());
        self.shared.socket.sent()
    }
}

/// The hub learns that everything has been sent, and ends the connection.
fn tell_hub(shared: &SharedSocket<Wire>, told: &AtomicUsize) {
    assert_eq!(shared.socket.sent(), "ab");
    told.fetch_add(1, Ordering::Relaxed);
    shared.close_with(b"");
}

/// The delivery sends this text.
fn send(shared: &SharedSocket<Wire>, text: &'static str) {
    shared.send(text.as_bytes(), || Bytes::from_static(text.as_bytes()));
}

#[test]
fn a_client_gets_everything_in_order() {
    in_every_order(|| {
        let rig = Rig::with(Wire::with_room(1));
        rig.beside(|shared| {
            send(shared, "ab");
            send(shared, "cd");
            shared.close_with(b"");
        });
        rig.beside(|shared| {
            shared.socket.make_room(2);
            shared.socket.make_room(1);
        });
        assert_eq!(rig.run_to_end(), "abcd");
    });
}

#[test]
fn nothing_follows_the_last_bytes() {
    in_every_order(|| {
        let rig = Rig::with(Wire::with_room(1));
        rig.beside(|shared| shared.close_with(b"!"));
        rig.beside(|shared| shared.socket.make_room(2));
        // The answer to a ping.
        send(&rig.shared, "pp");
        let sent = rig.run_to_end();
        assert!(["pp!", "!"].contains(&sent.as_str()), "{sent}");
    });
}

#[test]
fn a_client_that_does_not_read_is_noticed() {
    in_every_order(|| {
        let rig = Rig::with(Wire::with_room(1));
        rig.beside(|shared| {
            send(shared, "abc");
            send(shared, "def");
            send(shared, "ghi");
        });
        assert_eq!(rig.run(), Turn::Exceeded);
        // Its memory is free at once, although the connection still exists.
        assert_eq!(rig.totals.bytes(), 0);
        assert_eq!(rig.shared.socket.sent(), "a");
    });
}

#[test]
fn no_more_waits_than_may() {
    in_every_order(|| {
        let rig = Rig::with(Wire::with_room(0));
        let totals = Arc::clone(&rig.totals);
        rig.beside(move |shared| {
            for text in ["ab", "cd", "ef"] {
                send(shared, text);
                assert!(totals.bytes() <= WAITING_MAX);
            }
            shared.close_with(b"");
        });
        rig.beside(|shared| shared.socket.make_room(6));
        match rig.run() {
            Turn::Closing => {
                block_on(rig.shared.send_rest()).unwrap();
                let sent = rig.shared.socket.sent();
                assert!("abcdef".starts_with(&sent), "{sent}");
            }
            Turn::Exceeded => {}
            turn => panic!("{turn:?}"),
        }
    });
}

#[test]
fn the_hub_is_told_once_when_everything_has_been_sent() {
    in_every_order(|| {
        let rig = Rig::with(Wire::with_room(1));
        let told = Arc::clone(&rig.told);
        rig.beside(move |shared| {
            send(shared, "ab");
            if shared.is_sent_or_will_tell() {
                tell_hub(shared, &told);
            }
        });
        rig.beside(|shared| shared.socket.make_room(1));
        let told = Arc::clone(&rig.told);
        assert_eq!(rig.run_to_end(), "ab");
        assert_eq!(told.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn reading_resumes_when_a_line_was_handled() {
    in_every_order(|| {
        let rig = Rig::with(Wire::readable());
        let line_bytes = LINES_WAITING_BYTES_MAX as usize;
        rig.shared.line_given(line_bytes);
        let taken = Arc::new(AtomicUsize::new(0));
        let takes = Arc::clone(&taken);
        rig.beside(move |shared| {
            takes.store(1, Ordering::Relaxed);
            shared.line_taken(line_bytes);
        });
        assert_eq!(rig.run(), Turn::Read);
        assert_eq!(taken.load(Ordering::Relaxed), 1);
    });
}
