//! Deleted messages: nothing of them remains.

use expect_test::expect;
use parla_client::{ArchiveScope, ClientSettings};

use super::support::{Rig, World, settings};

const THREE: &str = "@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one
                     @10:02;msgid=m2 :bob!b@host PRIVMSG #lobby :alice: a secret
                     @10:03;msgid=m3;+draft/reply=m2 :bob!b@host PRIVMSG #lobby :three";

#[test]
fn a_message_taken_back_is_a_placeholder_and_counts_no_more() {
    let mut rig = Rig::in_lobby("");
    rig.server(THREE);
    rig.lists(expect![[r#"
        #lobby present, 3 unread (1 for me)
    "#]]);
    rig.server(":mod!m@host REDACT #lobby m2 :not here");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> one
        <bob> (deleted by mod: not here)
        <bob> (to ?) three
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present, 2 unread
    "#]]);
    rig.server(":bob!b@host REDACT #lobby m1\n:bob!b@host REDACT #lobby m1\n:bob!b@host REDACT #lobby m3");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> (deleted by bob)
        <bob> (deleted by mod: not here)
        <bob> (deleted by bob)
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
    // Repeating it under its msgid does not bring it back.
    rig.server("@10:02;msgid=m2 :bob!b@host PRIVMSG #lobby :alice: a secret");
    assert!(!rig.rows("#lobby").contains("secret"));
}

#[test]
fn what_is_read_is_not_counted_down() {
    let mut rig = Rig::in_lobby("");
    rig.server("@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one");
    rig.looks_at("#lobby");
    rig.looks_away();
    rig.server("@10:02;msgid=m2 :bob!b@host PRIVMSG #lobby :two");
    rig.server(":bob!b@host REDACT #lobby m1");
    rig.lists(expect![[r#"
        #lobby present, 1 unread
    "#]]);
}

#[test]
fn an_alert_that_was_not_shown_is_never_shown() {
    let mut rig = Rig::in_lobby("");
    // The interface looks only after both lines.
    for line in ["@msgid=m2 :bob!b@host PRIVMSG #lobby :alice: a secret", ":bob!b@host REDACT #lobby m2"] {
        rig.client.handle(rig.now, parla_client::Input::Line(line.as_bytes()), &mut Vec::new());
    }
    rig.model.take(&mut rig.client);
    rig.says(expect![[""]]);
}

#[test]
fn what_is_not_known_changes_nothing() {
    let mut rig = Rig::in_lobby("");
    rig.server(THREE);
    let before = rig.rows("#lobby");
    rig.server(
        ":bob!b@host REDACT #lobby nothing
         :bob!b@host REDACT #lobby
         :bob!b@host REDACT #lobby :
         :bob!b@host REDACT #other m1
         :bob!b@host REDACT alice m1
         :bob!b@host REDACT",
    );
    assert_eq!(rig.rows("#lobby"), before);
}

#[test]
fn a_page_of_history_may_tell_of_it() {
    let rig = Rig::in_lobby(
        "@09:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one
         @09:02;msgid=m2 :bob!b@host PRIVMSG #lobby :two
         @09:03;msgid=m3 :bob!b@host REDACT #lobby m1 :oops",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> (deleted by bob: oops)
        <bob> two
    "#]],
    );
}

#[test]
fn a_private_message_is_taken_back_by_either() {
    let mut rig = Rig::online();
    rig.server(
        "@10:01;msgid=p1 :bob!b@host PRIVMSG alice :psst
         @10:02;msgid=p2 :alice!a@host PRIVMSG bob :what?
         @10:03;msgid=p3 :bob!b@host PRIVMSG alice :nothing
         :bob!b@host REDACT alice p1
         :alice!a@host REDACT bob p2",
    );
    rig.shows(
        "bob",
        expect![[r#"
        <bob> (deleted by bob)
        <me> (deleted by me)
        ---- new
        <bob> nothing
    "#]],
    );
}

#[test]
fn an_archive_forgets_it_whether_it_is_shown_or_not() {
    let mut rig = Rig::with(ClientSettings { archive: ArchiveScope::All, ..settings() }, &[]);
    rig.go_online(super::support::ALL, "");
    rig.enter("#lobby", "");
    rig.server("@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one");
    rig.sent();
    rig.server(":bob!b@host REDACT #lobby m1\n:bob!b@host REDACT #lobby m0");
    rig.sends(expect![[r#"
        (unkeep m1 of #lobby)
        (unkeep m0 of #lobby)
    "#]]);
}

/// The server's history leaves deleted messages out; a restarted program or another tab knows of them
/// nevertheless.
#[test]
fn a_placeholder_is_there_after_a_restart_too() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        "@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one
         @10:02;msgid=m2;account=bobby :bob!b@host PRIVMSG #lobby :\u{1}ACTION tells a secret\u{1}
         @10:03;msgid=m3 :bob!b@host PRIVMSG #lobby :three
         @10:04;msgid=m4 :alice!a@host PRIVMSG #lobby :four
         @10:05;msgid=m5 :bob!b@host PRIVMSG #lobby :five
         :mod!m@host REDACT #lobby m2 :not here
         :bob!b@host REDACT #lobby m1
         :alice!a@host REDACT #lobby m4
         :bob!b@host REDACT #lobby m5",
    );
    let live = rig.rows("#lobby");
    assert!(!rig.records.values().any(|kept| kept.contains("secret")), "{:?}", rig.records);
    let three = "@10:03;msgid=m3 :bob!b@host PRIVMSG #lobby :three";
    for _ in 0..2 {
        rig = rig.restarts();
        rig.go_online(super::support::ALL, "CHATHISTORY=100");
        rig.enter("#lobby", three);
        let buffer = rig.id("#lobby");
        rig.wants(parla_client::Intent::LoadEarlier { buffer });
        rig.history("#lobby", "");
        assert_eq!(rig.rows("#lobby"), live.replace("---- new\n", ""));
    }
    rig.wants(parla_client::Intent::Leave { buffer: rig.id("#lobby") });
    rig.server(":alice!a@host PART #lobby");
    rig.keeps(expect![[""]]);
}

/// Where its surroundings are unknown, no placeholder is added.
#[test]
fn a_placeholder_waits_for_its_place() {
    let rows = |rig: &Rig| rig.rows("#lobby").replace("---- new\n", "");
    let mut rig = Rig::in_lobby("");
    rig.server(
        "@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one
         @10:02;msgid=m2 :bob!b@host PRIVMSG #lobby :two
         :bob!b@host REDACT #lobby m1",
    );
    let mut rig = rig.restarts();
    rig.go_online(super::support::ALL, "CHATHISTORY=100");
    rig.enter("#lobby", "@10:02;msgid=m2 :bob!b@host PRIVMSG #lobby :two");
    assert_eq!(rows(&rig), "<bob> two\n");
    // A server whose history contains it nevertheless does not bring it back.
    let buffer = rig.id("#lobby");
    rig.wants(parla_client::Intent::LoadEarlier { buffer });
    rig.history("#lobby", "@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :one");
    assert_eq!(rows(&rig), "<bob> (deleted by bob)\n<bob> two\n");
}

#[test]
fn the_real_server_tells_of_it() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(bob, "#lobby", "a slip of the hand");
    world.settle();
    let row = world.wires[bob].rig.row("#lobby", "a slip");
    let msgid = world.wires[bob].rig.said(row).msgid.clone().unwrap();
    world.raw(bob, &format!("REDACT #lobby {msgid} :not meant for you"));
    world.settle();
    world.wires[alice].rig.shows(
        "#lobby",
        expect![[r#"
        -- bob joined
        <bob> (deleted by bob: not meant for you)
    "#]],
    );
    world.wires[alice].rig.lists(expect![[r#"
        #lobby present
    "#]]);
    world.wires[bob].rig.shows(
        "#lobby",
        expect![[r#"
        <me> (deleted by me: not meant for you)
    "#]],
    );
}
