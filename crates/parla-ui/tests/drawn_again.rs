//! Which components are redrawn when something changes: only those that show it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use parla_client::view::BufferView;
use support::{
    memos::computed_during,
    page::Page,
    sample::{crowd, room, shown},
    talk::{chatter, lobby, message, open, timeline},
};

/// `#lobby` is shown; `#other` and some more rooms are not.
fn page() -> Page {
    let mut page = open(BufferView { members: crowd(3), ..lobby(chatter(60)) });
    page.apply((2..8).map(|id| shown(busy(id, 1))).collect());
    page
}

/// A room that is not shown and has this many unread messages.
fn busy(id: u32, unread: u32) -> BufferView {
    let rows: Vec<_> = (0..u64::from(unread)).map(|n| message(n, 9, "bob", "some words")).collect();
    BufferView { timeline: timeline(&rows), unread, ..room(id, &format!("#room{id}")) }
}

/// What is redrawn, and how many memos are recomputed, for one more message in a room that is not shown.
fn because_of_a_line_elsewhere(page: &mut Page) -> (Vec<&'static str>, usize) {
    let mut drawn = Vec::new();
    let line = vec![shown(busy(2, 2))];
    let computed = computed_during(|| drawn = page.drawn_during(|page| page.apply(line)));
    (drawn, computed)
}

#[test]
fn a_line_in_a_room_that_is_not_shown_draws_its_row_in_the_list() {
    // These are the row, and the number in the window's title.
    assert_eq!(because_of_a_line_elsewhere(&mut page()), (vec!["RoomRow"], 2));
}

#[test]
fn where_the_list_is_slid_out_its_button_says_what_is_new() {
    let mut page = page();
    page.write("#page-signal", "narrow 1");
    assert_eq!(because_of_a_line_elsewhere(&mut page), (vec!["RoomRow", "ShowRooms"], 3));
}
