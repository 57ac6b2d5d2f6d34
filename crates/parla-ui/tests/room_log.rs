//! The messages: a window of them in the page, the reader's position, and what is requested as they scroll.

mod support;

use std::sync::Arc;

use parla_client::{
    Intent,
    view::{
        BufferId, BufferView, Chunk, ChunkRef, Counted, Earlier, LinkState, Presence, RowId, Timeline, Update,
    },
};
use parla_ui::platform::PageAct;
use support::{
    page::Page,
    sample::{NET, linked, room, shown},
    talk::{change, chatter, lobby, look, message, open, report, timeline},
};

const LOBBY: BufferId = BufferId(1);

fn rows(page: &Page) -> Vec<u64> {
    let ids = page.all(".row").into_iter().filter_map(|node| page.attribute(node, "data-row"));
    ids.filter_map(|id| id.parse().ok()).collect()
}

fn looks(page: &Page) -> Vec<(Option<BufferId>, bool)> {
    let intents = page.fake.take_intents().into_iter();
    let looks = intents.filter_map(|intent| match intent {
        Intent::Look { buffer, at_end } => Some((buffer, at_end)),
        _ => None,
    });
    looks.collect()
}

#[test]
fn of_fifty_thousand_rows_few_are_in_the_page() {
    let mut page = open(lobby(chatter(50_000)));
    let shown = rows(&page);
    assert!(shown.len() <= 200, "{}", shown.len());
    assert_eq!(shown.last(), Some(&49_999));
    assert_eq!(page.all(".blank").len(), 1);
    look(&mut page, 1, 700_000, false);
    let shown = rows(&page);
    assert!(shown.len() <= 200, "{}", shown.len());
    assert!(shown.contains(&25_000), "{shown:?}");
    assert_eq!(page.all(".blank").len(), 2);
}

#[test]
fn a_burst_at_the_end_moves_the_window() {
    let mut page = open(lobby(chatter(200)));
    look(&mut page, 1, 5000, true);
    change(&mut page, lobby(chatter(5_200)));
    let shown = rows(&page);
    assert!(shown.len() <= 200);
    assert_eq!(shown.last(), Some(&5_199));
}

#[test]
fn who_reads_is_not_moved_by_what_comes_before_or_after() {
    let mut all = chatter(50_000);
    let mut page = open(lobby(all[1000..2000].to_vec()));
    look(&mut page, 1, 10_000, false);
    let before = rows(&page);
    all.truncate(3000);
    // History arrives in its own chunks, as a client adds it.
    let mut view = lobby(all[1000..].to_vec());
    let earlier = timeline(&all[..1000]);
    view.timeline.len += earlier.len;
    view.timeline.chunks.splice(0..0, earlier.chunks);
    change(&mut page, view);
    assert_eq!(rows(&page), before);
}

#[test]
fn another_client_with_other_chunks_moves_nobody() {
    let all = chatter(1_000);
    let mut page = open(lobby(all.clone()));
    report(&mut page, "view 1-1 14000 700 900 99999 0 510 100");
    let before = rows(&page);
    assert!(before.contains(&510), "{before:?}");
    // This one has fewer of the rows, and other chunk ids.
    let mut view = lobby(all[400..].to_vec());
    view.timeline = Timeline {
        chunks: view.timeline.chunks.iter().map(|chunk| renumbered(chunk, chunk.0.id - 400)).collect(),
        ..view.timeline
    };
    change(&mut page, view);
    assert!(rows(&page).contains(&510), "{:?}", rows(&page));
    assert!(rows(&page).len() <= 200);
}

fn renumbered(chunk: &ChunkRef, id: u64) -> ChunkRef {
    ChunkRef(Arc::new(Chunk { id, rows: chunk.0.rows.clone() }))
}

