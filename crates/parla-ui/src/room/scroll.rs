//! The scroll position of a conversation and what depends on it: which chunks are drawn, whether the reader
//! is at the end, and when earlier messages are requested.
//!
//! The page's script moves the scroll bar and sends reports, which are followed here. A [`Scroll`] lives as
//! long as a conversation is shown; whatever is needed when the conversation is shown again is kept in
//! [`Memories`].

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use dioxus::prelude::*;
use parla_client::{
    Intent, SortedMap,
    view::{BufferView, ChunkRef, Earlier, Presence, RowId, Timeline},
};

use crate::{
    hooks::{Memo, use_context, use_drop, use_effect, use_hook, use_memo, use_signal},
    platform::{Here, PageAct},
    room::window::{Eye, Heights, ScrollPosition, Segment, chunk_of, segments},
    state::{BufferKey, LogView, State, wish},
};

/// The assumed height of a log that has not been measured, in CSS pixels.
const HEIGHT_GUESS: f64 = 800.0;
/// The distance from the beginning, in CSS pixels, at which earlier messages are requested.
const NEAR_BEGINNING: i32 = 600;

/// What is remembered of the conversations that were shown.
#[derive(Clone, Default)]
pub(crate) struct Memories(Rc<RefCell<SortedMap<BufferKey, Memory>>>);

#[derive(Clone, Default)]
struct Memory {
    position: ScrollPosition,
    /// The first row in view there, if the page has reported it.
    first: Option<RowId>,
    heights: Heights,
    open: Vec<RowId>,
}

/// Where a conversation is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At its newest row.
    End,
    /// Where the reader left it.
    Kept,
    /// At the first unread row.
    Divider(RowId),
}

/// The scroll state of one conversation.
#[derive(Clone, Copy)]
pub(crate) struct Scroll {
    at: BufferKey,
    /// The conversation as it is now; `None` once it is gone.
    pub(crate) view: Memo<Option<BufferView>>,
    /// Where the script must begin.
    pub(crate) start: Signal<Start>,
    /// Whether the newest row is in view.
    pub(crate) end: Signal<bool>,
    /// The measured heights of chunks.
    pub(crate) heights: Signal<Heights>,
    /// The runs of joins and leaves that are expanded.
    pub(crate) open: Signal<Vec<RowId>>,
    /// The row that the reader wants to see.
    pub(crate) wanted: Signal<Option<RowId>>,
    /// The parts of the log that are drawn.
    pub(crate) segments: Memo<Vec<Segment>>,
    position: Signal<ScrollPosition>,
    /// The first row in view there, if the page has reported it.
    first: Signal<Option<RowId>>,
    size: Signal<(i32, i32)>,
    /// Whether the reader has arrived where the unread messages begin, or has scrolled away.
    pub(crate) landed: Signal<bool>,
}

/// The name of a log in the page's reports.
pub(crate) fn log_name(at: BufferKey) -> String {
    format!("{}-{}", at.network.0, at.buffer.0)
}

