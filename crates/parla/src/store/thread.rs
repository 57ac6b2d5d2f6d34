//! The thread that writes: gathers changes for a moment, writes them in one transaction, and reports that
//! they are written.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, channel},
    },
    thread,
    time::Instant,
};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::{
    Opened, Remembered, RowKey, Store, StoreError, StoreNews, StoreOrder, Writing,
    before::Before,
    file::{self, StoreFile},
};
use crate::limits::{STORE_GATHER, STORE_RETRY};

/// Opens the file, and starts the thread that writes to it.
pub(super) fn open(path: &Path, before: &Before<'_>) -> Result<Opened, StoreError> {
    let found = file::open(path)?;
    let (news, told) = unbounded_channel();
    let (orders, incoming) = channel();
    let is_failing = Arc::new(AtomicBool::new(false));
    let mut keeper = Keeper {
        path: path.to_owned(),
        file: Some(found.file),
        remembered: found.remembered,
        pending: BTreeMap::new(),
        is_failing: Arc::clone(&is_failing),
        is_told: false,
        news,
    };
    if let Some(aside) = found.damaged {
        keeper.tell(StoreNews::Damaged(aside.display().to_string()));
    }
    if keeper.remembered == Remembered::default() {
        keeper.take_over(before);
    }
    let remembered = keeper.remembered.clone();
    let failed = |reason| StoreError::File { path: path.to_owned(), reason };
    let thread = thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || keeper.run(&incoming))
        .map_err(failed)?;
    let store = Store { orders, is_failing };
    Ok(Opened { writing: Writing { store, thread }, remembered, news: told })
}

/// The state of the thread.
struct Keeper {
    path: PathBuf,
    /// The file; `None` after it was found damaged, until there is a new one.
    file: Option<StoreFile>,
    /// Everything that should be in the file.
    remembered: Remembered,
    /// What is not in the file yet.
    pending: BTreeMap<RowKey, Option<String>>,
    is_failing: Arc<AtomicBool>,
    /// Whether the person knows of the failure.
    is_told: bool,
    news: UnboundedSender<StoreNews>,
}

/// The changes that were gathered for one transaction.
#[derive(Default)]
struct Gathered {
    waiting: Vec<SyncSender<bool>>,
    ended: bool,
}

impl Keeper {
    fn run(mut self, incoming: &Receiver<StoreOrder>) {
        loop {
            let Gathered { waiting, ended } = self.gather(incoming);
            let is_written = self.write();
            for one in waiting {
                // A receiver that no longer waits has given up.
                let _ = one.send(is_written);
            }
            if ended {
                return;
            }
        }
    }

    /// Gathers changes for a moment, or until somebody waits for them.
    fn gather(&mut self, incoming: &Receiver<StoreOrder>) -> Gathered {
        let mut gathered = Gathered::default();
        let first = if self.pending.is_empty() {
            incoming.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            incoming.recv_timeout(STORE_RETRY)
        };
        let latest = Instant::now() + STORE_GATHER;
        let mut next = first;
        loop {
            match next {
                Ok(StoreOrder::Change(row, value)) => self.change(row, value),
                Ok(StoreOrder::Sync(done)) => gathered.waiting.push(done),
                #[cfg(test)]
                Ok(StoreOrder::LimitPages(pages)) => {
                    if let Some(file) = &self.file {
                        file.limit_pages(pages);
                    }
                }
                Ok(StoreOrder::End) | Err(RecvTimeoutError::Disconnected) => {
                    gathered.ended = true;
                    return gathered;
                }
                Err(RecvTimeoutError::Timeout) => return gathered,
            }
            let left = if gathered.waiting.is_empty() {
                latest.saturating_duration_since(Instant::now())
            } else {
                std::time::Duration::ZERO
            };
            next = incoming.recv_timeout(left);
        }
    }

    fn change(&mut self, row: RowKey, value: Option<String>) {
        if value.is_some() && !self.remembered.has_room_for(&row) {
            tracing::warn!(?row, "too much is remembered already");
            return;
        }
        if let (RowKey::Network { number, id }, None) = (&row, &value) {
            for key in self.remembered.values_about(*number) {
                self.change(RowKey::Record { network: String::new(), key }, None);
            }
            self.pending.retain(|other, _| !matches!(other, RowKey::Record { network, .. } if network == id));
        }
        self.remembered.apply(&row, value.as_deref());
        self.pending.insert(row, value);
    }

    /// Writes the pending changes. What cannot be written stays pending.
    fn write(&mut self) -> bool {
        if self.pending.is_empty() {
            return true;
        }
        let written = match &mut self.file {
            Some(file) => file.write(&self.pending),
            None => self.renew(),
        };
        match written {
            Ok(()) => {
                self.pending.clear();
                self.is_failing.store(false, Ordering::Release);
                if std::mem::take(&mut self.is_told) {
                    tracing::info!("what is remembered is written again");
                }
                true
            }
            Err(error) => {
                self.failed(&error);
                false
            }
        }
    }

    fn failed(&mut self, error: &rusqlite::Error) {
        self.is_failing.store(true, Ordering::Release);
        if file::is_damage(error) {
            self.file = None;
        }
        if std::mem::replace(&mut self.is_told, true) {
            return tracing::debug!(%error, "still cannot write what is to be remembered");
        }
        tracing::error!(%error, file = %self.path.display(), "cannot write what is to be remembered");
        self.tell(StoreNews::Failing(error.to_string()));
    }

    /// Creates a new file in place of one that turned out to be damaged. Everything is in memory, so it is
    /// complete.
    fn renew(&mut self) -> rusqlite::Result<()> {
        let mut file = match StoreFile::reopen(&self.path) {
            Ok(file) => file,
            Err(error) if file::is_damage(&error) => {
                let found = file::open(&self.path).map_err(|_| error)?;
                if let Some(aside) = found.damaged {
                    self.tell(StoreNews::Damaged(aside.display().to_string()));
                }
                found.file
            }
            Err(error) => return Err(error),
        };
        let mut rows = self.remembered.rows();
        rows.extend(
            self.pending.iter().filter(|(_, value)| value.is_none()).map(|(row, _)| (row.clone(), None)),
        );
        file.write(&rows)?;
        self.file = Some(file);
        Ok(())
    }

    /// Starts the store with what an older version remembered, and renames the old file.
    fn take_over(&mut self, before: &Before<'_>) {
        match before.read() {
            Ok(None) => {}
            Ok(Some(remembered)) => {
                self.pending = remembered.rows();
                self.remembered = remembered;
                if self.write() {
                    before.set_aside("before");
                }
            }
            Err(reason) => {
                tracing::error!(%reason, "the settings of an older version cannot be read");
                let aside = before.set_aside("damaged");
                self.tell(StoreNews::Damaged(aside.display().to_string()));
            }
        }
    }

    fn tell(&self, news: StoreNews) {
        // If nobody listens, the program is ending.
        let _ = self.news.send(news);
    }
}
