//! The store: brings the changes of each batch to disk, and only then lets the batch's outputs leave.
//!
//! While one group of batches is being synced the next one gathers, so a slow disk makes groups larger, not the server slower.

use std::{
    io,
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use parla_server::{Asker, Audit, Change, Input, Output, Question, QuestionId};
use parla_store::{Database, DatabaseError, Patience, Reader};
use tokio::sync::{mpsc, oneshot};

use crate::{
    core::{
        control::Desk,
        hub::{Batch, HubInput, Stall},
    },
    health::{Failures, Health, Room},
    limits::{
        DISK_FAILS_MAX, DISK_LOOK_IDLE, DISK_LOOK_INTERVAL, FORGET_INTERVAL, GATHER_MAX, GATHER_SHARE,
        GROUP_BATCHES_MAX, INDEX_AFTER_IDLE, INDEX_BEHIND_MAX, STORE_RETRY,
    },
    log::{AUDIT_TARGET, ConnectionLog},
    net::{
        connection::{Connection, Roads},
        delivery::Delivery,
        listener::Names,
    },
    run::Wish,
    work::{Hashing, Workers},
};

/// What the store works with.
pub(crate) struct Store {
    pub(crate) database: Database,
    pub(crate) batches: Receiver<Batch>,
    pub(crate) roads: Roads,
    pub(crate) workers: Workers,
    /// Each session has at most one under way, so the queue is bounded.
    pub(crate) wishes: mpsc::UnboundedSender<Wish>,
    pub(crate) names: Arc<Names>,
    pub(crate) stall: Arc<Stall>,
    /// Where the administrator waits for answers.
    pub(crate) desk: Arc<Desk>,
    pub(crate) log: Arc<ConnectionLog>,
    pub(crate) health: Arc<Health>,
    pub(crate) failures: Failures,
    /// Closed before the database is.
    pub(crate) reader: Reader,
    /// When messages of forgotten channels were last deleted.
    pub(crate) forgot_at: Instant,
}

/// Starts the store's thread. It ends when the hub has, with everything on disk; `alive` is dropped then.
pub(crate) fn start(store: Store, alive: oneshot::Sender<()>) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("store".to_owned()).spawn(move || {
        store.run();
        drop(alive);
    })
}

/// When the disk is looked at next, and what the hub was told of it.
struct DiskWatch {
    is_low: bool,
    looks_at: Instant,
}

impl Store {
    fn run(mut self) {
        let mut delivery = Delivery::default();
        let mut gather_until = Instant::now();
        let mut disk = DiskWatch { is_low: false, looks_at: Instant::now() };
        loop {
            let gathered = self.gather(gather_until, &mut disk);
            let kept = gathered.and_then(|group| {
                let Some(group) = group else { return Ok(None) };
                self.keep(&group.outputs.changes).map(|()| Some(group))
            });
            let group = match kept {
                Ok(Some(group)) => group,
                Ok(None) => break,
                // Nothing of this group was shown, and nothing will be.
                Err(error) => return self.give_up(&error),
            };
            let is_busy = group.outputs.changes.len() > 1;
            let released_at = Instant::now();
            self.release(group, &mut delivery);
            gather_until = Instant::now();
            if is_busy {
                gather_until += GATHER_MAX.min(released_at.elapsed() / GATHER_SHARE);
            }
            self.health.store.ends();
        }
        self.reader.close();
        if let Err(error) = self.database.close() {
            tracing::error!(%error, "cannot bring everything into parla.db; parla.db-wal belongs to it");
        }
    }

    /// Ends the server after an error that does not pass.
    fn give_up(&self, error: &DatabaseError) {
        if error.is_damage() {
            let last_words = parla_store::note_damage(self.database.data_dir(), &error.to_string());
            return self.failures.report(last_words);
        }
        self.failures.report(format!(
            "cannot write to the data directory, and waiting does not help: {error}. What was shown is kept"
        ));
    }

