//! What a client wants to find again after a restart: one text per key and thing, so that nothing is
//! rewritten unless it has changed.
//!
//! `room NAME` and `person NAME` are the conversations, `deleted room NAME` and `deleted person NAME` their
//! deleted messages, `out NUMBER` the messages that the server has not confirmed ([`crate::outbox`]), `asked
//! NUMBER` the requests that it has not answered ([`crate::requests`]), and `away` the reason why the person is
//! away. Whatever can be read of the texts is used; the rest is ignored.

use std::{collections::BTreeMap, sync::Arc};

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    buffer::{Buffer, ReadPosition},
    buffers::Buffers,
    contract::Output,
    problem::{Problem, ProblemKind},
    session::Session,
    turn::Turn,
    view::{BufferId, BufferKind, Presence},
};

/// The key of the reason why the person is away.
const AWAY: &str = "away";

/// Precedes the key of a conversation in the key of its deleted messages.
const DELETED: &str = "deleted ";
/// The start of the keys of unconfirmed messages; a number follows.
pub(crate) const OUT: &str = "out ";
/// The start of the keys of unanswered requests; a number follows.
pub(crate) const ASKED: &str = "asked ";

/// The records whose keys are this start and a number, with their numbers, in ascending order.
pub(crate) fn numbered<T: DeserializeOwned>(
    records: &BTreeMap<String, String>,
    start: &str,
) -> Vec<(u64, T)> {
    let of = |(key, value): (&String, &String)| {
        let number: u64 = key.strip_prefix(start)?.parse().ok()?;
        Some((number, serde_json::from_str(value).ok()?))
    };
    let mut numbered: Vec<(u64, T)> = records.iter().filter_map(of).collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered
}

/// The kind and name of the conversation that this key is about.
pub fn conversation(key: &str) -> Option<(BufferKind, &str)> {
    match key.split_once(' ')? {
        ("room", name) => Some((BufferKind::Room, name)),
        ("person", name) => Some((BufferKind::Direct, name)),
        _ => None,
    }
}

/// Whether this key is for a message or a request that is about to be sent, or was sent and is not confirmed.
pub fn is_to_be_sent(key: &str) -> bool {
    key.starts_with(OUT) || key.starts_with(ASKED)
}

/// What the shell was told to store, so that it is told only of changes.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// The records of each conversation, by key.
    conversations: BTreeMap<BufferId, BTreeMap<String, String>>,
    /// The keys of records that belong to no conversation any more.
    outdated: Vec<String>,
    away: Option<String>,
}

/// The record of a conversation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ConversationRecord {
    /// The channel's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// The time up to which it has been read, in milliseconds of Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_until: Option<i64>,
    /// Present if somebody removed the person from the channel; has the server's text about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<String>,
    /// The msgid of the message up to which it has been read, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_msgid: Option<String>,
    /// The nicks of members who could let the person in again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inviters: Vec<String>,
}

impl Records {
    /// Restores the stored conversations.
    pub(crate) fn restore(
        &mut self,
        buffers: &mut Buffers,
        session: &Session,
        records: &BTreeMap<String, String>,
    ) {
        for (key, value) in records {
            let Some((kind, name)) = of_key(session, key) else { continue };
            let Some(id) = buffers.open(session, kind, name) else { break };
            self.insert(id, key, value);
            let kept: ConversationRecord = serde_json::from_str(value).unwrap_or_default();
            let removed = kept.removed.filter(|_| kind == BufferKind::Room);
            let removed = removed.map(|details| Problem::new(ProblemKind::KickedOut, name, &details));
            let msgid = kept.read_msgid.as_deref().map(Arc::from);
            let read = kept.read_until.map(|at| ReadPosition { at: Timestamp::from_millis(at), msgid });
            if let Some(buffer) = buffers.get_mut(id) {
                buffer.restore(kept.key.as_deref().map(Arc::from), read, removed);
                buffer.restore_inviters(
                    kept.inviters
                        .iter()
                        .filter(|nick| session.is_nick(nick))
                        .map(|nick| nick.as_str().into()),
                );
            }
        }
        for (key, value) in records {
            let conversation = key.strip_prefix(DELETED).and_then(|key| of_key(session, key));
            let id = match conversation {
                Some((BufferKind::Room, name)) => buffers.room(session, name),
                Some((_, name)) => buffers.direct(session, name),
                None => continue,
            };
            match id.and_then(|id| buffers.get_mut(id)) {
                Some(buffer) => {
                    self.insert(buffer.id(), key, value);
                    buffer.restore_deletions(serde_json::from_str(value).unwrap_or_default());
                }
                None => self.outdated.push(key.clone()),
            }
        }
    }