/// The scroll state of the conversation that the calling component shows.
pub(crate) fn use_scroll(at: BufferKey) -> Scroll {
    let state = use_context::<State>();
    let view = use_memo(move || state.views.buffers.read(at).map(|view| BufferView::clone(&view)));
    let memories = use_context::<Memories>();
    let (memory, begin) = use_hook(|| begin(view.peek().as_ref(), memories.0.borrow().get(&at)));
    let start = use_signal(|| begin);
    let position = use_signal(|| memory.position);
    let first = use_signal(|| memory.first);
    let heights = use_signal(|| memory.heights.clone());
    let open = use_signal(|| memory.open.clone());
    let end = use_signal(|| memory.position == ScrollPosition::End);
    let size = use_signal(|| (0, 0));
    let landed = use_signal(|| view.peek().as_ref().is_some_and(|view| view.timeline.len > 0));
    let segments = use_memo(move || {
        let view = view.read();
        let Some(view) = view.as_ref() else { return Vec::new() };
        let height = size.read().1;
        let height = if height > 0 { f64::from(height) } else { HEIGHT_GUESS };
        let kept = selected(&view.timeline, *state.page.selection.read());
        let position = found_again(&view.timeline, *position.read(), *first.peek());
        segments(&view.timeline, &heights.read(), &Eye { position, height, kept })
    });
    let wanted = use_signal(|| None);
    let scroll =
        Scroll { at, view, start, end, heights, open, wanted, segments, position, first, size, landed };
    use_drop(move || {
        let memory = Memory {
            position: *position.peek(),
            first: *first.peek(),
            heights: heights.peek().clone(),
            open: open.peek().clone(),
        };
        memories.0.borrow_mut().insert(at, memory);
    });
    use_effect(move || scroll.follow(state));
    use_load_earlier(scroll, state);
    use_landing(scroll, state);
    use_wanted(scroll);
    scroll
}

/// Where to begin: at the first unread row, otherwise where the reader was.
fn begin(view: Option<&BufferView>, kept: Option<&Memory>) -> (Memory, Start) {
    let start = if kept.is_some() { Start::Kept } else { Start::End };
    let mut memory = kept.cloned().unwrap_or_default();
    // A divider that is still there although everything was read will disappear in a moment, because the
    // client was told that the reader left.
    let is_unseen = |view: &&BufferView| view.unread > 0 || kept.is_none();
    let unseen = view.filter(is_unseen).and_then(|view| {
        let divider = view.divider?;
        Some((divider, chunk_of(&view.timeline.chunks, divider)?))
    });
    let Some((divider, chunk)) = unseen else { return (memory, start) };
    (memory.position, memory.first) = (ScrollPosition::At { chunk, offset: 0.0 }, Some(divider));
    (memory, Start::Divider(divider))
}

impl Scroll {
    /// Follows the page's report of its position.
    fn follow(mut self, state: State) {
        let report = state.page.view.read().clone();
        if report.room != log_name(self.at) {
            return;
        }
        let size = (report.width, report.height);
        let before = *self.size.peek();
        if before != size {
            if before.0 != 0 && before.0 != size.0 {
                self.heights.write().clear();
            }
            self.size.set(size);
        }
        let position = self.located(&report);
        let first = report.row.map(RowId);
        if *self.first.peek() != first {
            self.first.set(first);
        }
        if *self.position.peek() != position {
            self.position.set(position);
        }
        if *self.end.peek() != report.end {
            self.end.set(report.end);
        }
    }

    /// Finds the position by the first row in view. Pixels alone would be wrong while newly drawn chunks have
    /// not been measured.
    fn located(&self, report: &LogView) -> ScrollPosition {
        let view = self.view.peek();
        let Some(view) = view.as_ref().filter(|_| !report.end) else { return ScrollPosition::End };
        let drawn = self.segments.peek();
        let drawn = drawn.iter().filter_map(|segment| match segment {
            Segment::Chunk(chunk, _) => Some(chunk),
            Segment::Blank(_) => None,
        });
        let first = report.row.map(RowId);
        let holds = |chunk: &&ChunkRef| chunk.0.rows.iter().any(|row| Some(row.id) == first);
        match drawn.into_iter().find(holds) {
            Some(chunk) => ScrollPosition::At { chunk: chunk.0.id, offset: f64::from(report.above) },
            None => self.heights.peek().locate(&view.timeline.chunks, f64::from(report.top)),
        }
    }
}

/// Finds the position again by the first row in view, because another client has the rows in other chunks.
fn found_again(timeline: &Timeline, position: ScrollPosition, first: Option<RowId>) -> ScrollPosition {
    let (ScrollPosition::At { chunk, .. }, Some(first)) = (position, first) else { return position };
    match chunk_of(&timeline.chunks, first) {
        Some(other) if other != chunk => ScrollPosition::At { chunk: other, offset: 0.0 },
        Some(_) | None => position,
    }
}

