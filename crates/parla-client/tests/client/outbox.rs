//! A message of the person, from the moment it is written to the proof that the server has it.

use std::time::Duration;

use expect_test::expect;
use parla_client::{ArchiveScope, Intent};

use super::support::{Rig, settings};

fn in_old_lobby() -> Rig {
    let mut rig = Rig::on_old_server();
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby\n:s 353 alice = #lobby :@alice bob");
    rig.sent();
    rig
}

pub(crate) fn in_lobby_with(capabilities: &str) -> Rig {
    let mut rig = Rig::on_server(capabilities, "");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby");
    rig.sent();
    rig
}

#[test]
fn an_echo_with_its_label_confirms() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "hello");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> hello (sent)
    "#]],
    );
    rig.sends(expect![[r#"
        @label=2 PRIVMSG #lobby :hello
    "#]]);
    rig.server("@10:01;msgid=b;label=other :bob!b@host PRIVMSG #lobby :hello");
    rig.server("@10:02;msgid=a;label=2 :alice!a@host PRIVMSG #lobby :hello");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> hello
        <me> hello
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present, 1 unread
    "#]]);
}

#[test]
fn what_the_server_makes_of_it_with_its_label_is_still_the_same_message() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "hello \u{2}bold\u{2}");
    rig.server("@10:02;msgid=a;label=2 :alice!a@host PRIVMSG #lobby :hello bold");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> hello bold
    "#]],
    );
}