#[test]
fn the_log_is_a_log() {
    let page = open(lobby(chatter(3)));
    let log = page.one("#log");
    assert_eq!(page.attribute(log, "role").as_deref(), Some("log"));
    assert_eq!(page.attribute(log, "aria-label").as_deref(), Some("Messages in #lobby"));
    assert_eq!(page.attribute(log, "aria-live").as_deref(), Some("polite"));
    assert_eq!(page.attribute(log, "tabindex").as_deref(), Some("0"));
    let row = page.all(".row")[0];
    for (name, value) in
        [("role", "listitem"), ("data-row", "0"), ("data-nick", "alice"), ("data-time", "22:13")]
    {
        assert_eq!(page.attribute(row, name).as_deref(), Some(value), "{name}");
    }
}

#[test]
fn what_is_selected_stays_in_the_page() {
    let mut page = open(lobby(chatter(5_000)));
    look(&mut page, 1, 28_000, false);
    report(&mut page, "selection 1000 1010");
    look(&mut page, 1, 130_000, false);
    assert!(rows(&page).contains(&1005));
    assert_eq!(page.all(".blank").len(), 3);
    report(&mut page, "selection");
    assert!(!rows(&page).contains(&1005));
}

#[test]
fn the_jump_button_counts_what_is_new() {
    let mut page = open(lobby(chatter(500)));
    assert!(!page.has(".jump"));
    look(&mut page, 1, 3000, false);
    assert_eq!(page.text(".jump"), "↓ To the newest");
    change(&mut page, BufferView { unread: 12, ..lobby(chatter(512)) });
    assert_eq!(page.text(".jump"), "↓ 12 new");
    change(&mut page, BufferView { unread: 251, counted: Counted::InPart, ..lobby(chatter(512)) });
    assert_eq!(page.text(".jump"), "↓ 200+ new");
    assert!(page.text(".room-row").contains("200+ new"));
    page.fake.take_acts();
    let jump = page.one(".jump");
    page.click(jump);
    assert_eq!(page.fake.take_acts(), [PageAct::ScrollToEnd]);
    look(&mut page, 1, 13_000, true);
    assert!(!page.has(".jump"));
}

#[test]
fn the_network_is_told_what_is_looked_at() {
    let mut page = open(lobby(chatter(500)));
    assert_eq!(looks(&page), [(Some(LOBBY), true)]);
    look(&mut page, 1, 3000, false);
    assert_eq!(looks(&page), [(Some(LOBBY), false)]);
    report(&mut page, "attentive 0");
    assert_eq!(looks(&page), [(None, false)]);
    report(&mut page, "attentive 1");
    assert_eq!(looks(&page), [(Some(LOBBY), false)]);
    // A room with unread messages is not reported as read before it has been.
    let new = BufferView { divider: Some(RowId(450)), id: BufferId(2), ..lobby(chatter(500)) };
    page.apply(vec![shown(new), Update::Show(NET, BufferId(2))]);
    assert_eq!(looks(&page), [(Some(BufferId(2)), false)]);
}

#[test]
fn the_first_row_in_view_counts_more_than_pixels() {
    let mut page = open(lobby(chatter(5_000)));
    look(&mut page, 1, 70_000, false);
    assert!(rows(&page).contains(&2_510), "{:?}", rows(&page));
    report(&mut page, "view 1-1 90000 700 900 99999 0 2510 3000");
    assert!(rows(&page).contains(&2_510), "{:?}", rows(&page));
}

#[test]
fn a_report_about_another_room_is_old() {
    let mut page = open(lobby(chatter(500)));
    look(&mut page, 7, 3000, false);
    assert!(!page.has(".jump"));
}