fn selected(timeline: &Timeline, rows: Option<(RowId, RowId)>) -> Option<(u64, u64)> {
    let (first, last) = rows?;
    Some((chunk_of(&timeline.chunks, first)?, chunk_of(&timeline.chunks, last)?))
}

/// Whether the person would receive messages of the conversation now.
fn is_there(state: State, at: BufferKey, view: &BufferView) -> bool {
    state.is_online(at.network) && view.presence == Presence::Present
}

/// The state when earlier messages were last requested.
#[derive(Clone, Copy, PartialEq)]
struct Asked {
    /// The first row at that time.
    first: Option<RowId>,
    /// Whether the server could be asked.
    is_there: bool,
}

/// Requests earlier messages when the beginning comes near: once per first row, so that a failure is not
/// retried forever, and once more when the person has joined again, because before that nobody received the
/// request.
fn use_load_earlier(scroll: Scroll, state: State) {
    let here = use_context::<Here>();
    let asked = use_hook(|| Rc::new(Cell::new(None::<Asked>)));
    use_effect(move || {
        let at = scroll.at;
        let is_near = {
            let report = state.page.view.read();
            report.room == log_name(at) && report.top < NEAR_BEGINNING
        };
        let view = scroll.view.read();
        let Some(view) = view.as_ref() else { return };
        let first = view.timeline.rows().next().map(|row| row.id);
        let now = Asked { first, is_there: is_there(state, at, view) };
        if is_near && view.earlier == Earlier::Possible && asked.get() != Some(now) {
            asked.set(Some(now));
            wish(&here, at.network, Intent::LoadEarlier { buffer: at.buffer });
        }
    });
}

/// Scrolls to the row that the reader wants to see, if it is there.
fn use_wanted(mut scroll: Scroll) {
    let here = use_context::<Here>();
    use_effect(move || {
        let Some(row) = *scroll.wanted.read() else { return };
        scroll.wanted.set(None);
        let chunk = scroll.view.peek().as_ref().and_then(|view| chunk_of(&view.timeline.chunks, row));
        if let Some(chunk) = chunk {
            scroll.first.set(Some(row));
            scroll.position.set(ScrollPosition::At { chunk, offset: 0.0 });
            here.0.page(PageAct::ScrollToRow(row));
        }
    });
}

/// If a conversation was empty when it was opened because the app had just started, scrolls to where the
/// unread messages begin as soon as that is known, unless the reader has scrolled by then. The same applies
/// after a period of absence.
fn use_landing(mut scroll: Scroll, state: State) {
    let here = use_context::<Here>();
    let was_there = use_hook(|| Rc::new(Cell::new(false)));
    // Where the unread messages began when the person lost the connection. The missed messages begin
    // elsewhere.
    let begun = use_hook(|| Rc::new(Cell::new(None::<RowId>)));
    use_effect(move || {
        let view = scroll.view.read();
        let divider = view.as_ref().and_then(|view| view.divider);
        let is_there = view.as_ref().is_some_and(|view| is_there(state, scroll.at, view));
        if was_there.replace(is_there) && !is_there {
            begun.set(divider);
            scroll.landed.set(false);
        }
        if !*scroll.end.read() && !*scroll.landed.peek() {
            scroll.landed.set(true);
        }
        let Some(divider) = divider.filter(|divider| begun.get() != Some(*divider)) else { return };
        if *scroll.landed.peek() {
            return;
        }
        scroll.landed.set(true);
        let Some(chunk) = view.as_ref().and_then(|view| chunk_of(&view.timeline.chunks, divider)) else {
            return;
        };
        scroll.first.set(Some(divider));
        scroll.position.set(ScrollPosition::At { chunk, offset: 0.0 });
        scroll.end.set(false);
        here.0.page(PageAct::ScrollToRow(divider));
    });
}
