//! Writes changes to disk, and uses idle time for what can wait: indexing and deletion.

use std::{
    sync::{Arc, atomic::Ordering},
    thread,
    time::{Duration, Instant},
};

use parla_server::Change;
use parla_store::{Database, DatabaseError, Patience, Reader};
use tokio::sync::mpsc;

use crate::{
    core::{disk_watch::DiskWatch, hub::Stall},
    health::{Failures, Health},
    limits::{
        DISK_FAILS_MAX, DISK_LOOK_IDLE, DISK_LOOK_INTERVAL, FORGET_INTERVAL, INDEX_AFTER_IDLE,
        INDEX_BEHIND_MAX, STORE_RETRY,
    },
    net::hub_input::HubInput,
};

/// Commits changes to the database.
pub(crate) struct Commit {
    database: Database,
    /// It must be closed before the database.
    reader: Reader,
    disk: DiskWatch,
    told: Told,
    /// When messages of forgotten channels were last deleted.
    forgot_at: Instant,
}

/// What is informed when the disk refuses to write.
pub(crate) struct Told {
    pub(crate) hub: mpsc::Sender<HubInput>,
    pub(crate) stall: Arc<Stall>,
    pub(crate) health: Arc<Health>,
    pub(crate) failures: Failures,
}

impl Commit {
    /// Commits to this database, from which `reader` reads.
    pub(crate) fn new(database: Database, reader: Reader, told: Told) -> Self {
        let disk = DiskWatch::new(Arc::clone(&told.health), told.hub.clone());
        Self { database, reader, disk, told, forgot_at: Instant::now() }
    }

    /// Commits changes. While the disk refuses, everything waits: nobody has seen the changes, so they can
    /// still be stored later.
    ///
    /// # Errors
    /// A permanent error.
    pub(crate) fn keep(&mut self, changes: &[Change]) -> Result<(), DatabaseError> {
        if changes.is_empty() {
            return Ok(());
        }
        let started_at = Instant::now();
        let mut tries = 0_u32;
        while let Err(error) = self.database.commit(changes) {
            match error.patience() {
                Patience::Endless => {}
                Patience::Short if started_at.elapsed() < DISK_FAILS_MAX => {}
                Patience::Short | Patience::None => return Err(error),
            }
            if tries.is_multiple_of(10) {
                tracing::error!(
                    %error,
                    "cannot write to the data directory; the server stands still until it can. Is the disk full?"
                );
            }
            tries = tries.saturating_add(1);
            self.told.stall.began();
            self.told.health.is_standing_still.store(true, Ordering::Relaxed);
            thread::sleep(STORE_RETRY);
        }
        if tries > 0 {
            self.told.stall.ended(started_at.elapsed());
            self.told.health.is_standing_still.store(false, Ordering::Relaxed);
            tracing::info!("the data directory can be written again");
        }
        Ok(())
    }

    /// Does what is due even if the server is never idle. Returns how long to wait for the next batch before
    /// calling [`Self::use_quiet_time`].
    ///
    /// # Errors
    /// A permanent error.
    pub(crate) fn before_waiting(&mut self) -> Result<Duration, DatabaseError> {
        self.disk.look();
        let behind = self.database.unindexed();
        if self.database.has_forgotten() && self.forgot_at.elapsed() >= FORGET_INTERVAL {
            self.database.forget()?;
            self.forgot_at = Instant::now();
        }
        Ok(if behind == 0 && !self.database.has_forgotten() {
            if self.disk.is_low() { DISK_LOOK_INTERVAL } else { DISK_LOOK_IDLE }
        } else if behind < INDEX_BEHIND_MAX {
            INDEX_AFTER_IDLE
        } else {
            Duration::ZERO
        })
    }

    /// Updates the indexes, and then deletes what has been forgotten.
    ///
    /// # Errors
    /// A permanent error.
    pub(crate) fn use_quiet_time(&mut self) -> Result<(), DatabaseError> {
        if self.database.unindexed() > 0 {
            self.database.index()
        } else if self.database.has_forgotten() {
            self.database.forget()
        } else {
            Ok(())
        }
    }

    /// Ends the server after a permanent error.
    pub(crate) fn give_up(&self, error: &DatabaseError) {
        if error.is_damage() {
            let last_words = parla_store::note_damage(self.database.data_dir(), &error.to_string());
            return self.told.failures.report(last_words);
        }
        self.told.failures.report(format!(
            "cannot write to the data directory, and waiting does not help: {error}. What was shown is kept"
        ));
    }

    /// Closes the database, with everything in its single file.
    pub(crate) fn close(self) {
        self.reader.close();
        if let Err(error) = self.database.close() {
            tracing::error!(%error, "cannot bring everything into parla.db; parla.db-wal belongs to it");
        }
    }
}
