//! BATCH: lines that belong together. A page of history is kept until it is whole; of other batches the lines count at once.
//!
//! <https://ircv3.net/specs/extensions/batch>, <https://ircv3.net/specs/extensions/chathistory>

use parla_proto::{CommandName, Message, Timestamp};

use crate::{
    batches::{Multiline, OpenBatch, OpenPage, Part, joined},
    buffer::Added,
    client::Client,
    history::{Page, Paged},
    incoming::Incoming,
    received::{Coming, Received},
    timeline::{Neighbours, next_known},
    turn::Turn,
    view::{BufferId, RowId},
};

impl Client {
    /// BATCH.
    pub(super) fn batch(&mut self, incoming: &Incoming<'_>, turn: &mut Turn<'_>) {
        if let Some(closed) = incoming.param(0).strip_prefix('-') {
            if !self.batches.close_part(closed) {
                self.close_batch(closed, turn);
            }
            return;
        }
        let Some(reference) = incoming.param(0).strip_prefix('+') else { return };
        // A name that is given again: what came under it until now is no whole page.
        self.cut_short(reference, turn);
        // Of a server that closes none of its batches, each is taken as far as it has come.
        if self.batches.is_full() {
            self.batches.references().iter().for_each(|open| self.cut_short(open, turn));
        }
        let label = incoming.label.as_deref().map(str::to_owned);
        match (incoming.param(1), label) {
            ("chathistory" | "draft/chathistory" | "znc.in/playback", label) => {
                let page = OpenPage::new(incoming.param(2).to_owned(), label);
                self.batches.open(reference, OpenBatch::History(page));
            }
            (_, label) if let Some(said) = Multiline::opened_by(incoming.message) => {
                self.batches.open(reference, OpenBatch::Message(said, label));
            }
            (_, Some(label)) => self.batches.open(reference, OpenBatch::Answer(label)),
            (_, None) => {}
        }
    }

    /// A batch is whole. If it is a page, its messages find their places, and the question is answered.
    pub(super) fn close_batch(&mut self, reference: &str, turn: &mut Turn<'_>) {
        let Some((id, open)) = self.take_page(reference, turn) else { return };
        let (messages, lines) = self.place(id, &open, turn);
        let page = Page { messages: &messages, lines, label: open.label.as_deref() };
        let Some(buffer) = self.buffers.get_mut(id) else { return };
        let coverage = self.history.answered(buffer, &self.session, &page);
        buffer.put_back_deleted(buffer.earlier());
        self.settle(id, coverage);
        // What came by itself in the meantime was before the person's eyes, if they looked; what was missed is yet to be shown.
        if let Some(buffer) = self.buffers.get_mut(id)
            && !page.is_news()
            && buffer.is_all_unread_live()
        {
            buffer.seen(self.looking.now());
        }
    }

    /// A batch will never be whole. The messages of a page are welcome; what is missing in it nobody knows.
    fn cut_short(&mut self, reference: &str, turn: &mut Turn<'_>) {
        if let Some((id, open)) = self.take_page(reference, turn) {
            self.place(id, &open, turn);
        }
    }

    /// Takes a batch out. If it is a page it is given back, with its conversation; if it is a message, that is said.
    fn take_page(&mut self, reference: &str, turn: &mut Turn<'_>) -> Option<(BufferId, OpenPage)> {
        match self.batches.take(reference)? {
            OpenBatch::History(page) => Some((self.page_target(&page)?, page)),
            OpenBatch::Message(said, label) => {
                if let Some(message) = said.message() {
                    let label = label.map(Into::into);
                    self.privmsg(&Incoming { label, ..Incoming::new(&message, turn.now) }, turn);
                }
                None
            }
            OpenBatch::Within(_) | OpenBatch::Answer(_) => None,
        }
    }

    /// The conversation of a page. A server that sends pages of rooms that nobody is in does not make rooms of them.
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

    /// Each message goes where the page has it among those that are known. Gives them, and how many there are in the page with
    /// those that are none; a message of several lines is one.
    fn place(&mut self, id: BufferId, page: &OpenPage, turn: &mut Turn<'_>) -> (Vec<Paged>, usize) {
        let parts = joined(&page.lines);
        let messages: Vec<Message<'_>> = parts.iter().filter_map(Part::message).collect();
        let lines: Vec<Incoming<'_>> =
            messages.iter().map(|message| Incoming::new(message, turn.now)).collect();
        let known = self.recognize(id, &messages);
        let Some(buffer) = self.buffers.get_mut(id) else { return (Vec::new(), lines.len()) };
        buffer.changed();
        let first = lines.first().map(|line| line.at);
        let wished = self.history.wished_spot(buffer, page.label.as_deref(), first);
        let mut neighbours = Neighbours::new(wished);
        let mut paged: Vec<Paged> = Vec::new();
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

    /// Lines of a page of history, each with the row in which it is known already.
    fn recognize(&self, id: BufferId, messages: &[Message<'_>]) -> Vec<Option<RowId>> {
        let Self { session, buffers, names, .. } = self;
        let Some(buffer) = buffers.get(id) else { return Vec::new() };
        let known = |message: &Message<'_>| {
            let incoming = Incoming::new(message, Timestamp::default());
            if !matches!(incoming.command, Some(CommandName::Privmsg | CommandName::Notice)) {
                return None;
            }
            let received = Received::of_line(session, names, &incoming, Coming::Page)?;
            buffer.row_of(&received, &buffer.shown(session, &received))
        };
        messages.iter().map(known).collect()
    }

    /// A line of a page of history between its neighbours there. None if it is no message.
    fn replay(
        &mut self,
        id: BufferId,
        neighbours: &Neighbours,
        incoming: &Incoming<'_>,
        turn: &mut Turn<'_>,
    ) -> Option<Paged> {
        let Self { session, buffers, names, .. } = self;
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
        let unshown = Paged { at, msgid: None, row: neighbours.before, is_new: false };
        if buffer.takes_as_reaction(session, incoming) {
            return Some(unshown);
        }
        let Some(mut received) = Received::of_line(session, names, incoming, Coming::Page) else {
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
        Some(Paged { at, msgid: received.msgid, row, is_new })
    }
}
