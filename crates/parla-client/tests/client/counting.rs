//! How many messages are new after an absence: all that follow the read position, whatever was fetched and
//! whatever the clocks say.

use std::fmt::Write as _;

use expect_test::expect;
use parla_client::Intent;

use super::support::{ALL, Rig, START, settings};

/// Lines of bob, one per second.
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

/// The answers of a server that has `all` messages of the channel, for as long as it is asked; `read` were
/// known before.
fn answer_all(rig: &mut Rig, all: usize, read: usize) {
    for _ in 0..30 {
        let sent = rig.sent();
        let Some(asked) = sent.lines().find(|line| line.contains("CHATHISTORY")) else { return };
        let words: Vec<&str> = asked.split_whitespace().skip_while(|word| *word != "CHATHISTORY").collect();
        let number =
            |word: &str| word.strip_prefix("msgid=m").and_then(|number| number.parse::<usize>().ok());
        let limit: usize = words.last().unwrap().parse().unwrap();
        let (first, last) = match words[1] {
            "LATEST" => (number(words[3]).map_or(0, |number| number + 1), all),
            "BETWEEN" => (number(words[4]).unwrap() + 1, number(words[3]).unwrap()),
            "BEFORE" => (0, number(words[3]).unwrap()),
            other => panic!("{other}"),
        };
        assert!(first > read || words[1] != "BETWEEN", "asks for what is known");
        rig.history("#lobby", &lines(first.max(last.saturating_sub(limit))..last));
    }
    panic!("it asks for ever");
}

/// Alice has read everything up to m99, and returns when there are this many messages.
fn back_when_there_are(all: usize) -> Rig {
    let mut rig = Rig::in_lobby(&lines(50..100));
    rig.looks_at("#lobby");
    rig.looks_away();
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=50");
    rig.server(":alice!a@host JOIN #lobby");
    answer_all(&mut rig, all, 99);
    rig
}

