//! The lists beside the conversation, the banner above it, the toasts and the keys.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod support;

use dioxus::prelude::{Key, Modifiers};
use parla_client::{
    Intent, ProblemKind,
    view::{
        Announcement, BufferId, BufferKind, BufferView, LinkState, NetworkId, NetworkView, NickHolder,
        Presence, Rank, Rights, Update, WantedNick,
    },
};
use parla_proto::Timestamp;
use parla_ui::{
    App,
    platform::{AppCommand, PageAct, PlatformEvent, ShellKind},
};
use support::{
    Fake,
    page::Page,
    sample::{NET, conversation, crowd, linked, members, network, problem, room, shown},
};

fn online(rooms: Vec<Update>) -> Page {
    let mut page = Page::new(App, &Fake::new(ShellKind::Browser));
    let mut updates = vec![linked(LinkState::Online)];
    updates.extend(rooms);
    page.apply(updates);
    page.fake.take_commands();
    page.fake.take_acts();
    page
}

fn names(page: &Page) -> Vec<String> {
    page.all(".room-name").into_iter().map(|node| page.text_of(node)).collect()
}

fn current(page: &Page) -> String {
    page.text("[aria-current=page]")
}

#[test]
fn the_button_for_the_rooms_says_what_is_new_in_them() {
    let bob = |unread, mentions| {
        shown(BufferView { unread, mentions, ..conversation(2, BufferKind::Direct, "bob") })
    };
    let lobby = shown(BufferView { unread: 7, mentions: 1, ..room(1, "#lobby") });
    let mut page = online(vec![lobby, bob(0, 0)]);
    assert!(!page.has("#show-rooms"), "the list is beside it");
    page.write("#page-signal", "narrow 1");
    let said = |page: &Page| {
        let button = page.one("#show-rooms");
        (page.attribute(button, "aria-label").unwrap(), page.text_of(button))
    };
    // What is new in the current conversation is visible here.
    assert_eq!(said(&page), ("Show rooms".into(), String::new()));
    page.apply(vec![bob(3, 2)]);
    assert_eq!(said(&page), ("Show rooms, 2 direct messages, 3 new".into(), "2".into()));
    page.apply(vec![bob(1, 0)]);
    assert_eq!(said(&page), ("Show rooms, 1 new".into(), String::new()));
    assert_eq!(page.all("#show-rooms .dot").len(), 1);
    page.apply(vec![bob(1, 1)]);
    let said: Vec<_> = page.all(".room-row .sr-only").into_iter().map(|node| page.text_of(node)).collect();
    assert_eq!(said, [", 1 mention, 7 new", ", 1 direct message"]);
}

#[test]
fn rooms_come_before_people_by_name() {
    let page = online(vec![
        shown(conversation(1, BufferKind::Server, "Parla")),
        shown(conversation(2, BufferKind::Direct, "zoe")),
        shown(room(3, "#rust")),
        shown(room(4, "#Lobby")),
        shown(conversation(5, BufferKind::Direct, "Bob")),
    ]);
    assert_eq!(names(&page), ["Messages of the server", "#Lobby", "#rust", "Bob", "zoe"]);
    assert_eq!(page.all("h1").len(), 1);
    let nav = page.one("nav");
    assert_eq!(page.attribute(nav, "aria-label").as_deref(), Some("Rooms"));
    assert_eq!(page.attribute(page.one("aside"), "aria-label").as_deref(), Some("Members"));
    assert_eq!(page.all("main").len(), 1);
}

