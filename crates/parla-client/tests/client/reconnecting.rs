//! What a lost connection looks like, and what returns afterwards.

use std::time::Duration;

use expect_test::expect;
use parla_client::{Input, Intent};

use super::support::{ALL, Rig};

#[test]
fn rooms_wait_and_come_back() {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: Lost"]);
    rig.lists(expect![[r#"
        #lobby joining, more before
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
    "#]],
    );
    rig.pass(Duration::from_secs(1));
    rig.sends(expect![[r#"
        (connect)
    "#]]);
    rig.input(Input::Opened);
    rig.sent();
    rig.server(":s 001 alice :Welcome\n:s 422 alice :No MOTD");
    rig.sends(expect![[r#"
        JOIN #lobby
    "#]]);
    rig.server(":alice!a@host JOIN #lobby");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn a_room_wished_before_the_greeting_is_asked_for_once() {
    let mut rig = Rig::new();
    rig.wants(Intent::Join { room: "#a".into(), key: None });
    rig.connect();
    rig.server(":s 001 alice :Welcome");
    rig.wants(Intent::Join { room: "#b".into(), key: None });
    rig.sends(expect![[""]]);
    rig.server(":s 422 alice :No MOTD");
    rig.sends(expect![[r#"
        JOIN #a,#b
    "#]]);
}

#[test]
fn a_page_that_was_on_its_way_can_be_asked_for_again() {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.server(
        "@label=2 :s BATCH +h chathistory #lobby\n@batch=h;09:00;msgid=0 :bob!b@host PRIVMSG #lobby :half",
    );
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=100");
    rig.lists(expect![[r#"
        #lobby joining, more before
    "#]]);
    rig.server(":alice!a@host JOIN #lobby");
    rig.history("#lobby", "");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BEFORE #lobby msgid=1 50
    "#]]);
}

#[test]
fn a_gap_that_was_on_its_way_can_be_asked_for_again() {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=1");
    rig.server(":alice!a@host JOIN #lobby");
    rig.history("#lobby", "@10:58;msgid=2 :bob!b@host PRIVMSG #lobby :missed");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–10:58 loading
        ---- new
        <bob> missed
    "#]],
    );
    rig.breaks();
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        == gap 09:58–10:58 loadable
        ---- new
        <bob> missed
    "#]],
    );
}

#[test]
fn pauses_are_short_after_a_good_connection() {
    let mut rig = Rig::online();
    rig.pass(Duration::from_secs(40));
    for _ in 0..5 {
        rig.breaks();
        rig.pass(Duration::from_secs(60));
        rig.input(Input::Opened);
        rig.greet("", "");
        rig.pass(Duration::from_secs(40));
    }
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: Lost"]);
}
