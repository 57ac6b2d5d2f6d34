//! The composer: what is sent, what is stored, what is suggested.

mod support;

use std::sync::Arc;

use dioxus::prelude::{Key, Modifiers};
use parla_client::{
    Intent, Problem, ProblemKind,
    limits::{SUBMIT_BYTES_MAX, SUBMIT_MESSAGES_MAX},
    view::{
        Announcement, BufferEvent, BufferId, BufferKind, BufferView, Capacity, LinkState, Presence, Rank,
        Rights, Several, Update,
    },
};
use parla_ui::platform::{AppCommand, PageAct};
use support::{
    page::Page,
    sample::{NET, conversation, linked, members, problem, room, shown},
    talk::{change, compose, event, lobby, message, offline, open, report},
};

fn start() -> Page {
    let people = members(&[(Rank::Member, "alice"), (Rank::Member, "albert"), (Rank::Member, "bob")]);
    let page = open(BufferView {
        members: people,
        ..lobby(vec![message(1, 5, "bob", "hi"), message(2, 4, "albert", "hi")])
    });
    page.fake.take_acts();
    page.fake.take_commands();
    page
}

fn key(page: &mut Page, key: Key) {
    page.key("#composer", key, Modifiers::empty());
}

fn sent(page: &Page) -> Vec<String> {
    let intents = page.fake.take_intents().into_iter();
    let sent = intents.filter_map(|intent| match intent {
        Intent::Submit { input, .. } => Some(input.to_string()),
        _ => None,
    });
    sent.collect()
}

/// The text that was last put into the composer, and its caret.
fn put(page: &Page) -> Option<(String, usize)> {
    let acts = page.fake.take_acts().into_iter().rev();
    let mut put = acts.filter_map(|act| match act {
        PageAct::SetComposer { text, caret, .. } | PageAct::EditComposer { text, caret, .. } => {
            Some((text, caret))
        }
        _ => None,
    });
    put.next()
}

fn choices(page: &Page) -> Vec<String> {
    page.all("[role=option]").into_iter().map(|node| page.text_of(node)).collect()
}

#[test]
fn the_field_is_never_given_a_value() {
    let mut page = start();
    compose(&mut page, "hello");
    let field = page.one("#composer");
    assert_eq!(page.attribute(field, "value"), None);
    assert_eq!(page.attribute(field, "placeholder").as_deref(), Some("Message #lobby"));
    assert_eq!(page.attribute(field, "aria-label").as_deref(), Some("Message #lobby"));
}

#[test]
fn enter_sends_and_shift_enter_does_not() {
    let mut page = start();
    compose(&mut page, "hello");
    page.key("#composer", Key::Enter, Modifiers::SHIFT);
    assert_eq!(sent(&page), [""; 0]);
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), ["hello"]);
    assert!(page.fake.acts.borrow().contains(&PageAct::ScrollToEnd));
    assert_eq!(put(&page), Some((String::new(), 0)));
    key(&mut page, Key::Enter);
    compose(&mut page, " \n ");
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), [""; 0]);
    compose(&mut page, "//slash");
    page.press("Send");
    assert_eq!(sent(&page), ["//slash"]);
}

#[test]
fn what_an_input_method_does_is_not_sent() {
    let mut page = start();
    compose(&mut page, "にほん");
    key(&mut page, Key::Process);
    assert_eq!(sent(&page), [""; 0]);
}

#[test]
fn many_lines_are_sent_after_a_question() {
    let mut page = start();
    compose(&mut page, "1\n2\n3");
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), ["1\n2\n3"]);
    compose(&mut page, "1\n2\n\n3\n4");
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), [""; 0]);
    assert!(page.text(".ask").starts_with("You are about to send 4 messages"), "{}", page.text(".ask"));
    page.press("Cancel");
    assert!(!page.has(".ask"));
    key(&mut page, Key::Enter);
    page.press("Send as 4 messages");
    assert_eq!(sent(&page), ["1\n2\n\n3\n4"]);
    assert!(!page.has(".ask"));
}