#[test]
fn a_room_with_something_new_is_opened_there() {
    let mut page = open(BufferView { divider: Some(RowId(100)), ..lobby(chatter(5_000)) });
    assert!(rows(&page).contains(&100));
    let log = page.one("#log");
    assert_eq!(page.attribute(log, "data-start").as_deref(), Some("100"));
    assert_eq!(page.text("#divider"), "New 20:51");
    // When it is opened again and nothing is new, it is where it was left.
    look(&mut page, 1, 56_000, false);
    let seen = rows(&page);
    page.apply(vec![shown(room(2, "#other")), shown(lobby(chatter(5_000))), Update::Show(NET, BufferId(2))]);
    assert_eq!(page.attribute(page.one("#log"), "data-start").as_deref(), Some("end"));
    page.apply(vec![Update::Show(NET, LOBBY)]);
    assert_eq!(page.attribute(page.one("#log"), "data-start").as_deref(), Some("kept"));
    assert_eq!(rows(&page), seen);
}

#[test]
fn the_room_of_the_last_time_is_opened_at_what_is_new() {
    let mut page = open(BufferView { presence: Presence::Joining, ..room(1, "#lobby") });
    page.fake.take_acts();
    change(&mut page, BufferView { divider: Some(RowId(100)), ..lobby(chatter(5_000)) });
    assert!(page.fake.take_acts().contains(&PageAct::ScrollToRow(RowId(100))));
    assert!(rows(&page).contains(&100));
    // This happens only once: later the reader decides.
    look(&mut page, 1, 130_000, true);
    change(&mut page, BufferView { divider: Some(RowId(200)), ..lobby(chatter(5_001)) });
    assert_eq!(page.fake.take_acts(), []);
}

#[test]
fn what_was_missed_is_new_until_it_is_seen() {
    let new =
        |divider, rows| BufferView { divider: Some(RowId(divider)), unread: 30, ..lobby(chatter(rows)) };
    // After a start the room is opened where the unread messages begin, and its end has not been seen yet.
    let mut page = open(BufferView { presence: Presence::Joining, ..room(1, "#lobby") });
    looks(&page);
    change(&mut page, new(470, 500));
    assert_eq!(looks(&page), [(Some(LOBBY), false)]);
    assert_eq!(page.text(".jump"), "↓ 30 new");
    look(&mut page, 1, 13_000, true);
    assert_eq!(looks(&page), [(Some(LOBBY), true)]);
    // After a lost connection the messages arrive in view of people who are at the end.
    change(&mut page, lobby(chatter(500)));
    assert_eq!(looks(&page), []);
    change(&mut page, new(500, 530));
    assert_eq!(looks(&page), [(Some(LOBBY), true)]);
    assert!(!page.has(".jump"));
}

#[test]
fn each_time_that_something_was_missed_it_is_gone_to() {
    let mut page = open(lobby(chatter(100)));
    look(&mut page, 1, 2_000, true);
    let missed =
        |divider, rows| BufferView { divider: Some(RowId(divider)), unread: 40, ..lobby(chatter(rows)) };
    for (divider, rows, end) in [(100, 140, 3_000), (140, 180, 4_000), (180, 220, 5_000)] {
        page.apply(vec![linked(LinkState::Offline)]);
        change(&mut page, BufferView { presence: Presence::Joining, ..lobby(chatter(divider)) });
        page.fake.take_acts();
        page.apply(vec![linked(LinkState::Online)]);
        change(&mut page, lobby(chatter(divider)));
        assert_eq!(page.fake.take_acts(), [], "nothing is known yet");
        looks(&page);
        change(&mut page, missed(divider, rows));
        assert!(page.fake.take_acts().contains(&PageAct::ScrollToRow(RowId(divider))), "{divider}");
        assert_eq!(looks(&page), [(Some(LOBBY), false)], "{divider}");
        assert_eq!(page.text(".jump"), "↓ 40 new");
        // The reader scrolls to the end, and has read it.
        look(&mut page, 1, end, true);
        change(&mut page, lobby(chatter(rows)));
    }
}

