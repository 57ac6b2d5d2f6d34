//! BATCH: lines that belong together. A page of history is kept until it is complete; the lines of most other
//! batches take effect at once.
//!
//! <https://ircv3.net/specs/extensions/batch>, <https://ircv3.net/specs/extensions/chathistory>

use parla_proto::{CommandName, Message, Timestamp};

use crate::{
    batches::{Multiline, OpenBatch, OpenPage, PageItem, joined},
    buffer::Added,
    client::Client,
    history::{HistoryPage, PageMessage},
    incoming::Incoming,
    received::{Coming, Received},
    timeline::{Neighbours, next_known},
    turn::Turn,
    view::{BufferId, RowId},
};

impl Client {
    /// BATCH: begins to collect the lines of a batch, or takes them when it is complete.
    pub(super) fn batch(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        if let Some(closed) = incoming.param(0).strip_prefix('-') {
            if !self.batches.close_part(closed) {
                self.close_batch(closed, turn);
            }
            return;
        }
        let Some(reference) = incoming.param(0).strip_prefix('+') else { return };
        // If a batch with this reference is still open, it will never be complete.
        self.cut_short(reference, turn);
        // If too many batches are open, the server does not close them, so each is taken as far as it has
        // arrived.
        if self.batches.is_full() {
            self.batches.references().iter().for_each(|open| self.cut_short(open, turn));
        }
        let label = incoming.label.as_deref().map(str::to_owned);
        match (incoming.param(1), label) {
            ("chathistory" | "draft/chathistory" | "znc.in/playback", label) => {
                let page = OpenPage::new(incoming.param(2).to_owned(), label);
                self.batches.open(reference, OpenBatch::History(page));
            }
            (_, label) if let Some(multiline) = Multiline::opened_by(incoming.message) => {
                self.batches.open(reference, OpenBatch::Message(multiline, label));
            }
            (_, Some(label)) => self.batches.open(reference, OpenBatch::Answer(label)),
            (_, None) => {}
        }
    }

    /// A batch is complete. If it is a page, its messages are put in their places and the question is
    /// answered.
    pub(super) fn close_batch(&mut self, reference: &str, turn: &mut Turn<'_>) {
        let Some((id, open)) = self.take_page(reference, turn) else { return };
        let (messages, lines) = self.place(id, &open, turn);
        let page = HistoryPage { messages: &messages, lines, label: open.label.as_deref() };
        let Some(buffer) = self.buffers.get_mut(id) else { return };
        let coverage = self.history.answered(buffer, &self.session, &page);
        buffer.put_back_deleted(buffer.earlier());
        self.settle(id, coverage);
        // If the page brought nothing new, all that is unread has arrived live; if the person is looking,
        // they have seen it.
        if let Some(buffer) = self.buffers.get_mut(id)
            && !page.is_news()
            && buffer.is_all_unread_live()
        {
            buffer.seen(self.looking.now());
        }
    }

    /// Takes the messages of a page that will never be complete. We cannot know what is missing from it.
    fn cut_short(&mut self, reference: &str, turn: &mut Turn<'_>) {
        if let Some((id, open)) = self.take_page(reference, turn) {
            self.place(id, &open, turn);
        }
    }

    /// Removes a batch. A page is returned with its conversation; a message of several lines is shown.
    fn take_page(&mut self, reference: &str, turn: &mut Turn<'_>) -> Option<(BufferId, OpenPage)> {
        match self.batches.take(reference)? {
            OpenBatch::History(page) => Some((self.page_target(&page)?, page)),
            OpenBatch::Message(multiline, label) => {
                if let Some(message) = multiline.message() {
                    let label = label.map(Into::into);
                    self.privmsg(&Incoming { label, ..Incoming::new(&message, turn.now) }, turn);
                }
                None
            }
            OpenBatch::Within(_) | OpenBatch::Answer(_) => None,
        }
    }

