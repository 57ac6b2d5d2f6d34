//! What was said before the person came, or while he was gone.

use std::{fmt::Write as _, time::Duration};

use expect_test::expect;
use parla_client::{
    Archive, Input, Intent, Kept,
    view::{BufferKind, Manner},
};
use parla_proto::Timestamp;

use super::support::{ALL, Rig, START, settings};

/// Lines of bob, a second apart.
fn lines(numbers: std::ops::Range<usize>) -> String {
    let mut lines = String::new();
    for number in numbers {
        let (minute, second) = (number / 60, number % 60);
        let _ = writeln!(
            lines,
            "@11:{minute:02}:{second:02};msgid=m{number} :bob!b@host PRIVMSG #lobby :{number}"
        );
    }
    lines
}

fn back_in_lobby(rig: &mut Rig) {
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=100");
    rig.server("@13:00 :alice!a@host JOIN #lobby");
}

fn known() -> Rig {
    Rig::in_lobby("@09:58;msgid=known :bob!b@host PRIVMSG #lobby :known")
}

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
fn what_was_missed_is_fetched_to_its_beginning() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=known 50
        MODE #lobby
    "#]]);
    rig.server("@13:01;msgid=live :bob!b@host PRIVMSG #lobby :live");
    rig.history("#lobby", &lines(0..2));
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BETWEEN #lobby msgid=m0 msgid=known 50
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        ---- new
        <bob> 0
        <bob> 1
        <bob> live
    "#]],
    );
    rig.history("#lobby", "");
    rig.sends(expect![[""]]);
}

#[test]
fn a_full_page_leaves_a_gap_until_the_rest_has_come() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.history("#lobby", &lines(50..100));
    assert!(
        rig.rows("#lobby").starts_with("<bob> known\n== gap 09:58–11:00:50 loading\n---- new\n<bob> 50\n")
    );
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BETWEEN #lobby msgid=m50 msgid=known 50
    "#]]);
    rig.history("#lobby", &lines(0..50));
    rig.history("#lobby", "");
    assert!(rig.rows("#lobby").starts_with("<bob> known\n---- new\n<bob> 0\n<bob> 1\n"));
    assert_eq!(rig.buffer("#lobby").unread, 100);
}