#[test]
fn too_much_at_once_is_refused_with_what_it_would_be() {
    let mut page = start();
    compose(&mut page, &"x\n".repeat(SUBMIT_MESSAGES_MAX + 57));
    key(&mut page, Key::Enter);
    assert_eq!(
        page.text("#ask-sentence"),
        "That would be 257 messages here. At most 200 can be sent at once."
    );
    assert!(!page.has(".preview"));
    assert_eq!(sent(&page), [""; 0]);
    compose(&mut page, &"x".repeat(SUBMIT_BYTES_MAX + 1));
    key(&mut page, Key::Enter);
    assert_eq!(page.text("#ask-sentence"), "That is too much. At most 64 KB of text can be sent at once.");
    assert_eq!(sent(&page), [""; 0]);
}

#[test]
fn a_long_paste_is_sent_where_it_is_one_message() {
    let capacity = Capacity { line_bytes: 400, several: Some(Several { bytes: 16_384, lines: 256 }) };
    let mut page = open(BufferView { capacity, ..lobby(Vec::new()) });
    let paste = vec!["line"; 256].join("\n");
    compose(&mut page, &paste);
    key(&mut page, Key::Enter);
    assert!(!page.has(".ask"), "{}", page.text(".ask"));
    assert_eq!(sent(&page), [paste]);
}

#[test]
fn a_draft_stays_with_its_room_and_survives() {
    let mut page = start();
    page.apply(vec![shown(room(2, "#other"))]);
    compose(&mut page, "half a thou");
    let saved = |page: &Page| page.fake.saved.borrow().get("draft 1 #lobby").cloned();
    assert_eq!(saved(&page).as_deref(), Some("half a thou"), "with every key");
    compose(&mut page, "half a thought");
    page.fake.take_acts();
    page.apply(vec![Update::Show(NET, BufferId(2))]);
    assert_eq!(saved(&page).as_deref(), Some("half a thought"));
    assert_eq!(put(&page), Some((String::new(), 0)));
    page.fake.saved.borrow_mut().insert("draft 1 #third".into(), "of yesterday".into());
    page.apply(vec![shown(room(3, "#third")), Update::Show(NET, BufferId(3))]);
    assert_eq!(put(&page), Some(("of yesterday".into(), 12)));
    page.apply(vec![Update::Show(NET, BufferId(1))]);
    assert_eq!(put(&page), Some(("half a thought".into(), 14)));
    page.fake.take_commands();
    key(&mut page, Key::Enter);
    // The text remains a draft until the message has been accepted.
    assert_eq!(saved(&page).as_deref(), Some("half a thought"));
    let commands = page.fake.take_commands();
    let [AppCommand::Intent(_, Intent::Submit { .. }), AppCommand::Save { key, value: None }] = &commands[..]
    else {
        panic!("{commands:?}");
    };
    assert_eq!(key, "draft 1 #lobby");
}

#[test]
fn a_draft_that_another_tab_changed_is_the_newer_one() {
    let mut page = start();
    compose(&mut page, "half");
    page.fake.take_acts();
    page.fake.saved.borrow_mut().insert("draft 1 #lobby".into(), "half a thought".into());
    report(&mut page, "stored parla/draft 1 #other");
    assert_eq!(put(&page), None);
    report(&mut page, "stored parla/draft 1 #lobby");
    assert_eq!(put(&page), Some(("half a thought".into(), 14)));
    // The previous text of the composer does not come back.
    compose(&mut page, "half a thought more");
    assert_eq!(page.fake.saved.borrow()["draft 1 #lobby"], "half a thought more");
    page.fake.take_acts();
    page.fake.saved.borrow_mut().remove("draft 1 #lobby");
    // The page was frozen, and something may have changed. Text that is stored nowhere is not removed.
    report(&mut page, "stored");
    assert_eq!(put(&page), None);
    // The person turned to the other tab and sent it there.
    report(&mut page, "attentive 0");
    report(&mut page, "stored parla/draft 1 #lobby");
    assert_eq!(put(&page), Some((String::new(), 0)));
}

