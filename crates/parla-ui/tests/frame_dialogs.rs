//! The dialogs say what they are, take the focus and return it, and do one thing each.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::{sync::Arc, time::Instant};

use dioxus::prelude::{Key, Modifiers};
use parla_client::{
    Intent, ProblemKind,
    view::{
        Announcement, BufferId, Directory, DirectoryRoom, DirectoryView, LinkState, Person, Rank, Rights,
        RoomOf, Update,
    },
};
use parla_proto::Timestamp;
use parla_ui::{
    App,
    platform::{AppCommand, PageAct, ShellKind},
};
use support::{
    Fake,
    page::Page,
    sample::{NET, directory, linked, members, problem, room, shown, topic},
};

fn online(shell: ShellKind) -> Page {
    let mut page = Page::new(App, &Fake::new(shell));
    let mut view = room(1, "#lobby");
    view.members = members(&[(Rank::Operator, "anna"), (Rank::Member, "bob")]);
    view.topic = topic("Be kind");
    view.rights = Rights { set_topic: true, ..Rights::default() };
    page.apply(vec![linked(LinkState::Online), shown(view)]);
    page.fake.take_commands();
    page.fake.take_acts();
    page
}

fn is_well_made(page: &Page, title: &str) {
    let dialog = page.one("[role=dialog]");
    assert_eq!(page.attribute(dialog, "aria-modal").as_deref(), Some("true"));
    let label = page.attribute(dialog, "aria-labelledby").unwrap();
    assert_eq!(page.text(&format!("#{label}")), title);
    assert_eq!(page.all("#dialog-focus").len(), 1, "nothing has the focus at first");
    let focus = page.one("#dialog-focus");
    let label_of = page.attribute(focus, "aria-label");
    assert_ne!(label_of.as_deref(), Some("Close"), "what has the focus at first is of no use");
    assert!(page.attribute(page.one(".frame"), "inert").is_some(), "what is behind can be reached");
    for input in page.all("[role=dialog] input") {
        assert!(page.attribute(input, "id").is_some());
    }
}

#[test]
fn a_dialog_takes_the_focus_and_gives_it_back() {
    let mut page = online(ShellKind::Browser);
    page.press("Browse rooms");
    is_well_made(&page, "Browse rooms");
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("dialog-focus".into())]);
    page.key("#app", Key::Escape, Modifiers::empty());
    assert!(!page.has("[role=dialog]"));
    assert!(page.attribute(page.one(".frame"), "inert").is_none());
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("browse-1".into())]);
}

#[test]
fn rooms_are_found_by_typing() {
    let mut page = online(ShellKind::Browser);
    page.press("Browse rooms");
    assert_eq!(page.fake.take_intents(), [Intent::ListRooms]);
    assert!(page.text(".browse-foot").contains("coming in"));
    let rooms = [("#lobby", 40, "Hello"), ("#rust", 12, "Crabs, <b>bold</b> ones"), ("#go", 3, "")];
    page.apply(vec![Update::Directory(NET, directory(&rooms))]);
    let lines: Vec<String> = page.all(".room-line").into_iter().map(|node| page.text_of(node)).collect();
    let expected =
        ["#lobby✓ joined40 peopleHello", "#rust12 peopleCrabs, <b>bold</b> ones", "#go3 peopleNo topic"];
    assert_eq!(lines, expected);
    assert_eq!(page.text(".browse-foot"), "3 rooms");
    page.write("#dialog-focus", "CRAB");
    assert_eq!(page.all(".room-line").len(), 1);
    page.enter("#dialog-focus");
    assert_eq!(page.fake.take_intents(), [Intent::Join { room: "#rust".into(), key: None }]);
    assert!(!page.has("[role=dialog]"));
}

#[test]
fn a_list_of_rooms_that_does_not_come_in_says_why() {
    let mut page = online(ShellKind::Browser);
    let refused = DirectoryView {
        complete: false,
        trouble: Some(problem(ProblemKind::Throttled, "")),
        ..directory(&[])
    };
    page.press("Browse rooms");
    page.apply(vec![Update::Directory(NET, refused)]);
    page.fake.take_commands();
    assert!(page.text("[role=dialog] [role=alert]").starts_with("The server asks you to slow down."));
    assert!(!page.text("[role=dialog]").contains("coming in"));
    page.press("Try again");
    assert_eq!(page.fake.take_intents(), [Intent::ListRooms]);
    page.apply(vec![Update::Directory(NET, directory(&[("#lobby", 40, "Hello")]))]);
    assert_eq!(page.text(".browse-foot"), "1 room");
}

