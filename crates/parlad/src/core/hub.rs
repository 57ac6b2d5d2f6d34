//! The hub: one thread that owns the state machine and feeds it all inputs, in the order in which they
//! arrived.
//!
//! It handles all waiting inputs as one batch, and passes the effects to the store. The only thing that can
//! block it is a store that cannot keep up.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::SyncSender,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use parla_proto::Timestamp;
use parla_server::{ConnectionId, Input, Output, Outputs, Server};
use tokio::{
    runtime,
    sync::{mpsc, oneshot},
};

use crate::{
    core::clock::Clock,
    health::Health,
    limits::{BATCH_BYTES_MAX, BATCH_INPUTS_MAX, PORTIONS_PER_TURN, STORE_RETRY},
    net::{connection::Connection, hub_input::HubInput},
};

/// The effects of one turn of the hub.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) opened: Vec<(ConnectionId, Arc<Connection>)>,
    pub(crate) outputs: Outputs,
    /// Bytes of the lines among the first `counted` outputs.
    bytes: usize,
    counted: usize,
}

/// Whether the store has stopped because the disk refuses, and for how long it has.
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
    /// Counts the bytes of the outputs that were added since the last call.
    fn count(&mut self) {
        let added = self.outputs.outputs.iter().skip(self.counted);
        let bytes =
            added.map(|output| if let Output::Deliver { line, .. } = output { line.len() } else { 0 });
        self.bytes += bytes.sum::<usize>();
        self.counted = self.outputs.outputs.len();
    }

    /// Whether remaining work must wait for the next batch.
    const fn is_full(&self) -> bool {
        self.bytes >= BATCH_BYTES_MAX
    }

    /// Appends a later batch to this one.
    pub(crate) fn append(&mut self, mut later: Self) {
        self.opened.append(&mut later.opened);
        self.outputs.outputs.append(&mut later.outputs.outputs);
        self.outputs.changes.append(&mut later.outputs.changes);
    }
}

/// Everything that the hub works with.
pub(crate) struct Hub {
    pub(crate) server: Server,
    pub(crate) clock: Clock,
    pub(crate) inputs: mpsc::Receiver<HubInput>,
    /// Connections that have been sent everything and wait for more.
    pub(crate) sent: mpsc::UnboundedReceiver<ConnectionId>,
    pub(crate) store: SyncSender<Batch>,
    pub(crate) stall: Arc<Stall>,
    pub(crate) health: Arc<Health>,
}

/// Starts the hub's thread. It ends after [`Input::ShuttingDown`], which also ends the store's input; `alive`
/// is dropped then.
pub(crate) fn start(hub: Hub, alive: oneshot::Sender<()>) -> io::Result<JoinHandle<()>> {
    let runtime = runtime::Builder::new_current_thread().enable_time().build()?;
    thread::Builder::new().name("hub".to_owned()).spawn(move || {
        runtime.block_on(hub.run());
        drop(alive);
    })
}

impl Hub {
    async fn run(mut self) {
        let mut waiting = VecDeque::with_capacity(BATCH_INPUTS_MAX);
        let mut taken = Vec::with_capacity(BATCH_INPUTS_MAX);
        loop {
            let mut sent = None;
            if waiting.is_empty() {
                sent = self.wait(&mut taken).await;
                waiting.extend(taken.drain(..));
            }
            self.health.hub.begins();
            let mut batch = Batch::default();
            let now = self.clock.now();
            let mut stops = false;
            while !batch.is_full()
                && let Some(input) = waiting.pop_front()
            {
                match input {
                    HubInput::Opened(id, connection) => batch.opened.push((id, connection)),
                    HubInput::Server(input) => {
                        stops |= matches!(input, Input::ShuttingDown);
                        self.server.handle(now, input, &mut batch.outputs);
                    }
                }
                batch.count();
            }
            self.make_portions(now, sent, &mut batch);
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

    /// Waits until there is something to do, and takes the waiting inputs. Returns a connection that has been
    /// sent everything, if there is nothing else to do.
    async fn wait(&mut self, taken: &mut Vec<HubInput>) -> Option<ConnectionId> {
        // Long answers continue after everything else that may have arrived in the meantime.
        let wait = if self.sent.is_empty() { self.until_deadline() } else { Some(Duration::ZERO) };
        let (inputs, sent) = (&mut self.inputs, &mut self.sent);
        let something = async {
            tokio::select! {
                biased;
                _ = inputs.recv_many(taken, BATCH_INPUTS_MAX) => None,
                connection = sent.recv() => connection,
            }
        };
        match wait {
            // When the deadline passes, there is nothing to take, and nothing more to know.
            Some(wait) => tokio::time::timeout(wait, something).await.ok().flatten(),
            None => something.await,
        }
    }

    /// Makes some portions of long answers, for clients that have been sent the portions before.
    fn make_portions(&mut self, now: Timestamp, mut first: Option<ConnectionId>, batch: &mut Batch) {
        for _ in 0..PORTIONS_PER_TURN {
            let next = first.take().or_else(|| self.sent.try_recv().ok());
            let Some(connection) = next else { return };
            self.server.handle(now, Input::Sent { connection }, &mut batch.outputs);
            batch.count();
            if batch.is_full() {
                return;
            }
        }
    }

    fn until_deadline(&mut self) -> Option<Duration> {
        let deadline = self.server.next_deadline()?;
        if self.stall.is_on.load(Ordering::Acquire) {
            return Some(STORE_RETRY);
        }
        // The clock counts milliseconds; one more ensures that the deadline has passed when it is checked.
        Some(deadline.since(self.clock.now()) + Duration::from_millis(1))
    }
}
