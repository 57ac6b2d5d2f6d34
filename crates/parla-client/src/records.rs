//! What a client wants to find again after the program was closed: one text under one key for each thing, so that nothing is
//! written over that was not changed.
//!
//! `room NAME` and `person NAME` are the conversations, `deleted room NAME` and `deleted person NAME` the messages that were taken
//! back there, `out NUMBER` the messages that the server has not confirmed
//! ([`crate::outbox`]), `away` why the person is away. Whatever the texts are, what can be read of them is; the rest is left out.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    buffer::{Buffer, Read},
    buffers::Buffers,
    contract::Output,
    problem::{Problem, ProblemKind},
    session::Session,
    turn::Turn,
    view::{BufferKind, Presence},
};

/// Under this key stands why the person is away.
const AWAY: &str = "away";

/// Before the key of a conversation: the messages that were taken back there.
const DELETED: &str = "deleted ";
/// What the keys of messages begin with that wait to be confirmed; a number follows.
pub(crate) const OUT: &str = "out ";

/// The kind and the name of the conversation of which something is kept under this key.
pub fn conversation(key: &str) -> Option<(BufferKind, &str)> {
    match key.split_once(' ')? {
        ("room", name) => Some((BufferKind::Room, name)),
        ("person", name) => Some((BufferKind::Direct, name)),
        _ => None,
    }
}

/// Whether under this key a message is kept that is about to be sent, or was sent and is not confirmed.
pub fn is_to_be_sent(key: &str) -> bool {
    key.starts_with(OUT)
}

/// What the shell was told to keep of conversations and the like, to tell it only of changes.
#[derive(Debug, Default)]
pub(crate) struct Records {
    stored: BTreeMap<String, String>,
}

/// What is kept of a conversation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Conversation {
    /// What opens the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Up to when it was read, in milliseconds of Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_until: Option<i64>,
    /// Somebody removed the person from the room, and what was said about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<String>,
    /// The server's id of the message up to which it was read, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_msgid: Option<String>,
}

impl Records {
    /// Takes up the conversations that were kept.
    pub(crate) fn restore(
        &mut self,
        buffers: &mut Buffers,
        session: &Session,
        records: &BTreeMap<String, String>,
    ) {
        for (key, value) in records {
            let Some((kind, name)) = of_key(session, key) else { continue };
            let Some(id) = buffers.open(session, kind, name) else { break };
            self.stored.insert(key.clone(), value.clone());
            let kept: Conversation = serde_json::from_str(value).unwrap_or_default();
            let removed = kept.removed.filter(|_| kind == BufferKind::Room);
            let removed = removed.map(|details| Problem::new(ProblemKind::KickedOut, name, &details));
            let msgid = kept.read_msgid.as_deref().map(Arc::from);
            let read = kept.read_until.map(|at| Read { at: Timestamp::from_millis(at), msgid });
            if let Some(buffer) = buffers.get_mut(id) {
                buffer.restore(kept.key.as_deref().map(Arc::from), read, removed);
            }
        }
        for (key, value) in records {
            let conversation = key.strip_prefix(DELETED).and_then(|key| of_key(session, key));
            let buffer = match conversation {
                Some((BufferKind::Room, name)) => buffers.room_mut(session, name),
                Some((_, name)) => buffers.direct_mut(session, name),
                None => continue,
            };
            self.stored.insert(key.clone(), value.clone());
            if let Some(buffer) = buffer {
                buffer.restore_deletions(serde_json::from_str(value).unwrap_or_default());
            }
        }
    }

    /// Takes up why the person was away, if they were.
    pub(crate) fn restore_away(&mut self, records: &BTreeMap<String, String>) -> Option<Arc<str>> {
        let reason = records.get(AWAY)?;
        self.stored.insert(AWAY.to_owned(), reason.clone());
        Some(reason.as_str().into())
    }

    /// Tells the shell what is to be kept now; `away` is why the person is away, if they want to be.
    pub(crate) fn store(&mut self, buffers: &Buffers, away: Option<&Arc<str>>, turn: &mut Turn<'_>) {
        let mut wanted: BTreeMap<String, String> = buffers.iter().filter_map(record).collect();
        wanted.extend(buffers.iter().filter_map(deletions));
        wanted.extend(away.map(|reason| (AWAY.to_owned(), reason.to_string())));
        // What has another name now is kept under the new one before the old one goes.
        for (key, value) in wanted.iter().filter(|(key, value)| self.stored.get(*key) != Some(*value)) {
            turn.output(Output::Store { key: key.clone(), value: Some(value.clone()) });
        }
        for key in self.stored.keys().filter(|key| !wanted.contains_key(*key)) {
            turn.output(Output::Store { key: key.clone(), value: None });
        }
        self.stored = wanted;
    }
}

/// The conversation of a key, if this server knows such a name.
fn of_key<'a>(session: &Session, key: &'a str) -> Option<(BufferKind, &'a str)> {
    conversation(key).filter(|(kind, name)| match kind {
        BufferKind::Room => session.is_room_name(name),
        BufferKind::Direct | BufferKind::Server => session.is_nick(name),
    })
}

/// The key of a conversation, if it is to be found again.
fn key(buffer: &Buffer) -> Option<String> {
    let kind = match buffer.kind() {
        BufferKind::Server => return None,
        BufferKind::Room if buffer.is_leaving() || matches!(buffer.presence(), Presence::Absent(None)) => {
            return None;
        }
        BufferKind::Room => "room",
        BufferKind::Direct => "person",
    };
    Some(format!("{kind} {}", buffer.name()))
}

fn record(buffer: &Buffer) -> Option<(String, String)> {
    let kept = Conversation {
        key: buffer.key().map(|key| key.to_string()),
        read_until: buffer.read_at().map(Timestamp::as_millis),
        read_msgid: buffer.read().and_then(|read| read.msgid.as_deref()).map(str::to_owned),
        removed: buffer.removed().map(|why| why.details.to_string()),
    };
    Some((key(buffer)?, serde_json::to_string(&kept).ok()?))
}

fn deletions(buffer: &Buffer) -> Option<(String, String)> {
    let deletions = Some(buffer.deletions()).filter(|deletions| !deletions.is_empty())?;
    Some((format!("{DELETED}{}", key(buffer)?), serde_json::to_string(deletions).ok()?))
}
