//! Some consecutive rows in the page. They are redrawn only if one of them changes; the component reports its
//! height.

use dioxus::prelude::*;
use parla_client::view::{ChunkRef, Content, Row, RowId};
use parla_proto::{
    Timestamp,
    civil::{Date, DateTime},
};

use crate::{
    hooks::use_context,
    platform::Here,
    room::{
        arrange::{Item, Lead, Setting, arrange},
        clock::Clock,
        message::MessageRow,
        notes::{EventRow, GapRow, ServerRow},
        text::{Sentence, unmarked},
        window::Heights,
    },
    state::BufferKey,
    words::{Words, use_words},
};

/// What all chunks of a log share.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Shared {
    /// The conversation that the log shows.
    pub(crate) at: BufferKey,
    /// The heights of chunks that were measured so far.
    pub(crate) heights: Signal<Heights>,
    /// The runs of joins and leaves that are expanded, by their first row, and the long messages that are
    /// shown whole.
    pub(crate) open: Signal<Vec<RowId>>,
    /// The row that the reader wants to see.
    pub(crate) wanted: Signal<Option<RowId>>,
}

/// One chunk of the log.
#[component]
pub(crate) fn ChunkBlock(
    shared: Shared,
    chunk: ChunkRef,
    previous: Option<Row>,
    divider: Option<RowId>,
    today: Date,
) -> Element {
    let read = Reading { words: use_words(), clock: Clock(use_context::<Here>()) };
    let id = chunk.0.id;
    let mut heights = shared.heights;
    let measure = move |event: Event<ResizeData>| {
        if let Ok(size) = event.get_border_box_size()
            && heights.peek().differs(id, size.height)
        {
            heights.write().measure(id, size.height);
        }
    };
    let open = shared.open.read();
    // A day in the future is shown as today: the server's clock may be fast, and later messages would be
    // under the wrong day.
    let local = |at| {
        let time = read.clock.local(at);
        DateTime { date: time.date.min(today), ..time }
    };
    let setting = Setting { previous: previous.as_ref(), divider, open: &open, local: &local };
    let items = arrange(&chunk.0, &setting);
    rsx! {
        div { class: "chunk", role: "list", onresize: measure,
            {items.into_iter().map(|item| draw(shared, &chunk, item, today, &read))}
        }
    }
}

/// What is needed to show times.
struct Reading {
    words: Words,
    clock: Clock,
}

impl Reading {
    fn time(&self, at: Timestamp) -> String {
        self.words.hour_minute(self.clock.local(at))
    }
}

fn draw(shared: Shared, chunk: &ChunkRef, item: Item, today: Date, read: &Reading) -> Element {
    let words = read.words;
    match item {
        // The same day may begin twice.
        Item::Day(date, row) => rsx! {
            div { key: "day-{row.0}", class: "day", role: "listitem", span { {words.day(date, today)} } }
        },
        Item::New(time) => {
            let time = words.hour_minute(time);
            rsx! {
                div { key: "new-{time}", id: "divider", class: "new", role: "listitem", "aria-label": words.room_new_since(&time),
                    span { "{words.room_new()} " }
                    time { "{time}" }
                }
            }
        }
        Item::Message { index, lead } => draw_row(shared, chunk, index, lead, read),
        Item::Other(index) => draw_row(shared, chunk, index, Lead::Named, read),
        Item::Run { id, rows, open } => {
            let rows: Vec<Row> = chunk.0.rows.get(rows).unwrap_or_default().to_vec();
            rsx! { RunRow { key: "{id.0}", shared, id, rows, open } }
        }
    }
}

fn draw_row(shared: Shared, chunk: &ChunkRef, index: usize, lead: Lead, read: &Reading) -> Element {
    let words = read.words;
    let Some(row) = chunk.0.rows.get(index) else { return rsx! {} };
    let (at, id, time) = (shared.at, row.id, read.time(row.at));
    match &row.content {
        Content::Message(message) => {
            rsx! { MessageRow { key: "{id.0}", shared, id, time, message: message.clone(), lead } }
        }
        Content::Event(event) => rsx! { EventRow { key: "{id.0}", id, time, event: event.clone() } },
        Content::Server(text) => rsx! { ServerRow { key: "{id.0}", at, id, time, text: text.clone() } },
        Content::Gap(gap) => {
            let to = read.time(gap.to);
            let sentence = match gap.from {
                Some(from) if from > gap.to => words.room_gap_somewhere().to_owned(),
                from => words.gap(from.map(|from| read.clock.local(from)), read.clock.local(gap.to)),
            };
            rsx! { GapRow { key: "{id.0}", at, id, sentence, time: to, state: gap.state } }
        }
    }
}

/// Several joins and leaves: one line, or each of them.
#[component]
fn RunRow(shared: Shared, id: RowId, rows: Vec<Row>, open: bool) -> Element {
    let words = use_words();
    let read = Reading { words, clock: Clock(use_context::<Here>()) };
    let mut opened = shared.open;
    let toggle = move |_| {
        let mut opened = opened.write();
        match opened.iter().position(|other| *other == id) {
            Some(at) => drop(opened.remove(at)),
            None => opened.push(id),
        }
    };
    let time = rows.first().map(|row| read.time(row.at)).unwrap_or_default();
    let sentence = words.came_and_went(rows.iter().filter_map(event_of));
    let plain = unmarked(&sentence);
    rsx! {
        div {
            class: "row event",
            role: "listitem",
            "data-row": "{id.0}",
            "data-kind": "event",
            "data-time": "{time}",
            "data-text": "{plain}",
            time { class: "at", "{time}" }
            " "
            div { class: "said",
                button { r#type: "button", class: "run", "aria-expanded": open, onclick: toggle,
                    Sentence { words: sentence }
                }
                if open {
                    ul { class: "run-rows",
                        for row in rows.iter() {
                            if let Content::Event(event) = &row.content {
                                li { key: "{row.id.0}",
                                    time { "{read.time(row.at)} " }
                                    Sentence { words: words.event(event) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn event_of(row: &Row) -> Option<&parla_client::view::BufferEvent> {
    match &row.content {
        Content::Event(event) => Some(event),
        Content::Message(_) | Content::Server(_) | Content::Gap(_) => None,
    }
}
