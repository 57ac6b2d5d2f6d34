//! How rows look: senders, groups, separators, links, colours, delivery status.

mod support;

use std::sync::Arc;

use parla_client::{
    Intent, ProblemKind,
    text::Text,
    view::{
        BufferEvent, BufferId, BufferView, Chunk, ChunkRef, Content, Delivery, Gap, GapState, Manner,
        MessageView, Presence, RowId, Timeline, Topic, UNCONFIRMED_CHUNK, UndoneRequest,
    },
};
use parla_ui::platform::{AppCommand, PageAct};
use support::{
    page::Page,
    sample::{members, problem, room},
    talk::{ago, change, event, lobby, message, offline, open, own, row, said, timeline},
};

const LOBBY: BufferId = BufferId(1);

fn with(said: MessageView) -> Page {
    open(lobby(vec![row(1, 0, Content::Message(Arc::new(said)))]))
}

fn intents(page: &Page) -> Vec<Intent> {
    let mut intents = page.fake.take_intents();
    intents.retain(|intent| !matches!(intent, Intent::Look { .. }));
    intents
}

#[test]
fn a_message_that_is_long_on_its_way_says_why() {
    let sent = |text: &str| MessageView { delivery: Delivery::Sent, ..own("anna", text) };
    let underway = |texts: &[&str]| {
        let rows = texts
            .iter()
            .enumerate()
            .map(|(n, text)| row(u64::try_from(n).unwrap() + 1, 0, Content::Message(Arc::new(sent(text)))));
        let chunk = Chunk { id: UNCONFIRMED_CHUNK, rows: rows.collect() };
        let timeline = Timeline { len: chunk.rows.len(), chunks: vec![ChunkRef(Arc::new(chunk))] };
        let mut page = open(BufferView { timeline, ..room(1, "#lobby") });
        assert!(!page.has(".underway"), "nothing is said of what takes a moment");
        page.fake.wake();
        page.settle();
        page.text_of(page.all(".underway")[0])
    };
    assert_eq!(underway(&["hi"]), "Still on its way. The server has not confirmed it yet.");
    let paste = "line\n".repeat(200);
    assert_eq!(
        underway(&["behind it", &paste]),
        "The server slows this down, because much was sent at once."
    );
}

#[test]
fn nothing_is_read_as_html() {
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let view = BufferView {
        topic: Some(Arc::new(Topic { text: Text::parse(hostile), by: None, at: None })),
        timeline: timeline(&[
            message(1, 9, hostile, hostile),
            event(2, 8, BufferEvent::Quit { who: hostile.into(), reason: Some(Text::parse(hostile)) }),
            row(3, 7, Content::Server(Text::parse(hostile))),
        ]),
        ..room(1, hostile)
    };
    let html = open(view).html();
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert!(html.contains("&#60;script&#62;"), "{html}");
}

#[test]
fn one_person_in_a_row_is_named_once() {
    let page = open(lobby(vec![
        message(1, 30, "alice", "one"),
        message(2, 20, "alice", "two"),
        message(3, 10, "bob", "three"),
    ]));
    assert_eq!(page.all(".lead").len(), 2);
    let second = page.all(".row")[1];
    assert_eq!(page.text_of(second), "22:13 alice: two", "for who does not see the group");
    assert_eq!(page.all(".nick").len(), 2);
}

#[test]
fn a_name_stands_in_its_own_direction_and_opens_the_person() {
    let mut page = with(said("حسن", "مرحبا"));
    let html = page.html();
    assert!(html.contains("<bdi style=\"color:oklch(var(--nick-l) var(--nick-c) "), "{html}");
    assert!(html.contains("<bdi class=\"body\" dir=\"auto\""), "{html}");
    let nick = page.one("#nick-1");
    page.click(nick);
    assert!(page.has("[role=dialog]"), "{}", page.html());
}

#[test]
fn days_are_separated() {
    let day = 24 * 3600;
    let page = open(lobby(vec![
        message(1, 9 * day, "alice", "x"),
        message(2, day, "alice", "x"),
        message(3, 0, "alice", "x"),
    ]));
    let days: Vec<String> = page.all(".day").into_iter().map(|node| page.text_of(node)).collect();
    assert_eq!(days, ["Sunday, 5 November", "Yesterday", "Today"]);
}

#[test]
fn what_was_said_by_a_clock_that_is_ahead_was_said_today() {
    let page = open(lobby(vec![message(1, -3 * 3600, "alice", "ahead"), message(2, 0, "bob", "now")]));
    let days: Vec<String> = page.all(".day").into_iter().map(|node| page.text_of(node)).collect();
    assert_eq!(days, ["Today"]);
}

