//! Every conversation has an address, and Back leads to the previous one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::rc::Rc;

use dioxus::prelude::{Key, Modifiers};
use parla_client::{
    Intent, ProblemKind,
    view::{BufferId, BufferKind, LinkState, NetworkId, Presence, Update},
};
use parla_ui::{
    App,
    platform::{AppCommand, PageAct, PlatformEvent, ShellKind, Start},
    visits::{Arrival, HistoryAct, HistoryEntry, Step},
};
use support::{
    Fake,
    page::Page,
    sample::{NET, conversation, linked, network, problem, room, shown},
};

fn rooms() -> Vec<Update> {
    vec![
        linked(LinkState::Online),
        shown(room(1, "#a")),
        shown(room(2, "#b")),
        shown(conversation(3, BufferKind::Direct, "bob")),
    ]
}

fn start(fake: &Rc<Fake>) -> Page {
    let mut page = Page::new(App, fake);
    page.apply(rooms());
    fake.take_commands();
    page
}

fn entry(fragment: &str, layers: u8) -> HistoryEntry {
    HistoryEntry { fragment: fragment.to_owned(), layers }
}

fn history(page: &Page) -> Vec<HistoryAct> {
    page.fake.history.take()
}

fn happen(page: &mut Page, event: PlatformEvent) {
    page.fake.events_in.unbounded_send(event).unwrap();
    page.settle();
}

fn go(page: &mut Page, step: Step) {
    use parla_ui::platform::Platform as _;
    page.fake.history(HistoryAct::Go(step));
    page.settle();
    page.fake.history.take();
}

fn opened(page: &mut Page, fragment: &str) {
    happen(page, PlatformEvent::Arrived(Arrival::Opened(fragment.to_owned())));
}

fn enter(page: &mut Page, number: u32) {
    let row = page.one(&format!("#room-1-{number}"));
    page.click(row);
}

fn current(page: &Page) -> String {
    page.text("#room-name")
}

#[test]
fn each_conversation_has_an_address() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/room/a", 0))]);
    enter(&mut page, 2);
    enter(&mut page, 3);
    let expected = ["#/room/b", "#/person/bob"].map(|fragment| HistoryAct::Push(entry(fragment, 0)));
    assert_eq!(history(&page), expected);
    // A new conversation by itself is not a step.
    page.apply(vec![shown(room(1, "#a"))]);
    assert_eq!(history(&page), []);
}

#[test]
fn back_and_forward_walk_through_what_was_seen() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    enter(&mut page, 2);
    enter(&mut page, 3);
    go(&mut page, Step::Back);
    assert_eq!(current(&page), "#b");
    go(&mut page, Step::Back);
    assert_eq!(current(&page), "#a");
    go(&mut page, Step::On);
    assert_eq!(current(&page), "#b");
    enter(&mut page, 1);
    go(&mut page, Step::On);
    assert_eq!(current(&page), "#a");
    assert_eq!(page.fake.take_intents().iter().filter(|it| matches!(it, Intent::Join { .. })).count(), 0);
}

#[test]
fn back_closes_what_is_open_first() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    page.write("#page-signal", "narrow 1");
    enter(&mut page, 2);
    page.press("Show rooms");
    page.press("You are anna");
    assert!(page.has("[role=dialog]") && page.has(".frame.side-rooms"));
    go(&mut page, Step::Back);
    assert!(!page.has("[role=dialog]") && page.has(".frame.side-rooms"));
    go(&mut page, Step::Back);
    assert!(!page.has(".frame.side-rooms"));
    assert_eq!(current(&page), "#b");
    go(&mut page, Step::Back);
    assert_eq!(current(&page), "#a");
}

#[test]
fn what_was_closed_by_hand_is_no_step() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    enter(&mut page, 2);
    page.press("Help");
    page.key("#app", Key::Escape, Modifiers::empty());
    assert!(!page.has("[role=dialog]"));
    go(&mut page, Step::Back);
    assert_eq!(current(&page), "#a");
    // What is chosen in a side replaces the side's entry.
    page.write("#page-signal", "narrow 1");
    page.press("Show rooms");
    history(&page);
    enter(&mut page, 3);
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/person/bob", 0))]);
    go(&mut page, Step::Back);
    assert_eq!(current(&page), "#a");
}