#[test]
fn no_other_tab_deletes_what_is_being_written_here() {
    let mut page = start();
    compose(&mut page, "/part #chess");
    page.fake.take_acts();
    let saved = |page: &Page| page.fake.saved.borrow().get("draft 1 #lobby").cloned();
    // The other tab deletes a draft that it has sent, and has not heard of this one yet.
    page.fake.saved.borrow_mut().remove("draft 1 #lobby");
    report(&mut page, "stored parla/draft 1 #lobby");
    assert_eq!(put(&page), None);
    assert_eq!(saved(&page).as_deref(), Some("/part #chess"));
    // A draft that came from the other tab goes with it.
    page.fake.saved.borrow_mut().insert("draft 1 #lobby".into(), "written there".into());
    report(&mut page, "stored parla/draft 1 #lobby");
    assert_eq!(put(&page), Some(("written there".into(), 13)));
    page.fake.saved.borrow_mut().remove("draft 1 #lobby");
    report(&mut page, "stored parla/draft 1 #lobby");
    assert_eq!(put(&page), Some((String::new(), 0)));
}

#[test]
fn a_conversation_can_be_closed_while_it_is_shown() {
    let mut page = start();
    compose(&mut page, "half a thought");
    page.apply(vec![Update::BufferClosed(NET, BufferId(1))]);
    assert!(!page.has("#room"));
    page.apply(vec![shown(room(2, "#other"))]);
    assert!(page.has("#room"));
    assert_eq!(put(&page), Some((String::new(), 0)));
}

#[test]
fn the_arrows_bring_back_what_was_sent() {
    let mut page = start();
    for text in ["one", "two"] {
        compose(&mut page, text);
        key(&mut page, Key::Enter);
    }
    put(&page);
    key(&mut page, Key::ArrowUp);
    assert_eq!(put(&page), Some(("two".into(), 3)));
    key(&mut page, Key::ArrowUp);
    assert_eq!(put(&page), Some(("one".into(), 3)));
    key(&mut page, Key::ArrowDown);
    key(&mut page, Key::ArrowDown);
    assert_eq!(put(&page), Some((String::new(), 0)));
    compose(&mut page, "three");
    key(&mut page, Key::ArrowUp);
    assert_eq!(put(&page), None, "the caret's own key");
    page.key("#composer", Key::ArrowUp, Modifiers::CONTROL | Modifiers::ALT);
    assert_eq!(put(&page), Some(("two".into(), 3)));
}

#[test]
fn a_slash_lists_the_commands() {
    let mut page = start();
    compose(&mut page, "/");
    assert!(choices(&page).len() > 5, "{:?}", choices(&page));
    assert_eq!(
        page.attribute(page.one("#composer"), "aria-activedescendant").as_deref(),
        Some("suggestions-0")
    );
    compose(&mut page, "/jo");
    let shown = choices(&page);
    assert!(shown.len() == 1 && shown[0].starts_with("/join "), "{shown:?}");
    key(&mut page, Key::Enter);
    assert_eq!(put(&page), Some(("/join ".into(), 6)));
    assert_eq!(sent(&page), [""; 0]);
    compose(&mut page, "/join #rust");
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), ["/join #rust"]);
    compose(&mut page, "//");
    assert!(choices(&page).is_empty());
}

#[test]
fn escape_closes_the_list_and_nothing_else() {
    let mut page = start();
    compose(&mut page, "/");
    key(&mut page, Key::Escape);
    assert!(choices(&page).is_empty());
    assert!(!page.fake.take_acts().contains(&PageAct::ScrollToEnd));
    key(&mut page, Key::Escape);
    assert!(page.fake.take_acts().contains(&PageAct::ScrollToEnd));
    compose(&mut page, "/l");
    assert!(!choices(&page).is_empty());
}

#[test]
fn tab_completes_names_who_spoke_last_first() {
    let mut page = start();
    compose(&mut page, "hi al");
    assert!(choices(&page).is_empty(), "not unless asked");
    key(&mut page, Key::Tab);
    assert_eq!(choices(&page), ["albert", "alice"]);
    key(&mut page, Key::ArrowDown);
    assert_eq!(page.attribute(page.one("#suggestions-1"), "aria-selected").as_deref(), Some("true"));
    key(&mut page, Key::Tab);
    assert_eq!(put(&page), Some(("hi alice ".into(), 9)));
    assert!(choices(&page).is_empty());
    compose(&mut page, "bo");
    key(&mut page, Key::Tab);
    assert_eq!(put(&page), Some(("bob: ".into(), 5)));
    compose(&mut page, "@alb");
    assert_eq!(choices(&page), ["albert"]);
    let option = page.one("#suggestions-0");
    page.click(option);
    assert_eq!(put(&page), Some(("albert: ".into(), 8)));
}