#[test]
fn what_is_new_is_shown_and_said() {
    let mut noisy = room(1, "#noisy");
    noisy.unread = 12;
    noisy.mentions = 3;
    let mut busy = room(2, "#busy");
    busy.unread = 40;
    let mut page = online(vec![shown(room(3, "#a")), shown(noisy), shown(busy)]);
    assert_eq!(page.text("#room-1-1"), "#noisy3, 3 mentions, 12 new");
    assert_eq!(page.text(".room-row .badge"), "3");
    assert_eq!(page.text("#room-1-2"), "#busy, 40 new");
    assert_eq!(page.all(".room-row .dot").len(), 1);
    assert_eq!(page.all(".room-row.unread").len(), 2);
    assert!(page.fake.title.borrow().starts_with("(3) "), "{}", page.fake.title.borrow());
    // Nothing is listed twice, and a click opens it.
    let quiet = page.one("#room-1-3");
    page.click(quiet);
    assert_eq!(current(&page), "#a");
    assert_eq!(*page.fake.title.borrow(), "(3) #a – parla");
    assert!(page.fake.take_acts().contains(&PageAct::Focus("composer".into())));
}

#[test]
fn keys_walk_the_list() {
    let mut busy = room(3, "#c");
    busy.unread = 2;
    let mut named = room(4, "#d");
    (named.unread, named.mentions) = (1, 1);
    let mut page = online(vec![shown(room(1, "#a")), shown(room(2, "#b")), shown(busy), shown(named)]);
    assert_eq!(current(&page), "#a");
    page.key("#app", Key::ArrowDown, Modifiers::ALT);
    assert_eq!(current(&page), "#b");
    page.key("#app", Key::ArrowUp, Modifiers::ALT);
    page.key("#app", Key::ArrowUp, Modifiers::ALT);
    assert!(current(&page).starts_with("#d"));
    page.key("#app", Key::ArrowUp, Modifiers::ALT | Modifiers::SHIFT);
    assert!(current(&page).starts_with("#c"));
    page.key("#app", Key::Character("a".into()), Modifiers::ALT);
    assert!(current(&page).starts_with("#d"));
}

#[test]
fn f6_walks_the_parts() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    page.key("#app", Key::F6, Modifiers::empty());
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("region-members".into())]);
    page.key("#app", Key::F6, Modifiers::SHIFT);
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("region-rooms".into())]);
}

#[test]
fn f6_passes_by_what_is_hidden() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    page.key("#app", Key::Character(".".into()), Modifiers::CONTROL);
    page.key("#app", Key::F6, Modifiers::empty());
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("region-rooms".into())]);
    // On a narrow screen the sides slide in over the conversation.
    page.write("#page-signal", "narrow 1");
    page.fake.take_acts();
    page.key("#app", Key::F6, Modifiers::SHIFT);
    assert!(page.has(".frame.side-rooms"));
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("region-rooms".into())]);
}

#[test]
fn leaving_can_be_undone() {
    let mut page = online(vec![shown(room(1, "#a")), shown(room(2, "#b"))]);
    page.press("Leave #b");
    assert_eq!(page.fake.take_intents(), [Intent::Leave { buffer: BufferId(2) }]);
    page.apply(vec![Update::BufferClosed(NET, BufferId(2))]);
    assert_eq!(names(&page), ["#a"]);
    assert!(page.text(".toast").starts_with("You left #b."));
    page.press("Rejoin");
    assert_eq!(page.fake.take_intents(), [Intent::Join { room: "#b".into(), key: None }]);
    assert!(!page.has(".toast"));
}

#[test]
fn when_another_tab_leads_only_its_conversations_stay() {
    let mut page = online(vec![shown(room(1, "#a")), shown(room(2, "#b")), shown(room(3, "#c"))]);
    page.apply(vec![Update::Show(NET, BufferId(3)), shown(room(1, "#a"))]);
    page.apply(vec![shown(room(3, "#c")), Update::Conversations(NET, vec![BufferId(1), BufferId(3)])]);
    assert_eq!(names(&page), ["#a", "#c"]);
    // It was not the person who left, so there is nothing to undo.
    assert!(!page.has(".toast"));
    assert_eq!(page.text("#room-name"), "#c");
}