#[test]
fn back_passes_by_what_is_gone() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    enter(&mut page, 2);
    enter(&mut page, 3);
    page.apply(vec![Update::BufferClosed(NET, BufferId(2))]);
    go(&mut page, Step::Back);
    assert_eq!(current(&page), "#a");
    // Forward does not return to a dialog that was closed from within.
    go(&mut page, Step::On);
    assert_eq!(current(&page), "bob");
    page.apply(vec![Update::BufferClosed(NET, BufferId(3))]);
    assert_eq!(history(&page).last(), Some(&HistoryAct::Replace(entry("#/room/a", 0))));
}

#[test]
fn a_window_has_keys_for_it() {
    let mut page = start(&Fake::new(ShellKind::Desktop));
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/network/1/room/a", 0))]);
    enter(&mut page, 2);
    page.key("#app", Key::ArrowLeft, Modifiers::ALT);
    assert_eq!(current(&page), "#a");
    page.key("#app", Key::ArrowRight, Modifiers::ALT);
    assert_eq!(current(&page), "#b");
    // A browser has its own history.
    let mut page = start(&Fake::new(ShellKind::Browser));
    enter(&mut page, 2);
    history(&page);
    page.key("#app", Key::ArrowLeft, Modifiers::ALT);
    assert_eq!((current(&page).as_str(), history(&page).len()), ("#b", 0));
}

#[test]
fn networks_are_told_apart() {
    let mut page = start(&Fake::new(ShellKind::Desktop));
    let mut other = network(LinkState::Online);
    (other.id, other.name) = (NetworkId(2), "Other".into());
    page.apply(vec![Update::Network(other), Update::Buffer(NetworkId(2), room(1, "#a"))]);
    let row = page.one("#room-2-1");
    page.click(row);
    assert_eq!(history(&page).last(), Some(&HistoryAct::Push(entry("#/network/2/room/a", 0))));
    go(&mut page, Step::Back);
    assert_eq!(page.all("#room-1-1[aria-current=page]").len(), 1);
}

#[test]
fn a_link_leads_through_the_first_screen() {
    let fake = Fake::new(ShellKind::Browser);
    fake.start.replace(Start::Link("#/room/%C3%BC".into()));
    let mut page = Page::new(App, &fake);
    assert_eq!(page.text(".first-sentence"), "Choose a name, and you are in #ü.");
    page.write("#name", "anna");
    page.press("Join");
    page.apply(vec![linked(LinkState::Connecting(parla_client::view::Stage::Finding))]);
    assert_eq!(fake.take_intents(), []);
    page.apply(vec![linked(LinkState::Online)]);
    assert!(fake.take_intents().contains(&Intent::Join { room: "#ü".into(), key: None }));
    let joining = |presence| {
        let mut view = room(2, "#ü");
        view.presence = presence;
        shown(view)
    };
    page.apply(vec![shown(room(1, "#lobby")), joining(Presence::Joining), Update::Show(NET, BufferId(2))]);
    assert_eq!(current(&page), "#ü");
    page.apply(vec![joining(Presence::Present)]);
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/room/%C3%BC", 0))]);
}

#[test]
fn a_link_that_is_opened_later_leads_there() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    history(&page);
    // This address leads to a conversation in the list.
    opened(&mut page, "#/room/b");
    assert_eq!(current(&page), "#b");
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/room/b", 0))]);
    page.fake.take_commands();
    // This one leads to a conversation that is not in the list yet.
    opened(&mut page, "#/person/carol");
    let carol = AppCommand::Intent(NET, Intent::OpenDirect { nick: "carol".into() });
    assert!(page.fake.take_commands().contains(&carol));
    page.apply(vec![shown(conversation(4, BufferKind::Direct, "carol")), Update::Show(NET, BufferId(4))]);
    assert_eq!(current(&page), "carol");
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/person/carol", 0))]);
}

