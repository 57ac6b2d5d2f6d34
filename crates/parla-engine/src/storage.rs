//! What a shell keeps of one network: texts that its client wants to find again, and an archive of messages.

use std::sync::Arc;

use parla_client::{Kept, view::BufferKind};
use parla_proto::Timestamp;

/// Where a shell keeps things.
pub trait Storage {
    /// Keeps this text under this key, in place of what was there. None: forgets the key.
    fn store(&mut self, key: String, value: Option<String>);

    /// Waits until all that was stored would be found again if the program was killed. A disk that does not take it is not waited for.
    fn sync(&mut self);

    /// Changes the archive. The order counts.
    fn change(&mut self, change: Change);

    /// Looks for messages in the archive. None if the answer comes later, by [`crate::Engine::recalled`].
    fn recall(&mut self, question: Question) -> Option<Recalled>;
}

/// Messages of one conversation that are wanted.
#[derive(Clone, Debug)]
pub struct Question {
    /// What kind of conversation.
    pub kind: BufferKind,
    /// Its name, as the server knows it.
    pub name: Arc<str>,
    /// Only older ones; else the latest.
    pub before: Option<Timestamp>,
    /// At most so many, the newest of them.
    pub limit: usize,
}

/// Some messages of a conversation, oldest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Recalled {
    /// The messages.
    pub messages: Vec<Kept>,
    /// Older ones are kept too.
    pub more: bool,
}

/// What is to be changed in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A message is to be kept.
    Keep(Kept),
    /// A message is to be kept no longer.
    Unkeep(Unkept),
    /// What was kept under one name is to be found under another one.
    Rename(Renamed),
}

/// A message that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unkept {
    /// In which kind of conversation.
    pub kind: BufferKind,
    /// The conversation's name, as the server knows it.
    pub name: Arc<str>,
    /// The server's id of the message.
    pub msgid: Arc<str>,
}

/// A conversation that has another name from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// What kind of conversation.
    pub kind: BufferKind,
    /// Its name until now, as the server knew it.
    pub from: Arc<str>,
    /// Its name from now on. It may differ in case alone.
    pub to: Arc<str>,
}