#[test]
fn offline_it_says_so() {
    let mut page = start();
    assert!(!page.has(".composer-note"));
    page.apply(vec![offline()]);
    let said = page.text(".middle");
    assert_eq!(page.text(".composer-note"), "What you write is sent when the connection is back.");
    page.apply(vec![linked(LinkState::Offline)]);
    let offline = page.text(".middle");
    for said in [said, offline] {
        let count = |words: &str| said.to_lowercase().matches(words).count();
        assert_eq!(count("what you write"), 1, "{said}");
        assert!(count("offline") + count("you are disconnected") == 1, "{said}");
    }
    compose(&mut page, "later");
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), ["later"]);
}

#[test]
fn outside_of_the_room_one_can_only_join() {
    let mut page = start();
    let kicked = Presence::Absent(Some(problem(ProblemKind::KickedOut, "#lobby")));
    change(&mut page, BufferView { presence: kicked, ..room(1, "#lobby") });
    assert!(!page.has("#composer"));
    assert!(page.text(".composer.absent").len() > 20);
    let join = page.all("button").into_iter().find(|node| page.text_of(*node) == "Join").unwrap();
    page.click(join);
    assert!(page.fake.take_intents().contains(&Intent::Join { room: "#lobby".into(), key: None }));
    change(&mut page, BufferView { presence: Presence::Absent(None), ..room(1, "#lobby") });
    assert!(page.text(".composer.absent").starts_with("You are not in #lobby."));
}

#[test]
fn a_removal_is_told_once() {
    let mut page = open(lobby(Vec::new()));
    page.apply(vec![shown(room(2, "#other"))]);
    let other = page.one("#room-1-2");
    page.click(other);
    let why = problem(ProblemKind::KickedOut, "#lobby");
    let kicked = BufferEvent::Kicked { who: "anna".into(), by: "bob".into(), reason: None };
    let view =
        BufferView { presence: Presence::Absent(Some(why.clone())), ..lobby(vec![event(1, 0, kicked)]) };
    page.apply(vec![shown(view), Update::Announcement(NET, Some(BufferId(1)), Announcement::Problem(why))]);
    assert!(page.text(".toast").starts_with("You were removed from #lobby."));
    let lobby = page.one("#room-1-1");
    page.click(lobby);
    assert!(!page.has(".toast"), "the room says it");
    assert_eq!(page.text(".event .said"), "anna was removed by bob");
    assert_eq!(page.text(".composer.absent .why"), "You are not in #lobby.");
}

#[test]
fn a_person_is_named_too() {
    let page = open(conversation(4, BufferKind::Direct, "bob"));
    assert_eq!(page.attribute(page.one("#composer"), "placeholder").as_deref(), Some("Message bob"));
}

#[test]
fn what_is_written_before_the_other_draft_is_there_is_not_lost() {
    let mut page = start();
    compose(&mut page, "for the lobby");
    page.apply(vec![shown(room(2, "#other"))]);
    page.fake.take_acts();
    let row = page.one("#room-1-2");
    page.click(row);
    let expected = PageAct::SetComposer { text: String::new(), caret: 0, over: "for the lobby".into() };
    assert!(page.fake.take_acts().contains(&expected), "the page knows what it takes the place of");
    compose(&mut page, "ab");
    let row = page.one("#room-1-1");
    page.click(row);
    let expected = PageAct::SetComposer { text: "for the lobby".into(), caret: 13, over: "ab".into() };
    assert!(page.fake.take_acts().contains(&expected));
}

#[test]
fn a_password_for_a_service_is_neither_a_draft_nor_called_back() {
    let mut page = start();
    compose(&mut page, "/msg NickServ IDENTIFY hunter2");
    let saved = format!("{:?}", page.fake.saved.borrow());
    assert!(!saved.contains("hunter2"), "{saved}");
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), ["/msg NickServ IDENTIFY hunter2"]);
    compose(&mut page, "");
    page.fake.take_acts();
    key(&mut page, Key::ArrowUp);
    assert_eq!(put(&page), None);
}

