//! Earlier messages: what the server or the archive is asked for, and where the answer goes.
//!
//! There is one question per conversation at a time, and few at once; the others wait. What may be missing is
//! remembered until it has been fetched or a row marks it. <https://ircv3.net/specs/extensions/chathistory>

mod archive;
mod page;

use std::collections::VecDeque;

use parla_proto::{Capabilities, Line, Timestamp};

use crate::{
    buffer::{Buffer, Missed},
    buffers::Buffers,
    limits::{HISTORY_OPEN_MAX, HISTORY_PAGE, HISTORY_WITHIN},
    received::{Coming, Sighting},
    session::Session,
    sorted_map::SortedMap,
    timeline::{Anchor, Spot},
    turn::Turn,
    view::{BufferId, Content, Earlier, Gap, GapState, RowId},
};

pub(crate) use self::{
    archive::Recalled,
    page::{HistoryPage, PageMessage},
};

/// The pages that are fetched in a row to close a gap; for more, the person must ask.
const PAGES_IN_A_ROW: u32 = 4;

/// How the person came to be in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// They were not in it before.
    Anew,
    /// They have returned to a bouncer, which stayed and repeats what was said.
    ToBouncer,
}

/// How much of a conversation is known after its history was requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// Nothing, or not enough.
    Nothing,
    /// Everything after this message.
    Since(Anchor),
    /// Everything that was said there.
    All,
}

/// The questions that are waiting for an answer, and those that have yet to be sent.
#[derive(Debug, Default)]
pub(crate) struct History {
    open: SortedMap<BufferId, HistoryRequest>,
    waiting: VecDeque<Waiting>,
}

/// A question that has yet to be sent.
#[derive(Debug)]
struct Waiting {
    buffer: BufferId,
    purpose: Purpose,
}

#[derive(Clone, Debug)]
struct HistoryRequest {
    purpose: Purpose,
    until: Timestamp,
    limit: usize,
    label: Option<String>,
}

/// Why a page is requested.
#[derive(Clone, Debug)]
enum Purpose {
    /// To get the latest messages of a conversation of which nothing is known.
    Latest,
    /// To get what came before the oldest known message.
    Earlier,
    /// To get messages that were missed.
    Missing(Missing),
}

/// A gap of missed messages, which is filled page by page from the newest to the oldest.
#[derive(Clone, Debug)]
struct Missing {
    /// The last message before the gap.
    from: Anchor,
    /// The first message after the gap; `None` if the gap reaches up to now.
    to: Option<Anchor>,
    /// The row that marks the gap, if there is one.
    row: Option<RowId>,
    /// The number of pages that have arrived already.
    pages: u32,
    /// Whether the gap begins at the read position, so that its messages are unread.
    is_from_read: bool,
}