    /// The conversation of a page. Pages for channels that the person is not in do not create conversations.
    fn page_target(&mut self, page: &OpenPage) -> Option<BufferId> {
        let Self { session, buffers, .. } = self;
        if session.is_room(&page.target) {
            return buffers.room(session, &page.target);
        }
        if page.lines.is_empty() || session.is_own(&page.target) {
            return buffers.direct(session, &page.target);
        }
        buffers.open_unasked(session, &page.target)
    }

    /// Puts each message of a page among those that are known. Returns them and the number of messages in the
    /// page, including lines that are none; a message of several lines counts once.
    fn place(&mut self, id: BufferId, page: &OpenPage, turn: &mut Turn<'_>) -> (Vec<PageMessage>, usize) {
        let items = joined(&page.lines);
        let messages: Vec<Message<'_>> = items.iter().filter_map(PageItem::message).collect();
        let lines: Vec<Incoming<'_>> =
            messages.iter().map(|message| Incoming::new(message, turn.now)).collect();
        let known = self.recognize(id, &messages);
        let Some(buffer) = self.buffers.get_mut(id) else { return (Vec::new(), lines.len()) };
        buffer.changed();
        let first = lines.first().map(|line| line.at);
        let wished = self.history.wished_spot(buffer, page.label.as_deref(), first);
        let mut neighbours = Neighbours::new(wished);
        let mut paged: Vec<PageMessage> = Vec::new();
        for (line, after) in lines.into_iter().zip(next_known(known)) {
            neighbours.after = after;
            let line = Incoming { label: None, ..line };
            let Some(one) = self.replay(id, &neighbours, &line, turn) else { continue };
            if let Some(buffer) = self.buffers.get(id) {
                neighbours.passed(buffer.timeline(), one.row);
            }
            paged.push(one);
        }
        (paged, messages.len())
    }

    /// For each line of a page, the row in which it already is, if any.
    fn recognize(&self, id: BufferId, messages: &[Message<'_>]) -> Vec<Option<RowId>> {
        let Self { session, buffers, display_names, .. } = self;
        let Some(buffer) = buffers.get(id) else { return Vec::new() };
        let known = |message: &Message<'_>| {
            let incoming = Incoming::new(message, Timestamp::default());
            if !matches!(incoming.command, Some(CommandName::Privmsg | CommandName::Notice)) {
                return None;
            }
            let received = Received::of_line(session, display_names, &incoming, Coming::Page)?;
            buffer.row_of(&received, &buffer.shown(session, &received))
        };
        messages.iter().map(known).collect()
    }

    /// Adds a line of a page between its neighbours there. Returns `None` if it is not a message.
    fn replay(
        &mut self,
        id: BufferId,
        neighbours: &Neighbours,
        incoming: &Incoming<'_>,
        turn: &mut Turn<'_>,
    ) -> Option<PageMessage> {
        let Self { session, buffers, display_names, .. } = self;
        let buffer = buffers.get_mut(id)?;
        match incoming.command {
            Some(CommandName::Privmsg | CommandName::Notice) => {}
            Some(CommandName::Redact) => {
                buffer.redact(session, incoming, turn);
                return None;
            }
            Some(CommandName::Tagmsg) => {
                if let Some(reacting) = incoming.reaction() {
                    buffer.react(session, &reacting);
                }
                return None;
            }
            _ => return None,
        }
        let at = incoming.at;
        let unshown = PageMessage { at, msgid: None, row: neighbours.before, is_new: false };
        if buffer.takes_as_reaction(session, incoming) {
            return Some(unshown);
        }
        let Some(mut received) = Received::of_line(session, display_names, incoming, Coming::Page) else {
            return Some(unshown);
        };
        received.spot = neighbours.spot(buffer.timeline());
        let added = self.put(id, &received, turn);
        self.buffers.get_mut(id)?.played(&added, at);
        let (row, is_new) = match added {
            Added::New(row) => (Some(row), true),
            Added::Known(row) => (Some(row), false),
            Added::Nowhere => (None, false),
        };
        Some(PageMessage { at, msgid: received.msgid, row, is_new })
    }
}
