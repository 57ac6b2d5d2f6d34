//! Sample conversations: rows in chunks, and what the page reports about them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses another part, as if of a library")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "this is test code, outside of the tests themselves"
)]

use std::sync::Arc;

use parla_client::{
    limits::CHUNK_ROWS_MAX,
    text::Text,
    view::{
        Author, BufferEvent, BufferView, Chunk, ChunkRef, Content, LinkState, Manner, MessageView, Row,
        RowId, Timeline, Update,
    },
};
use parla_proto::Timestamp;
use parla_ui::{App, platform::ShellKind};

use super::{
    Fake,
    page::Page,
    sample::{linked, room, shown},
};

/// 2023-11-14 22:13:20, the time of [`Fake`].
pub const NOW_MS: i64 = 1_700_000_000_000;

/// The time this many seconds ago.
pub fn ago(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW_MS - seconds * 1000)
}

/// A message, as a template.
pub fn said(from: &str, words: &str) -> MessageView {
    MessageView::new(Manner::Message, from, Text::parse(words))
}

/// A message of the person, as a template.
pub fn own(from: &str, words: &str) -> MessageView {
    let author = Author { own: true, ..Author::new(from) };
    MessageView { author, ..said(from, words) }
}

/// A row with this content.
pub fn row(id: u64, seconds_ago: i64, content: Content) -> Row {
    Row { id: RowId(id), at: ago(seconds_ago), content }
}

/// A message as a row.
pub fn message(id: u64, seconds_ago: i64, from: &str, words: &str) -> Row {
    row(id, seconds_ago, Content::Message(Arc::new(said(from, words))))
}

/// An event as a row.
pub fn event(id: u64, seconds_ago: i64, event: BufferEvent) -> Row {
    row(id, seconds_ago, Content::Event(event))
}

/// Rows in chunks, all of which are full except possibly the last.
pub fn timeline(rows: &[Row]) -> Timeline {
    let len = rows.len();
    let chunks = rows.chunks(CHUNK_ROWS_MAX).map(|rows| {
        let id = rows[0].id.0;
        ChunkRef(Arc::new(Chunk { id, rows: rows.to_vec() }))
    });
    Timeline { chunks: chunks.collect(), len }
}

/// This many messages, one per second, with ids from 0.
pub fn chatter(count: u64) -> Vec<Row> {
    let left = |id: u64| i64::try_from(count - id).unwrap();
    (0..count)
        .map(|id| message(id, left(id), if id % 3 == 0 { "alice" } else { "bob" }, "some words"))
        .collect()
}

/// `#lobby` with these rows.
#[allow(clippy::needless_pass_by_value, reason = "they are mostly made in the call")]
pub fn lobby(rows: Vec<Row>) -> BufferView {
    BufferView { timeline: timeline(&rows), ..room(1, "#lobby") }
}

/// The app, connected, with this conversation open.
pub fn open(view: BufferView) -> Page {
    let fake = Fake::new(ShellKind::Browser);
    let mut page = Page::new(App, &fake);
    page.apply(vec![linked(LinkState::Online), shown(view)]);
    page
}

/// Changes the conversation.
pub fn change(page: &mut Page, view: BufferView) {
    page.apply(vec![shown(view)]);
}

/// A report from the page's script.
pub fn report(page: &mut Page, words: &str) {
    page.write("#page-signal", words);
}

/// The page reports that the reader is here.
pub fn look(page: &mut Page, room: u32, top: u32, end: bool) {
    report(page, &format!("view 1-{room} {top} 700 900 99999 {}", u8::from(end)));
}

/// The person has typed this; the caret is at its end.
pub fn compose(page: &mut Page, text: &str) {
    let caret = text.encode_utf16().count();
    let text = text.replace('\\', r"\\").replace('\n', r"\n");
    report(page, &format!("composer {caret} {text}"));
}

/// The update that the network is disconnected, for tests that need one of their own.
pub fn offline() -> Update {
    linked(LinkState::Stopped { why: None, suggestion: None })
}