#[test]
fn what_enter_takes_is_said() {
    let mut page = online(ShellKind::Browser);
    page.press("Browse rooms");
    page.apply(vec![Update::Directory(
        NET,
        directory(&[("#go", 3, ""), ("#golf", 2, ""), ("#tea", 1, "hot")]),
    )]);
    page.fake.take_commands();
    for (written, said, marked, room) in [
        ("", "", "", None),
        (",", "", "", None),
        ("g", "Several rooms match: choose one, or write on.", "", None),
        ("go", "Enter joins #go.", "#go", Some("#go")),
        ("gol", "Enter joins #golf.", "#golf", Some("#golf")),
        ("HOT", "Enter joins #tea.", "#tea", Some("#tea")),
        ("golfing", "Enter opens the new room #golfing.", "", Some("#golfing")),
    ] {
        if !page.has("[role=dialog]") {
            page.press("Browse rooms");
            page.fake.take_commands();
        }
        page.write("#dialog-focus", written);
        assert_eq!(page.text("#browse-enter"), said, "{written}");
        let names = page.all(".taken").into_iter().map(|node| page.text_of(node));
        assert!(
            names.clone().all(|name| name.starts_with(marked))
                && names.count() == usize::from(!marked.is_empty())
        );
        page.enter("#dialog-focus");
        let intents = page.fake.take_intents();
        let expected: Vec<_> =
            room.into_iter().map(|room| Intent::Join { room: room.into(), key: None }).collect();
        assert_eq!(intents, expected, "{written}");
    }
}

#[test]
fn a_room_that_does_not_exist_can_be_opened() {
    let mut page = online(ShellKind::Browser);
    page.press("Browse rooms");
    page.apply(vec![Update::Directory(NET, directory(&[("#lobby", 40, "Hello")]))]);
    page.fake.take_commands();
    page.write("#dialog-focus", "lobby");
    assert!(!page.has(".create"));
    page.write("#dialog-focus", "two, words");
    assert!(!page.has(".create"));
    page.write("#dialog-focus", " gita al mare ");
    assert!(page.html().contains("Open a new room named #gita-al-mare"));
    page.write("#dialog-focus", "garden");
    page.press("Open a new room named #garden");
    assert_eq!(page.fake.take_intents(), [Intent::Join { room: "#garden".into(), key: None }]);
}

#[test]
fn twenty_thousand_rooms_are_filtered_at_once() {
    let mut page = online(ShellKind::Browser);
    page.press("Browse rooms");
    let room = |n: u32| DirectoryRoom {
        shown: format!("#room{n:05}").into(),
        name: format!("#room{n:05}").into(),
        people: 20_000 - n,
        topic: format!("What is said in room {n}, and a few words more, so that it is as long as topics are")
            .into(),
    };
    let mut view = directory(&[]);
    view.rooms = Directory(Arc::new((0..20_000).map(room).collect()));
    page.apply(vec![Update::Directory(NET, view)]);
    assert!(page.all(".room-line").len() < 60);
    let keys = ["r", "ro", "room1", "room19", "room199", "room1999"];
    let start = Instant::now();
    for needle in keys {
        page.write("#dialog-focus", needle);
    }
    let each = start.elapsed() / u32::try_from(keys.len()).unwrap();
    assert_eq!(page.all(".room-line").len(), 10);
    // This is without optimisation and on a busy machine; in the browser it takes far less than a frame.
    assert!(each.as_millis() < 250, "{each:?} for a key");
}

