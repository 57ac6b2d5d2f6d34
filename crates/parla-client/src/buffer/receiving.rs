//! Adds messages to their conversation: those of other people, and those of the person's other devices. No
//! other module does so.

use std::{borrow::Cow, sync::Arc};

use super::{Buffer, Look};
use crate::{
    contract::{ArchivedMessage, Output},
    received::{Coming, Received},
    secrets,
    session::Session,
    text::shown_name,
    turn::Turn,
    view::{Alert, BufferKind, Content, MessageView, Row, RowId},
};

/// The result of adding a message.
pub(crate) enum Added {
    /// It was new, and got this row.
    New(RowId),
    /// It was already here, in this row.
    Known(RowId),
    /// There was no place for it.
    Nowhere,
}

impl Buffer {
    /// The message in the form in which it is shown here.
    pub(crate) fn shown(&self, session: &Session, received: &Received<'_>) -> MessageView {
        let is_own = received.author.own;
        let text =
            if is_own { secrets::shown(&self.name, received.text) } else { Cow::Borrowed(received.text) };
        let (text, names_person) = session.parse_naming(&text);
        MessageView {
            mention: names_person && !is_own,
            msgid: received.msgid.clone(),
            audience: received.audience,
            reply: received.reply_to.as_deref().map(|to| Arc::new(self.reply_to(to))),
            ..MessageView::by(received.author.clone(), received.manner, text)
        }
    }

    /// The row in which a message already is: the one with its msgid, or, without a msgid, the one with the
    /// same text by the same person at the same time. A live message that matches only in text counts as new,
    /// unless it has a time and the row is from before this connection.
    pub(crate) fn row_of(&self, received: &Received<'_>, message: &MessageView) -> Option<RowId> {
        let timeline = &self.timeline;
        if let Some(msgid) = received.msgid.as_deref().filter(|msgid| timeline.has(message, Some(msgid))) {
            return timeline.row_of(msgid);
        }
        let twin = match (&received.msgid, received.coming) {
            (None, _) => timeline.twin(received.at, message),
            (Some(_), Coming::Archive) => None,
            (Some(_), _) => timeline.twin_without_msgid(received.at, message),
        };
        twin.filter(|row| received.coming != Coming::Live || (received.has_time && !timeline.is_live(*row)))
    }

    /// Notes that somebody has spoken, which says something about them even if the message is already known.
    pub(crate) fn speaks(&mut self, session: &Session, received: &Received<'_>) {
        if received.author.bot {
            self.members.set_bot(session, received.from);
        }
        if received.coming == Coming::Live && !received.author.own {
            self.away_told = None;
            // Where the server does not report who is away, somebody who speaks counts as back.
            if !session.tells_away() {
                self.set_away(None);
            }
        }
    }

    /// Adds a message that was not here. It becomes unread unless it has been read, and may go to the shell's
    /// archive.
    pub(crate) fn add_received(
        &mut self,
        received: &Received<'_>,
        message: MessageView,
        look: Look,
        turn: &mut Turn<'_>,
    ) -> Added {
        let (id, message) = (self.row_id_of(received.msgid.as_deref()), Arc::new(message));
        let row = Row { id, at: received.at, content: Content::Message(Arc::clone(&message)) };
        if !self.timeline.insert_at(received.spot, row, received.msgid.as_deref()) {
            return Added::Nowhere;
        }
        self.link_replies(id, &message);
        let (is_live, is_own) = (received.coming == Coming::Live, message.author.own);
        let is_for_person = !is_own && (message.mention || self.kind == BufferKind::Direct);
        let is_seen = look.is_at_end_of(self.id) && self.unread() == 0 && !self.awaits_missed();
        if is_live && (is_own || is_seen) {
            // A message of one's own comes from another device, and somebody who answers has read what came
            // before.
            self.read_all();
        } else if !is_own && self.is_unread(id, received.at, received.coming) {
            self.count(id, is_for_person);
        }
        self.find_read(id, received.msgid.as_deref());
        self.changed();
        if is_live && is_for_person && look.buffer != Some(self.id) {
            turn.alert(self.id, self.alert(id, &message));
        }
        self.keep_received(received, turn);
        Added::New(id)
    }

    /// The notification for a message.
    fn alert(&self, row: RowId, message: &MessageView) -> Alert {
        Alert {
            from: Arc::clone(&message.author.nick),
            room: self.is_room().then(|| shown_name(&self.name)),
            text: Arc::clone(&message.text.plain),
            row,
        }
    }

    /// Hands a message to the shell, if the shell keeps the messages of this conversation and did not supply
    /// this one itself.
    pub(crate) fn keep_received(&self, received: &Received<'_>, turn: &mut Turn<'_>) {
        if received.coming == Coming::Archive {
            return;
        }
        let kept = |kind, buffer| ArchivedMessage {
            kind,
            buffer,
            msgid: received.msgid.clone(),
            at: received.at,
            source: Arc::clone(&received.source),
            account: received.account.clone(),
            manner: received.manner,
            text: received.text.into(),
            own: received.author.own,
            audience: received.audience,
        };
        self.keep(kept, turn);
    }

    /// Hands a message to the shell, if the shell keeps the messages of this conversation. `kept` receives
    /// the conversation's kind and name.
    pub(crate) fn keep(
        &self,
        kept: impl FnOnce(BufferKind, Arc<str>) -> ArchivedMessage,
        turn: &mut Turn<'_>,
    ) {
        if !self.is_archived {
            return;
        }
        let mut kept = kept(self.kind, Arc::clone(&self.name));
        if kept.own && secrets::hides(&self.name, &kept.text) {
            kept.text = secrets::shown(&self.name, &kept.text).into();
        }
        turn.output(Output::Keep(kept));
    }
}
