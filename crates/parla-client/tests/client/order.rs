//! Rows are in the server's order: as they arrive, and as a page has them. Clocks only determine what is
//! shown beside them.

use std::time::Duration;

use expect_test::expect;
use parla_client::{ArchiveScope, Input, Intent, view::BufferKind};
use parla_proto::Timestamp;

use super::support::{ALL, Rig, START, settings};

#[test]
fn a_clock_that_was_ahead_pins_nothing_under_what_is_new() {
    let mut rig = Rig::in_lobby("");
    rig.server("@11:00;msgid=1 :bob!b@host PRIVMSG #lobby :an hour ahead");
    rig.server("@10:01;msgid=2 :bob!b@host PRIVMSG #lobby :the clock is right");
    rig.server("@10:02 :carol!c@host JOIN #lobby\n@10:03;msgid=3 :bob!b@host PRIVMSG #lobby :hello carol");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> an hour ahead
        <bob> the clock is right
        -- carol joined
        <bob> hello carol
    "#]],
    );
}

#[test]
fn after_a_restart_too_the_page_has_the_order() {
    let mut rig = Rig::online();
    rig.enter(
        "#lobby",
        "@11:00;msgid=1 :bob!b@host PRIVMSG #lobby :an hour ahead
         @10:01;msgid=2 :bob!b@host PRIVMSG #lobby :right
         @10:01;msgid=3 :carol!c@host PRIVMSG #lobby :right too",
    );
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.history(
        "#lobby",
        "@10:59;msgid=0 :bob!b@host PRIVMSG #lobby :ahead as well
         @12:00;msgid=00 :bob!b@host PRIVMSG #lobby :and much more so",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> ahead as well
        <bob> and much more so
        <bob> an hour ahead
        <bob> right
        <carol> right too
    "#]],
    );
}

#[test]
fn an_own_reply_stands_below_what_it_answers() {
    // There are no echoes and no times: the message is confirmed by a PING and dated by the clock of this
    // machine, which is slow.
    let mut rig = Rig::on_server("server-time", "");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby\n@10:30 :bob!b@host PRIVMSG #lobby :question?");
    rig.writes("#lobby", "answer");
    rig.server(":s PONG s parla-sent-1\n@10:31 :bob!b@host PRIVMSG #lobby :thanks");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> question?
        <me> answer
        ---- new
        <bob> thanks
    "#]],
    );
}

#[test]
fn messages_of_one_millisecond_and_without_times_stay_as_they_came() {
    for times in [["@10:01 ", "@10:01 ", "@10:01 "], ["", "", ""]] {
        let mut rig = Rig::in_lobby("");
        for (time, text) in times.iter().zip(["three", "one", "two"]) {
            rig.server(&format!("{time}:bob!b@host PRIVMSG #lobby :{text}"));
        }
        assert_eq!(rig.rows("#lobby"), "---- new\n<bob> three\n<bob> one\n<bob> two\n");
    }
}

#[test]
fn a_page_that_fills_a_gap_stands_in_it() {
    let mut rig = Rig::in_lobby("@11:58;msgid=1 :bob!b@host PRIVMSG #lobby :by a clock that is ahead");
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=1");
    rig.server("@09:03:30 :alice!a@host JOIN #lobby\n@09:04;msgid=6 :bob!b@host PRIVMSG #lobby :live");
    rig.history("#lobby", "@09:03;msgid=5 :bob!b@host PRIVMSG #lobby :missed last");
    rig.history("#lobby", "@09:02;msgid=4 :bob!b@host PRIVMSG #lobby :missed first");
    assert_eq!(
        rig.rows("#lobby"),
        "<bob> by a clock that is ahead\n== gap 11:58–09:02 loading\n---- new\n<bob> missed first\n<bob> missed last\n<bob> live\n"
    );
    rig.history("#lobby", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> by a clock that is ahead
        ---- new
        <bob> missed first
        <bob> missed last
        <bob> live
    "#]],
    );
}

#[test]
fn of_two_absences_each_page_finds_its_own() {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    for round in 1..3 {
        rig.reconnects();
        rig.greet(ALL, "CHATHISTORY=100");
        rig.server(&format!(
            ":alice!a@host JOIN #lobby\n@10:00;msgid=l{round} :bob!b@host PRIVMSG #lobby :live {round}"
        ));
    }
    // The server answers only now, with everything.
    rig.history(
        "#lobby",
        "@10:00;msgid=m1 :bob!b@host PRIVMSG #lobby :missed 1
         @10:00;msgid=l1 :bob!b@host PRIVMSG #lobby :live 1
         @10:00;msgid=m2 :bob!b@host PRIVMSG #lobby :missed 2",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        ---- new
        <bob> missed 1
        <bob> live 1
        <bob> missed 2
        <bob> live 2
    "#]],
    );
}