    fn insert(&mut self, id: BufferId, key: &str, value: &str) {
        self.conversations.entry(id).or_default().insert(key.to_owned(), value.to_owned());
    }

    /// Restores the reason why the person was away, if they were.
    pub(crate) fn restore_away(&mut self, records: &BTreeMap<String, String>) -> Option<Arc<str>> {
        self.away = records.get(AWAY).cloned();
        self.away.as_deref().map(Arc::from)
    }

    /// Tells the shell what must be stored of these conversations now. A conversation that was closed has no
    /// records.
    pub(crate) fn store(&mut self, buffers: &Buffers, unstored: &[BufferId], turn: &mut Turn<'_>) {
        for id in unstored {
            let both = buffers.get(*id).map(|buffer| [record(buffer), deletions(buffer)]);
            let wanted: BTreeMap<_, _> = both.into_iter().flatten().flatten().collect();
            let stored = self.conversations.remove(id).unwrap_or_default();
            for (key, value) in wanted.iter().filter(|(key, value)| stored.get(*key) != Some(*value)) {
                turn.output(Output::Store { key: key.clone(), value: Some(value.clone()) });
            }
            self.outdated.extend(stored.into_keys().filter(|key| !wanted.contains_key(key)));
            if !wanted.is_empty() {
                self.conversations.insert(*id, wanted);
            }
        }
        // A renamed conversation is stored under its new name before the old record is deleted. Meanwhile
        // another conversation may have the old name.
        for key in std::mem::take(&mut self.outdated) {
            if !self.conversations.values().any(|records| records.contains_key(&key)) {
                turn.output(Output::Store { key, value: None });
            }
        }
    }

    /// Tells the shell the reason why the person is away, if they want to be.
    pub(crate) fn store_away(&mut self, reason: Option<&Arc<str>>, turn: &mut Turn<'_>) {
        let wanted = reason.map(|reason| reason.to_string());
        if self.away != wanted {
            turn.output(Output::Store { key: AWAY.to_owned(), value: wanted.clone() });
            self.away = wanted;
        }
    }
}

/// The conversation of a key, if the name is valid on this server.
fn of_key<'a>(session: &Session, key: &'a str) -> Option<(BufferKind, &'a str)> {
    conversation(key).filter(|(kind, name)| match kind {
        BufferKind::Room => session.is_room_name(name),
        BufferKind::Direct | BufferKind::Server => session.is_nick(name),
    })
}

/// The key of a conversation, if it must be stored.
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
    let kept = ConversationRecord {
        key: buffer.key().map(|key| key.to_string()),
        read_until: buffer.read_at().map(Timestamp::as_millis),
        read_msgid: buffer.last_read().and_then(|read| read.msgid.as_deref()).map(str::to_owned),
        removed: buffer.removed().map(|why| why.details.to_string()),
        inviters: buffer.inviters().iter().map(ToString::to_string).collect(),
    };
    Some((key(buffer)?, serde_json::to_string(&kept).ok()?))
}

fn deletions(buffer: &Buffer) -> Option<(String, String)> {
    let deletions = Some(buffer.deletions()).filter(|deletions| !deletions.is_empty())?;
    Some((format!("{DELETED}{}", key(buffer)?), serde_json::to_string(deletions).ok()?))
}
