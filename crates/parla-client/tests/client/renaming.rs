//! A channel that is renamed remains one conversation.

use expect_test::expect;
use parla_client::{ArchiveScope, ClientSettings, Intent};

use super::support::{Rig, World, settings};

#[test]
fn a_renamed_room_is_the_same_room() {
    let mut rig = Rig::in_lobby("@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :hello");
    let id = rig.id("#lobby");
    rig.server("@10:02 :bob!b@host RENAME #lobby #hall :a better name\n@10:03;msgid=m2 :bob!b@host PRIVMSG #hall :nice");
    assert_eq!(rig.id("#hall"), id);
    rig.shows(
        "#hall",
        expect![[r#"
            <bob> hello
            -- bob renamed #lobby to #hall: a better name
            ---- new
            <bob> nice
        "#]],
    );
    rig.lists(expect![[r#"
        #hall present, 1 unread, more before
    "#]]);
    rig.keeps(expect![[r#"
        room #hall: {"read_until":1767261660000,"read_msgid":"m1"}
    "#]]);
    rig.server(":bob!b@host RENAME #hall #Hall");
    assert_eq!(rig.id("#Hall"), id);
    rig.sent();
    rig.writes("#Hall", "here we are");
    assert!(rig.sent().contains("PRIVMSG #Hall :here we are"));
}

#[test]
fn what_waits_goes_to_the_new_name() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "on its way");
    rig.server(":bob!b@host RENAME #lobby #hall :");
    rig.keeps(expect![[r##"
        out 0: {"to":"#hall","manner":"message","text":"on its way","at":1767261600000,"sent":{"nick":"alice","after":1767261600000,"joined_at":1767261600000}}
        room #hall: {"read_until":1767261600000}
    "##]]);
    rig.server("@msgid=a1;label=2 :alice!a@host PRIVMSG #hall :on its way");
    rig.shows(
        "#hall",
        expect![[r#"
        -- bob renamed #lobby to #hall
        <me> on its way
    "#]],
    );
}

#[test]
fn a_room_takes_the_name_of_one_that_is_gone() {
    let mut rig = Rig::in_lobby("");
    rig.enter("#hall", "");
    rig.server(":mod!m@host KICK #hall alice :out");
    let id = rig.id("#lobby");
    rig.server(":mod!m@host RENAME #lobby #hall");
    assert_eq!(rig.id("#hall"), id);
    rig.lists(expect![[r#"
        #hall present
    "#]]);
}

#[test]
fn two_rooms_are_never_under_one_name() {
    let mut rig = Rig::in_lobby("");
    rig.enter("#hall", "");
    let id = rig.id("#hall");
    rig.server(
        ":mod!m@host RENAME #lobby #hall\n:mod!m@host RENAME #nowhere #x\n:mod!m@host RENAME #hall nothing",
    );
    assert_eq!(rig.id("#hall"), id);
    rig.lists(expect![[r#"
        #lobby absent
        #hall present
    "#]]);
}

#[test]
fn a_server_that_tells_it_in_the_old_way_does_not_tear_it_in_two() {
    let mut rig = Rig::in_lobby("@10:01;msgid=m1 :bob!b@host PRIVMSG #lobby :hello");
    let id = rig.id("#lobby");
    rig.server("@10:02 :alice!a@host PART #lobby :Changed to #hall\n@10:02 :alice!a@host JOIN #hall");
    assert_eq!(rig.id("#hall"), id);
    rig.shows(
        "#hall",
        expect![[r#"
            <bob> hello
            -- #lobby is #hall
        "#]],
    );
    rig.lists(expect![[r#"
        #hall present, more before
    "#]]);
}

#[test]
fn leaving_one_room_for_another_is_no_new_name() {
    let mut rig = Rig::in_lobby("");
    // The person does this on another device, a second later.
    rig.server("@10:02:01 :alice!a@host PART #lobby\n@10:02:02 :alice!a@host JOIN #hall");
    rig.lists(expect![[r#"
        #lobby absent
        #hall present, more before
    "#]]);
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    rig.wants(Intent::Join { room: "#hall".into(), key: None });
    rig.server(":alice!a@host PART #lobby\n:alice!a@host JOIN #hall");
    rig.lists(expect![[r#"
        #hall present, more before
    "#]]);
    // Something else happened in between.
    let mut rig = Rig::in_lobby("");
    rig.server(":alice!a@host PART #lobby\n:bob!b@host PRIVMSG alice :hi\n:alice!a@host JOIN #hall");
    rig.lists(expect![[r#"
        #lobby absent
        bob present, 1 unread (1 for me)
        #hall present, more before
    "#]]);
}

#[test]
fn the_real_server_renames_a_room() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(bob, "#lobby", "hello");
    world.settle();
    world.raw(alice, "RENAME #lobby #hall :more room");
    world.settle();
    world.says(bob, "#hall", "still here");
    world.settle();
    let list = |wire: usize| world.wires[wire].rig.list();
    assert_eq!((list(alice).as_str(), list(bob).as_str()), ("#hall present, 2 unread\n", "#hall present\n"));
    world.wires[alice].rig.shows(
        "#hall",
        expect![[r#"
        -- bob joined
        ---- new
        <bob> hello
        -- alice renamed #lobby to #hall: more room
        <bob> still here
    "#]],
    );
}

#[test]
fn an_archive_is_told_of_new_names() {
    let mut rig = Rig::with(ClientSettings { archive: ArchiveScope::All, ..settings() }, &[]);
    rig.go_online(super::support::ALL, "");
    rig.enter("#lobby", "");
    rig.server("@10:01;msgid=m1 :bob!b@host PRIVMSG alice :one");
    rig.sent();
    rig.server(":bob!b@host RENAME #lobby #hall\n:bob!b@host NICK rob");
    rig.sends(expect![[r#"
        (rename #lobby to #hall)
        (rename bob to rob)
    "#]]);
}