#[test]
fn the_archive_has_the_order_of_what_it_kept() {
    let mut settings = settings();
    settings.archive = ArchiveScope::All;
    let mut rig = Rig::with(settings, &[]);
    rig.go_online("server-time", "");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server("@10:00 :alice!a@host JOIN #lobby\n@10:01 :bob!b@host PRIVMSG #lobby :now");
    let outputs = rig.take_outputs();
    let kept = outputs.into_iter().find_map(|output| match output {
        parla_client::Output::Keep(kept) => Some(kept),
        _ => None,
    });
    let now = kept.unwrap();
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    // The newest messages are requested, although by a clock that was an hour fast what is known is newer.
    rig.sends(expect![[r#"
        (recall 50 of #lobby before the end)
    "#]]);
    let ahead = parla_client::ArchivedMessage {
        at: Timestamp::from_millis(START.as_millis() + 50 * 60_000),
        text: "yesterday, by a clock that was ahead".into(),
        ..now.clone()
    };
    let (kind, name) = (BufferKind::Room, "#lobby".into());
    rig.input(Input::Recalled { kind, name, messages: vec![now, ahead], more: false });
    assert_eq!(rig.rows("#lobby").matches("now").count(), 1);
    assert_eq!(rig.rows("#lobby").matches("yesterday").count(), 1);
}

/// What a bouncer repeats when the person returns.
const REPEATED: &str =
    "@08:01 :bob!b@host PRIVMSG #lobby :one\n@08:02 :bob!b@host PRIVMSG #lobby :alice: two";

fn with_bouncer() -> Rig {
    let mut rig = Rig::on_server("server-time", "");
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server("@10:00 :alice!a@host JOIN #lobby");
    rig.model.said.clear();
    rig
}

#[test]
fn what_is_repeated_without_a_batch_is_neither_doubled_nor_announced() {
    let mut rig = with_bouncer();
    rig.server(REPEATED);
    rig.server("@10:01 :bob!b@host PRIVMSG #lobby :live");
    rig.looks_at("#lobby");
    rig.looks_away();
    rig.reconnects();
    rig.greet("server-time", "");
    rig.server("@10:05 :alice!a@host JOIN #lobby");
    rig.server(REPEATED);
    // It is too recent to be recognised by its age, and is known nevertheless.
    rig.server("@10:01 :bob!b@host PRIVMSG #lobby :live");
    rig.says(expect![[""]]);
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
    assert_eq!(rig.rows("#lobby").matches("<bob>").count(), 3);
}

#[test]
fn what_was_missed_and_is_repeated_stands_in_its_place_and_is_unread() {
    let mut rig = with_bouncer();
    rig.looks_at("#lobby");
    rig.server("@10:01 :bob!b@host PRIVMSG #lobby :known");
    rig.looks_away();
    rig.breaks();
    rig.pass(Duration::from_secs(4 * 60 * 60));
    rig.wants(Intent::Reconnect);
    rig.input(Input::Opened);
    rig.greet("server-time", "");
    rig.server("@14:00 :alice!a@host JOIN #lobby");
    assert!(rig.rows("#lobby").contains("== gap 10:01–14:00 lost"));
    rig.server(
        "@14:00 :carol!c@host JOIN #lobby
         @10:01 :bob!b@host PRIVMSG #lobby :known
         @12:01 :bob!b@host PRIVMSG #lobby :alice: missed
         @11:01 :bob!b@host PRIVMSG #lobby :the clock was set
         @14:01 :bob!b@host PRIVMSG #lobby :live",
    );
    rig.says(expect![[""]]);
    rig.lists(expect![[r#"
        #lobby present, 3 unread (1 for me)
    "#]]);
    // It begins with what is known, so nothing is lost.
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        ---- new
        <bob> alice: missed [mention]
        <bob> the clock was set
        -- carol joined
        <bob> live
    "#]],
    );
}

#[test]
fn what_is_repeated_only_in_part_leaves_the_rest_of_the_gap() {
    let mut rig = with_bouncer();
    rig.server("@10:01 :bob!b@host PRIVMSG #lobby :known");
    rig.breaks();
    rig.pass(Duration::from_secs(4 * 60 * 60));
    rig.wants(Intent::Reconnect);
    rig.input(Input::Opened);
    rig.greet("server-time", "");
    rig.server("@14:00 :alice!a@host JOIN #lobby\n@13:01 :bob!b@host PRIVMSG #lobby :missed");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> known
        == gap 10:01–13:01 lost
        <bob> missed
    "#]],
    );
}

#[test]
fn a_message_that_a_bouncer_repeats_under_its_id_is_one() {
    let mut rig = Rig::in_lobby("@08:00;msgid=1 :bob!b@host PRIVMSG #lobby :alice: hello");
    rig.server("@08:00;msgid=1 :bob!b@host PRIVMSG #lobby :alice: hello");
    rig.server("@09:59;msgid=1 :bob!b@host PRIVMSG #lobby :alice: hello");
    // A bouncer may lose the msgid.
    rig.server("@08:00 :bob!b@host PRIVMSG #lobby :alice: hello");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> alice: hello [mention]
    "#]],
    );
    rig.says(expect![[""]]);
}

#[test]
fn a_private_message_that_is_repeated_is_unread_and_makes_no_noise() {
    let mut rig = Rig::on_server("server-time", "");
    rig.server("@08:00 :bob!b@host PRIVMSG alice :while you were away");
    rig.says(expect![[""]]);
    rig.lists(expect![[r#"
        bob present, 1 unread (1 for me)
    "#]]);
}

#[test]
fn what_is_said_twice_at_once_is_two() {
    for tag in ["@10:01 ", ""] {
        let mut rig = Rig::in_lobby("");
        rig.server(&format!("{tag}:bob!b@host PRIVMSG #lobby :ha\n{tag}:bob!b@host PRIVMSG #lobby :ha"));
        assert_eq!(rig.rows("#lobby").matches("ha").count(), 2);
    }
}

#[test]
fn a_server_whose_clock_is_behind_is_heard() {
    let mut rig = Rig::online();
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server("@07:00 :alice!a@host JOIN #lobby");
    rig.history("#lobby", "");
    rig.says(expect![[r#"
        show #lobby
    "#]]);
    rig.server("@07:01;msgid=1 :bob!b@host PRIVMSG #lobby :alice: now");
    rig.says(expect![[r#"
        alert <bob> alice: now in #lobby
    "#]]);
}

#[test]
fn a_message_that_was_on_its_way_when_the_clock_was_set_back_is_found() {
    let mut rig = Rig::in_lobby("@11:00;msgid=1 :bob!b@host PRIVMSG #lobby :an hour ahead");
    rig.writes("#lobby", "arrived");
    rig.writes("#lobby", "lost");
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=100");
    rig.server("@10:03 :alice!a@host JOIN #lobby");
    rig.history("#lobby", "@10:01;msgid=2 :alice!a@host PRIVMSG #lobby :arrived");
    rig.history("#lobby", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> an hour ahead
        <me> arrived
        <me> lost (sent)
    "#]],
    );
    assert_eq!(rig.sent().matches("PRIVMSG #lobby :lost").count(), 1);
}

#[test]
fn the_greeting_that_a_bouncer_repeats_does_not_tell_the_time() {
    // This is what ZNC 1.8 does: the greeting has the time at which the bouncer received it.
    let mut rig = Rig::new();
    rig.connect();
    rig.server(
        ":irc.znc.in CAP unknown-nick LS :server-time
         @10:00 :irc.znc.in CAP alice ACK :server-time
         @05:00 :s 001 alice :Welcome
         @05:00 :s 005 alice CHANTYPES=# :are supported
         @05:00 :s 376 alice :End
         @08:00 :bob!b@host PRIVMSG alice :psst",
    );
    rig.says(expect![[""]]);
    rig.lists(expect![[r#"
        bob present, 1 unread (1 for me)
    "#]]);
}

/// The greeting of ZNC, which has stayed in the channel all the time.
fn attach(rig: &mut Rig, played: &str) {
    rig.server(
        ":irc.znc.in CAP unknown-nick LS :server-time znc.in/self-message
         @10:00 :irc.znc.in CAP alice ACK :server-time
         @05:00 :s 001 alice :Welcome
         @05:00 :s 376 alice :End
         :alice!a@host JOIN #lobby",
    );
    rig.server(played);
}

/// Somebody who was connected to ZNC and has received this.
fn at_bouncer() -> Rig {
    let mut rig = Rig::new();
    rig.connect();
    attach(&mut rig, "@07:01 :bob!b@host PRIVMSG #lobby :before");
    rig.reconnects();
    rig
}

#[test]
fn a_bouncer_that_was_there_all_the_time_leaves_no_gap() {
    for played in ["", "@08:02 :bob!b@host PRIVMSG #lobby :meanwhile"] {
        let mut rig = at_bouncer();
        attach(&mut rig, played);
        assert!(!rig.rows("#lobby").contains("gap"), "{}", rig.rows("#lobby"));
    }
    // The bouncer was removed from the channel there, too.
    let mut rig = at_bouncer();
    attach(&mut rig, ":mod!m@host KICK #lobby alice :out");
    rig.server("@10:05 :alice!a@host JOIN #lobby");
    assert!(rig.rows("#lobby").contains("gap"), "{}", rig.rows("#lobby"));
}

#[test]
fn a_bouncer_that_plays_back_all_it_keeps_may_have_forgotten_more() {
    let played = |first: u32| {
        let lines =
            (0..50).map(|n| format!("@08:{:02} :bob!b@host PRIVMSG #lobby :line {n}", (first + n) / 2));
        lines.collect::<Vec<_>>().join("\n")
    };
    let mut rig = at_bouncer();
    attach(&mut rig, &played(10));
    assert_eq!(rig.rows("#lobby").matches("gap").count(), 1, "{}", rig.rows("#lobby"));
    // This does not apply if the first message was known.
    let mut rig = at_bouncer();
    attach(&mut rig, &format!("@07:01 :bob!b@host PRIVMSG #lobby :before\n{}", played(10)));
    assert!(!rig.rows("#lobby").contains("gap"), "{}", rig.rows("#lobby"));
}
