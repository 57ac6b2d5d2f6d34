//! Brings changes to disk, and uses quiet times for what may wait: indexes, and what is to be deleted.

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

/// What commits changes.
pub(crate) struct Commit {
    database: Database,
    /// Closed before the database is.
    reader: Reader,
    disk: DiskWatch,
    told: Told,
    /// When messages of forgotten channels were last deleted.
    forgot_at: Instant,
}

/// Who is told when the disk refuses.
pub(crate) struct Told {
    pub(crate) hub: mpsc::Sender<HubInput>,
    pub(crate) stall: Arc<Stall>,
    pub(crate) health: Arc<Health>,
    pub(crate) failures: Failures,
}

impl Commit {
    /// Commits to this database, which is read by the reader too.
    pub(crate) fn new(database: Database, reader: Reader, told: Told) -> Self {
        let disk = DiskWatch::new(Arc::clone(&told.health), told.hub.clone());
        Self { database, reader, disk, told, forgot_at: Instant::now() }
    }

    /// Commits changes. As long as the disk refuses, everything waits: what nobody saw can still be kept.
    ///
    /// # Errors
    /// One that does not pass.
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

    /// Does what is due even if it is never quiet. Gives how long to wait for the next batch before
    /// [`Self::use_quiet_time`].
    ///
    /// # Errors
    /// One that does not pass.
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

    /// Brings the indexes up to date, and then deletes what is forgotten.
    ///
    /// # Errors
    /// One that does not pass.
    pub(crate) fn use_quiet_time(&mut self) -> Result<(), DatabaseError> {
        if self.database.unindexed() > 0 {
            self.database.index()
        } else if self.database.has_forgotten() {
            self.database.forget()
        } else {
            Ok(())
        }
    }

    /// Ends the server after an error that does not pass.
    pub(crate) fn give_up(&self, error: &DatabaseError) {
        if error.is_damage() {
            let last_words = parla_store::note_damage(self.database.data_dir(), &error.to_string());
            return self.told.failures.report(last_words);
        }
        self.told.failures.report(format!(
            "cannot write to the data directory, and waiting does not help: {error}. What was shown is kept"
        ));
    }

    /// Leaves everything in the one file.
    pub(crate) fn close(self) {
        self.reader.close();
        if let Err(error) = self.database.close() {
            tracing::error!(%error, "cannot bring everything into parla.db; parla.db-wal belongs to it");
        }
    }
}
