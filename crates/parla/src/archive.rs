//! Stores the messages of one network on this machine, on its own thread.
//!
//! Handing over a message never waits for the disk. A problem with the file is reported once, and the write
//! is retried; the conversation continues without it.

mod file;
mod place;
mod row;

use std::{
    collections::VecDeque,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Instant,
};

use parla_engine::{ArchiveChange, RecallRequest, Recalled};

use self::file::{ArchiveError, ArchiveFile};
use crate::limits::{
    ARCHIVE_ORDERS_MAX, ARCHIVE_PENDING_MAX, ARCHIVE_RETRY, ARCHIVE_TAIL_MAX, ARCHIVE_TRANSACTION_MAX,
};

pub(crate) use self::place::name_of;

/// What an archive reports.
#[derive(Debug)]
pub(crate) enum News {
    /// The answer to a request; each request gets exactly one.
    Recalled(RecallRequest, Recalled),
    /// Messages cannot be stored, for this reason. This is reported once.
    Broken(String),
}

#[derive(Debug)]
enum ArchiveOrder {
    Change(ArchiveChange),
    Recall(RecallRequest),
    End,
}

/// The handle of an archive.
#[derive(Debug)]
pub(crate) struct Archive {
    orders: SyncSender<ArchiveOrder>,
    dropped: bool,
    is_forgotten: Arc<AtomicBool>,
}

/// The callback that reports to the network.
type Tell = Box<dyn Fn(News) + Send>;

impl Archive {
    /// Opens the file at `path` on its own thread. `ended` is dropped when the thread has finished
    /// everything.
    pub(crate) fn start<E: Send + 'static>(path: PathBuf, tell: Tell, ended: E) -> std::io::Result<Self> {
        let (orders, incoming) = sync_channel(ARCHIVE_ORDERS_MAX);
        let is_forgotten = Arc::new(AtomicBool::new(false));
        let is_to_go = Arc::clone(&is_forgotten);
        thread::Builder::new().name("archive".to_owned()).spawn(move || {
            Keeper::new(path.clone(), tell).run(&incoming);
            if is_to_go.load(Ordering::Acquire) {
                remove(&path);
            }
            drop(ended);
        })?;
        Ok(Self { orders, dropped: false, is_forgotten })
    }

    /// Deletes the messages and their file.
    pub(crate) fn forget(self) {
        self.is_forgotten.store(true, Ordering::Release);
    }

    /// Makes a change, if the queue has room for it.
    pub(crate) fn change(&mut self, change: ArchiveChange) {
        let Err(TrySendError::Full(order) | TrySendError::Disconnected(order)) =
            self.orders.try_send(ArchiveOrder::Change(change))
        else {
            return;
        };
        match order {
            ArchiveOrder::Change(ArchiveChange::Keep(_)) if self.dropped => {}
            ArchiveOrder::Change(ArchiveChange::Keep(_)) => {
                self.dropped = true;
                tracing::error!("the archive is too slow or gone; some messages are not kept");
            }
            ArchiveOrder::Change(ArchiveChange::Unkeep(_)) => tracing::error!(
                "the archive is too slow or gone; a message that was taken back may still be in it"
            ),
            ArchiveOrder::Change(ArchiveChange::Rename(_)) => tracing::error!(
                "the archive is too slow or gone; messages are still kept under a name from before"
            ),
            ArchiveOrder::Recall(_) | ArchiveOrder::End => {}
        }
    }

    /// Makes a request. Returns false if nobody is there to answer.
    pub(crate) fn recall(&self, request: RecallRequest) -> bool {
        self.orders.try_send(ArchiveOrder::Recall(request)).is_ok()
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // If the queue is full, the end of the channel has the same effect.
        let _ = self.orders.try_send(ArchiveOrder::End);
    }
}