#[test]
fn an_answer_that_comes_late_takes_nobody_away() {
    let mut page = online(vec![shown(room(1, "#a")), shown(room(2, "#b")), shown(room(3, "#c"))]);
    let choose = |page: &mut Page, name: &str| {
        let row = page.all(".room-link").into_iter().find(|row| page.text_of(*row).contains(name)).unwrap();
        page.click(row);
    };
    let join = |page: &mut Page| {
        page.press("Join or message…");
        page.write("#new-name-1", "#c");
        page.enter("#new-name-1");
    };
    join(&mut page);
    page.apply(vec![Update::Show(NET, BufferId(3))]);
    assert_eq!(page.text("#room-name"), "#c");
    choose(&mut page, "#a");
    join(&mut page);
    choose(&mut page, "#b");
    page.apply(vec![Update::Show(NET, BufferId(3))]);
    assert_eq!(page.text("#room-name"), "#b");
    // Several rooms that were requested at once are shown one after the other.
    join(&mut page);
    page.apply(vec![Update::Show(NET, BufferId(1)), Update::Show(NET, BufferId(3))]);
    assert_eq!(page.text("#room-name"), "#c");
}

#[test]
fn a_name_joins_or_opens_a_conversation() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    page.press("Join or message…");
    page.write("#new-name-1", "#new");
    assert!(!page.html().contains(">Message<"));
    page.enter("#new-name-1");
    assert_eq!(page.fake.take_intents(), [Intent::Join { room: "#new".into(), key: None }]);
    page.press("Join or message…");
    page.write("#new-name-1", "bob");
    page.press("Message");
    assert_eq!(page.fake.take_intents(), [Intent::OpenDirect { nick: "bob".into() }]);
    assert!(!page.has("#new-name-1"));
}

#[test]
fn a_room_that_one_is_not_in_looks_so() {
    let mut left = room(1, "#a");
    left.presence = Presence::Absent(Some(problem(ProblemKind::KickedOut, "#a")));
    let page = online(vec![shown(left)]);
    assert!(page.has(".room-row.absent"));
}

#[test]
fn hostile_names_are_text() {
    let page = online(vec![shown(room(1, "#<script>alert(1)</script>")), shown(room(2, "#\"onload=x"))]);
    assert!(!page.html().contains("<script"), "{}", page.html());
    assert_eq!(names(&page), ["#\"onload=x", "#<script>alert(1)</script>"]);
}

#[test]
fn members_are_grouped_and_counted() {
    let mut view = room(1, "#a");
    view.members = members(&[
        (Rank::Founder, "olga"),
        (Rank::Operator, "bob"),
        (Rank::Operator, "carl"),
        (Rank::Voice, "vera"),
        (Rank::Member, "anna"),
    ]);
    let page = online(vec![shown(view)]);
    let found: Vec<String> = page.all("li").into_iter().map(|node| page.text_of(node)).collect();
    let list = ["Owners 1", "olga", "Operators 2", "bob", "carl", "Speakers 1", "vera", "Members 1", "anna"];
    assert!(found.ends_with(&list.map(str::to_owned)), "{found:?}");
    assert_eq!(page.text(".members-head"), "5 members×");
}

#[test]
fn a_thousand_members_are_found_by_typing() {
    let mut view = room(1, "#a");
    view.members = crowd(5_000);
    let mut page = online(vec![shown(view)]);
    assert!(page.all(".member-row").len() < 100, "{}", page.all(".member-row").len());
    page.scroll(".members-scroll", 32.0 * 4_000.0, 600);
    assert!(page.has("#member-user04000"));
    page.write("#member-search", "USER0012");
    let found: Vec<String> = page.all(".member").into_iter().map(|node| page.text_of(node)).collect();
    assert_eq!(found.len(), 10, "{found:?}");
    assert_eq!(found[0], "user00120");
    page.write("#member-search", "nobody");
    assert_eq!(page.text(".members-none"), "Nobody here has that name.");
}

#[test]
fn a_few_members_need_no_search() {
    let mut view = room(1, "#a");
    view.members = crowd(19);
    assert!(!online(vec![shown(view)]).has("#member-search"));
}

