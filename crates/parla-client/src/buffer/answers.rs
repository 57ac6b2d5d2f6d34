//! Answers to messages: which message each of them quotes, even if that message arrives later or is deleted.

use std::{collections::BTreeMap, sync::Arc};

use super::Buffer;
use crate::{
    deceptive::is_deceptive,
    limits::{ANSWERS_WAITING_MAX, QUOTED_CHARS_MAX},
    view::{Content, MessageView, Quoted, Reply, Row, RowId},
};

/// The answers of one conversation that wait for the message they answer, by the msgid of that message.
#[derive(Debug, Default)]
pub(super) struct Answers {
    waiting: BTreeMap<Arc<str>, Vec<RowId>>,
    count: usize,
}

impl Answers {
    fn wait(&mut self, to: &Arc<str>, row: RowId) {
        if self.count < ANSWERS_WAITING_MAX {
            self.count += 1;
            self.waiting.entry(Arc::clone(to)).or_default().push(row);
        }
    }

    fn take(&mut self, msgid: &str) -> Vec<RowId> {
        let rows = self.waiting.remove(msgid).unwrap_or_default();
        self.count -= rows.len();
        rows
    }
}

impl Buffer {
    /// The answer to the message with this id, with a quotation if that message is here.
    pub(super) fn reply_to(&self, msgid: &str) -> Reply {
        let row = self.timeline.row_of(msgid).and_then(|id| self.timeline.row(id));
        Reply { to: msgid.into(), quoted: row.and_then(quoted) }
    }

    /// Links a message that has been put in its place: it may answer others, and others may wait for it.
    pub(super) fn link_replies(&mut self, id: RowId, message: &MessageView) {
        if let Some(reply) = message.reply.as_ref().filter(|reply| reply.quoted.is_none()) {
            self.answers.wait(&reply.to, id);
        }
        let Some(msgid) = &message.msgid else { return };
        let answers = self.answers.take(msgid);
        if answers.is_empty() {
            return;
        }
        let quoted = self.timeline.row(id).and_then(quoted);
        for answer in answers {
            self.timeline.update_message(answer, |message| {
                if message.reply.is_some() {
                    let reply = Reply { to: Arc::clone(msgid), quoted: quoted.clone() };
                    message.reply = Some(Arc::new(reply));
                }
            });
        }
    }

    /// Removes the quotations of a message that was deleted.
    pub(crate) fn unquote(&mut self, msgid: &str) {
        self.timeline.update_messages(
            |message| {
                message.reply.as_ref().is_some_and(|reply| &*reply.to == msgid && reply.quoted.is_some())
            },
            |message| message.reply = Some(Arc::new(Reply { to: msgid.into(), quoted: None })),
        );
    }
}

/// A short form of a message; `None` if the row is not a message or was deleted.
fn quoted(row: &Row) -> Option<Quoted> {
    let Content::Message(message) = &row.content else { return None };
    if message.deleted.is_some() {
        return None;
    }
    // Characters that change the writing direction are left out: if the quotation were cut before the one
    // that ends the change, what follows would be reversed.
    let words = message.text.plain.trim().lines().next().unwrap_or_default();
    let mut chars = words.chars().filter(|char| !is_deceptive(*char) || *char == '\u{200D}');
    let mut words: String = chars.by_ref().take(QUOTED_CHARS_MAX).collect();
    if chars.next().is_some() || message.text.plain.trim().contains('\n') {
        words.push('…');
    }
    Some(Quoted { row: row.id, from: Arc::clone(&message.author.nick), words: words.into() })
}