/// The state of the thread.
struct Keeper {
    path: PathBuf,
    tell: Tell,
    file: Option<ArchiveFile>,
    /// Changes that are not written yet. They stay here only while the file cannot be written.
    pending: VecDeque<ArchiveChange>,
    /// The earliest time of the next attempt.
    retry_at: Option<Instant>,
    unindexed: usize,
    told: bool,
}

impl Keeper {
    fn new(path: PathBuf, tell: Tell) -> Self {
        Self {
            path,
            tell,
            file: None,
            pending: VecDeque::new(),
            retry_at: None,
            unindexed: ARCHIVE_TAIL_MAX,
            told: false,
        }
    }

    fn run(mut self, incoming: &Receiver<ArchiveOrder>) {
        self.open();
        let mut ended = false;
        while !ended {
            let first = if self.pending.is_empty() {
                Some(incoming.recv().unwrap_or(ArchiveOrder::End))
            } else {
                match incoming.recv_timeout(ARCHIVE_RETRY) {
                    Ok(order) => Some(order),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => Some(ArchiveOrder::End),
                }
            };
            for order in first.into_iter().chain(incoming.try_iter().take(ARCHIVE_TRANSACTION_MAX)) {
                match order {
                    ArchiveOrder::Change(change) => self.pending.push_back(change),
                    ArchiveOrder::Recall(request) => self.recall(request),
                    ArchiveOrder::End => ended = true,
                }
            }
            self.write();
            self.index();
        }
        self.retry_at = None;
        self.write();
        self.unindexed = ARCHIVE_TAIL_MAX;
        self.index();
    }

    fn open(&mut self) {
        if self.file.is_some() || self.retry_at.is_some_and(|at| at > Instant::now()) {
            return;
        }
        match make_and_open(&self.path) {
            Ok(file) => self.file = Some(file),
            Err(error) => self.failed(&error),
        }
    }

    /// Writes the pending changes, in transactions that are not too large.
    fn write(&mut self) {
        if self.pending.is_empty() || self.retry_at.is_some_and(|at| at > Instant::now()) {
            return self.give_up_oldest();
        }
        self.open();
        while !self.pending.is_empty() {
            let Some(file) = &mut self.file else { break };
            let count = self.pending.len().min(ARCHIVE_TRANSACTION_MAX);
            let batch = self.pending.make_contiguous().get(..count).unwrap_or_default();
            match file.write(batch) {
                Ok(new) => {
                    self.unindexed += new;
                    self.retry_at = None;
                    self.pending.drain(..count);
                }
                Err(error) => {
                    self.failed(&error);
                    break;
                }
            }
        }
        self.give_up_oldest();
    }

    fn give_up_oldest(&mut self) {
        let excess = self.pending.len().saturating_sub(ARCHIVE_PENDING_MAX);
        self.pending.drain(..excess);
    }

    fn recall(&mut self, request: RecallRequest) {
        self.write();
        self.open();
        let found = match &mut self.file {
            Some(file) => file.recall(request.kind, &request.name, request.before, request.limit),
            None => Ok(Recalled::default()),
        };
        let recalled = found.unwrap_or_else(|error| {
            self.failed(&error);
            Recalled::default()
        });
        (self.tell)(News::Recalled(request, recalled));
    }

    /// Indexes new messages for searching when there are enough of them.
    fn index(&mut self) {
        if self.unindexed < ARCHIVE_TAIL_MAX {
            return;
        }
        let Some(file) = &mut self.file else { return };
        self.unindexed = 0;
        if let Err(error) = file.index() {
            tracing::warn!(%error, "messages are not indexed yet");
        }
    }

    fn failed(&mut self, error: &ArchiveError) {
        self.retry_at = Some(Instant::now() + ARCHIVE_RETRY);
        if self.told {
            tracing::debug!(%error, file = %self.path.display(), "messages are still not kept");
            return;
        }
        self.told = true;
        tracing::error!(%error, file = %self.path.display(), "messages are not kept");
        (self.tell)(News::Broken(error.to_string()));
    }
}

