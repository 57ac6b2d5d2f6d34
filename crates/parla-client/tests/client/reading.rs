//! What is unread, what is for the person, and where they stopped reading.

use expect_test::expect;
use parla_client::Intent;

use super::support::{Rig, START, settings};

const HELLO: &str = "@10:01;msgid=b1 :bob!b@host PRIVMSG #lobby :hello";
const NAMED: &str = "@10:02;msgid=b2 :bob!b@host PRIVMSG #lobby :alice: are you there?";

#[test]
fn what_is_said_elsewhere_is_unread() {
    let mut rig = Rig::in_lobby("");
    rig.server(HELLO);
    rig.lists(expect![[r#"
        #lobby present, 1 unread
    "#]]);
    rig.says(expect![[""]]);
    rig.server(NAMED);
    rig.lists(expect![[r#"
        #lobby present, 2 unread (1 for me)
    "#]]);
    rig.says(expect![[r#"
        alert <bob> alice: are you there? in #lobby
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> hello
        <bob> alice: are you there? [mention]
    "#]],
    );
    rig.looks_at("#lobby");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn what_is_said_before_ones_eyes_is_read() {
    let mut rig = Rig::in_lobby("");
    rig.looks_at("#lobby");
    rig.server(HELLO);
    rig.server(NAMED);
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> hello
        <bob> alice: are you there? [mention]
    "#]],
    );
    rig.says(expect![[""]]);
}

#[test]
fn who_has_scrolled_up_has_not_read_what_comes() {
    let mut rig = Rig::in_lobby("");
    let buffer = Some(rig.id("#lobby"));
    rig.wants(Intent::Look { buffer, at_end: false });
    rig.server(HELLO);
    rig.server(NAMED);
    rig.lists(expect![[r#"
        #lobby present, 2 unread (1 for me)
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> hello
        <bob> alice: are you there? [mention]
    "#]],
    );
    // The person is there, however.
    rig.says(expect![[""]]);
    rig.wants(Intent::Look { buffer, at_end: true });
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn the_divider_stays_until_the_person_leaves() {
    let mut rig = Rig::in_lobby("");
    rig.server(HELLO);
    rig.looks_at("#lobby");
    rig.server(NAMED);
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> hello
        <bob> alice: are you there? [mention]
    "#]],
    );
    rig.looks_away();
    rig.looks_at("#lobby");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> hello
        <bob> alice: are you there? [mention]
    "#]],
    );
    rig.server(":bob!b@host PRIVMSG alice :psst");
    rig.looks_at("bob");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> hello
        <bob> alice: are you there? [mention]
    "#]],
    );
}

#[test]
fn the_divider_stays_until_the_person_says_something() {
    let mut rig = Rig::in_lobby("");
    rig.server(HELLO);
    rig.looks_at("#lobby");
    rig.writes("#lobby", "hello bob");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> hello
        <me> hello bob (sent)
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn who_answers_from_another_device_has_read() {
    let mut rig = Rig::in_lobby("");
    rig.server(HELLO);
    rig.server("@10:03;msgid=a1 :alice!a@host PRIVMSG #lobby :from my telephone");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> hello
        <me> from my telephone
    "#]],
    );
}

#[test]
fn a_notice_mentions_and_an_own_message_does_not() {
    let mut rig = Rig::in_lobby("");
    rig.server(":bot!b@host NOTICE #lobby :alice: your build failed\n:alice!a@host PRIVMSG #lobby :alice");
    rig.shows(
        "#lobby",
        expect![[r#"
            ---- new
            -bot- alice: your build failed [mention]
            <me> alice
        "#]],
    );
    rig.says(expect![[r#"
        alert <bot> alice: your build failed in #lobby
    "#]]);
}

#[test]
fn a_private_message_is_for_the_person() {
    let mut rig = Rig::online();
    rig.server("@10:01;msgid=1 :bob!b@host PRIVMSG alice :psst");
    rig.lists(expect![[r#"
        bob present, 1 unread (1 for me)
    "#]]);
    rig.says(expect![[r#"
        alert <bob> psst
    "#]]);
}

#[test]
fn on_the_first_visit_nothing_is_new() {
    let mut rig = Rig::online();
    rig.enter(
        "#lobby",
        "@09:01;msgid=1 :bob!b@host PRIVMSG #lobby :old
         @09:02;msgid=2 :bob!b@host PRIVMSG #lobby :alice: old",
    );
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
    rig.says(expect![[""]]);
}

#[test]
fn history_is_unread_from_where_the_person_stopped() {
    let read = START.as_millis() - 60 * 60_000 + 2 * 60_000;
    let mut rig = Rig::with(settings(), &[("room #lobby", &format!("{{\"read_until\":{read}}}"))]);
    rig.go_online(super::support::ALL, "CHATHISTORY=100");
    rig.server(":alice!a@host JOIN #lobby");
    rig.history(
        "#lobby",
        "@09:01;msgid=1 :bob!b@host PRIVMSG #lobby :read
         @09:02;msgid=2 :bob!b@host PRIVMSG #lobby :read last
         @09:03;msgid=3 :bob!b@host PRIVMSG #lobby :alice: unread
         @09:04;msgid=4 :alice!a@host PRIVMSG #lobby :mine
         @09:05;msgid=5 :bob!b@host PRIVMSG #lobby :unread too",
    );
    rig.lists(expect![[r#"
        #lobby present, 2 unread (1 for me), more before
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> read
        <bob> read last
        ---- new
        <bob> alice: unread [mention]
        <me> mine
        <bob> unread too
    "#]],
    );
    // None of it is live.
    rig.says(expect![[""]]);
}

#[test]
fn the_divider_stands_above_the_oldest_that_was_not_read() {
    let read = START.as_millis() - 3 * 60 * 60_000;
    let mut rig = Rig::with(settings(), &[("room #lobby", &format!("{{\"read_until\":{read}}}"))]);
    rig.go_online(super::support::ALL, "CHATHISTORY=1");
    rig.server(":alice!a@host JOIN #lobby");
    rig.history("#lobby", "@09:05;msgid=2 :bob!b@host PRIVMSG #lobby :two");
    rig.history("#lobby", "@09:01;msgid=1 :bob!b@host PRIVMSG #lobby :one");
    rig.history("#lobby", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> one
        <bob> two
    "#]],
    );
}

#[test]
fn what_was_missed_in_the_room_in_view_is_marked_and_read() {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    rig.looks_at("#lobby");
    rig.reconnects();
    rig.greet(super::support::ALL, "CHATHISTORY=100");
    rig.server(":alice!a@host JOIN #lobby");
    rig.history("#lobby", "@10:03;msgid=2 :bob!b@host PRIVMSG #lobby :missed");
    rig.history("#lobby", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        ---- new
        <bob> missed
    "#]],
    );
    // It has not been shown yet.
    rig.lists(expect![[r#"
        #lobby present, 1 unread, more before
    "#]]);
    rig.looks_at("#lobby");
    rig.lists(expect![[r#"
        #lobby present, more before
    "#]]);
    rig.says(expect![[""]]);
}

#[test]
fn where_the_person_stopped_is_remembered() {
    let mut rig = Rig::in_lobby("");
    rig.server(HELLO);
    rig.looks_at("#lobby");
    rig.keeps(expect![[r#"
        room #lobby: {"read_until":1767261660000,"read_msgid":"b1"}
    "#]]);
    rig.server(NAMED);
    rig.keeps(expect![[r#"
        room #lobby: {"read_until":1767261720000,"read_msgid":"b2"}
    "#]]);
}

#[test]
fn two_messages_of_one_moment_are_two() {
    let mut rig = Rig::in_lobby("");
    rig.looks_at("#lobby");
    rig.server(HELLO);
    rig.looks_away();
    rig.server("@10:01;msgid=b9 :bob!b@host PRIVMSG #lobby :and another");
    rig.lists(expect![[r#"
        #lobby present, 1 unread
    "#]]);
}

#[test]
fn a_server_whose_clock_goes_back_hides_nothing() {
    let mut rig = Rig::in_lobby("");
    rig.looks_at("#lobby");
    rig.server("@10:05:30;msgid=1 :bob!b@host PRIVMSG #lobby :one");
    rig.looks_away();
    rig.server("@10:05;msgid=2 :bob!b@host PRIVMSG #lobby :two\n@10:05:01 :carol!c@host JOIN #lobby");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> one
        ---- new
        <bob> two
        -- carol joined
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present, 1 unread
    "#]]);
    // A bouncer repeats what has long been read.
    rig.server("@09:05;msgid=0 :bob!b@host PRIVMSG #lobby :zero");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> zero
        <bob> one
        ---- new
        <bob> two
        -- carol joined
    "#]],
    );
}