#[test]
fn a_lost_connection_is_said_above_the_room() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    let until = Timestamp::from_millis(page.fake.now.get().as_millis() + 5_000);
    let why = problem(ProblemKind::Lost, "");
    page.apply(vec![linked(LinkState::Waiting { until, attempt: 1, why })]);
    let banner = page.text(".banner");
    assert!(
        banner.starts_with("The connection is lost. Trying again in 5 s.") || banner.contains("5 s."),
        "{banner}"
    );
    assert!(!page.has("[role=dialog]") && page.has("#room"));
    page.press("Try now");
    assert_eq!(page.fake.take_intents(), [Intent::Reconnect]);
    page.apply(vec![linked(LinkState::Online)]);
    assert!(!page.has(".banner"));
}

#[test]
fn a_taken_name_can_be_changed_from_the_frame() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    let why = Some(problem(ProblemKind::NickTaken, "anna"));
    page.apply(vec![linked(LinkState::Stopped { why, suggestion: Some("anna2".into()) })]);
    page.press("Choose another name");
    let field = page.one("#dialog-focus");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("anna2"));
    page.enter("#dialog-focus");
    assert_eq!(page.fake.take_intents(), [Intent::ChangeNick { nick: "anna2".into() }]);
}

#[test]
fn what_cannot_be_saved_is_said_once() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    for _ in 0..3 {
        page.fake.events_in.unbounded_send(PlatformEvent::NotSaved).unwrap();
    }
    page.settle();
    assert_eq!(page.all(".toast").len(), 1);
    assert!(page.text(".toast").starts_with("What you write cannot be saved in this browser."));
    page.fake.wake();
    page.settle();
    page.fake.events_in.unbounded_send(PlatformEvent::NotSaved).unwrap();
    page.settle();
    assert!(!page.has(".toast"), "they know it");
}

#[test]
fn what_is_said_leaves_and_can_be_read_again() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    assert!(!page.html().contains("Recent messages of the app"));
    page.apply(vec![
        Update::Announcement(NET, None, Announcement::Problem(problem(ProblemKind::RoomFull, "#b"))),
        Update::Announcement(NET, None, Announcement::NickChanged("anna2".into())),
    ]);
    assert_eq!(page.all(".toast").len(), 2);
    assert!(page.text(".toast.problem").starts_with("#b is full."));
    assert!(page.text(".toast.problem").contains(":server 999 raw words"));
    page.fake.wake();
    page.settle();
    assert!(!page.has(".toast"));
    page.press("Recent messages of the app");
    let said: Vec<String> = page.all(".said-list li").into_iter().map(|node| page.text_of(node)).collect();
    assert!(said.len() == 2 && said[0].contains("anna2") && said[1].starts_with("#b is full."), "{said:?}");
}

#[test]
fn what_failed_in_a_conversation_is_said_there() {
    let mut page = online(vec![shown(room(1, "#a")), shown(room(2, "#b"))]);
    let failed = |buffer| {
        let problem = problem(ProblemKind::UnknownCommand, "paswd");
        Update::Announcement(NET, Some(BufferId(buffer)), Announcement::Problem(problem))
    };
    page.apply(vec![failed(1)]);
    assert!(!page.has(".toast"));
    assert!(page.text(".composer .beside").starts_with("There is no command paswd."));
    page.press("Dismiss");
    assert!(!page.has(".beside"));
    // It disappears together with the conversation.
    page.apply(vec![failed(1)]);
    let row = page.one("#room-1-2");
    page.click(row);
    assert!(!page.has(".beside"));
    page.apply(vec![failed(1)]);
    assert!(page.has(".toast") && !page.has(".beside"));
}

#[test]
fn a_file_is_refused_in_words() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    page.write("#page-signal", "file");
    assert!(page.text(".composer .beside").starts_with("Pictures and other files cannot be sent yet."));
}

#[test]
fn the_signal_of_the_page_is_no_field() {
    let page = online(vec![shown(room(1, "#a"))]);
    let signal = page.one("#page-signal");
    assert_eq!(page.attribute(signal, "type").as_deref(), Some("hidden"));
}

