//! The store's thread: writes the changes of each batch to disk, and only then releases the batch's outputs.
//!
//! While one group of batches is being synced, the next one accumulates, so a slow disk makes groups larger
//! rather than the server slower.

use std::{
    io,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use parla_store::DatabaseError;
use tokio::sync::oneshot;

use crate::{
    core::{commit::Commit, hub::Batch, release::Release},
    health::Health,
    limits::{GATHER_MAX, GATHER_SHARE, GROUP_BATCHES_MAX},
};

/// Everything that the store works with.
pub(crate) struct Store {
    pub(crate) batches: Receiver<Batch>,
    pub(crate) commit: Commit,
    pub(crate) release: Release,
    pub(crate) health: Arc<Health>,
}

/// Starts the store's thread. It ends after the hub has, with everything on disk; `alive` is dropped then.
pub(crate) fn start(store: Store, alive: oneshot::Sender<()>) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("store".to_owned()).spawn(move || {
        store.run();
        drop(alive);
    })
}

impl Store {
    fn run(mut self) {
        let mut gather_until = Instant::now();
        loop {
            let group = match self.next_on_disk(gather_until) {
                Ok(Some(group)) => group,
                Ok(None) => break,
                // Nothing of this group has been shown, and nothing will be.
                Err(error) => return self.commit.give_up(&error),
            };
            let is_busy = group.outputs.changes.len() > 1;
            let released_at = Instant::now();
            self.release.release(group);
            gather_until = Instant::now();
            if is_busy {
                gather_until += GATHER_MAX.min(released_at.elapsed() / GATHER_SHARE);
            }
            self.health.store.ends();
        }
        self.commit.close();
    }

    /// The next group of batches, once its changes are on disk; `None` when the hub has ended.
    ///
    /// # Errors
    /// The disk has a permanent error.
    fn next_on_disk(&mut self, gather_until: Instant) -> Result<Option<Batch>, DatabaseError> {
        let Some(group) = self.gather(gather_until)? else { return Ok(None) };
        self.commit.keep(&group.outputs.changes)?;
        Ok(Some(group))
    }

    /// Waits for a batch and combines it with those that have followed. Uses idle time for what can wait.
    ///
    /// After several messages have been delivered, their senders often write again at about the same time. It
    /// waits for them until `gather_until`, so that they share a commit, and each receiver gets a single
    /// write.
    ///
    /// # Errors
    /// The disk has a permanent error.
    fn gather(&mut self, gather_until: Instant) -> Result<Option<Batch>, DatabaseError> {
        loop {
            let wait = self.commit.before_waiting()?;
            match self.batches.recv_timeout(wait) {
                Ok(mut group) => {
                    self.health.store.begins();
                    thread::sleep(gather_until.saturating_duration_since(Instant::now()));
                    self.batches.try_iter().take(GROUP_BATCHES_MAX).for_each(|batch| group.append(batch));
                    return Ok(Some(group));
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.health.store.begins();
                    self.commit.use_quiet_time()?;
                    self.health.store.ends();
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }
}