/// Deletes the file and the files that SQLite keeps beside it.
fn remove(path: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        if let Err(error) = std::fs::remove_file(&name)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::error!(%error, "the messages of a network that was removed are still there");
        }
    }
}

fn make_and_open(path: &Path) -> Result<ArchiveFile, ArchiveError> {
    if let Some(folder) = path.parent() {
        // If it cannot be created, opening the file reports why.
        let _ = crate::data_dir::make(folder);
    }
    ArchiveFile::open(path)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use parla_client::{
        ArchivedMessage,
        view::{BufferKind, Manner},
    };
    use parla_proto::Timestamp;

    use super::*;

    fn start(path: &Path) -> (Archive, Receiver<News>, Receiver<()>) {
        let (news, heard) = channel();
        let (ended, end) = channel::<()>();
        let tell = Box::new(move |report| news.send(report).unwrap_or_default());
        (Archive::start(path.to_owned(), tell, ended).unwrap(), heard, end)
    }

    fn said(ms: i64) -> ArchivedMessage {
        ArchivedMessage {
            kind: BufferKind::Room,
            buffer: "#tea".into(),
            msgid: None,
            at: Timestamp::from_millis(ms),
            source: "alice!a@host".into(),
            account: None,
            manner: Manner::Message,
            text: ms.to_string().into(),
            own: false,
            audience: None,
        }
    }

    fn latest(limit: usize) -> RecallRequest {
        RecallRequest { kind: BufferKind::Room, name: "#tea".into(), before: None, limit }
    }

    #[test]
    fn what_was_kept_is_recalled_at_once_and_after_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/a.db");
        let (mut archive, heard, end) = start(&path);
        for ms in 1..=3_000 {
            archive.change(ArchiveChange::Keep(said(ms)));
        }
        assert!(archive.recall(latest(2)));
        let News::Recalled(_, found) = heard.recv().unwrap() else { panic!() };
        assert_eq!(found.messages, [said(2_999), said(3_000)]);
        archive.change(ArchiveChange::Keep(said(3_001)));
        drop(archive);
        end.recv().unwrap_err();
        let (archive, heard, _end) = start(&path);
        assert!(archive.recall(latest(1)));
        let News::Recalled(_, found) = heard.recv().unwrap() else { panic!() };
        assert_eq!(found.messages, [said(3_001)]);
    }

    #[test]
    fn what_is_forgotten_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let (mut archive, _heard, end) = start(&path);
        archive.change(ArchiveChange::Keep(said(1)));
        archive.forget();
        end.recv().unwrap_err();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_broken_file_is_told_once_and_requests_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "this is no database, and long enough to be one; ".repeat(100)).unwrap();
        let (mut archive, heard, end) = start(&path);
        archive.change(ArchiveChange::Keep(said(1)));
        assert!(archive.recall(latest(1)));
        assert!(archive.recall(latest(1)));
        let News::Broken(why) = heard.recv().unwrap() else { panic!() };
        assert!(why.contains("not a SQLite database"), "{why}");
        for _ in 0..2 {
            let News::Recalled(_, found) = heard.recv().unwrap() else { panic!() };
            assert_eq!(found, Recalled::default());
        }
        drop(archive);
        end.recv().unwrap_err();
        assert!(heard.recv().is_err());
    }

    #[test]
    fn what_waited_for_a_locked_file_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let mut keeper = Keeper::new(folder.path().join("none/such/a.db"), Box::new(|_| {}));
        // A file is where the folder should be.
        std::fs::write(folder.path().join("none"), "").unwrap();
        keeper.pending.push_back(ArchiveChange::Keep(said(1)));
        keeper.write();
        assert_eq!(keeper.pending.len(), 1);
        std::fs::remove_file(folder.path().join("none")).unwrap();
        keeper.retry_at = None;
        keeper.write();
        assert!(keeper.pending.is_empty());
    }
}
