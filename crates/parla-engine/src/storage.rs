//! What a shell stores for one network: the records of its client, and an archive of messages.

use std::sync::Arc;

use parla_client::{ArchivedMessage, view::BufferKind};
use parla_proto::Timestamp;

/// The storage that a shell provides.
pub trait Storage {
    /// Stores this text under this key, replacing an earlier one; `None` deletes the key.
    fn store(&mut self, key: String, value: Option<String>);

    /// Waits until everything that was stored would be found again if the program was killed. It does not
    /// wait for a disk that fails.
    fn sync(&mut self);

    /// Makes a change to the archive. Changes must be made in order.
    fn change(&mut self, change: ArchiveChange);

    /// Looks for messages in the archive. `None` if the answer comes later, through
    /// [`crate::Engine::recalled`].
    fn recall(&mut self, request: RecallRequest) -> Option<Recalled>;
}

/// A request for messages of one conversation.
#[derive(Clone, Debug)]
pub struct RecallRequest {
    /// The kind of the conversation.
    pub kind: BufferKind,
    /// Its name, as the server knows it.
    pub name: Arc<str>,
    /// Only messages before this time; `None` for the latest.
    pub before: Option<Timestamp>,
    /// At most this many, the newest of them.
    pub limit: usize,
}

/// Some messages of a conversation.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Recalled {
    /// The messages, oldest first.
    pub messages: Vec<ArchivedMessage>,
    /// Whether older ones are stored too.
    pub more: bool,
}

/// A change to an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveChange {
    /// Store a message.
    Keep(ArchivedMessage),
    /// Remove a message.
    Unkeep(ArchiveDeletion),
    /// Make the messages of a conversation available under another name.
    Rename(ArchiveRename),
}

/// A message that was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveDeletion {
    /// The kind of the conversation.
    pub kind: BufferKind,
    /// The conversation's name, as the server knows it.
    pub name: Arc<str>,
    /// The msgid of the message.
    pub msgid: Arc<str>,
}

/// A conversation that has a new name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveRename {
    /// The kind of the conversation.
    pub kind: BufferKind,
    /// The previous name, as the server knew it.
    pub from: Arc<str>,
    /// The new name, which may differ only in case.
    pub to: Arc<str>,
}