#[test]
fn a_room_that_cannot_be_entered_says_why_and_leaves_one_there() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    enter(&mut page, 2);
    history(&page);
    opened(&mut page, "#/room/secret");
    let mut secret = room(4, "#secret");
    secret.presence = Presence::Joining;
    page.apply(vec![shown(secret.clone()), Update::Show(NET, BufferId(4))]);
    page.fake.take_commands();
    secret.presence = Presence::Absent(Some(problem(ProblemKind::InviteOnly, "#secret")));
    page.apply(vec![shown(secret)]);
    assert_eq!(current(&page), "#b");
    assert!(page.text(".toast").starts_with("You need an invitation to #secret."));
    assert!(page.fake.take_intents().contains(&Intent::Leave { buffer: BufferId(4) }));
    page.apply(vec![Update::BufferClosed(NET, BufferId(4))]);
    assert_eq!(page.all(".toast").len(), 1);
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/room/b", 0))]);
}

#[test]
fn what_is_no_address_leads_nowhere() {
    let endless = format!("#/room/{}", "x".repeat(100_000));
    let mut page = start(&Fake::new(ShellKind::Browser));
    history(&page);
    for fragment in ["#composer", "#javascript:alert(1)", "#/room/a%0D%0AQUIT", "#/room/%00", &endless] {
        page.fake.take_commands();
        opened(&mut page, fragment);
        assert_eq!(current(&page), "#a");
        assert_eq!(page.fake.take_intents(), []);
        assert_eq!(history(&page), [HistoryAct::Replace(entry("#/room/a", 0))]);
    }
}

#[test]
fn a_link_that_leads_nowhere_is_said_to() {
    let said = "This link leads to no room and no person. It may be incomplete or misspelt.";
    for (fragment, is_meant) in [
        ("#/room/a,b", true),
        ("#/rooms/a", true),
        ("#/person/", true),
        ("#/network/x/room/a", true),
        ("#composer", false),
        ("#/", false),
        ("", false),
    ] {
        let told = |page: &Page| page.all(".toast p").into_iter().map(|node| page.text_of(node)).collect();
        let expected: &[&str] = if is_meant { &[said] } else { &[] };
        let fake = Fake::new(ShellKind::Browser);
        fake.start.replace(Start::Link(fragment.into()));
        let page = Page::new(App, &fake);
        let first: Vec<String> = told(&page);
        assert_eq!(first, expected, "{fragment} at the start");
        let mut page = start(&Fake::new(ShellKind::Browser));
        opened(&mut page, fragment);
        let later: Vec<String> = told(&page);
        assert_eq!(later, expected, "{fragment} later");
    }
}

#[test]
fn loading_again_stays_and_does_not_join() {
    let fake = Fake::new(ShellKind::Browser);
    fake.returning.set(true);
    fake.start.replace(Start::Again(entry("#/room/b", 1)));
    let mut page = Page::new(App, &fake);
    let mut updates = rooms();
    let mut removed = room(2, "#b");
    removed.presence = Presence::Absent(Some(problem(ProblemKind::KickedOut, "#b")));
    updates.push(shown(removed));
    page.apply(updates);
    assert_eq!(current(&page), "#b");
    assert_eq!(fake.take_intents().iter().filter(|it| matches!(it, Intent::Join { .. })).count(), 0);
    assert_eq!(history(&page), [HistoryAct::Replace(entry("#/room/b", 0))]);
}

#[test]
fn a_link_can_be_copied() {
    let mut page = start(&Fake::new(ShellKind::Browser));
    page.fake.take_acts();
    page.press("Copy link");
    let copied = |text: &str| PageAct::Copy(text.to_owned());
    assert!(page.fake.take_acts().contains(&copied("https://chat.example.org/#/room/a")));
    assert!(page.text(".toast").starts_with("The link is copied."));
    enter(&mut page, 3);
    page.press("Copy link");
    assert!(page.fake.take_acts().contains(&copied("https://chat.example.org/#/person/bob")));
    // A window has no page, but other programs can follow the address.
    let mut far = network(LinkState::Online);
    (far.address, far.features.private) = ("irc.example.org".into(), true);
    let mut page = start(&Fake::new(ShellKind::Desktop));
    page.apply(vec![Update::Network(far)]);
    page.press("Copy link");
    assert!(page.fake.take_acts().contains(&copied("ircs://irc.example.org/a")));
}