#[test]
fn where_reading_began_before_is_not_gone_to_again() {
    let old = |presence| BufferView { presence, divider: Some(RowId(40)), ..lobby(chatter(100)) };
    let mut page = open(old(Presence::Present));
    look(&mut page, 1, 2_000, true);
    page.fake.take_acts();
    page.apply(vec![linked(LinkState::Offline)]);
    change(&mut page, old(Presence::Joining));
    page.apply(vec![linked(LinkState::Online)]);
    change(&mut page, old(Presence::Present));
    assert_eq!(page.fake.take_acts(), []);
}

#[test]
fn near_the_beginning_earlier_messages_are_asked_for_once() {
    let earlier = |rows: std::ops::Range<usize>, earlier| BufferView {
        earlier,
        ..lobby(chatter(1_000)[rows].to_vec())
    };
    let asks = |page: &Page| {
        page.fake.take_intents().iter().filter(|intent| matches!(intent, Intent::LoadEarlier { .. })).count()
    };
    let mut page = open(earlier(500..1000, Earlier::Possible));
    look(&mut page, 1, 5000, false);
    assert_eq!(asks(&page), 0);
    look(&mut page, 1, 400, false);
    look(&mut page, 1, 100, false);
    assert_eq!(asks(&page), 1);
    change(&mut page, earlier(500..1000, Earlier::Loading));
    assert!(page.html().contains("Loading earlier messages…"));
    // It failed. The reader can try again; the app does not retry forever.
    change(&mut page, earlier(500..1000, Earlier::Possible));
    look(&mut page, 1, 50, false);
    assert_eq!(asks(&page), 0);
    page.press("Load earlier messages");
    assert_eq!(asks(&page), 1);
    change(&mut page, earlier(450..1000, Earlier::Possible));
    assert_eq!(asks(&page), 1);
    change(&mut page, earlier(0..1000, Earlier::None));
    assert!(page.html().contains("This is the beginning of #lobby."));
}

#[test]
fn earlier_messages_that_nobody_could_be_asked_for_are_asked_for_later() {
    let asks = |page: &Page| {
        page.fake.take_intents().iter().filter(|intent| matches!(intent, Intent::LoadEarlier { .. })).count()
    };
    // The app has just started, with a message that was written before.
    let own = |presence| BufferView {
        earlier: Earlier::Possible,
        presence,
        ..lobby(vec![message(1, 0, "anna", "hi")])
    };
    let mut page = open(own(Presence::Joining));
    look(&mut page, 1, 0, true);
    asks(&page);
    change(&mut page, own(Presence::Present));
    assert_eq!(asks(&page), 1);
    change(&mut page, own(Presence::Present));
    assert_eq!(asks(&page), 0);
    // The connection breaks before the answer arrives.
    page.apply(vec![linked(LinkState::Offline)]);
    asks(&page);
    page.apply(vec![linked(LinkState::Online)]);
    assert_eq!(asks(&page), 1);
}

#[test]
fn who_is_not_in_a_room_is_not_offered_its_messages() {
    let absent =
        |rows| BufferView { presence: Presence::Absent(None), earlier: Earlier::Possible, ..lobby(rows) };
    let mut page = open(absent(Vec::new()));
    assert!(!page.html().contains("Load earlier messages"));
    change(&mut page, absent(vec![message(1, 0, "alice", "hi")]));
    assert!(page.html().contains("Load earlier messages"));
}

#[test]
fn a_room_without_messages_says_what_it_is() {
    let mut page = open(BufferView { presence: Presence::Joining, ..room(1, "#lobby") });
    assert_eq!(page.text(".skeleton"), "Joining #lobby…");
    change(&mut page, room(1, "#lobby"));
    let said = "#lobby is a room: everyone in it reads what is written here.No messages yet. Say hello.";
    assert_eq!(page.text(".empty"), said);
    change(
        &mut page,
        BufferView { timeline: Timeline::default(), earlier: Earlier::Loading, ..room(1, "#lobby") },
    );
    assert!(!page.has(".empty"));
    change(&mut page, lobby(vec![message(1, 0, "alice", "hi")]));
    assert!(!page.has(".empty"));
}
