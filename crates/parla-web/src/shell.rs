//! What the browser provides to the engine: its WebSocket, its storage, and the archive in that. Each answers
//! at once.

use futures_channel::mpsc::UnboundedSender;
use parla_client::{Problem, ProblemKind};
use parla_engine::{ArchiveChange, RecallRequest, Recalled, Storage, Transport, problem};
use web_sys::window;

use crate::{archive::Archive, page, socket::Socket, storage, tab::TabEvent};

/// What the engine needs from the browser.
pub(crate) struct Shell {
    events: UnboundedSender<TabEvent>,
    archive: Archive,
    /// The number of the newest connection.
    number: u64,
}

impl Shell {
    pub(crate) fn new(events: &UnboundedSender<TabEvent>) -> Self {
        Self { events: events.clone(), archive: Archive::open(), number: 0 }
    }

    /// Forgets the archive after its messages were deleted from the storage.
    pub(crate) fn forget_archive(&mut self) {
        self.archive = Archive::default();
    }
}

impl Transport for Shell {
    type Connection = Socket;

    fn connect(&mut self) -> Result<Socket, Problem> {
        self.number += 1;
        let url = window().and_then(|window| page::server_url(&window).ok());
        let socket = url.and_then(|url| Socket::open(&url, self.number, &self.events).ok());
        socket.ok_or_else(|| problem(ProblemKind::Lost, "the browser does not connect"))
    }
}

impl Storage for Shell {
    fn store(&mut self, key: String, value: Option<String>) {
        storage::store(&key, value.as_deref());
    }

    /// What is stored is already as safe as it can be.
    fn sync(&mut self) {}

    fn change(&mut self, change: ArchiveChange) {
        match change {
            ArchiveChange::Keep(kept) => self.archive.keep(&kept),
            ArchiveChange::Unkeep(unkept) => self.archive.unkeep(&unkept.name, &unkept.msgid),
            ArchiveChange::Rename(renamed) => self.archive.rename(&renamed.from, &renamed.to),
        }
    }

    fn recall(&mut self, request: RecallRequest) -> Option<Recalled> {
        Some(self.archive.recall(&request.name, request.before, request.limit))
    }
}