#[test]
fn a_person_is_asked_about_and_written_to() {
    let mut page = online(ShellKind::Browser);
    let bob = page.one("#member-bob");
    page.click(bob);
    is_well_made(&page, "bob");
    assert_eq!(page.fake.take_intents(), [Intent::Whois { nick: "bob".into() }]);
    let person = Person {
        nick: "bob".into(),
        name: "Bob".into(),
        realname: "Bob Builder".into(),
        host: "bob@example.org".into(),
        idle_seconds: Some(3_700),
        since: Some(Timestamp::from_millis(1_700_000_000_000)),
        rooms: [("#lobby", Rank::Operator), ("#tea", Rank::Member)]
            .map(|(name, rank)| RoomOf { shown: name.into(), name: name.into(), rank })
            .into(),
        complete: true,
        ..Person::default()
    };
    page.apply(vec![Update::Person(NET, Arc::new(person))]);
    let facts = page.text(".facts");
    assert_eq!(facts, "Full nameBob BuilderLast active1 hour agoHere since14 November 2023, 22:13");
    assert_eq!(page.text(".chips"), "Operator of #lobby#tea");
    page.press("Operator of #lobby");
    assert_eq!(page.fake.take_intents(), [Intent::Join { room: "#lobby".into(), key: None }]);
    let bob = page.one("#member-bob");
    page.click(bob);
    page.fake.take_commands();
    page.press("Invite to…");
    page.press("Invite to #lobby");
    assert_eq!(page.fake.take_intents(), [Intent::Invite { buffer: BufferId(1), nick: "bob".into() }]);
    let bob = page.one("#member-bob");
    page.click(bob);
    page.fake.take_commands();
    page.press("Message");
    assert_eq!(page.fake.take_intents(), [Intent::OpenDirect { nick: "bob".into() }]);
    assert!(!page.has("[role=dialog]"));
}

#[test]
fn somebody_who_is_not_there_is_said_to_be_missing() {
    let mut page = online(ShellKind::Browser);
    let bob = page.one("#member-bob");
    page.click(bob);
    let person =
        Person { nick: "bob".into(), name: "bob".into(), missing: true, complete: true, ..Person::default() };
    page.apply(vec![Update::Person(NET, Arc::new(person))]);
    assert_eq!(page.text(".person-missing"), "bob is not here.");
}

#[test]
fn the_topic_is_one_line() {
    let mut page = online(ShellKind::Browser);
    let open = page.one("#change-topic");
    page.click(open);
    is_well_made(&page, "Topic of #lobby");
    let field = page.one("textarea#dialog-focus");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("Be kind"));
    page.write("#dialog-focus", "Be\nvery kind ");
    page.press("Save");
    let expected = Intent::SetTopic { buffer: BufferId(1), topic: "Be very kind".into() };
    assert_eq!(page.fake.take_intents(), [expected]);
}

#[test]
fn one_can_be_called_otherwise_and_be_away() {
    let mut page = online(ShellKind::Browser);
    page.press("You are anna");
    is_well_made(&page, "You on Parla");
    page.write("#dialog-focus", "anne");
    page.press("Change name");
    assert_eq!(page.fake.take_intents(), [Intent::ChangeNick { nick: "anne".into() }]);
    page.press("You are anna");
    page.press("Set as away");
    assert_eq!(page.fake.take_intents(), [Intent::Away { reason: Some("Away".into()) }]);
    let mut network = support::sample::network(LinkState::Online);
    network.away = Some("lunch".into());
    page.apply(vec![Update::Network(network)]);
    page.press("You are anna (away)");
    page.press("I am back");
    assert_eq!(page.fake.take_intents(), [Intent::Away { reason: None }]);
}

#[test]
fn a_refused_name_comes_back_to_its_dialog_with_its_reason_and_another() {
    let mut page = online(ShellKind::Browser);
    page.press("You are anna");
    page.write("#dialog-focus", "O'Brien");
    page.press("Change name");
    page.fake.take_intents();
    let problem = problem(ProblemKind::NickCharacter('\''), "O'Brien");
    page.apply(vec![Update::Announcement(
        NET,
        None,
        Announcement::NickRefused { problem, suggestion: "OBrien".into() },
    )]);
    assert!(page.text("#nick-advice").starts_with("A name cannot contain “'”."), "{}", page.html());
    let field = page.one("#dialog-focus");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("OBrien"));
    page.write("#dialog-focus", "Brian");
    assert!(!page.has("#nick-advice"), "the sentence was about another name");
    page.press("Change name");
    assert_eq!(page.fake.take_intents(), [Intent::ChangeNick { nick: "Brian".into() }]);
}

