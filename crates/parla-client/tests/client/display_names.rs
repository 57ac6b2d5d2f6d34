//! Display names are shown beside nicks, and never replace them where it matters.

use expect_test::expect;
use parla_client::Intent;

use super::support::{ALL, Rig, World};

fn in_lobby(capability: &str) -> Rig {
    let mut rig = Rig::on_server(
        &format!("{ALL} {capability}"),
        "CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+",
    );
    rig.enter("#lobby", "");
    rig
}

fn called(rig: &Rig) -> String {
    let members = rig.buffer("#lobby").members.0.iter();
    let shown = members.map(|one| format!("{}={}", one.nick, one.called.as_deref().unwrap_or("-")));
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_client_asks_for_them() {
    let mut rig = Rig::new();
    rig.connect();
    rig.greet_keeping(&format!("{ALL} draft/metadata-2"), "");
    rig.sends(expect![[r#"
        METADATA * SUB display-name
    "#]]);
}

#[test]
fn both_texts_of_the_specification_are_understood() {
    let mut rig = in_lobby("draft/metadata-2");
    rig.server(":s METADATA bob display-name * :Bob the Builder\n:s METADATA bob url * :https://example.org");
    assert_eq!(called(&rig), "alice=-, bob=Bob the Builder");
    rig.server(":bob!b@host PRIVMSG #lobby :hi");
    rig.server(":s METADATA bob display-name *");
    assert_eq!(called(&rig), "alice=-, bob=-");
    rig.server(":bob!b@host PRIVMSG #lobby :hi again");
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <Bob the Builder = bob> hi
        <bob> hi again
    "#]],
    );
    let mut rig = in_lobby("draft/metadata-3");
    rig.server(
        ":s BATCH +m metadata bob\n@batch=m :s 761 alice bob display-name * :Bob the Builder\n:s BATCH -m",
    );
    assert_eq!(called(&rig), "alice=-, bob=Bob the Builder");
    rig.server(":s 766 alice bob display-name :Key not set");
    assert_eq!(called(&rig), "alice=-, bob=-");
}

#[test]
fn a_display_name_is_cleaned_and_bound_to_its_nick() {
    let mut rig = in_lobby("draft/metadata-2");
    rig.server(":s METADATA bob display-name * :  \u{202e}ali\u{200b}ce  ");
    assert_eq!(called(&rig), "alice=-, bob=�ali�ce");
    rig.server(":s METADATA bob display-name * :BOB");
    assert_eq!(called(&rig), "alice=-, bob=-", "it says nothing that the nick does not");
    rig.server(":s METADATA bob display-name * :Robert\n:bob!b@host NICK rob");
    assert_eq!(called(&rig), "alice=-, rob=Robert");
    rig.server(":rob!b@host QUIT\n:rob!other@host JOIN #lobby");
    assert_eq!(called(&rig), "alice=-, rob=-", "it is somebody else");
    rig.server(
        ":s METADATA rob display-name * :Robert\n:rob!b@host PART #lobby\n:rob!other@host JOIN #lobby",
    );
    assert_eq!(called(&rig), "alice=-, rob=-");
    rig.server(":s METADATA #lobby display-name * :The Lobby\n:s METADATA\n:s 761 alice\n:s METADATA bob display-name");
}

#[test]
fn a_large_room_is_asked_for_later() {
    let mut rig = in_lobby("draft/metadata-3");
    rig.server(":s 774 alice #lobby 4 :Later\n:s 774 alice #lobby 4 :Later\n:s 774 alice #nowhere 4 :Later");
    rig.sends(expect![[""]]);
    rig.pass(std::time::Duration::from_secs(4));
    rig.sends(expect![[r#"
        METADATA #lobby SYNC
    "#]]);
}

#[test]
fn the_real_server_tells_them() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add("bob");
    world.wires[bob].rig.input(parla_client::Input::Start);
    world.settle();
    world.raw(bob, "METADATA * SET display-name :Bob the Builder");
    world.wants(bob, Intent::Join { room: "#lobby".into(), key: None });
    world.pass(std::time::Duration::from_secs(3));
    world.says(bob, "#lobby", "hello");
    world.settle();
    world.wires[alice].rig.shows(
        "#lobby",
        expect![[r#"
        -- bob joined
        ---- new
        <Bob the Builder = bob> hello
    "#]],
    );
    assert_eq!(called(&world.wires[alice].rig), "alice=-, bob=Bob the Builder");
    world.wants(alice, Intent::Whois { nick: "bob".into() });
    world.settle();
    assert_eq!(world.wires[alice].rig.model.people[0].called.as_deref(), Some("Bob the Builder"));
    // Somebody who joins later learns of it on joining.
    let carol = world.add_to("#lobby", "carol");
    assert_eq!(called(&world.wires[carol].rig), "alice=-, bob=Bob the Builder, carol=-");
    assert!(world.wires[carol].rig.model.find("").is_none(), "nothing of it is told in words");
}
