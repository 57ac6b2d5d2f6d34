//! Clients that talk to each other through the real server.

use std::time::Duration;

use expect_test::expect;
use parla_client::Intent;
use parla_server::Settings;

use super::support::World;

#[test]
fn two_people_talk() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(alice, "#lobby", "hello bob");
    world.settle();
    world.says(bob, "#lobby", "/me waves");
    world.says(bob, "#lobby", "/msg alice psst");
    world.settle();
    let rig = &world.wires[alice].rig;
    rig.shows(
        "#lobby",
        expect![[r#"
        -- bob joined
        <me> hello bob
        ---- new
        * bob waves
    "#]],
    );
    rig.shows(
        "bob",
        expect![[r#"
        ---- new
        <bob> psst
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present, 1 unread
        bob present, 1 unread (1 for me)
    "#]]);
    assert_eq!(rig.members("#lobby"), "@alice, bob");
    world.wires[bob].rig.shows(
        "#lobby",
        expect![[r#"
        <alice> hello bob [mention]
        * me waves
    "#]],
    );
}

#[test]
fn a_newcomer_sees_what_was_said() {
    let mut world = World::usual();
    let bob = world.add_to("#lobby", "bob");
    for number in 0..120 {
        world.says(bob, "#lobby", &number.to_string());
        world.pass(Duration::from_secs(1));
    }
    let alice = world.add_to("#lobby", "alice");
    assert_eq!(world.wires[alice].rig.buffer("#lobby").timeline.len, 50);
    let buffer = world.wires[alice].rig.id("#lobby");
    for _ in 0..4 {
        world.wants(alice, Intent::LoadEarlier { buffer });
        world.settle();
    }
    let rows = world.wires[alice].rig.rows("#lobby");
    let expected: String = (0..120).map(|number| format!("<bob> {number}\n")).collect();
    assert_eq!(rows, expected);
    world.wires[alice].rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn a_name_is_taken_and_another_is_found() {
    let mut world = World::usual();
    world.add_to("#lobby", "alice");
    let other = world.add_to("#lobby", "alice");
    world.wires[other].rig.link(expect!["stopped: NickTaken alice, perhaps alice2"]);
    world.wants(other, Intent::ChangeNick { nick: "alice2".into() });
    world.settle();
    world.wires[other].rig.link(expect!["online"]);
    assert_eq!(world.wires[other].rig.members("#lobby"), "@alice, alice2");
}

#[test]
fn a_person_is_asked_about_and_away() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.wants(bob, Intent::Away { reason: Some("lunch".into()) });
    world.settle();
    world.wants(alice, Intent::Whois { nick: "bob".into() });
    world.wants(alice, Intent::Whois { nick: "nobody".into() });
    world.says(alice, "#lobby", "/msg bob hello?");
    world.says(alice, "#lobby", "/msg nobody hello?");
    world.settle();
    let rig = &world.wires[alice].rig;
    let people: Vec<_> = rig
        .model
        .people
        .iter()
        .map(|person| (&*person.nick, person.away.as_deref(), person.missing))
        .collect();
    assert_eq!(people, [("bob", Some("lunch"), false), ("nobody", None, true)]);
    assert_eq!(rig.members("#lobby"), "@alice, bob (away)");
    rig.shows(
        "bob",
        expect![[r#"
        <me> hello?
        ** AWAY bob: lunch
    "#]],
    );
    rig.shows(
        "nobody",
        expect![[r#"
        <me> hello? (failed: NoSuchPerson)
    "#]],
    );
}

#[test]
fn the_rooms_are_listed_and_looked_after() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(bob, "#lobby", "/topic mine");
    world.says(alice, "#lobby", "/topic All about rust");
    world.says(alice, "#lobby", "/invite carol");
    world.wants(bob, Intent::ListRooms);
    world.settle();
    let listed = world.wires[bob].rig.model.directory.clone().unwrap();
    assert_eq!((&*listed.rooms.0[0].name, listed.rooms.0[0].people, listed.complete), ("#lobby", 2, true));
    world.wires[bob].rig.says(expect![[r#"
        show #lobby
        #lobby: problem NotOperator #lobby
    "#]]);
    world.wires[alice].rig.says(expect![[r#"
        show #lobby
        problem NoSuchPerson carol
    "#]]);
    world.says(alice, "#lobby", "/kick bob enough");
    world.settle();
    world.wires[bob].rig.lists(expect![[r#"
        #lobby absent: KickedOut #lobby
    "#]]);
    let buffer = world.wires[alice].rig.id("#lobby");
    world.wants(alice, Intent::Leave { buffer });
    world.settle();
    world.wires[alice].rig.lists(expect![[""]]);
}

#[test]
fn a_long_paste_arrives_whole_and_in_order() {
    let mut settings = Settings::named("irc.example.org");
    settings.network.limits.multiline_lines = 32;
    let mut world = World::new(settings);
    let alice = world.add_to("#lobby", "alice");
    let lines: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
    world.says(alice, "#lobby", &lines.join("\n"));
    world.pass(Duration::from_secs(120));
    let said: Vec<String> = world.server.said("#lobby").into_iter().map(|(_, text)| text).collect();
    // The server accepts 32 lines in one message.
    assert_eq!(said.len(), 4);
    assert_eq!(said.join("\n"), lines.join("\n"));
    let rows: String = said.iter().map(|text| format!("<me> {}\n", text.replace('\n', "⏎"))).collect();
    assert_eq!(world.wires[alice].rig.rows("#lobby"), rows);
}
