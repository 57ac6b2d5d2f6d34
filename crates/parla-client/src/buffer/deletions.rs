//! The placeholders of deleted messages, which also survive a restart. A server's history leaves deleted
//! messages out, so only we know where they were. Nothing of their text is kept.

use std::sync::Arc;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::Buffer;
use crate::{
    limits::DELETIONS_MAX,
    text::Text,
    view::{Audience, Author, Content, Deleted, Earlier, Manner, MessageView, Row, RowId},
};

/// A deleted message: who sent it and when, and who deleted it. The names are as they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Deletion {
    msgid: String,
    /// When it was sent, in milliseconds of Unix time.
    at: i64,
    nick: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    called: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    own: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    bot: bool,
    manner: Manner,
    /// The prefix of the rank that it was addressed to, if it was not for all members.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<char>,
    by: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    by_own: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Deletion {
    fn of(msgid: &str, at: Timestamp, message: &MessageView, deleted: &Deleted) -> Self {
        let Author { nick, account, called, own, bot, .. } = &message.author;
        Self {
            msgid: msgid.to_owned(),
            at: at.as_millis(),
            nick: nick.to_string(),
            account: account.as_deref().map(str::to_owned),
            called: called.as_deref().map(str::to_owned),
            own: *own,
            bot: *bot,
            manner: message.manner,
            sign: message.audience.map(|audience| audience.sign),
            by: deleted.by.to_string(),
            by_own: deleted.own,
            reason: deleted.reason.as_ref().map(|reason| reason.plain.to_string()),
        }
    }

    fn deleted(&self) -> Deleted {
        let reason = self.reason.as_deref().map(Text::parse);
        Deleted { by: self.by.as_str().into(), own: self.by_own, reason }
    }

    fn message_view(&self) -> MessageView {
        let author = Author {
            account: self.account.as_deref().map(Arc::from),
            called: self.called.as_deref().map(Arc::from),
            own: self.own,
            bot: self.bot,
            ..Author::new(&self.nick)
        };
        MessageView {
            msgid: Some(self.msgid.as_str().into()),
            audience: self.sign.map(Audience::of),
            deleted: Some(Arc::new(self.deleted())),
            ..MessageView::by(author, self.manner, Text::default())
        }
    }
}

impl Buffer {
    /// The deletions that are known, by the time when the messages were sent.
    pub(crate) fn deletions(&self) -> &[Deletion] {
        &self.deletions
    }

    /// Restores the deletions that were known when the program ended.
    pub(crate) fn restore_deletions(&mut self, deletions: Vec<Deletion>) {
        self.deletions = deletions;
    }

    /// Deletes the content of a message. Returns false if it was already deleted, or if the row is not a
    /// message.
    pub(crate) fn take_back(&mut self, row: RowId, msgid: &str, deleted: Deleted) -> bool {
        let Some(Row { at, content: Content::Message(message), .. }) = self.timeline.row(row) else {
            return false;
        };
        if message.deleted.is_some() {
            return false;
        }
        self.note_deletion(Deletion::of(msgid, *at, message, &deleted));
        self.timeline.update_message(row, |message| {
            (message.text, message.mention) = (Text::default(), false);
            (message.reply, message.reactions) = (None, Arc::default());
            message.deleted = Some(Arc::new(deleted));
        });
        true
    }

    fn note_deletion(&mut self, deletion: Deletion) {
        self.deletions.retain(|known| known.msgid != deletion.msgid);
        let place = self.deletions.partition_point(|known| known.at <= deletion.at);
        self.deletions.insert(place, deletion);
        if self.deletions.len() > DELETIONS_MAX {
            self.deletions.remove(0);
        }
        self.is_stored = false;
    }

    /// Puts the placeholders of deleted messages into the part of the past that has just become known.
    /// `earlier` says what may lie before that part.
    pub(crate) fn put_back_deleted(&mut self, earlier: Earlier) {
        for deletion in self.deletions.clone() {
            let msgid = Some(deletion.msgid.as_str());
            match self.timeline.row_of(&deletion.msgid) {
                // This server's history contains the message nevertheless.
                Some(row) => {
                    self.take_back(row, &deletion.msgid, deletion.deleted());
                }
                None => {
                    let at = Timestamp::from_millis(deletion.at);
                    let Some(spot) = self.timeline.spot_of_deleted(at, earlier) else { continue };
                    let id = self.row_id_of(msgid);
                    let row = Row { id, at, content: Content::Message(Arc::new(deletion.message_view())) };
                    if self.timeline.insert_at(spot, row, msgid) {
                        self.find_read(id, msgid);
                        self.changed();
                    }
                }
            }
        }
    }
}
