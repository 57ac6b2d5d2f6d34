//! Earlier messages: what is asked of the server or the archive, and where the answer goes.
//!
//! One question a conversation at a time, and few at once; the others wait. What may be missing is known until it was fetched
//! or is said by a row of its own. <https://ircv3.net/specs/extensions/chathistory>

mod archive;
mod page;

use std::{collections::VecDeque, sync::Arc};

use parla_proto::{Capabilities, Line, Timestamp};

use crate::{
    buffer::{Buffer, Missed},
    buffers::Buffers,
    limits::{HISTORY_OPEN_MAX, HISTORY_PAGE, HISTORY_WITHIN},
    sorted_map::SortedMap,
    state::State,
    timeline::{Anchor, Spot, Timeline},
    turn::Turn,
    view::{BufferId, BufferKind, Content, Earlier, Gap, GapState, RowId},
};

pub(crate) use self::{
    archive::Recalled,
    page::{Heard, Page},
};

/// Pages that are fetched in a row to close a gap; for more the person is asked.
const PAGES_IN_A_ROW: u32 = 4;

/// How the person comes to be in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// They were not there before.
    Anew,
    /// They are back at a bouncer, which was there all the time and repeats what was said.
    ToBouncer,
}

/// What is known of a conversation after its history was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nothing, or not enough.
    Nothing,
    /// All that was said after this.
    Since(Anchor),
    /// All.
    All,
}

/// What was asked and not answered yet, and what will be asked.
#[derive(Debug, Default)]
pub(crate) struct History {
    open: SortedMap<BufferId, Request>,
    waiting: VecDeque<(BufferId, Purpose)>,
}

#[derive(Clone, Debug)]
struct Request {
    purpose: Purpose,
    until: Timestamp,
    limit: usize,
    label: Option<String>,
}

/// Why a page is asked for.
#[derive(Clone, Debug)]
enum Purpose {
    /// A conversation of which nothing is known.
    Latest,
    /// What came before the oldest that is known.
    Earlier,
    /// What came in between.
    Missing(Missing),
}

/// Messages that were missed: from the newest to the oldest, page by page.
#[derive(Clone, Debug)]
struct Missing {
    /// Behind this one.
    from: Anchor,
    /// Before this one; none: up to now.
    to: Option<Anchor>,
    /// The row that says so, if there is one.
    row: Option<RowId>,
    /// So many pages have come in already.
    pages: u32,
    /// It begins where the person has read to: what comes was not read.
    is_from_read: bool,
}