#[test]
fn comings_and_goings_are_one_line_that_opens() {
    let joined = |id, who: &str| event(id, 10, BufferEvent::Joined { who: who.into() });
    let quit = |id, who: &str| {
        event(id, 10, BufferEvent::Quit { who: who.into(), reason: Some(Text::parse("bye")) })
    };
    let mut page =
        open(lobby(vec![joined(1, "bob"), joined(2, "alice"), quit(3, "x"), quit(4, "y"), quit(5, "z")]));
    assert_eq!(page.all(".row").len(), 1);
    let button = page.button("alice and bob joined, 3 left");
    assert_eq!(page.attribute(button, "aria-expanded").as_deref(), Some("false"));
    page.click(button);
    let button = page.button("alice and bob joined, 3 left");
    assert_eq!(page.attribute(button, "aria-expanded").as_deref(), Some("true"));
    assert_eq!(
        page.all("li").into_iter().filter(|node| page.text_of(*node).contains("disconnected (bye)")).count(),
        3
    );
    page.click(button);
    assert!(!page.html().contains("disconnected"));
}

#[test]
fn a_gap_is_stated_and_can_be_filled() {
    let gap = |state| lobby(vec![row(7, 0, Content::Gap(Gap { from: Some(ago(3600)), to: ago(60), state }))]);
    let mut page = open(gap(GapState::Loadable));
    assert_eq!(page.text(".gap"), "Messages between 21:13 and 22:12 are missing. Load");
    page.press("Load");
    assert_eq!(intents(&page), [Intent::LoadGap { buffer: LOBBY, row: RowId(7) }]);
    change(&mut page, gap(GapState::Loading));
    assert_eq!(page.text(".gap"), "Messages between 21:13 and 22:12 are missing. Loading…");
    change(&mut page, gap(GapState::Lost));
    assert!(page.text(".gap").ends_with("This server does not keep them."));
    // Two times that look the same are not worth showing.
    for (from, said) in [
        (ago(61), "Messages around 22:12 are missing. Load"),
        (
            ago(60 + 24 * 3600),
            "Messages are missing: 13 November 2023, 22:12 – 14 November 2023, 22:12. Load",
        ),
    ] {
        let gap = Gap { from: Some(from), to: ago(60), state: GapState::Loadable };
        change(&mut page, lobby(vec![row(7, 0, Content::Gap(gap))]));
        assert_eq!(page.text(".gap"), said);
    }
    // By a clock that was set back, neither time is after the other.
    let back = Gap { from: Some(ago(60)), to: ago(3600), state: GapState::Loadable };
    change(&mut page, lobby(vec![row(7, 0, Content::Gap(back))]));
    assert_eq!(page.text(".gap"), "Messages are missing here. Load");
}

#[test]
fn a_failed_message_can_be_sent_again_or_deleted() {
    let why = problem(ProblemKind::CannotSpeak, "#lobby");
    let mut page = with(MessageView { delivery: Delivery::Failed(why), ..own("anna", "hi") });
    assert!(page.has(".failed"));
    assert_eq!(page.text(".failure"), "Not sent.");
    page.press("Retry");
    page.press("Delete");
    let (buffer, row) = (LOBBY, RowId(1));
    assert_eq!(intents(&page), [Intent::Retry { buffer, row }, Intent::Discard { buffer, row }]);
}

#[test]
fn a_message_under_way_looks_so() {
    let mut page = with(MessageView { delivery: Delivery::Queued, ..own("anna", "hi") });
    assert!(page.has(".pending"));
    assert!(page.text(".underway").starts_with("Waits for its turn"));
    page.apply(vec![offline()]);
    assert!(page.text(".underway").starts_with("Waits for the connection"));
    let page = with(MessageView { delivery: Delivery::Sent, ..own("anna", "hi") });
    assert!(page.has(".pending") && page.html().contains("Sending…"));
    let page = with(own("anna", "hi"));
    assert!(!page.has(".pending") && !page.has(".underway"));
}

#[test]
fn what_waits_can_be_cancelled_together() {
    let queued = |id| {
        let said = MessageView { delivery: Delivery::Queued, ..own("anna", "hi") };
        row(id, 0, Content::Message(Arc::new(said)))
    };
    let waiting = |count| {
        let rows: Vec<_> = (1..=count).map(queued).collect();
        let chunk = Chunk { id: UNCONFIRMED_CHUNK, rows };
        let timeline = Timeline { len: chunk.rows.len(), chunks: vec![ChunkRef(Arc::new(chunk))] };
        BufferView { timeline, ..room(1, "#lobby") }
    };
    let mut page = open(waiting(1));
    assert!(!page.has(".waiting"));
    change(&mut page, waiting(12));
    assert!(page.text(".waiting").starts_with("12 messages wait for their turn."));
    page.press("Cancel all");
    assert!(intents(&page).contains(&Intent::DiscardQueued { buffer: LOBBY }));
}