#[test]
fn thirty_that_were_missed_are_thirty() {
    back_when_there_are(130).lists(expect![[r#"
        #lobby present, 30 unread, more before
    "#]]);
}

#[test]
fn full_pages_are_counted_to_the_last_message() {
    for missed in [49, 50, 51, 99, 100, 199, 200] {
        let rig = back_when_there_are(100 + missed);
        assert_eq!(rig.list(), format!("#lobby present, {missed} unread, more before\n"));
        assert!(!rig.rows("#lobby").contains("gap"));
    }
}

#[test]
fn of_very_many_it_says_that_there_are_more_until_they_are_fetched() {
    let mut rig = back_when_there_are(993);
    rig.lists(expect![[r#"
        #lobby present, 201+ unread, more before
    "#]]);
    let buffer = rig.id("#lobby");
    for _ in 0..4 {
        let row = rig.row("#lobby", "== gap");
        rig.wants(Intent::LoadGap { buffer, row });
        answer_all(&mut rig, 993, 99);
    }
    rig.lists(expect![[r#"
        #lobby present, 893 unread, more before
    "#]]);
    assert!(!rig.rows("#lobby").contains("gap"));
    rig.looks_at("#lobby");
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
}

fn restarted(read: String, tokens: &str) -> Rig {
    let mut rig = Rig::with(settings(), &[("room #lobby", &read)]);
    rig.go_online(ALL, tokens);
    rig.server(":alice!a@host JOIN #lobby");
    rig
}

/// The record of a channel that was read up to this message, which was sent this many minutes after ten.
fn read_to(msgid: Option<&str>, minutes: i64) -> String {
    let at = START.as_millis() + minutes * 60_000;
    let msgid = msgid.map_or_else(String::new, |msgid| format!(",\"read_msgid\":\"{msgid}\""));
    format!("{{\"read_until\":{at}{msgid}}}")
}

#[test]
fn after_a_restart_it_is_the_same() {
    // m99 was sent at 11:01:39.
    for (all, expected) in
        [(100, ""), (130, ", 30 unread"), (149, ", 49 unread"), (150, ", 50 unread"), (301, ", 201+ unread")]
    {
        let mut rig = restarted(read_to(Some("m99"), 61), "CHATHISTORY=50");
        answer_all(&mut rig, all.min(300), 99);
        let expected = if all == 301 { ", 200 unread" } else { expected };
        assert_eq!(rig.list(), format!("#lobby present{expected}, more before\n"), "of {all}");
    }
    let mut rig = restarted(read_to(Some("m99"), 61), "CHATHISTORY=50");
    answer_all(&mut rig, 993, 99);
    assert!(rig.rows("#lobby").starts_with("== gap 11:01–"), "{}", rig.rows("#lobby"));
    rig.lists(expect![[r#"
        #lobby present, 251+ unread, more before
    "#]]);
    // When the person scrolls up, the gap there is filled before older messages are fetched.
    let buffer = rig.id("#lobby");
    for _ in 0..4 {
        rig.wants(Intent::LoadEarlier { buffer });
        answer_all(&mut rig, 993, 99);
    }
    rig.lists(expect![[r#"
        #lobby present, 893 unread, more before
    "#]]);
    rig.wants(Intent::LoadEarlier { buffer });
    answer_all(&mut rig, 993, 99);
    rig.lists(expect![[r#"
        #lobby present, 893 unread, more before
    "#]]);
}

#[test]
fn what_was_read_by_a_clock_that_was_ahead_hides_nothing() {
    // By the server's old clock, it was read an hour after everything that has been sent since.
    let mut rig = restarted(read_to(Some("m99"), 180), "CHATHISTORY=50");
    answer_all(&mut rig, 130, 99);
    rig.lists(expect![[r#"
        #lobby present, 30 unread, more before
    "#]]);
    let mut rig = restarted(read_to(Some("m99"), 180), "CHATHISTORY=50");
    answer_all(&mut rig, 200, 99);
    rig.lists(expect![[r#"
        #lobby present, 100 unread, more before
    "#]]);
}

#[test]
fn what_was_read_and_is_gone_is_found_by_its_time() {
    let mut rig = restarted(read_to(Some("gone"), 62), "CHATHISTORY=50");
    rig.history("#lobby", &lines(80..130));
    rig.lists(expect![[r#"
        #lobby present, 9 unread, more before
    "#]]);
    rig.server(":s FAIL CHATHISTORY INVALID_PARAMS BETWEEN #lobby :No such message");
    rig.history("#lobby", &lines(79..80));
    rig.history("#lobby", "");
    rig.lists(expect![[r#"
        #lobby present, 9 unread, more before
    "#]]);
}

#[test]
fn where_no_id_is_known_the_time_decides() {
    let mut rig = restarted(read_to(None, 62), "CHATHISTORY=50 MSGREFTYPES=timestamp");
    rig.history("#lobby", &lines(100..130));
    // The last message of that minute was sent at 11:02:00.
    rig.lists(expect![[r#"
        #lobby present, 9 unread, more before
    "#]]);
}

#[test]
fn what_another_device_has_read_is_read_here_once_it_is_found() {
    let mut rig = Rig::in_lobby(&lines(50..100));
    rig.looks_at("#lobby");
    rig.looks_away();
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=50");
    rig.server(
        ":alice!a@host JOIN #lobby\n@11:02:30;msgid=own :alice!a@host PRIVMSG #lobby :from my telephone",
    );
    rig.history("#lobby", &lines(100..130));
    rig.history("#lobby", "");
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
}

#[test]
fn the_message_up_to_which_was_read_is_remembered() {
    let mut rig = Rig::in_lobby("");
    rig.server("@10:01;msgid=b1 :bob!b@host PRIVMSG #lobby :hello");
    rig.looks_at("#lobby");
    rig.keeps(expect![[r#"
        room #lobby: {"read_until":1767261660000,"read_msgid":"b1"}
    "#]]);
}