impl History {
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.open.values().map(|request| request.until).min()
    }

    /// Whether what comes for this conversation may tell what became of messages that were on their way.
    pub(crate) fn may_confirm(&self, buffer: BufferId) -> bool {
        self.open.get(&buffer).is_some_and(|request| !matches!(request.purpose, Purpose::Earlier))
    }

    /// Whether the page that comes may begin long before what one has said oneself.
    pub(crate) fn is_open_ended(&self, buffer: BufferId) -> bool {
        self.open.get(&buffer).is_some_and(|request| matches!(request.purpose, Purpose::Latest))
    }

    /// The conversation whose question has this label.
    pub(crate) fn labelled(&self, label: &str) -> Option<BufferId> {
        self.open.iter().find(|(_, request)| request.label.as_deref() == Some(label)).map(|(id, _)| *id)
    }

    /// The conversation whose question is the oldest.
    pub(crate) fn oldest(&self) -> Option<BufferId> {
        self.open.iter().min_by_key(|(_, request)| request.until).map(|(id, _)| *id)
    }

    /// The question that a page answers. A label tells a late answer from the one that is waited for.
    fn get(&self, id: BufferId, label: Option<&str>) -> Option<&Request> {
        let request = self.open.get(&id)?;
        let is_other = label.is_some_and(|label| request.label.as_deref() != Some(label));
        if is_other { None } else { Some(request) }
    }

    fn take(&mut self, id: BufferId, label: Option<&str>) -> Option<Request> {
        self.get(id, label)?;
        self.open.remove(&id)
    }

    /// No answer will come any more. All can be asked again.
    pub(crate) fn connection_lost(&mut self, buffers: &mut Buffers) {
        let Self { open, waiting } = std::mem::take(self);
        let open = open.into_iter().map(|(id, request)| (id, request.purpose));
        for (id, purpose) in open.chain(waiting) {
            let Some(buffer) = buffers.get_mut(id) else { continue };
            if let Purpose::Missing(Missing { row: Some(row), .. }) = purpose {
                set_gap(buffer, row, GapState::Loadable);
            }
        }
        for buffer in buffers.iter_mut() {
            if buffer.earlier == Earlier::Loading {
                buffer.earlier = Earlier::Possible;
            }
        }
    }

    /// The person is in the room now: fetches what he missed. Gives what is known already of what was on its way there; none
    /// if that is asked.
    #[must_use]
    pub(crate) fn joined(&mut self, state: &mut State, id: BufferId, came: Came) -> Option<Known> {
        let has_history = state.session.has_history();
        let buffer = state.buffers.get_mut(id)?;
        if has_history {
            if buffer.earlier != Earlier::None || buffer.timeline.newest().is_none() {
                buffer.earlier = Earlier::Possible;
            }
            // If the connection breaks before the answer, what is said until then does not hide what was missed.
            let purpose = match buffer.miss().clone() {
                Missed::Since(from) => {
                    let read = buffer.read.as_ref().and_then(|read| read.msgid.as_ref());
                    let is_from_read = read.is_some() && read == from.msgid.as_ref();
                    Purpose::Missing(Missing { from, to: None, row: None, pages: 0, is_from_read })
                }
                Missed::Nothing | Missed::All => Purpose::Latest,
            };
            self.want(state, id, purpose);
            return None;
        }
        let is_kept = state.settings.archive.keeps(buffer.kind);
        buffer.earlier = if is_kept { Earlier::Possible } else { Earlier::Unavailable };
        let missed = std::mem::take(&mut buffer.missed);
        buffer.expect_no_playback();
        if let (Missed::Since(since), Came::ToBouncer) = (&missed, came) {
            buffer.expect_playback(since.at);
        } else if let Missed::Since(since) = missed {
            let to = buffer.joined_at.unwrap_or(since.at);
            state.add_gap((id, Spot::Seam), Gap { from: Some(since.at), to, state: GapState::Lost });
        } else {
            buffer.end_first_visit();
        }
        Some(Known::Nothing)
    }

    /// Asks again what was said behind this one. False if nobody can be asked.
    pub(crate) fn look_up(&mut self, state: &mut State, id: BufferId, from: Anchor) -> bool {
        let can = can_ask(state, id);
        if can {
            let missing = Missing { from, to: None, row: None, pages: 0, is_from_read: false };
            self.want(state, id, Purpose::Missing(missing));
        }
        can
    }

    /// The person wants what came before.
    pub(crate) fn load_earlier(&mut self, state: &mut State, id: BufferId, turn: &mut Turn<'_>) {
        let Some(buffer) = state.buffers.get_mut(id) else { return };
        if buffer.earlier != Earlier::Possible {
            return;
        }
        if state.settings.archive.keeps(buffer.kind) {
            buffer.earlier = Earlier::Loading;
            archive::recall(buffer, turn);
            return state.changes.buffer(id);
        }
        // What is missing before the first message comes first.
        let gap = first_gap(buffer);
        if !can_ask(state, id) {
            return;
        }
        match gap {
            Some((row, GapState::Loadable)) => self.load_gap(state, id, row),
            Some((_, GapState::Loading)) => {}
            Some((_, GapState::Lost)) | None => self.want(state, id, Purpose::Earlier),
        }
    }

    /// The person wants a gap closed.
    pub(crate) fn load_gap(&mut self, state: &mut State, id: BufferId, row: RowId) {
        let Some(buffer) = state.buffers.get(id).filter(|_| can_ask(state, id)) else { return };
        let Some(Content::Gap(Gap { state: GapState::Loadable, .. })) =
            buffer.timeline.row(row).map(|row| &row.content)
        else {
            return;
        };
        let (before, to) = buffer.timeline.around(row);
        let is_from_read = before.is_none();
        if let Some(from) = before.or_else(|| buffer.read_anchor()) {
            let missing = Missing { from, to, row: Some(row), pages: 0, is_from_read };
            self.want(state, id, Purpose::Missing(missing));
        }
    }

    /// Asks as soon as it is this question's turn.
    fn want(&mut self, state: &mut State, id: BufferId, purpose: Purpose) {
        let Some(buffer) = state.buffers.get_mut(id) else { return };
        match purpose {
            Purpose::Earlier => buffer.earlier = Earlier::Loading,
            Purpose::Missing(Missing { row: Some(row), .. }) => set_gap(buffer, row, GapState::Loading),
            Purpose::Latest | Purpose::Missing(_) => {}
        }
        self.waiting.push_back((id, purpose));
        state.changes.buffer(id);
    }

    /// Asks what waits to be asked.
    pub(crate) fn ask_next(&mut self, state: &mut State, turn: &mut Turn<'_>) {
        let mut held = VecDeque::new();
        while self.open.len() < HISTORY_OPEN_MAX
            && let Some((id, purpose)) = self.waiting.pop_front()
        {
            if self.open.contains_key(&id) {
                held.push_back((id, purpose));
            } else {
                self.ask(state, (id, purpose), turn);
            }
        }
        held.append(&mut self.waiting);
        self.waiting = held;
    }

    fn ask(&mut self, state: &mut State, (id, purpose): (BufferId, Purpose), turn: &mut Turn<'_>) {
        let Some(buffer) = state.buffers.get(id) else { return };
        let limit = match (&purpose, state.session.history_max) {
            // Whether there is any more at all.
            (Purpose::Missing(missing), _) if missing.pages >= PAGES_IN_A_ROW => 1,
            (_, 0) => HISTORY_PAGE,
            (_, max) => max.min(HISTORY_PAGE),
        };
        let by_id = state.session.finds_by_msgid;
        let (name, oldest) = (Arc::clone(&buffer.name), buffer.timeline.oldest());
        let label = state.session.has(Capabilities::LABELED_RESPONSE).then(|| state.session.label());
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
        let request = Request { purpose, until: turn.now + HISTORY_WITHIN, limit, label };
        self.open.insert(id, request);
    }

    /// Where a page belongs of which no message is known. One that nobody has asked for, or no longer, has only its time.
    pub(crate) fn wished_spot(
        &self,
        state: &State,
        id: BufferId,
        (label, first): (Option<&str>, Option<Timestamp>),
    ) -> Spot {
        let timeline = state.buffers.get(id).map(|buffer| &buffer.timeline);
        match self.get(id, label).map(|request| &request.purpose) {
            Some(Purpose::Earlier) => Spot::Start,
            Some(Purpose::Missing(Missing { row: Some(row), .. })) => Spot::Behind(*row),
            Some(Purpose::Missing(Missing { to: Some(Anchor { row: Some(row), .. }), .. })) => {
                Spot::Before(*row)
            }
            Some(Purpose::Latest | Purpose::Missing(_)) => Spot::Seam,
            None => match (timeline.and_then(Timeline::oldest), first) {
                (Some(oldest), Some(first)) if first < oldest.at => Spot::Start,
                _ => Spot::Seam,
            },
        }
    }
}

/// A gap before all messages.
fn first_gap(buffer: &Buffer) -> Option<(RowId, GapState)> {
    let rows = buffer.timeline.rows();
    let mut before = rows.take_while(|row| !matches!(row.content, Content::Said(_)));
    before.find_map(|row| match row.content {
        Content::Gap(gap) => Some((row.id, gap.state)),
        _ => None,
    })
}

/// Whether the server can be asked for the messages of this conversation.
fn can_ask(state: &State, id: BufferId) -> bool {
    let buffer = state.buffers.get(id);
    let is_there = buffer.is_some_and(|buffer| buffer.kind == BufferKind::Room && buffer.is_present());
    is_there && state.link.is_online() && state.session.has_history()
}

fn set_gap(buffer: &mut Buffer, row: RowId, state: GapState) {
    buffer.timeline.update(row, |row| {
        if let Content::Gap(gap) = &mut row.content {
            gap.state = state;
        }
    });
}