#[test]
fn what_was_not_done_can_be_repeated_or_dismissed() {
    let undone = |row, intent, may_be_done| UndoneRequest { row: RowId(row), intent, may_be_done };
    let topic = Intent::SetTopic { buffer: LOBBY, topic: "green <b>tea</b>".into() };
    let kick = Intent::Kick { buffer: LOBBY, nick: "bob".into(), reason: "".into() };
    let view = |undone: Vec<UndoneRequest>| BufferView { undone: undone.into(), ..room(1, "#lobby") };
    let mut page = open(view(vec![undone(7, topic, true), undone(8, kick.clone(), false)]));
    let rows: Vec<String> = page.all(".undone li").into_iter().map(|row| page.text_of(row)).collect();
    assert_eq!(
        rows,
        [
            "The connection broke, so it is not known whether this was done: Set the topic to “green \
             <b>tea</b>”. Retry Dismiss",
            "Not done, because you were not connected: Remove \u{2068}bob\u{2069} from the room. Retry Dismiss",
        ]
    );
    for label in ["Retry", "Dismiss"] {
        let button = page.all(".undone button").into_iter().find(|button| page.text_of(*button) == label);
        page.click(button.unwrap());
    }
    let wanted = intents(&page);
    assert!(wanted.contains(&Intent::Retry { buffer: LOBBY, row: RowId(7) }), "{wanted:?}");
    assert!(wanted.contains(&Intent::Discard { buffer: LOBBY, row: RowId(7) }), "{wanted:?}");
    // It is also seen by somebody who is not in the room any more.
    let kick = vec![undone(8, kick, false)];
    change(&mut page, BufferView { presence: Presence::Absent(None), ..view(kick) });
    assert_eq!(page.all(".undone li").len(), 1);
}

#[test]
fn a_mention_is_marked_and_said() {
    let page = with(MessageView { mention: true, ..said("bob", "anna: hi") });
    assert!(page.text(".mention").contains("Mentions you: bob anna: hi"), "{}", page.text(".mention"));
}

#[test]
fn actions_and_notices_look_different() {
    let page = with(MessageView { manner: Manner::Action, ..said("bob", "waves") });
    assert_eq!(page.text(".is-action"), "22:13 * bob waves");
    let page = with(MessageView { manner: Manner::Notice, ..said("bob", "beep") });
    assert!(page.has(".is-notice"));
}

#[test]
fn links_are_opened_by_the_shell() {
    let mut page = with(said("bob", "see https://example.org/x and #rust"));
    let link = page.one("a");
    assert_eq!(page.attribute(link, "href").as_deref(), Some("https://example.org/x"));
    assert_eq!(page.attribute(link, "rel").as_deref(), Some("noopener noreferrer"));
    assert_eq!(page.attribute(link, "target").as_deref(), Some("_blank"));
    page.click(link);
    assert_eq!(page.fake.opened.take(), ["https://example.org/x"]);
    page.press("#rust");
    assert_eq!(intents(&page), [Intent::Join { room: "#rust".into(), key: None }]);
}

#[test]
fn a_host_that_could_be_mistaken_is_spelled_out() {
    let page = with(said("bob", "https://аpple.com/"));
    assert!(page.text(".real-host").starts_with("(xn--"), "{}", page.html());
}

#[test]
fn styles_and_colours_are_shown() {
    let page = with(said("bob", "\u{2}bold\u{2} \u{3}4red\u{3} \u{3}0,4both\u{3} \u{11}code\u{11}"));
    let html = page.html();
    assert!(html.contains("<span class=\"bold\""), "{html}");
    assert!(html.contains("color:oklch(var(--nick-l) var(--nick-c) 29)"), "{html}");
    assert!(html.contains("color:#ffffff;background-color:#ff0000;"), "{html}");
    assert_eq!(page.text("code"), "code");
}

#[test]
fn the_header_has_name_topic_and_members() {
    let mut view = BufferView {
        members: members(&[
            (parla_client::view::Rank::Member, "anna"),
            (parla_client::view::Rank::Member, "bob"),
        ]),
        topic: support::sample::topic("all about #rust"),
        timeline: Timeline::default(),
        ..room(1, "#lobby")
    };
    let mut page = open(view.clone());
    assert_eq!(page.text("#room-name"), "#lobby");
    assert_eq!(page.text(".topic"), "all about #rust");
    page.button("2 people");
    page.write("#page-signal", "narrow 1");
    page.press("Show rooms");
    assert!(page.has(".side-rooms"));
    view.rights.set_topic = true;
    change(&mut page, view);
    page.press("Change topic");
    assert!(page.has("[role=dialog]"));
    assert!(!page.fake.take_acts().contains(&PageAct::ScrollToEnd));
    assert!(
        page.fake
            .take_commands()
            .iter()
            .all(|command| matches!(command, AppCommand::Intent(_, Intent::Look { .. })))
    );
}