#[test]
fn a_room_with_a_key_has_a_field_for_it() {
    let why = Some(problem(ProblemKind::KeyNeeded, "#lobby"));
    let mut page = open(BufferView { presence: Presence::Absent(why), ..lobby(Vec::new()) });
    page.fake.take_commands();
    page.press("Join");
    assert_eq!(page.fake.take_intents(), [], "there is no key yet");
    page.write("#room-key", "sesame");
    page.press("Join");
    assert_eq!(
        page.fake.take_intents(),
        [Intent::Join { room: "#lobby".into(), key: Some("sesame".into()) }]
    );
}

#[test]
fn a_wrong_key_is_said_and_can_be_mended() {
    let kept_out = |kind, tries| {
        let why = Problem { tries, ..Problem::clone(&problem(kind, "#lobby")) };
        BufferView { presence: Presence::Absent(Some(Arc::new(why))), ..lobby(Vec::new()) }
    };
    let mut page = open(kept_out(ProblemKind::KeyNeeded, 1));
    assert!(page.text(".why").starts_with("#lobby needs a key."));
    let field = page.one("#room-key");
    assert_eq!(page.attribute(field, "data-takes-focus").as_deref(), Some("true"));
    assert_eq!(page.attribute(field, "aria-invalid"), None);
    page.submit_with(page.one("form"), &[("key", "sesam")]);
    page.apply(vec![shown(kept_out(ProblemKind::KeyWrong, 1))]);
    assert!(page.text(".why").starts_with("This is not the key of #lobby."));
    assert!(!page.text(".why").contains("tried"));
    let field = page.one("#room-key");
    assert_eq!(page.attribute(field, "initial_value").as_deref(), Some("sesam"));
    assert_eq!(page.attribute(field, "aria-invalid").as_deref(), Some("true"));
    // The same words once more would be no sign.
    page.apply(vec![shown(kept_out(ProblemKind::KeyWrong, 2))]);
    assert!(page.text(".why").contains("You have tried 2 times, and the answer is the same."));
    assert_ne!(page.one("#room-key"), field, "only a new field takes the focus");
}

#[test]
fn whoever_needs_an_invitation_can_ask_for_one() {
    let why = Some(problem(ProblemKind::NotRecognised, "#lobby"));
    let can_invite = ["zoe".into(), "dave".into()].into();
    let view = BufferView { presence: Presence::Absent(why), can_invite, ..lobby(Vec::new()) };
    let mut page = open(view);
    page.fake.take_commands();
    assert!(page.text(".why").contains("without an account the server cannot tell that it is you"));
    page.press("Ask dave");
    assert_eq!(sent(&page), ["/msg dave Could you invite me to #lobby?"]);
    let join = page.button("Join");
    assert_eq!(page.attribute(join, "data-takes-focus").as_deref(), Some("true"));
}

#[test]
fn whoever_cannot_write_reads_so_before_they_try() {
    let view = |silenced| BufferView {
        rights: Rights { silenced, ..Rights::default() },
        ..lobby(vec![message(1, 5, "bob", "hi")])
    };
    let mut page = open(view(None));
    assert!(!page.has("#silenced"));
    page.apply(vec![shown(view(Some(ProblemKind::VoiceNeeded)))]);
    let said = "Only some people may write in #lobby. Ask an operator of the room to make you a speaker.";
    assert_eq!(page.text("#silenced"), said);
    let field = page.one("#composer");
    assert_eq!(page.attribute(field, "aria-describedby").as_deref(), Some("silenced"));
    page.apply(vec![shown(view(Some(ProblemKind::AccountNeededToSpeak)))]);
    assert!(page.text("#silenced").starts_with("Only people with an account may write in #lobby."));
    // Commands still work.
    compose(&mut page, "/part");
    key(&mut page, Key::Enter);
    assert_eq!(sent(&page), ["/part"]);
    page.apply(vec![shown(view(None))]);
    assert!(!page.has("#silenced"));
}
