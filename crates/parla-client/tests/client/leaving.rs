//! Messages whose conversation goes away before they were sent: they stay to be seen, sent or deleted.

use expect_test::expect;
use parla_client::{Intent, view::BufferId};

use super::support::{ALL, Rig};

const TOKENS: &str = "CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ NETWORK=Example";

fn leave(rig: &mut Rig, name: &str) -> BufferId {
    let buffer = rig.id(name);
    rig.model.said.clear();
    rig.wants(Intent::Leave { buffer });
    buffer
}

#[test]
fn a_room_that_is_left_offline_keeps_what_was_not_sent() {
    let mut rig = Rig::in_lobby("");
    rig.breaks();
    rig.writes("#lobby", "one");
    let buffer = leave(&mut rig, "#lobby");
    rig.says(expect![[r#"
        #lobby: problem LeftUnsent
    "#]]);
    // After a restart it is still there, and the person is not taken back into the room.
    let mut rig = rig.restarts();
    rig.lists(expect![[r#"
        #lobby absent, more before
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (failed: LeftUnsent)
    "#]],
    );
    rig.go_online(ALL, TOKENS);
    assert!(!rig.sent().contains("JOIN"));
    // They join again and send it.
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby");
    rig.history("#lobby", "");
    rig.sent();
    let row = rig.row("#lobby", "one");
    rig.wants(Intent::Retry { buffer: rig.id("#lobby"), row });
    rig.sends(expect![[r#"
        @label=2 PRIVMSG #lobby :one
    "#]]);
    assert_eq!(buffer, rig.id("#lobby"));
}

#[test]
fn closing_once_more_discards_what_was_not_sent() {
    let mut rig = Rig::in_lobby("");
    rig.breaks();
    rig.writes("#lobby", "one");
    leave(&mut rig, "#lobby");
    leave(&mut rig, "#lobby");
    assert!(rig.model.find("#lobby").is_none());
    rig.keeps(expect![[""]]);
}

#[test]
fn a_room_that_is_left_keeps_what_had_not_had_its_turn() {
    let mut rig = Rig::in_lobby("");
    for number in 0..10 {
        rig.writes("#lobby", &format!("line {number}"));
    }
    leave(&mut rig, "#lobby");
    let labels: Vec<String> = rig.sent().lines().map(str::to_owned).collect();
    for line in labels.iter().filter(|line| line.contains("PRIVMSG")) {
        let (label, said) = line.split_once(' ').unwrap();
        rig.server(&format!("{label} :alice!a@host {said}"));
    }
    rig.server(":alice!a@host PART #lobby");
    rig.lists(expect![[r#"
        #lobby absent
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> line 0
        <me> line 1
        <me> line 2
        <me> line 3
        <me> line 4
        <me> line 5
        <me> line 6
        <me> line 7
        <me> line 8 (failed: LeftUnsent)
        <me> line 9 (failed: LeftUnsent)
    "#]],
    );
}

#[test]
fn a_person_whose_conversation_is_closed_gets_what_was_just_sent() {
    let mut rig = Rig::online();
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.writes("bob", "bye");
    leave(&mut rig, "bob");
    rig.server("@label=1;msgid=1 :alice!a@host PRIVMSG bob :bye");
    assert!(rig.model.find("bob").is_none());
    // If the connection breaks first, nobody knows whether they got it.
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.writes("bob", "bye again");
    leave(&mut rig, "bob");
    rig.breaks();
    rig.shows(
        "bob",
        expect![[r#"
        <me> bye again (failed: MaybeLost)
    "#]],
    );
    leave(&mut rig, "bob");
    assert!(rig.model.find("bob").is_none());
}

#[test]
fn a_conversation_that_is_closed_offline_keeps_what_was_not_sent() {
    let mut rig = Rig::online();
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.breaks();
    rig.writes("bob", "psst");
    leave(&mut rig, "bob");
    rig.says(expect![[r#"
        bob: problem LeftUnsent
    "#]]);
    rig.shows(
        "bob",
        expect![[r#"
        <me> psst (failed: LeftUnsent)
    "#]],
    );
}

#[test]
fn whoever_is_taken_out_of_a_room_can_still_send_what_waits() {
    for out in [":s KICK #lobby alice :out", ":alice!a@host PART #lobby\n:s NOTICE alice :moved"] {
        let mut rig = Rig::in_lobby("");
        for number in 0..10 {
            rig.writes("#lobby", &format!("line {number}"));
        }
        rig.server(out);
        let failed = rig.rows("#lobby").lines().filter(|row| row.contains("failed")).count();
        assert_eq!(failed, 2, "{out}: {}", rig.rows("#lobby"));
    }
}

#[test]
fn a_room_that_takes_the_name_of_another_leaves_its_messages_to_be_seen() {
    let mut rig = Rig::in_lobby("");
    rig.enter("#other", "");
    for number in 0..10 {
        rig.writes("#lobby", &format!("line {number}"));
    }
    rig.server(":s RENAME #lobby #other :");
    let failed = rig.rows("#lobby").lines().filter(|row| row.contains("failed")).count();
    assert_eq!(failed, 2, "{}", rig.rows("#lobby"));
}

/// A conversation can be gone by the time when the wish to write in it arrives, from another tab for example.
#[test]
fn what_is_written_in_a_conversation_that_is_gone_is_shown_with_its_text() {
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    leave(&mut rig, "#lobby");
    rig.server(":alice!a@host PART #lobby");
    assert!(rig.model.find("#lobby").is_none());
    rig.wants(Intent::Submit { buffer, input: "one\ntwo".into() });
    rig.wants(Intent::Submit { buffer, input: "/topic tea".into() });
    rig.wants(Intent::SetTopic { buffer, topic: "tea".into() });
    rig.says(expect![[r#"
        problem ConversationGone with "one\ntwo"
        problem ConversationGone with "tea"
        problem ConversationGone with "tea"
    "#]]);
}
