//! What surrounds the text of a message: display names, answers, reactions, its audience, its deletion, and
//! how many of its lines are shown.

mod support;

use std::sync::Arc;

use parla_client::{
    text::Text,
    view::{
        Audience, Author, BufferEvent, BufferView, Capacity, Content, Deleted, Member, Members, MessageView,
        Quoted, Rank, Reaction, Reply, RowId, Several,
    },
};
use parla_ui::platform::PageAct;
use support::{
    page::Page,
    sample::{members, room},
    talk::{change, compose, event, lobby, message, open, row, said},
};

fn with(said: MessageView) -> Page {
    open(lobby(vec![row(1, 0, Content::Message(Arc::new(said)))]))
}

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

#[test]
fn a_message_taken_back_leaves_a_quiet_placeholder() {
    let deleted = |own, reason: Option<&str>| {
        let deleted = Deleted { by: "mod".into(), own, reason: reason.map(Text::parse) };
        MessageView { deleted: Some(Arc::new(deleted)), ..said("bob", "") }
    };
    let page = with(deleted(false, Some("not here")));
    assert_eq!(page.text(".taken-back"), "Message deleted by mod (not here)");
    assert!(!page.has(".body"));
    assert_eq!(with(deleted(true, None)).text(".taken-back"), "Message deleted by you");
    let html = with(deleted(false, Some(HOSTILE))).html();
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn an_answer_leads_to_what_it_answers() {
    let quoted = Quoted { row: RowId(7), from: "bob".into(), words: HOSTILE.into() };
    let reply = |quoted| Some(Arc::new(Reply { to: "m7".into(), quoted }));
    let answer = MessageView { reply: reply(Some(quoted)), ..said("carol", "yes") };
    let mut page =
        open(lobby(vec![message(7, 9, "bob", HOSTILE), row(8, 0, Content::Message(Arc::new(answer)))]));
    assert!(page.text(".reply").contains(&format!("bob: {HOSTILE}")), "{}", page.text(".reply"));
    assert!(!page.html().contains("<img"));
    page.fake.take_acts();
    let quote = page.one(".quote");
    page.click(quote);
    assert!(page.fake.take_acts().contains(&PageAct::ScrollToRow(RowId(7))));
    let page = with(MessageView { reply: reply(None), ..said("carol", "yes") });
    assert!(page.text(".reply").ends_with("an earlier message"));
    assert!(!page.has(".quote"));
}

#[test]
fn an_answer_names_who_gives_it() {
    let reply = Some(Arc::new(Reply { to: "m7".into(), quoted: None }));
    let page = open(lobby(vec![
        message(1, 2, "bob", "one"),
        row(2, 1, Content::Message(Arc::new(MessageView { reply, ..said("bob", "two") }))),
    ]));
    assert_eq!(page.all(".nick").len(), 2);
}

#[test]
fn reactions_are_counted_chips() {
    let reaction = |text: &str, by: &[&str], own| Reaction {
        text: text.into(),
        by: by.iter().map(|who| Arc::from(*who)).collect(),
        own,
    };
    let reactions = [reaction("🎉", &["carol", "anna"], true), reaction(HOSTILE, &[HOSTILE], false)];
    let page = with(MessageView { reactions: reactions.into(), ..said("bob", "we did it") });
    let chips = page.all(".reactions li");
    assert_eq!(page.text_of(chips[0]), "🎉 2🎉: carol, anna");
    assert_eq!(page.attribute(chips[0], "title").as_deref(), Some("🎉: carol, anna"));
    assert_eq!(page.attribute(chips[0], "class").as_deref(), Some("own"));
    assert!(!page.html().contains("<img"));
    let many: Vec<String> = (0..50).map(|number| format!("u{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let page = with(MessageView { reactions: [reaction("👍", &many, false)].into(), ..said("bob", "hm") });
    let title = page.attribute(page.one(".reactions li"), "title").unwrap();
    assert!(title.ends_with("u19 and 30 more"), "{title}");
}

#[test]
fn a_message_for_some_says_so_and_is_answered_so() {
    let audience = Some(Audience { rank: Rank::Operator, sign: '@' });
    let mut page = with(MessageView { audience, ..said("bob", "between us") });
    assert!(page.has(".for-some"));
    assert!(page.text(".audience").starts_with("Only operators see this"));
    compose(&mut page, "I see");
    page.fake.take_acts();
    page.press("Answer only them");
    let acts = page.fake.take_acts();
    let text = "/msg @#lobby I see".to_owned();
    assert!(
        acts.contains(&PageAct::SetComposer { caret: text.len(), text, over: "I see".into() }),
        "{acts:?}"
    );
    let page = open(lobby(vec![
        message(1, 2, "bob", "to all"),
        row(2, 1, Content::Message(Arc::new(MessageView { audience, ..said("bob", "to some") }))),
        message(3, 0, "bob", "to all again"),
    ]));
    assert_eq!(page.all(".nick").len(), 3, "none of them continues another");
}

#[test]
fn a_display_name_never_stands_alone() {
    let called = Some(Arc::from("alice"));
    let author = Author { called: called.clone(), ..Author::new("mallory") };
    let page = with(MessageView { author, ..said("mallory", "send me your password") });
    assert_eq!(page.text(".nick"), "alice mallory");
    let mut names = Vec::clone(&members(&[(Rank::Member, "anna"), (Rank::Member, "mallory")]).0);
    names[1] = Member { called, ..names[1].clone() };
    let page = open(BufferView { members: Members(Arc::new(names)), ..room(1, "#lobby") });
    assert_eq!(page.text("#member-mallory"), "alice mallory");
}

#[test]
fn many_lines_are_folded() {
    let lines =
        |count: usize| (1..=count).map(|number| format!("line {number}.")).collect::<Vec<_>>().join("\n");
    let mut page = with(said("bob", &lines(40)));
    assert!(page.text(".body").contains("line 10.") && !page.text(".body").contains("line 11."));
    page.press("Show all 40 lines");
    assert!(page.text(".body").contains("line 40."));
    page.press("Show fewer lines");
    assert!(!page.text(".body").contains("line 11."));
    let page = with(said("bob", &lines(10)));
    assert!(page.text(".body").contains("line 10.") && !page.has(".fold"));
}

#[test]
fn many_lines_are_one_message_where_the_server_can() {
    let capacity = Capacity { line_bytes: 400, several: Some(Several { bytes: 4096, lines: 32 }) };
    let mut page = open(BufferView { capacity, ..lobby(Vec::new()) });
    compose(&mut page, "1\n2\n\n3\n4");
    assert_eq!(page.text(".in-one"), "4 lines, sent as one message");
    page.press("Send");
    assert!(!page.has(".ask"), "there is nothing to ask");
    compose(&mut page, &vec!["line"; 40].join("\n"));
    assert!(!page.has(".in-one"));
    page.press("Send");
    assert!(
        page.text(".ask").starts_with("You are about to send 40 lines as 2 messages:"),
        "{}",
        page.text(".ask")
    );
    page.button("Send as 2 messages");
}

#[test]
fn a_new_name_of_the_room_is_told_and_its_draft_follows() {
    let mut page = open(lobby(Vec::new()));
    compose(&mut page, "half a thought");
    page.fake.wake();
    let renamed = BufferEvent::RoomRenamed {
        by: Some("bob".into()),
        from: "#lobby".into(),
        to: "#hall".into(),
        reason: Some(Text::parse("more room")),
    };
    let view = BufferView { name: "#hall".into(), ..lobby(vec![event(1, 0, renamed)]) };
    change(&mut page, view);
    assert!(page.text(".event").ends_with("bob renamed this room from #lobby to #hall (more room)"));
    let saved = page.fake.saved.borrow();
    assert_eq!(saved.get("draft 1 #hall").map(String::as_str), Some("half a thought"));
    assert_eq!(saved.get("draft 1 #lobby"), None);
    assert_eq!(saved.get("open").map(String::as_str), Some("1 #hall"));
}