#[test]
fn an_echo_inside_an_answer_confirms() {
    let mut rig = Rig::online();
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.writes("bob", "are you there?");
    rig.sends(expect![[r#"
        @label=1 PRIVMSG bob :are you there?
    "#]]);
    rig.server(
        "@label=1 :s BATCH +x labeled-response
         @batch=x;10:01;msgid=m :alice!a@host PRIVMSG bob :are you there?
         @batch=x :s 301 alice bob :gone fishing
         :s BATCH -x",
    );
    rig.shows(
        "bob",
        expect![[r#"
        <me> are you there?
        ** AWAY bob: gone fishing
    "#]],
    );
    rig.writes("bob", "hm");
    rig.server(
        "@label=2 :s BATCH +y labeled-response
         @batch=y;10:02;msgid=n :alice!a@host PRIVMSG bob :hm
         @batch=y :s 301 alice bob :gone fishing
         :s BATCH -y",
    );
    rig.shows(
        "bob",
        expect![[r#"
        <me> are you there?
        ** AWAY bob: gone fishing
        <me> hm
    "#]],
    );
}

#[test]
fn an_echo_without_label_confirms() {
    let mut rig = in_lobby_with("echo-message");
    rig.writes("#lobby", "same");
    rig.writes("#lobby", "same");
    rig.writes("#lobby", "/me waves ");
    rig.sends(expect![[r#"
        PRIVMSG #lobby :same
        PRIVMSG #lobby :same
        PRIVMSG #lobby :^AACTION waves^A
    "#]]);
    rig.server(":alice!a@host PRIVMSG #lobby :same\n:alice!a@host PRIVMSG #lobby :\u{1}ACTION waves\u{1}");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> same
        * me waves
        <me> same (sent)
    "#]],
    );
    rig.server(":alice!a@host PRIVMSG #lobby :same");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> same
        * me waves
        <me> same
    "#]],
    );
}

#[test]
fn without_echoes_the_answer_to_a_ping_confirms() {
    let mut rig = in_old_lobby();
    rig.writes("#lobby", "one\ntwo");
    rig.sends(expect![[r#"
        PRIVMSG #lobby :one
        PRIVMSG #lobby :two
        PING parla-sent-1
    "#]]);
    rig.writes("#lobby", "three");
    rig.sends(expect![[r#"
        PRIVMSG #lobby :three
        PING parla-sent-2
    "#]]);
    rig.server(":s PONG s :parla-sent-2");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one
        <me> two
        <me> three
    "#]],
    );
    rig.server(":s PONG s parla-sent-3");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one
        <me> two
        <me> three
    "#]],
    );
    rig.server(":s PONG s :parla-sent-99\n:s PONG s :parla-sent-x\n:s PONG");
}

#[test]
fn what_is_confirmed_is_kept_whatever_confirmed_it() {
    let mut settings = settings();
    settings.archive = ArchiveScope::All;
    let mut rig = Rig::with(settings, &[]);
    rig.go_online("", "");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby");
    rig.sent();
    rig.writes("#lobby", "mine");
    rig.server(":bob!b@host PRIVMSG #lobby :his\n:s PONG s :parla-sent-1");
    rig.sends(expect![[r#"
        PRIVMSG #lobby :mine
        PING parla-sent-1
        (keep #lobby bob!b@host: his)
        (keep #lobby alice!a@host: mine)
    "#]]);
}

#[test]
fn a_refusal_with_the_label_is_of_that_message() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "two");
    rig.server("@label=3 :s 404 alice #lobby :Cannot send to channel");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (sent)
        <me> two (failed: CannotSpeak)
    "#]],
    );
    rig.says(expect![[""]]);
}

#[test]
fn a_refusal_without_label_is_of_the_first_message() {
    let mut rig = in_lobby_with("echo-message");
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "two");
    rig.server(":s 404 alice #lobby :Cannot send to channel");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (failed: CannotSpeak)
        <me> two (sent)
    "#]],
    );
    rig.writes("#lobby", "/msg carol hello");
    rig.server(":s 401 alice carol :No such nick");
    rig.shows(
        "carol",
        expect![[r#"
        <me> hello (failed: NoSuchPerson)
    "#]],
    );
    rig.server(":s 716 alice #nowhere :x\n:s 404 alice #nowhere :x");
    rig.says(expect![[r#"
        show #lobby
        show carol
        problem Other #nowhere
        problem CannotSpeak #nowhere
    "#]]);
}

#[test]
fn a_refusal_of_something_else_is_not_of_a_message() {
    let mut rig = in_lobby_with("echo-message");
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "/topic new");
    rig.server(":s 482 alice #lobby :You're not channel operator\n:s 461 alice TOPIC :Not enough parameters");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (sent)
    "#]],
    );
    rig.says(expect![[r#"
        show #lobby
        #lobby: problem NotOperator #lobby
        problem Other TOPIC
    "#]]);
}

#[test]
fn a_fail_is_of_its_message() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "one");
    rig.server("@label=2 :s FAIL PRIVMSG RATE_LIMITED #lobby :Slow down");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (failed: Throttled)
    "#]],
    );
    rig.server(":s FAIL TOPIC WHATEVER #lobby :No");
    rig.says(expect![[r#"
        #lobby: problem Other
    "#]]);
}

#[test]
fn a_failed_message_can_be_sent_again_or_forgotten() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "two");
    rig.server("@label=2 :s 404 alice #lobby :No\n@label=3 :s 404 alice #lobby :No");
    rig.sent();
    let (buffer, row) = (rig.id("#lobby"), rig.row("#lobby", "one"));
    rig.wants(Intent::Retry { buffer, row });
    rig.sends(expect![[r#"
        @label=4 PRIVMSG #lobby :one
    "#]]);
    rig.wants(Intent::Retry { buffer, row });
    rig.wants(Intent::Discard { buffer, row });
    rig.sends(expect![[""]]);
    let row = rig.row("#lobby", "two");
    rig.wants(Intent::Discard { buffer, row });
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (sent)
    "#]],
    );
}

#[test]
fn an_acknowledged_message_without_echo_is_there() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "one");
    rig.server("@label=2;10:01 :s ACK");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one
    "#]],
    );
    rig.server(":s ACK\n@label=77 :s ACK");
}

#[test]
fn a_long_text_goes_out_in_pieces_that_fit() {
    let mut rig = in_old_lobby();
    rig.writes("#lobby", &"words and ".repeat(100));
    let sent = rig.sent();
    assert!(sent.lines().count() > 2);
    assert!(sent.lines().all(|line| line.len() + ":alice!a@host ".len() <= 510), "{sent}");
}

#[test]
fn nobody_is_flooded() {
    let mut rig = in_lobby_with("echo-message");
    let lines: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    rig.writes("#lobby", &lines.join("\n"));
    assert_eq!(rig.sent().lines().count(), 8);
    rig.pass(Duration::from_secs(1));
    assert_eq!(rig.sent().lines().count(), 2);
    rig.pass(Duration::from_secs(5));
    let sent = rig.sent();
    assert_eq!(sent.lines().last(), Some("PRIVMSG #lobby :19"));
}

#[test]
fn what_waits_can_be_cancelled_at_once() {
    let mut rig = Rig::in_lobby("");
    let lines: Vec<String> = (1..=40).map(|n| format!("line {n}")).collect();
    rig.writes("#lobby", &lines.join("\n"));
    assert_eq!(rig.sent().matches("PRIVMSG").count(), 8);
    rig.wants(Intent::DiscardQueued { buffer: rig.id("#lobby") });
    // Messages that are on their way cannot be recalled.
    assert_eq!(rig.rows("#lobby").matches("(sent)").count(), 8);
    assert_eq!(rig.rows("#lobby").matches("(queued)").count(), 0);
    assert_eq!(rig.records.keys().filter(|key| key.starts_with("out ")).count(), 8);
    rig.pass(Duration::from_secs(30));
    assert_eq!(rig.sent().matches("PRIVMSG").count(), 0);
}

#[test]
fn too_much_at_once_is_refused() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", &"x\n".repeat(201));
    rig.says(expect![[r#"
        #lobby: problem TooManyMessages(201)
    "#]]);
    rig.writes("#lobby", &"x".repeat(65 * 1024));
    rig.says(expect![[r#"
        #lobby: problem TooMuchText
    "#]]);
    rig.breaks();
    for _ in 0..6 {
        rig.writes("#lobby", &"x\n".repeat(200));
    }
    assert_eq!(rig.buffer("#lobby").timeline.len, 1000);
    rig.says(expect![[r#"
        #lobby: problem QueueFull
    "#]]);
}

#[test]
fn wrong_labels_lose_nothing() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "two");
    rig.server(
        "@label=nonsense;msgid=1;10:01 :alice!a@host PRIVMSG #lobby :one
         @label=2;msgid=2;10:01 :alice!a@host PRIVMSG #lobby :two",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one
        <me> two
    "#]],
    );
}

#[test]
fn swapped_echoes_confirm_each_its_own() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "two");
    rig.server("@label=3;msgid=2;10:02 :alice!a@host PRIVMSG #lobby :two");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> two
        <me> one (sent)
    "#]],
    );
    // The server has them in this order, whatever its clock says.
    rig.server("@label=2;msgid=1;10:01 :alice!a@host PRIVMSG #lobby :one");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> two
        <me> one
    "#]],
    );
}

#[test]
fn ids_that_are_used_twice_hide_nothing() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        "@msgid=1;10:01 :bob!b@host PRIVMSG #lobby :one
         @msgid=1;10:02 :bob!b@host PRIVMSG #lobby :two
         @msgid=1;10:03 :carol!c@host PRIVMSG #lobby :one
         @msgid=;10:04 :bob!b@host PRIVMSG #lobby :one
         @10:05 :bob!b@host PRIVMSG #lobby :one",
    );
    rig.writes("#lobby", "mine");
    rig.server("@msgid=1;10:06;label=2 :alice!a@host PRIVMSG #lobby :mine");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> one
        <bob> two
        <carol> one
        <bob> one
        <bob> one
        <me> mine
    "#]],
    );
}

#[test]
fn a_message_to_oneself_is_one() {
    let mut rig = Rig::online();
    rig.wants(Intent::OpenDirect { nick: "alice".into() });
    rig.writes("alice", "note");
    rig.server("@msgid=1;label=1;10:01 :alice!a@host PRIVMSG alice :note\n@msgid=1;10:01 :alice!a@host PRIVMSG alice :note");
    rig.shows(
        "alice",
        expect![[r#"
        <me> note
    "#]],
    );
    rig.lists(expect![[r#"
        alice present
    "#]]);
}
