//! Pages of earlier messages: which are requested, how many at once, and where their messages go.

use std::time::Duration;

use expect_test::expect;
use parla_client::Intent;

use super::{known, lines};
use crate::support::Rig;

#[test]
fn the_latest_is_fetched_on_the_first_visit() {
    let mut rig = Rig::online();
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby");
    rig.sends(expect![[r#"
        JOIN #lobby
        @label=1 CHATHISTORY LATEST #lobby * 50
        MODE #lobby
    "#]]);
    rig.history("#lobby", "");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn earlier_messages_are_loaded_until_the_first() {
    let mut rig = Rig::online();
    rig.enter("#lobby", &lines(100..150));
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.wants(Intent::LoadEarlier { buffer });
    rig.lists(expect![[r#"
        #lobby present, loading what was before
    "#]]);
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BEFORE #lobby msgid=m100 50
    "#]]);
    rig.history("#lobby", &lines(50..100));
    assert!(rig.rows("#lobby").starts_with("<bob> 50\n<bob> 51\n"));
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
    rig.wants(Intent::LoadEarlier { buffer });
    rig.history("#lobby", "");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
    rig.wants(Intent::LoadEarlier { buffer });
    rig.sends(expect![[""]]);
}

#[test]
fn a_refusal_can_be_tried_again() {
    let mut rig = known();
    let buffer = rig.id("#lobby");
    for fail in ["@label=2 :s FAIL CHATHISTORY MESSAGE_ERROR :x", ":s FAIL CHATHISTORY MESSAGE_ERROR :x"] {
        rig.wants(Intent::LoadEarlier { buffer });
        assert!(rig.sent().contains("CHATHISTORY BEFORE"));
        rig.server(fail);
        rig.lists(expect![[r#"
            #lobby present, more before
        "#]]);
    }
    rig.wants(Intent::LoadEarlier { buffer });
    for _ in 0..4 {
        rig.pass(Duration::from_secs(8));
        rig.server(":s PONG s :parla");
    }
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
}

#[test]
fn earlier_messages_are_found_by_time_where_the_server_does_not_know_the_id() {
    let mut rig = known();
    rig.sent();
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.server("@label=2 :s FAIL CHATHISTORY INVALID_PARAMS BEFORE msgid=known :There is no such message id");
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BEFORE #lobby msgid=known 50
        @label=3 CHATHISTORY BEFORE #lobby timestamp=2026-01-01T09:58:01.000Z 50
    "#]]);
    // When the server is asked by time, the message comes again with another msgid.
    rig.history(
        "#lobby",
        "@09:57;msgid=before :bob!b@host PRIVMSG #lobby :before
         @09:58;msgid=other :bob!b@host PRIVMSG #lobby :known",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> before
        <bob> known
    "#]],
    );
    rig.wants(Intent::LoadEarlier { buffer });
    rig.sends(expect![[r#"
        @label=4 CHATHISTORY BEFORE #lobby msgid=before 50
    "#]]);
}

#[test]
fn of_one_second_each_message_keeps_its_place() {
    let mut rig = Rig::online();
    let second = |numbers: std::ops::Range<usize>| -> String {
        numbers.map(|n| format!("@09:00;msgid=s{n} :bob!b@host PRIVMSG #lobby :{n}\n")).collect()
    };
    rig.enter("#lobby", &second(50..100));
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.history("#lobby", &second(0..50));
    let expected: String = (0..100).map(|n| format!("<bob> {n}\n")).collect();
    assert_eq!(rig.rows("#lobby"), expected);
}

#[test]
fn many_rooms_are_asked_about_a_few_at_a_time() {
    let mut rig = Rig::online();
    for number in 0..20 {
        rig.wants(Intent::Join { room: format!("#room{number}").into(), key: None });
        rig.server(&format!(":alice!a@host JOIN #room{number}"));
    }
    assert_eq!(rig.sent().matches("CHATHISTORY").count(), 6);
    rig.server(":s BATCH +h chathistory #room3\n:s BATCH -h");
    assert_eq!(rig.sent().matches("CHATHISTORY").count(), 1);
    for _ in 0..5 {
        rig.pass(Duration::from_secs(30));
        rig.server("PING :are you there?");
    }
    assert_eq!(rig.sent().matches("CHATHISTORY").count(), 13);
}

#[test]
fn pages_may_be_interleaved_with_each_other_and_with_what_is_said_now() {
    let mut rig = Rig::online();
    for room in ["#a", "#b"] {
        rig.wants(Intent::Join { room: room.into(), key: None });
        rig.server(&format!(":alice!a@host JOIN {room}"));
    }
    rig.server(
        ":s BATCH +1 chathistory #a
         :s BATCH +2 chathistory #b
         @batch=2;09:01;msgid=b1 :bob!b@host PRIVMSG #b :b one
         @10:00;msgid=a3 :bob!b@host PRIVMSG #a :a live
         @batch=1;09:01;msgid=a1 :bob!b@host PRIVMSG #a :a one
         @batch=1 :s BATCH +in nested
         @batch=in;09:02;msgid=a2 :bob!b@host PRIVMSG #a :a two
         @batch=1 :s BATCH -in
         :s BATCH -1
         @batch=2;09:02;msgid=b2 :bob!b@host PRIVMSG #b :b two
         :s BATCH -2",
    );
    rig.shows(
        "#a",
        expect![[r#"
        <bob> a one
        <bob> a two
        ---- new
        <bob> a live
    "#]],
    );
    rig.shows(
        "#b",
        expect![[r#"
        <bob> b one
        <bob> b two
    "#]],
    );
}

#[test]
fn a_page_of_a_room_that_nobody_asked_for_makes_no_room() {
    let mut rig = known();
    rig.server(
        ":s BATCH +1 chathistory #other
         @batch=1;09:01;msgid=1 :bob!b@host PRIVMSG #other :x
         :s BATCH -1
         :s BATCH +2 chathistory carol
         @batch=2;09:01;msgid=2 :carol!c@host PRIVMSG alice :while you were away
         :s BATCH -2
         :s BATCH +3 chathistory
         :s BATCH -3
         :s BATCH -4",
    );
    rig.lists(expect![[r#"
        #lobby present, more before
        carol present, 1 unread (1 for me)
    "#]]);
    rig.shows(
        "carol",
        expect![[r#"
        ---- new
        <carol> while you were away
    "#]],
    );
}