    /// Waits for a batch and joins those behind it to it. Uses quiet times to bring the index up to date
    /// and to delete what is forgotten.
    ///
    /// After a delivery of several messages, their senders write on at about the same time. Until `gather_until` they are
    /// waited for, so that they share a commit, and each receiver gets one write.
    ///
    /// # Errors
    /// The indexes cannot be written, and that does not pass.
    fn gather(
        &mut self,
        gather_until: Instant,
        disk: &mut DiskWatch,
    ) -> Result<Option<Batch>, DatabaseError> {
        loop {
            self.look_at_disk(disk);
            let behind = self.database.unindexed();
            if self.database.has_forgotten() && self.forgot_at.elapsed() >= FORGET_INTERVAL {
                self.database.forget()?;
                self.forgot_at = Instant::now();
            }
            let first = if behind == 0 && !self.database.has_forgotten() {
                self.batches.recv_timeout(if disk.is_low { DISK_LOOK_INTERVAL } else { DISK_LOOK_IDLE })
            } else if behind < INDEX_BEHIND_MAX {
                self.batches.recv_timeout(INDEX_AFTER_IDLE)
            } else {
                self.batches.recv_timeout(Duration::ZERO)
            };
            match first {
                Ok(mut group) => {
                    self.health.store.begins();
                    thread::sleep(gather_until.saturating_duration_since(Instant::now()));
                    self.batches.try_iter().take(GROUP_BATCHES_MAX).for_each(|batch| group.append(batch));
                    return Ok(Some(group));
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.health.store.begins();
                    self.use_quiet_time()?;
                    self.health.store.ends();
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }

    /// Brings the indexes up to date, and then deletes what is forgotten.
    fn use_quiet_time(&mut self) -> Result<(), DatabaseError> {
        if self.database.unindexed() > 0 {
            self.database.index()
        } else if self.database.has_forgotten() {
            self.database.forget()
        } else {
            Ok(())
        }
    }

    /// Looks now and then how much of the disk is free, and tells the hub when that has become too little, or enough.
    fn look_at_disk(&self, disk: &mut DiskWatch) {
        let now = Instant::now();
        if now < disk.looks_at {
            return;
        }
        disk.looks_at = now + DISK_LOOK_INTERVAL;
        let room = if disk.is_low { self.health.disk.room_again() } else { self.health.disk.room() };
        let is_low = room != Room::Enough;
        if is_low == disk.is_low {
            return;
        }
        // A hub with a full queue is told the next time.
        if self.roads.hub.try_send(HubInput::Server(Input::Storage { is_low })).is_err() {
            return;
        }
        disk.is_low = is_low;
        match room {
            Room::Low { free } => tracing::warn!(
                free,
                "the disk is nearly full: what would have to be kept is refused until there is room. See storage.reserve"
            ),
            Room::Enough => tracing::info!("the disk has room again"),
        }
    }

    /// Commits changes. As long as the disk refuses, everything waits: what nobody saw can still be kept.
    ///
    /// # Errors
    /// One that does not pass.
    fn keep(&mut self, changes: &[Change]) -> Result<(), DatabaseError> {
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
            self.stall.began();
            self.health.is_standing_still.store(true, Ordering::Relaxed);
            thread::sleep(STORE_RETRY);
        }
        if tries > 0 {
            self.stall.ended(started_at.elapsed());
            self.health.is_standing_still.store(false, Ordering::Relaxed);
            tracing::info!("the data directory can be written again");
        }
        Ok(())
    }

    fn release(&self, group: Batch, delivery: &mut Delivery) {
        for (id, connection) in group.opened {
            delivery.open(id, connection);
        }
        let outputs = group.outputs.outputs;
        delivery.deliver(&outputs);
        for output in outputs {
            match output {
                Output::Deliver { .. } => {}
                Output::LineTaken { connection, bytes } => {
                    if let Some(connection) = delivery.get(connection) {
                        connection.line_taken(bytes);
                    }
                }
                Output::Close { connection } => {
                    if let Some(open) = delivery.forget(connection) {
                        open.close();
                        self.names.give_back(connection);
                    }
                }
                Output::TellWhenSent { connection } => {
                    if delivery.get(connection).is_some_and(|open| open.is_sent_or_will_tell()) {
                        self.roads.tell_sent(connection);
                    }
                }
                Output::Question { id, asker, question } => {
                    if let Some(open) = delivery.get(asker.connection) {
                        self.ask(id, (&asker, open), question);
                    }
                }
                Output::Forget(id) => self.workers.forget(id),
                Output::Shutdown => drop(self.wishes.send(Wish::Shutdown)),
                Output::Administered { id, answer } => self.desk.give(id, *answer),
                Output::Audit(audit) => {
                    let Audit { who, action, whom, why } = &*audit;
                    tracing::info!(target: AUDIT_TARGET, who, action, whom, why);
                }
                Output::Note(note) => self.log.note(&note),
                Output::Propose(_) => tracing::error!("a proposal without a cluster"),
            }
        }
    }

    /// Gives a question to whoever answers it.
    fn ask(&self, id: QuestionId, asker: (&Asker, &Arc<Connection>), question: Question) {
        match question {
            Question::Store(query) => self.workers.read(id, asker, query),
            Question::Password { of, password } => {
                self.workers.hash(id, asker, Hashing::Password { of, password });
            }
            Question::Gateway(gateway) => self.workers.hash(id, asker, Hashing::Gateway(gateway)),
            Question::Configuration => drop(self.wishes.send(Wish::Rehash(id))),
            Question::Restart => drop(self.wishes.send(Wish::Restart(id))),
        }
    }
}
