//! Messages that only members of a certain rank can read.

use expect_test::expect;

use super::support::{Rig, World};

fn in_lobby() -> Rig {
    let mut rig = Rig::on_server(
        super::support::ALL,
        "CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ STATUSMSG=~&@%+",
    );
    rig.enter("#lobby", "");
    rig
}

#[test]
fn they_say_for_whom_they_are() {
    let mut rig = in_lobby();
    rig.server(
        ":bob!b@host PRIVMSG #lobby :for all
         :bob!b@host PRIVMSG @#lobby :for operators
         :bob!b@host NOTICE +#lobby :for voices
         :bob!b@host PRIVMSG @%#lobby :the lowest sign counts
         :bob!b@host PRIVMSG !#lobby :no sign of this server",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <bob> for all
        <bob> (for Operators) for operators
        -bob- (for Voices) for voices
        <bob> (for HalfOperators) the lowest sign counts
    "#]],
    );
}

#[test]
fn the_person_can_answer_so_and_sees_it_so() {
    let mut rig = in_lobby();
    rig.writes("#lobby", "/msg @#lobby among us");
    rig.sends(expect![[r#"
        @label=2 PRIVMSG @#lobby :among us
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> (for Operators) among us (sent)
    "#]],
    );
    rig.server("@label=2;msgid=a1 :alice!a@host PRIVMSG @#lobby :among us");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> (for Operators) among us
    "#]],
    );
    // The same text to all members is another message.
    rig.writes("#lobby", "/msg @#lobby twice");
    rig.writes("#lobby", "twice");
    rig.server("@msgid=a2 :alice!a@host PRIVMSG #lobby :twice");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> (for Operators) among us
        <me> twice
        <me> (for Operators) twice (sent)
    "#]],
    );
    rig.keeps(expect![[r##"
        out 1: {"to":"#lobby","manner":"message","text":"twice","sign":"@","at":1767261600000,"sent":{"nick":"alice","after":1767261600000,"after_msgid":"a2","joined_at":1767261600000}}
        room #lobby: {"read_until":1767261600000,"read_msgid":"a1"}
    "##]]);
    let restarted = rig.restarts();
    assert!(restarted.rows("#lobby").contains("(for Operators) twice"), "{}", restarted.rows("#lobby"));
}

#[test]
fn a_server_that_keeps_them_shows_them_so_later() {
    let mut rig = in_lobby();
    let buffer = rig.id("#lobby");
    rig.wants(parla_client::Intent::LoadEarlier { buffer });
    rig.history("#lobby", "@09:01;msgid=m1 :bob!b@host PRIVMSG @#lobby :for operators");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> (for Operators) for operators
    "#]],
    );
}

#[test]
fn the_real_server_delivers_them() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(bob, "#lobby", "/msg @#lobby help!");
    world.settle();
    world.wires[alice].rig.shows(
        "#lobby",
        expect![[r#"
        -- bob joined
        ---- new
        <bob> (for Operators) help!
    "#]],
    );
    world.wires[bob].rig.shows(
        "#lobby",
        expect![[r#"
        <me> (for Operators) help!
    "#]],
    );
}