#[test]
fn a_place_is_named_once() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    assert_eq!(page.text(".rooms-head h2"), "Parla");
    assert!(page.all("nav h2").len() == 1 && !page.has(".app-name"));
    let mut other = network(LinkState::Online);
    (other.id, other.name) = (NetworkId(2), "Other".into());
    page.apply(vec![Update::Network(other)]);
    assert_eq!(page.text(".app-name"), "parla");
    assert_eq!(page.all("nav h2").len(), 2);
}

#[test]
fn the_conversation_that_is_shown_is_in_view_in_the_list() {
    let mut page = online(vec![shown(room(1, "#a")), shown(room(2, "#b"))]);
    page.key("#app", Key::ArrowDown, Modifiers::ALT);
    assert!(page.fake.take_acts().contains(&PageAct::Reveal("room-1-2".into())));
}

#[test]
fn an_invitation_can_be_accepted() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    let invitation = Announcement::Invitation { from: "bob".into(), room: "#b".into() };
    page.apply(vec![Update::Announcement(NET, None, invitation.clone())]);
    // Somebody who invites twice has one card.
    page.apply(vec![Update::Announcement(NET, None, invitation.clone())]);
    assert_eq!(page.text(".network .invitation p"), "bob invites you to #b.");
    page.press("Join");
    assert_eq!(page.fake.take_intents(), [Intent::Join { room: "#b".into(), key: None }]);
    assert!(!page.has(".invitation"));
    page.apply(vec![Update::Announcement(NET, None, invitation.clone())]);
    page.press("Ignore");
    assert!(!page.has(".invitation") && page.fake.take_intents().is_empty());
    // The person has joined the room, so the invitation is settled.
    page.apply(vec![Update::Announcement(NET, None, invitation)]);
    page.apply(vec![shown(room(2, "#b"))]);
    assert!(!page.has(".invitation"));
}

#[test]
fn without_a_room_some_are_suggested() {
    let mut page = Page::new(App, &Fake::new(ShellKind::Browser));
    page.apply(vec![linked(LinkState::Online)]);
    assert_eq!(page.fake.take_intents(), [Intent::ListRooms]);
    let directory = support::sample::directory(&[("#lobby", 12, "Everyone"), ("#rust", 1, "")]);
    page.apply(vec![Update::Directory(NET, directory)]);
    let first = page.all(".suggestion")[0];
    assert_eq!(page.text_of(first), "#lobby12 peopleEveryone");
    page.click(first);
    assert_eq!(page.fake.take_intents(), [Intent::Join { room: "#lobby".into(), key: None }]);
}

#[test]
fn a_side_slides_in_and_esc_closes_it() {
    let mut page = Page::new(App, &Fake::new(ShellKind::Browser));
    page.apply(vec![linked(LinkState::Online)]);
    page.fake.take_acts();
    page.press("Rooms");
    assert!(page.has(".frame.side-rooms"));
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("region-rooms".into())]);
    page.key("#app", Key::Escape, Modifiers::empty());
    assert!(!page.has(".frame.side-rooms"));
    assert_eq!(page.fake.take_acts(), [PageAct::Focus("region-room".into())]);
}

#[test]
fn the_page_reports_who_looks() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    page.write("#page-signal", "attentive 0");
    let looks = page.fake.take_intents();
    assert!(looks.iter().any(|intent| matches!(intent, Intent::Look { buffer: None, .. })), "{looks:?}");
}

#[test]
fn a_second_network_has_its_own_rooms() {
    let mut other = network(LinkState::Online);
    (other.id, other.name) = (NetworkId(2), "Other".into());
    let mut page = online(vec![shown(room(1, "#a"))]);
    page.apply(vec![Update::Network(other), Update::Buffer(NetworkId(2), room(1, "#a"))]);
    assert_eq!(page.all(".network").len(), 2);
    assert_eq!(page.all("[aria-current=page]").len(), 1);
    page.apply(vec![Update::NetworkForgotten(NetworkId(2))]);
    assert_eq!(page.all(".network").len(), 1);
}