#[test]
fn a_long_gap_is_stated_and_fetched_when_the_person_wants() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    for page in (2..6).rev() {
        rig.history("#lobby", &lines(page * 50..page * 50 + 50));
    }
    // One more tells whether anything is missing at all.
    rig.sends(expect![[r#"
        @label=5 CHATHISTORY BETWEEN #lobby msgid=m100 msgid=known 1
    "#]]);
    rig.history("#lobby", &lines(99..100));
    rig.sends(expect![[""]]);
    assert!(rig.rows("#lobby").contains("<bob> known\n== gap 09:58–11:01:39 loadable\n---- new\n<bob> 99\n"));
    rig.lists(expect![[r#"
        #lobby present, 201+ unread, more before
    "#]]);
    let (buffer, row) = (rig.id("#lobby"), rig.row("#lobby", "== gap"));
    rig.wants(Intent::LoadGap { buffer, row });
    rig.wants(Intent::LoadGap { buffer, row });
    rig.sends(expect![[r#"
        @label=6 CHATHISTORY BETWEEN #lobby msgid=m99 msgid=known 50
    "#]]);
    rig.history("#lobby", &lines(0..99));
    rig.history("#lobby", "");
    assert!(!rig.rows("#lobby").contains("gap"));
    assert!(rig.rows("#lobby").starts_with("<bob> known\n---- new\n<bob> 0\n<bob> 1\n"));
    rig.lists(expect![[r#"
        #lobby present, 300 unread, more before
    "#]]);
    rig.wants(Intent::LoadGap { buffer, row });
    rig.sends(expect![[""]]);
}

#[test]
fn a_gap_that_the_server_will_not_fill_stays() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=known 50
        MODE #lobby
    "#]]);
    // By the id of the message, then by its time.
    rig.server("@label=1 :s FAIL CHATHISTORY INVALID_MSGREFTYPE LATEST #lobby msgid=known :No");
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY LATEST #lobby timestamp=2026-01-01T09:57:59.000Z 50
    "#]]);
    rig.server(":s FAIL CHATHISTORY MESSAGE_ERROR LATEST #lobby :No");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–13:00 loadable
    "#]],
    );
    rig.sends(expect![[""]]);
}

#[test]
fn a_server_that_says_how_it_can_be_asked_is_asked_so() {
    let mut rig = known();
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=20 MSGREFTYPES=timestamp");
    rig.server(":alice!a@host JOIN #lobby");
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby timestamp=2026-01-01T09:57:59.000Z 20
        MODE #lobby
    "#]]);
}

#[test]
fn a_server_that_does_not_answer_leaves_a_gap() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.pass(Duration::from_secs(31));
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–13:00 loadable
    "#]],
    );
    rig.sent();
    // Too late, but welcome.
    rig.server(
        "@label=1 :s BATCH +h chathistory #lobby
         @batch=h;10:30;msgid=x :bob!b@host PRIVMSG #lobby :late
         :s BATCH -h",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–13:00 loadable
        ---- new
        <bob> late
    "#]],
    );
}

#[test]
fn a_connection_that_breaks_before_the_answer_hides_nothing() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.server("@13:01;msgid=live :bob!b@host PRIVMSG #lobby :live");
    back_in_lobby(&mut rig);
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=known 50
        MODE #lobby
    "#]]);
}

#[test]
fn without_history_a_gap_is_stated() {
    let mut rig = Rig::on_server("server-time", "");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server("@10:00 :alice!a@host JOIN #lobby\n@10:02 :bob!b@host PRIVMSG #lobby :before");
    rig.reconnects();
    rig.greet("server-time", "");
    rig.server("@10:05 :alice!a@host JOIN #lobby\n@10:06 :bob!b@host PRIVMSG #lobby :after");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> before
        == gap 10:02–10:05 lost
        <bob> after
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present, 2 unread
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

fn archived() -> Rig {
    let mut settings = settings();
    settings.archive = Archive::All;
    Rig::with(settings, &[])
}

fn kept(kind: BufferKind, at: i64, text: &str) -> Kept {
    Kept {
        kind,
        buffer: "#lobby".into(),
        msgid: Some(format!("k{at}").into()),
        at: Timestamp::from_millis(START.as_millis() + at * 1000),
        source: "bob!b@host".into(),
        manner: Manner::Message,
        text: text.into(),
        own: false,
        audience: None,
    }
}

fn recall(rig: &mut Rig, messages: Vec<Kept>, more: bool) {
    rig.input(Input::Recalled { kind: BufferKind::Room, name: "#lobby".into(), messages, more });
}

#[test]
fn what_was_missed_is_found_by_time_where_the_server_does_not_know_the_id() {
    let mut rig = known();
    back_in_lobby(&mut rig);
    rig.server("@label=1 :s FAIL CHATHISTORY INVALID_PARAMS LATEST msgid=known :There is no such message id");
    rig.sent();
    rig.history(
        "#lobby",
        "@09:58;msgid=other :bob!b@host PRIVMSG #lobby :known
         @10:30;msgid=missed :bob!b@host PRIVMSG #lobby :missed",
    );
    assert_eq!(rig.rows("#lobby").matches("<bob> known").count(), 1);
    assert!(rig.rows("#lobby").contains("<bob> missed"));
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
    // Asked by time the message comes again, under another id.
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
fn the_archive_comes_before_the_server() {
    let mut rig = archived();
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    recall(&mut rig, vec![kept(BufferKind::Room, -90, "one"), kept(BufferKind::Room, -60, "two")], true);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> one
        <bob> two
    "#]],
    );
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.sends(expect![[r#"
        (recall 50 of #lobby before 2026-01-01T09:58:30.000Z)
    "#]]);
    recall(&mut rig, vec![kept(BufferKind::Room, -120, "zero"), kept(BufferKind::Room, -90, "one")], false);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> zero
        <bob> one
        <bob> two
    "#]],
    );
    rig.go_online(ALL, "CHATHISTORY=100");
    rig.server(":alice!a@host JOIN #lobby");
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=k-60 50
        MODE #lobby
    "#]]);
    rig.history("#lobby", "@09:59:30;msgid=s1 :bob!b@host PRIVMSG #lobby :three");
    rig.sends(expect![[r#"
        (keep #lobby bob!b@host: three)
        @label=2 CHATHISTORY BETWEEN #lobby msgid=s1 msgid=k-60 50
    "#]]);
    rig.history("#lobby", "");
    rig.wants(Intent::LoadEarlier { buffer });
    recall(&mut rig, Vec::new(), false);
    rig.sends(expect![[r#"
        (recall 50 of #lobby before 2026-01-01T09:58:00.000Z)
        @label=3 CHATHISTORY BEFORE #lobby msgid=k-120 50
    "#]]);
    rig.history("#lobby", "");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn the_archive_of_a_direct_conversation_has_an_end() {
    let mut rig = archived();
    rig.go_online(ALL, "CHATHISTORY=100");
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    let buffer = rig.id("bob");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.sends(expect![[r#"
        (recall 50 of bob before the end)
    "#]]);
    rig.input(Input::Recalled {
        kind: BufferKind::Direct,
        name: "bob".into(),
        messages: Vec::new(),
        more: false,
    });
    rig.lists(expect![[r#"
        bob present
    "#]]);
    rig.sends(expect![[""]]);
}

#[test]
fn an_archive_of_a_room_that_is_gone_is_nothing() {
    let mut rig = archived();
    recall(&mut rig, vec![kept(BufferKind::Room, 0, "x")], false);
    rig.input(Input::Recalled {
        kind: BufferKind::Server,
        name: "".into(),
        messages: vec![kept(BufferKind::Server, 0, "x")],
        more: false,
    });
    rig.lists(expect![[""]]);
}
