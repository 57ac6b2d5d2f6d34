//! The person's read position, on this device and on others.

use std::time::Duration;

use expect_test::expect;

use super::support::{ALL, Rig, World};

fn in_lobby() -> Rig {
    let mut rig = Rig::on_server(
        &format!("{ALL} draft/read-marker"),
        "CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ NETWORK=Example",
    );
    rig.enter("#lobby", "");
    rig.server(
        "@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one
         @10:02;msgid=m2 :bob!b@host PRIVMSG #lobby :alice: two
         @10:03;msgid=m3 :bob!b@host PRIVMSG #lobby :three",
    );
    rig
}

#[test]
fn what_another_device_has_read_is_read_here() {
    let mut rig = in_lobby();
    rig.lists(expect![[r#"
        #lobby present, 3 unread (1 for me)
    "#]]);
    rig.server(":alice!a@host MARKREAD #lobby timestamp=2026-01-01T10:02:00.000Z");
    rig.lists(expect![[r#"
        #lobby present, 1 unread
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> one
        <bob> alice: two [mention]
        ---- new
        <bob> three
    "#]],
    );
    // It never moves back, nor into the distant future, nor anywhere because of nonsense.
    rig.server(
        ":s MARKREAD #lobby timestamp=2026-01-01T10:00:00.000Z
         :s MARKREAD #lobby timestamp=2030-01-01T10:00:00.000Z
         :s MARKREAD #lobby timestamp=yesterday
         :s MARKREAD #lobby *
         :s MARKREAD #lobby
         :s MARKREAD",
    );
    rig.lists(expect![[r#"
        #lobby present, 1 unread
    "#]]);
    rig.server(":s MARKREAD #lobby timestamp=2026-01-01T10:03:00.000Z");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
    rig.keeps(expect![[r#"
        room #lobby: {"read_until":1767261780000}
    "#]]);
}

#[test]
fn the_server_is_told_what_was_read() {
    let mut rig = in_lobby();
    rig.pass(Duration::from_secs(10));
    rig.sent();
    rig.looks_at("#lobby");
    rig.sends(expect![[""]]);
    rig.pass(Duration::from_secs(2));
    rig.sends(expect![[r#"
        MARKREAD #lobby timestamp=2026-01-01T10:03:00.000Z
    "#]]);
    rig.server(
        "@10:04;msgid=m4 :bob!b@host PRIVMSG #lobby :four\n@10:05;msgid=m5 :bob!b@host PRIVMSG #lobby :five",
    );
    rig.pass(Duration::from_secs(2));
    rig.sends(expect![[r#"
        MARKREAD #lobby timestamp=2026-01-01T10:05:00.000Z
    "#]]);
    // The server is not told what it already knows.
    rig.server(":s MARKREAD #lobby timestamp=2026-01-01T10:05:00.000Z");
    rig.pass(Duration::from_secs(10));
    rig.sends(expect![[""]]);
}

#[test]
fn after_a_lost_connection_the_newer_of_both_counts() {
    let mut rig = in_lobby();
    rig.looks_at("#lobby");
    rig.looks_away();
    rig.reconnects();
    rig.greet(&format!("{ALL} draft/read-marker"), "CHATHISTORY=100");
    rig.server(":alice!a@host JOIN #lobby\n:s MARKREAD #lobby timestamp=2026-01-01T10:01:00.000Z");
    rig.sent();
    rig.pass(Duration::from_secs(2));
    rig.sends(expect![[r#"
        MARKREAD #lobby timestamp=2026-01-01T10:03:00.000Z
    "#]]);
}

#[test]
fn a_server_that_cannot_is_not_asked() {
    let mut rig = Rig::in_lobby("@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one");
    rig.looks_at("#lobby");
    rig.pass(Duration::from_secs(20));
    rig.sends(expect![[""]]);
}

#[test]
fn the_marker_of_a_person_is_asked_for() {
    let mut rig = Rig::online();
    rig.server(":bob!b@host PRIVMSG alice :psst");
    rig.reconnects();
    rig.greet_keeping(&format!("{ALL} draft/read-marker"), "CASEMAPPING=ascii");
    rig.sends(expect![[r#"
        MARKREAD bob
    "#]]);
}

#[test]
fn the_real_server_keeps_it() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(bob, "#lobby", "hello");
    world.settle();
    world.wires[alice].rig.looks_at("#lobby");
    world.pass(Duration::from_secs(5));
    let read = world.wires[alice].rig.buffer("#lobby").timeline.rows().last().unwrap().at;
    world.raw(alice, "MARKREAD #lobby");
    let answer = world.heard(alice);
    assert!(answer.contains(&format!("MARKREAD #lobby timestamp={read}")), "{answer}");
}