impl History {
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.open.values().map(|request| request.until).min()
    }

    /// How a message that arrives this way may confirm one in the outbox, if it can. A message in a page of
    /// history can only be one that was on its way when the connection broke, and only if the page was
    /// requested in order to find out.
    pub(crate) fn sighting(&self, buffer: BufferId, coming: Coming) -> Option<Sighting> {
        if coming == Coming::Live {
            return Some(Sighting::Live);
        }
        match self.open.get(&buffer)?.purpose {
            Purpose::Earlier => None,
            Purpose::Latest => Some(Sighting::Anywhere),
            Purpose::Missing(_) => Some(Sighting::Behind),
        }
    }

    /// The conversation whose question has this label.
    pub(crate) fn labelled(&self, label: &str) -> Option<BufferId> {
        self.open.iter().find(|(_, request)| request.label.as_deref() == Some(label)).map(|(id, _)| *id)
    }

    /// The conversation whose question is the oldest.
    pub(crate) fn oldest(&self) -> Option<BufferId> {
        self.open.iter().min_by_key(|(_, request)| request.until).map(|(id, _)| *id)
    }

    /// The question that a page answers. A label distinguishes the awaited answer from a late one.
    fn get(&self, id: BufferId, label: Option<&str>) -> Option<&HistoryRequest> {
        let request = self.open.get(&id)?;
        let is_other = label.is_some_and(|label| request.label.as_deref() != Some(label));
        if is_other { None } else { Some(request) }
    }

    fn take(&mut self, id: BufferId, label: Option<&str>) -> Option<HistoryRequest> {
        self.get(id, label)?;
        self.open.remove(&id)
    }

    /// No answers will arrive any more, so everything can be asked again.
    pub(crate) fn connection_lost(&mut self, buffers: &mut Buffers) {
        let Self { open, waiting } = std::mem::take(self);
        let open =
            open.into_iter().map(|(buffer, HistoryRequest { purpose, .. })| Waiting { buffer, purpose });
        for Waiting { buffer, purpose } in open.chain(waiting) {
            if let Purpose::Missing(Missing { row: Some(row), .. }) = purpose
                && let Some(buffer) = buffers.get_mut(buffer)
            {
                buffer.set_gap(row, GapState::Loadable);
            }
        }
        for buffer in buffers.iter_mut() {
            if buffer.earlier() == Earlier::Loading {
                buffer.set_earlier(Earlier::Possible);
            }
        }
    }

    /// The person has joined: fetches what they missed. Returns how much is already known about messages that
    /// were on their way there; `None` if the answer to a question will tell.
    #[must_use]
    pub(crate) fn joined(&mut self, buffer: &mut Buffer, session: &Session, came: Came) -> Option<Coverage> {
        if session.has_history() {
            if buffer.earlier() != Earlier::None || buffer.newest().is_none() {
                buffer.set_earlier(Earlier::Possible);
            }
            let read = buffer.last_read().and_then(|read| read.msgid.clone());
            // If the connection breaks before the answer, messages that arrive until then do not hide what
            // was missed.
            let purpose = match buffer.miss().clone() {
                Missed::Since(from) => {
                    let is_from_read = read.is_some() && read == from.msgid;
                    Purpose::Missing(Missing { is_from_read, ..Missing::since(from) })
                }
                Missed::Nothing | Missed::All => Purpose::Latest,
            };
            self.want(buffer, purpose);
            return None;
        }
        let is_kept = buffer.is_archived();
        buffer.set_earlier(if is_kept { Earlier::Possible } else { Earlier::Unavailable });
        buffer.expect_no_playback();
        match (buffer.take_missed(), came) {
            (Missed::Since(since), Came::ToBouncer) => buffer.expect_playback(since.at),
            (Missed::Since(since), Came::Anew) => {
                let to = buffer.joined_at().unwrap_or(since.at);
                buffer.add_gap(Spot::Seam, Gap { from: Some(since.at), to, state: GapState::Lost });
            }
            (Missed::Nothing | Missed::All, _) => buffer.end_first_visit(),
        }
        Some(Coverage::Nothing)
    }

    /// Asks again for what followed this message. Returns false if nobody can be asked.
    pub(crate) fn look_up(&mut self, buffer: &mut Buffer, session: &Session, from: Anchor) -> bool {
        let can = buffer.can_ask(session);
        if can {
            self.want(buffer, Purpose::Missing(Missing::since(from)));
        }
        can
    }

    /// The person wants earlier messages.
    pub(crate) fn load_earlier(&mut self, buffer: &mut Buffer, session: &Session, turn: &mut Turn<'_>) {
        if buffer.earlier() != Earlier::Possible {
            return;
        }
        if buffer.is_archived() {
            buffer.set_earlier(Earlier::Loading);
            return buffer.recall(turn);
        }
        if !buffer.can_ask(session) {
            return;
        }
        // A gap before the first message is filled first.
        match first_gap(buffer) {
            Some((row, GapState::Loadable)) => self.load_gap(buffer, session, row),
            Some((_, GapState::Loading)) => {}
            Some((_, GapState::Lost)) | None => self.want(buffer, Purpose::Earlier),
        }
    }

    /// The person wants a gap filled.
    pub(crate) fn load_gap(&mut self, buffer: &mut Buffer, session: &Session, row: RowId) {
        let gap = buffer.timeline().row(row).map(|row| &row.content);
        if !matches!(gap, Some(Content::Gap(Gap { state: GapState::Loadable, .. })))
            || !buffer.can_ask(session)
        {
            return;
        }
        let (before, to) = buffer.timeline().around(row);
        let is_from_read = before.is_none();
        if let Some(from) = before.or_else(|| buffer.read_anchor()) {
            let missing = Missing { to, row: Some(row), is_from_read, ..Missing::since(from) };
            self.want(buffer, Purpose::Missing(missing));
        }
    }

    /// Queues a question; it is sent when its turn comes.
    fn want(&mut self, buffer: &mut Buffer, purpose: Purpose) {
        match purpose {
            Purpose::Earlier => buffer.set_earlier(Earlier::Loading),
            Purpose::Missing(Missing { row: Some(row), .. }) => buffer.set_gap(row, GapState::Loading),
            Purpose::Latest | Purpose::Missing(_) => {}
        }
        self.waiting.push_back(Waiting { buffer: buffer.id(), purpose });
        buffer.changed();
    }

    /// Sends the waiting questions, as many as are allowed at once.
    pub(crate) fn ask_next(&mut self, buffers: &Buffers, session: &mut Session, turn: &mut Turn<'_>) {
        let mut held = VecDeque::new();
        while self.open.len() < HISTORY_OPEN_MAX
            && let Some(next) = self.waiting.pop_front()
        {
            if self.open.contains_key(&next.buffer) {
                held.push_back(next);
            } else if let Some(buffer) = buffers.get(next.buffer) {
                self.ask(buffer, session, next.purpose, turn);
            }
        }
        held.append(&mut self.waiting);
        self.waiting = held;
    }

    fn ask(&mut self, buffer: &Buffer, session: &mut Session, purpose: Purpose, turn: &mut Turn<'_>) {
        let limit = match (&purpose, session.history_max()) {
            // One message is enough to learn whether there are more at all.
            (Purpose::Missing(missing), _) if missing.pages >= PAGES_IN_A_ROW => 1,
            (_, 0) => HISTORY_PAGE,
            (_, max) => max.min(HISTORY_PAGE),
        };
        let by_id = session.finds_by_msgid();
        let (name, oldest) = (buffer.name(), buffer.timeline().oldest());
        let label = session.has(Capabilities::LABELED_RESPONSE).then(|| session.label());
        let line = match &label {
            Some(label) => Line::tagged(&format!("label={label}")),
            None => Line::tagged(""),
        };
        let line = line.command("CHATHISTORY");
        let line = match (&purpose, oldest) {
            (Purpose::Earlier, Some(oldest)) => line.param("BEFORE").param(name).param(oldest.before(by_id)),
            (Purpose::Latest | Purpose::Earlier, _) => line.param("LATEST").param(name).param("*"),
            (Purpose::Missing(Missing { from, to: None, .. }), _) => {
                line.param("LATEST").param(name).param(from.after(by_id))
            }
            (Purpose::Missing(Missing { from, to: Some(to), .. }), _) => {
                line.param("BETWEEN").param(name).param(to.before(by_id)).param(from.after(by_id))
            }
        };
        turn.send(line.param(limit));
        let request = HistoryRequest { purpose, until: turn.now + HISTORY_WITHIN, limit, label };
        self.open.insert(buffer.id(), request);
    }

    /// The place of a page none of whose messages is known. A page that nobody has asked for, or that is no
    /// longer awaited, is placed by the time of its first message.
    pub(crate) fn wished_spot(&self, buffer: &Buffer, label: Option<&str>, first: Option<Timestamp>) -> Spot {
        match self.get(buffer.id(), label).map(|request| &request.purpose) {
            Some(Purpose::Earlier) => Spot::Start,
            Some(Purpose::Missing(Missing { row: Some(row), .. })) => Spot::Behind(*row),
            Some(Purpose::Missing(Missing { to: Some(Anchor { row: Some(row), .. }), .. })) => {
                Spot::Before(*row)
            }
            Some(Purpose::Latest | Purpose::Missing(_)) => Spot::Seam,
            None => match (buffer.timeline().oldest(), first) {
                (Some(oldest), Some(first)) if first < oldest.at => Spot::Start,
                _ => Spot::Seam,
            },
        }
    }
}

impl Missing {
    /// Everything after this message, up to now.
    const fn since(from: Anchor) -> Self {
        Self { from, to: None, row: None, pages: 0, is_from_read: false }
    }
}

impl Buffer {
    /// Whether the server can be asked for messages of this conversation.
    fn can_ask(&self, session: &Session) -> bool {
        self.is_room() && self.is_present() && session.is_registered() && session.has_history()
    }

    fn set_gap(&mut self, row: RowId, state: GapState) {
        self.timeline_mut().update_gap(row, |gap| gap.state = state);
    }
}

/// A gap that precedes all messages.
fn first_gap(buffer: &Buffer) -> Option<(RowId, GapState)> {
    let rows = buffer.timeline().rows();
    let mut before = rows.take_while(|row| !matches!(row.content, Content::Message(_)));
    before.find_map(|row| match row.content {
        Content::Gap(gap) => Some((row.id, gap.state)),
        _ => None,
    })
}
