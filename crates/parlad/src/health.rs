//! The server's condition, for `/health` and for other parts of the daemon: whether its threads make
//! progress, and whether the disk has space.
//!
//! A thread reports when it starts with something and when it is done, which costs two writes to memory per
//! batch. From that others can see how long it has been busy with the same thing.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use bytesize::ByteSize;
use tokio::sync::mpsc;

use crate::limits::THREAD_BUSY_MAX;

/// The activity of one thread, as others see it.
#[derive(Debug)]
pub(crate) struct Pulse {
    epoch: Instant,
    /// Since when it has been busy with one thing, in milliseconds since the epoch plus one; 0 if it is idle.
    busy_since: AtomicU64,
}

impl Pulse {
    pub(crate) fn new() -> Self {
        Self { epoch: Instant::now(), busy_since: AtomicU64::new(0) }
    }

    /// Reports that something starts. If it never ends, because the thread hangs or has failed, that is
    /// noticed.
    pub(crate) fn begins(&self) {
        self.busy_since.store(self.millis(), Ordering::Relaxed);
    }

    /// Reports that nothing is left to do.
    pub(crate) fn ends(&self) {
        self.busy_since.store(0, Ordering::Relaxed);
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// For how many seconds it has been busy with one thing, if that is too long.
    fn stuck_for(&self) -> Option<u64> {
        let since = self.busy_since.load(Ordering::Relaxed);
        let millis = self.millis().saturating_sub(since);
        (since != 0 && u128::from(millis) > THREAD_BUSY_MAX.as_millis()).then_some(millis / 1000)
    }
}

/// The server's condition.
#[derive(Debug)]
pub(crate) struct Health {
    pub(crate) hub: Pulse,
    pub(crate) store: Pulse,
    /// The threads of the workers, with what each of them does.
    workers: Vec<(&'static str, Arc<Pulse>)>,
    /// Whether the store has stopped because the disk refuses.
    pub(crate) is_standing_still: AtomicBool,
    pub(crate) disk: Disk,
}

impl Health {
    /// The condition of a server that stores its data here and keeps this much of the disk free.
    pub(crate) fn new(data_dir: &Path, reserve: ByteSize, workers: Vec<(&'static str, Arc<Pulse>)>) -> Self {
        Self {
            hub: Pulse::new(),
            store: Pulse::new(),
            workers,
            is_standing_still: AtomicBool::new(false),
            disk: Disk { data_dir: data_dir.to_owned(), reserve: AtomicU64::new(reserve.as_u64()) },
        }
    }

    /// What is wrong now, one sentence each.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.is_standing_still.load(Ordering::Relaxed) {
            problems.push(
                "the data directory cannot be written, so nothing can be said in rooms; is the disk full?"
                    .to_owned(),
            );
        } else if let Room::Low { free } = self.disk.room() {
            problems.push(format!(
                "the disk is nearly full ({} free); what would have to be kept is refused",
                ByteSize::b(free)
            ));
        }
        let threads = [("decides", &self.hub), ("writes to disk", &self.store)];
        let workers = self.workers.iter().map(|(what, pulse)| (*what, &**pulse));
        for (what, pulse) in threads.into_iter().chain(workers) {
            if let Some(seconds) = pulse.stuck_for() {
                problems.push(format!("the thread that {what} has not moved for {seconds} seconds"));
            }
        }
        problems
    }
}

/// The disk that has the data.
#[derive(Debug)]
pub(crate) struct Disk {
    data_dir: PathBuf,
    /// Bytes that must stay free.
    reserve: AtomicU64,
}

/// How much space a disk has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    Enough,
    /// So little is free that only small things should be written.
    Low {
        free: u64,
    },
}

impl Disk {
    /// Changes how much must stay free.
    pub(crate) fn set_reserve(&self, reserve: ByteSize) {
        self.reserve.store(reserve.as_u64(), Ordering::Relaxed);
    }

    /// How much space there is; we assume enough if the system does not say.
    pub(crate) fn room(&self) -> Room {
        self.room_above(self.reserve.load(Ordering::Relaxed))
    }

    /// Like [`Self::room`], for a disk that was nearly full: it must have somewhat more space, so that the
    /// state does not flip back and forth.
    pub(crate) fn room_again(&self) -> Room {
        let reserve = self.reserve.load(Ordering::Relaxed);
        self.room_above(reserve.saturating_add(reserve / 8))
    }

    fn room_above(&self, reserve: u64) -> Room {
        let Ok(disk) = rustix::fs::statvfs(&self.data_dir) else { return Room::Enough };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < reserve { Room::Low { free } } else { Room::Enough }
    }
}

/// Where threads report failures that the server cannot survive. It then ends with this as its last message.
#[derive(Clone, Debug)]
pub(crate) struct Failures(mpsc::Sender<String>);

impl Failures {
    /// Holds one failure, because the first is enough.
    pub(crate) fn new() -> (Self, mpsc::Receiver<String>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), receiver)
    }

    /// A function that reports one failure, for a thread that knows nothing about this.
    pub(crate) fn reporter(&self) -> impl FnOnce(String) + Send + 'static {
        let failures = self.clone();
        move |why| failures.report(why)
    }

    pub(crate) fn report(&self, why: String) {
        // If there is no room, another failure has been reported.
        let _ = self.0.try_send(why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_does_not_end_is_seen() {
        let health = Health::new(Path::new("/"), ByteSize::b(0), Vec::new());
        assert!(health.problems().is_empty());
        health.hub.begins();
        assert!(health.problems().is_empty());
        let long_ago = u64::try_from(THREAD_BUSY_MAX.as_millis()).unwrap() + 1_500;
        let Some(epoch) = Instant::now().checked_sub(std::time::Duration::from_millis(long_ago)) else {
            return;
        };
        let query = Arc::new(Pulse { epoch, busy_since: AtomicU64::new(1) });
        let health = Health { workers: vec![("reads the history", Arc::clone(&query))], ..health };
        let problems = health.problems();
        assert!(problems[0].contains("reads the history"), "{problems:?}");
        query.ends();
        assert!(health.problems().is_empty());
    }

    #[test]
    fn a_disk_with_less_than_the_reserve_is_nearly_full() {
        let health = Health::new(Path::new("/"), ByteSize::b(u64::MAX), Vec::new());
        assert!(matches!(health.disk.room(), Room::Low { .. }));
        assert!(health.problems()[0].contains("nearly full"));
        health.disk.set_reserve(ByteSize::b(0));
        assert_eq!(health.disk.room_again(), Room::Enough);
        health.is_standing_still.store(true, Ordering::Relaxed);
        assert!(health.problems()[0].contains("cannot be written"));
    }
}
