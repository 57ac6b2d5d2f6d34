//! People who are looking elsewhere are notified of messages for them, if they want that.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use parla_client::view::{Alert, BufferId, BufferKind, LinkState, NetworkId, RowId, Update};
use parla_ui::{
    App,
    platform::{Leave, Notification, PlatformEvent, ShellKind},
    state::BufferKey,
};
use support::{
    Fake,
    page::Page,
    sample::{NET, conversation, linked, network, room, shown},
};

fn key(buffer: u32) -> BufferKey {
    BufferKey { network: NET, buffer: BufferId(buffer) }
}

/// Somebody in `#a` who is looking elsewhere, and has a conversation with bob.
fn away(leave: Leave) -> Page {
    let fake = Fake::new(ShellKind::Browser);
    fake.leave.set(leave);
    let mut page = Page::new(App, &fake);
    page.apply(vec![
        linked(LinkState::Online),
        shown(room(1, "#a")),
        shown(conversation(2, BufferKind::Direct, "bob")),
    ]);
    page.write("#page-signal", "attentive 0");
    page
}

/// This many messages for the person, with an alert for the last one.
fn told(page: &mut Page, buffer: u32, mentions: u32, text: &str) {
    let (mut view, in_room) = match buffer {
        1 => (room(1, "#a"), Some("#a".into())),
        _ => (conversation(2, BufferKind::Direct, "bob"), None),
    };
    (view.unread, view.mentions) = (mentions, mentions);
    let alert = Alert { from: "bob".into(), room: in_room, text: text.into(), row: RowId(1) };
    page.apply(vec![shown(view), Update::Alert(NET, BufferId(buffer), alert)]);
}

#[test]
fn only_alerts_notify() {
    let mut page = away(Leave::Given);
    let mut loud = room(1, "#a");
    loud.mentions = 5;
    page.apply(vec![shown(loud)]);
    assert!(page.fake.notified.borrow().is_empty());
    told(&mut page, 1, 6, "anna: hello");
    let expected = Notification {
        about: key(1),
        tag: "#/room/a".into(),
        title: "bob in #a".into(),
        body: "anna: hello".into(),
    };
    assert_eq!(*page.fake.notified.borrow(), [expected]);
}

#[test]
fn each_conversation_has_one_that_goes_when_it_was_read() {
    let mut page = away(Leave::Given);
    told(&mut page, 1, 1, "anna: one");
    told(&mut page, 1, 2, "anna: two");
    told(&mut page, 2, 1, "psst");
    let tags: Vec<String> = page.fake.notified.borrow().iter().map(|one| one.tag.clone()).collect();
    assert_eq!(tags, ["#/room/a", "#/room/a", "#/person/bob"]);
    assert!(page.fake.withdrawn.borrow().is_empty());
    page.apply(vec![shown(room(1, "#a"))]);
    assert_eq!(page.fake.withdrawn.take(), ["#/room/a"]);
    page.apply(vec![Update::BufferClosed(NET, BufferId(2))]);
    assert_eq!(page.fake.withdrawn.take(), ["#/person/bob"]);
}

#[test]
fn a_click_opens_the_conversation() {
    let mut page = away(Leave::Given);
    told(&mut page, 2, 1, "psst");
    page.press("Help");
    page.fake.events_in.unbounded_send(PlatformEvent::Chosen(key(2))).unwrap();
    page.settle();
    assert_eq!(page.text("#room-name"), "bob");
    assert!(!page.has("[role=dialog]"));
}

#[test]
fn the_network_is_named_where_there_are_several() {
    let mut page = away(Leave::Given);
    let mut other = network(LinkState::Online);
    (other.id, other.name) = (NetworkId(2), "Libera".into());
    page.apply(vec![Update::Network(other), Update::Buffer(NetworkId(2), room(1, "#rust"))]);
    let mut view = room(1, "#rust");
    view.mentions = 1;
    let alert = Alert { from: "carol".into(), room: Some("#rust".into()), text: "hi".into(), row: RowId(1) };
    page.apply(vec![Update::Buffer(NetworkId(2), view), Update::Alert(NetworkId(2), BufferId(1), alert)]);
    assert_eq!(page.fake.notified.borrow()[0].title, "carol in #rust on Libera");
}

#[test]
fn leave_is_asked_for_once_and_when_it_matters() {
    let mut page = away(Leave::NotAsked);
    assert!(!page.html().contains("Allow notifications"), "not at the start");
    told(&mut page, 1, 1, "anna: hello");
    assert!(page.fake.notified.borrow().is_empty());
    assert!(page.text(".banner").starts_with("Would you like a notification"));
    page.press("Not now");
    assert!(!page.has(".banner"));
    told(&mut page, 1, 2, "anna: are you there?");
    assert!(!page.has(".banner"), "not twice");
    // Nor are they asked after a restart.
    let saved = page.fake.saved.borrow().clone();
    let mut page = away(Leave::NotAsked);
    page.fake.saved.replace(saved);
    told(&mut page, 1, 1, "anna: hello");
    assert!(!page.has(".banner"));
    // People who change their minds find it in the help.
    page.press("Help");
    page.press("Allow notifications");
    assert_eq!(page.fake.asked_leave.get(), 1);
}

#[test]
fn the_answer_ends_the_question() {
    for (answer, words) in
        [(Leave::Given, None), (Leave::Refused, Some("Your browser does not let this page"))]
    {
        let mut page = away(Leave::NotAsked);
        told(&mut page, 2, 1, "psst");
        page.press("Allow notifications");
        assert_eq!(page.fake.asked_leave.get(), 1);
        page.fake.leave.set(answer);
        page.fake.events_in.unbounded_send(PlatformEvent::Answered(answer)).unwrap();
        page.settle();
        assert!(!page.has(".banner"));
        assert_eq!(page.has(".toast"), words.is_some());
        if let Some(words) = words {
            assert!(page.text(".toast").starts_with(words));
        }
    }
}

#[test]
fn nobody_is_asked_in_vain() {
    for leave in [Leave::Refused, Leave::Impossible] {
        let mut page = away(leave);
        told(&mut page, 1, 1, "anna: hello");
        assert!(!page.has(".banner") && !page.has(".toast"), "{leave:?}");
        assert!(page.fake.notified.borrow().is_empty());
    }
    // Somebody who is looking needs no notification.
    let mut page = away(Leave::NotAsked);
    page.write("#page-signal", "attentive 1");
    told(&mut page, 2, 1, "psst");
    assert!(!page.has(".banner"));
}