#[test]
fn a_thousand_rooms_are_drawn_and_one_change_is_small() {
    let mut page = online((0..1_000).map(|n| shown(room(n, &format!("#room{n:04}")))).collect());
    assert_eq!(page.all(".room-row").len(), 1_000);
    let before = page.edits();
    let mut busy = room(500, "#room0500");
    busy.unread = 1;
    page.apply(vec![shown(busy)]);
    assert!(page.edits() - before < 60, "{} edits", page.edits() - before);
}

#[test]
fn the_rights_to_remove_are_needed_to_remove() {
    let mut view = room(1, "#a");
    view.members = members(&[(Rank::Member, "bob")]);
    let mut page = online(vec![shown(view.clone())]);
    let bob = page.one("#member-bob");
    page.click(bob);
    assert!(!page.html().contains("Remove from room"), "without the right");
    page.press("Close");
    view.rights = Rights { kick: true, rank: Rank::Operator, ..Rights::default() };
    page.apply(vec![shown(view)]);
    let bob = page.one("#member-bob");
    page.click(bob);
    page.fake.take_commands();
    page.press("Remove from room");
    assert_eq!(page.text("[role=dialog] form button"), "Remove from #a");
    let form = page.one("[role=dialog] form");
    page.submit_with(form, &[("reason", "spam")]);
    let kick = Intent::Kick { buffer: BufferId(1), nick: "bob".into(), reason: "spam".into() };
    assert_eq!(page.fake.take_commands(), [AppCommand::Intent(NET, kick)]);
}

#[test]
fn a_stand_in_is_explained_and_can_be_kept() {
    let mut page = online(vec![shown(room(1, "#lobby"))]);
    assert!(!page.has(".banner"));
    let stand_in = |holder| {
        let nick_wanted = Some(WantedNick { nick: "anna".into(), holder });
        vec![Update::Network(NetworkView { nick: "anna_".into(), nick_wanted, ..network(LinkState::Online) })]
    };
    page.apply(stand_in(NickHolder::SomebodyElse));
    let said =
        "You are anna_ here, because somebody else is called anna. You get that name as soon as it is free.";
    assert_eq!(page.text(".banner [role=status]"), said);
    page.apply(stand_in(NickHolder::LostConnection));
    let said = "You are anna_ here, because anna is still taken by your lost connection. You get it back as soon as it is \
                free.";
    assert_eq!(page.text(".banner [role=status]"), said);
    page.press("Keep anna_");
    assert_eq!(page.fake.take_intents(), [Intent::ChangeNick { nick: "anna_".into() }]);
    // The connection has returned.
    page.apply(vec![linked(LinkState::Online)]);
    assert!(!page.has(".banner"));
}

#[test]
fn nobody_is_counted_in_a_room_that_one_is_not_in() {
    let mut page = online(vec![shown(room(1, "#a"))]);
    assert!(page.text("aside h2").contains("0 members"));
    page.apply(vec![shown(BufferView { presence: Presence::Joining, ..room(1, "#a") })]);
    assert_eq!(page.text("aside h2"), "Members");
    assert!(!page.text(".members-toggle").contains('0'));
}

#[test]
fn why_nobody_is_in_the_list_of_members_is_true() {
    let joining = || shown(BufferView { presence: Presence::Joining, ..room(1, "#a") });
    let mut page = online(vec![joining()]);
    assert_eq!(page.text(".members-none"), "Finding out who is here…");
    page.apply(vec![linked(LinkState::Offline)]);
    assert_eq!(page.text(".members-none"), "You will see who is here once you are connected.");
    page.apply(vec![linked(LinkState::Online), shown(room(1, "#a"))]);
    assert!(!page.has(".members-none"));
    page.apply(vec![shown(BufferView { presence: Presence::Absent(None), ..room(1, "#a") })]);
    assert_eq!(page.text(".members-none"), "Join the room to see who is here.");
}