#[test]
fn the_focus_comes_back_to_the_side_that_lies_over_the_conversation() {
    let mut page = online(ShellKind::Browser);
    page.write("#page-signal", "narrow 1");
    page.press("Show rooms");
    page.press("You are anna");
    page.write("#dialog-focus", "O'Brien");
    page.press("Change name");
    let problem = problem(ProblemKind::NickCharacter('\''), "O'Brien");
    page.apply(vec![Update::Announcement(
        NET,
        None,
        Announcement::NickRefused { problem, suggestion: "OBrien".into() },
    )]);
    page.key("#app", Key::Escape, Modifiers::empty());
    assert_eq!(page.fake.take_acts().last(), Some(&PageAct::Focus("you-1".into())));
    for (key, modifiers) in
        [(Key::Character("/".into()), Modifiers::CONTROL), (Key::Escape, Modifiers::empty())]
    {
        page.key("#app", key, modifiers);
    }
    assert!(page.has(".side-rooms") && !page.has("[role=dialog]"));
    assert_eq!(page.fake.take_acts().last(), Some(&PageAct::Focus("region-rooms".into())));
    page.key("#app", Key::Escape, Modifiers::empty());
    assert!(!page.has(".side-rooms"));
}

#[test]
fn a_dialog_that_comes_over_another_leaves_it_as_it_was() {
    let mut page = online(ShellKind::Browser);
    page.press("Change topic");
    page.write("#dialog-focus", "Be very k");
    page.fake.take_acts();
    let problem = problem(ProblemKind::NickTaken, "ann");
    page.apply(vec![Update::Announcement(
        NET,
        None,
        Announcement::NickRefused { problem, suggestion: "ann_".into() },
    )]);
    let covered = |page: &Page| -> Vec<bool> {
        page.all(".backdrop").into_iter().map(|node| page.attribute(node, "inert").is_some()).collect()
    };
    assert_eq!(covered(&page), [true, false]);
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("dialog-focus-1".into())]);
    assert_eq!(page.attribute(page.one("#dialog-focus-1"), "initial_value").as_deref(), Some("ann_"));
    page.key("#app", Key::Escape, Modifiers::empty());
    assert_eq!(covered(&page), [false]);
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("dialog-focus".into())]);
    page.press("Save");
    let topic = Intent::SetTopic { buffer: BufferId(1), topic: "Be very k".into() };
    assert_eq!(page.fake.take_intents(), [topic]);
    assert!(!page.has("[role=dialog]"));
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("change-topic".into())]);
}

#[test]
fn what_is_about_a_conversation_closes_with_it() {
    let mut page = online(ShellKind::Browser);
    page.press("Change topic");
    page.apply(vec![Update::BufferClosed(NET, BufferId(1))]);
    assert!(!page.has("[role=dialog]"));
    assert!(page.attribute(page.one(".frame"), "inert").is_none(), "nothing can be reached");
}

#[test]
fn another_network_is_added_on_the_desktop_only() {
    assert!(!online(ShellKind::Browser).html().contains("Add a network"));
    let mut page = online(ShellKind::Desktop);
    page.press("Add a network");
    is_well_made(&page, "Add a network");
    page.write("#dialog-focus", "irc.example.org");
    page.press("Connect");
    let [AppCommand::Connect { network, address, nick, unencrypted, .. }] = &page.fake.take_commands()[..]
    else {
        panic!("no command")
    };
    assert_eq!(
        (network.0, address.as_str(), nick.as_str(), *unencrypted),
        (2, "irc.example.org", "anna", false)
    );
}

#[test]
fn help_has_the_commands_and_the_keys() {
    let mut page = online(ShellKind::Browser);
    page.apply(vec![Update::Announcement(NET, None, Announcement::Help)]);
    is_well_made(&page, "Help");
    let help = page.text(".help-scroll");
    assert!(help.contains("/join <room> [key]") && help.contains("/kick <name> [reason]"), "{help}");
    assert!(help.contains("/join") && help.contains("Join a room") && help.contains("Shift + F6"), "{help}");
    page.key("#app", Key::Character("/".into()), Modifiers::CONTROL);
    assert!(!page.has("[role=dialog]"));
    assert_eq!(page.fake.take_acts().last(), Some(&PageAct::Focus("composer".into())));
}
