//! The hub: one thread that owns the state machine and feeds it everything, in the order in which it came.
//!
//! Takes all that waits as one batch, and gives what it caused to the store. Nothing here blocks but a store that is behind.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::SyncSender,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use parla_server::{ConnectionId, Input, Outputs, Server};
use tokio::{
    runtime,
    sync::{mpsc, oneshot},
};

use crate::{
    clock::Clock,
    connection::Connection,
    health::Health,
    limits::{BATCH_INPUTS_MAX, STORE_RETRY},
};

/// What comes to the hub.
#[derive(Debug)]
pub(crate) enum HubInput {
    /// A connection that delivery must know before anything is sent to it.
    Opened(ConnectionId, Arc<Connection>),
    /// For the state machine.
    Server(Input),
}

/// What one turn of the hub caused.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) opened: Vec<(ConnectionId, Arc<Connection>)>,
    pub(crate) outputs: Outputs,
}

/// Whether the store stands still because the disk refuses, and for how long it did.
#[derive(Debug, Default)]
pub(crate) struct Stall {
    is_on: AtomicBool,
    millis: AtomicU64,
}

impl Stall {
    pub(crate) fn began(&self) {
        self.is_on.store(true, Ordering::Release);
    }

    pub(crate) fn ended(&self, duration: Duration) {
        self.millis.fetch_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX), Ordering::AcqRel);
        self.is_on.store(false, Ordering::Release);
    }
}

impl Batch {
    /// Joins a later batch to this one.
    pub(crate) fn append(&mut self, mut later: Self) {
        self.opened.append(&mut later.opened);
        self.outputs.outputs.append(&mut later.outputs.outputs);
        self.outputs.changes.append(&mut later.outputs.changes);
    }
}

/// What the hub works with.
pub(crate) struct Hub {
    pub(crate) server: Server,
    pub(crate) clock: Clock,
    pub(crate) inputs: mpsc::Receiver<HubInput>,
    pub(crate) store: SyncSender<Batch>,
    pub(crate) stall: Arc<Stall>,
    pub(crate) health: Arc<Health>,
}

/// Starts the hub's thread. It ends after [`Input::ShuttingDown`], and with it the store's input; `alive` is dropped then.
pub(crate) fn start(hub: Hub, alive: oneshot::Sender<()>) -> io::Result<JoinHandle<()>> {
    let runtime = runtime::Builder::new_current_thread().enable_time().build()?;
    thread::Builder::new().name("hub".to_owned()).spawn(move || {
        runtime.block_on(hub.run());
        drop(alive);
    })
}

impl Hub {
    async fn run(mut self) {
        let mut inputs = Vec::with_capacity(BATCH_INPUTS_MAX);
        loop {
            let wait = self.until_deadline();
            let received = self.inputs.recv_many(&mut inputs, BATCH_INPUTS_MAX);
            match wait {
                Some(wait) => {
                    // Past the deadline there is nothing to take, and that is all there is to know.
                    let _ = tokio::time::timeout(wait, received).await;
                }
                None => {
                    received.await;
                }
            }
            self.health.hub.begins();
            let mut batch = Batch::default();
            let now = self.clock.now();
            let mut stops = false;
            for input in inputs.drain(..) {
                match input {
                    HubInput::Opened(id, connection) => batch.opened.push((id, connection)),
                    HubInput::Server(input) => {
                        stops |= matches!(input, Input::ShuttingDown);
                        self.server.handle(now, input, &mut batch.outputs);
                    }
                }
            }
            let stalled = self.stall.millis.swap(0, Ordering::AcqRel);
            if stalled > 0 {
                let duration = Duration::from_millis(stalled);
                self.server.handle(now, Input::Stalled { duration }, &mut batch.outputs);
            }
            let is_due = self.server.next_deadline().is_some_and(|deadline| deadline <= now);
            if is_due && !self.stall.is_on.load(Ordering::Acquire) {
                self.server.handle(now, Input::Deadline, &mut batch.outputs);
            }
            let is_empty = batch.opened.is_empty() && batch.outputs.is_empty();
            if !is_empty && self.store.send(batch).is_err() || stops {
                return;
            }
            self.health.hub.ends();
        }
    }

    fn until_deadline(&mut self) -> Option<Duration> {
        let deadline = self.server.next_deadline()?;
        if self.stall.is_on.load(Ordering::Acquire) {
            return Some(STORE_RETRY);
        }
        // The clock has milliseconds; one more, so that the deadline has passed when it is looked at.
        Some(deadline.since(self.clock.now()) + Duration::from_millis(1))
    }
}
