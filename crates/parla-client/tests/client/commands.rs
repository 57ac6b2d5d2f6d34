//! Commands of the composer and the lines that the server receives for them.

use expect_test::{Expect, expect};
use parla_client::{Input, Intent};

use super::support::Rig;

/// What is sent and shown when this is written in #lobby.
fn check(input: &str, expected: Expect) {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", input);
    let (sent, said) = (rig.sent(), rig.model.said.join("\n"));
    expected.assert_eq(&format!("{sent}{said}"));
}

#[test]
fn rooms() {
    check(
        "/join #rust",
        expect![[r#"
        JOIN #rust
        show #rust"#]],
    );
    check(
        "/join #a,b key",
        expect![[r#"
        JOIN #a key
        JOIN #b
        show #a
        show #b"#]],
    );
    check("/join #lobby", expect!["show #lobby"]);
    check(
        "/part",
        expect![[r#"
        PART #lobby
    "#]],
    );
    check(
        "/part #lobby so long",
        expect![[r#"
        PART #lobby :so long
    "#]],
    );
    check("/part #other", expect!["#lobby: problem NotInRoom #other"]);
    check(
        "/topic new words",
        expect![[r#"
            @label=2 TOPIC #lobby :new words
        "#]],
    );
    check(
        "/invite carol",
        expect![[r#"
            @label=2 INVITE carol #lobby
        "#]],
    );
    check("/invite carol #other", expect!["#lobby: problem NotInRoom #other"]);
    check(
        "/kick bob",
        expect![[r#"
            @label=2 KICK #lobby bob
        "#]],
    );
    check(
        "/kick bob be nice",
        expect![[r#"
            @label=2 KICK #lobby bob :be nice
        "#]],
    );
    check(
        "/list",
        expect![[r#"
        LIST
    "#]],
    );
}

#[test]
fn people() {
    check(
        "/msg bob hello\nyou",
        expect![[r#"
        @label=2 PRIVMSG bob :hello
        @label=3 PRIVMSG bob :you
        show bob"#]],
    );
    check("/msg bob", expect!["show bob"]);
    check(
        "/msg #lobby hello",
        expect![[r#"
        @label=2 PRIVMSG #lobby :hello
    "#]],
    );
    check("/msg #other hello", expect!["#lobby: problem NotInRoom #other"]);
    check("/msg a!b hello", expect!["problem NoSuchPerson a!b"]);
    check(
        "/me waves",
        expect![[r#"
        @label=2 PRIVMSG #lobby :^AACTION waves^A
    "#]],
    );
    check(
        "/whois bob",
        expect![[r#"
        WHOIS bob
    "#]],
    );
}

#[test]
fn oneself() {
    check(
        "/nick alicia",
        expect![[r#"
        NICK alicia
    "#]],
    );
    check("/nick a b", expect!["problem NickCharacter(' ') a b, perhaps a_b"]);
    check(
        "/away at lunch",
        expect![[r#"
        AWAY :at lunch
    "#]],
    );
    check(
        "/away",
        expect![[r#"
        AWAY :away
    "#]],
    );
    check(
        "/back",
        expect![[r#"
        AWAY
    "#]],
    );
    check("/help", expect!["#lobby: help"]);
    check(
        "/quit good night",
        expect![[r#"
        QUIT :good night
        (disconnect)
    "#]],
    );
}

#[test]
fn what_is_no_command_is_not_sent() {
    check("/jion #rust", expect!["#lobby: problem UnknownCommand jion"]);
    check("/msg", expect!["#lobby: problem MissingWords msg"]);
    check(
        "//join is a command",
        expect![[r#"
        @label=2 PRIVMSG #lobby :/join is a command
    "#]],
    );
    check("  ", expect![[""]]);
}

#[test]
fn a_topic_is_shown_again() {
    let mut rig = Rig::in_lobby("");
    rig.server(":s 332 alice #lobby :words\n:s 333 alice #lobby bob 1700000000");
    rig.writes("#lobby", "/topic");
    rig.shows(
        "#lobby",
        expect![[r#"
        -- bob set the topic: words
    "#]],
    );
    rig.sends(expect![[""]]);
}

#[test]
fn what_makes_no_sense_in_a_conversation_is_said() {
    let mut rig = Rig::online();
    rig.server(":bob!b@host PRIVMSG alice :hi\n:s NOTICE * :hello");
    rig.model.said.clear();
    for input in ["/topic x", "/kick carol", "/invite carol", "/me waves"] {
        rig.writes("bob", input);
    }
    rig.writes("", "hello server");
    rig.says(expect![[r#"
        bob: problem NotHere
        bob: problem NotHere
        bob: problem NotHere
        : problem NotHere
    "#]]);
    rig.sends(expect![[r#"
        @label=1 PRIVMSG bob :^AACTION waves^A
    "#]]);
}

#[test]
fn without_a_connection_it_is_said() {
    let mut rig = Rig::in_lobby("");
    rig.breaks();
    for input in ["/topic x", "/kick bob", "/whois bob", "/away", "/list", "/invite x"] {
        rig.writes("#lobby", input);
    }
    rig.says(expect![[r#"
        #lobby: problem Offline
        #lobby: problem Offline
        #lobby: problem Offline
        problem Offline
        problem Offline
        #lobby: problem Offline
    "#]]);
    rig.sends(expect![[""]]);
    rig.writes("#lobby", "/part");
    rig.lists(expect![[""]]);
}

#[test]
fn quitting_is_for_good() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "/quit");
    rig.sends(expect![[r#"
        QUIT
        (disconnect)
    "#]]);
    rig.breaks();
    rig.pass(std::time::Duration::from_secs(3600));
    rig.sends(expect![[""]]);
    rig.link(expect!["stopped"]);
    rig.wants(Intent::Reconnect);
    rig.sends(expect![[r#"
        (connect)
    "#]]);
}

#[test]
fn what_an_earlier_client_has_done_is_only_shown_again() {
    let mut rig = Rig::in_lobby("");
    let buffer = rig.id("#lobby");
    let submit = |input: &str| Intent::Submit { buffer, input: input.into() };
    let wanted = [
        submit("/join #lobby"),
        submit("/msg bob hi"),
        Intent::Join { room: "#rust".into(), key: None },
        Intent::OpenDirect { nick: "carol".into() },
        submit("hello"),
        submit("/me waves"),
        submit("/topic new"),
        submit("/msg #lobby hi"),
        submit("/nick other"),
        submit("/quit"),
        Intent::Leave { buffer },
    ];
    for intent in wanted {
        rig.input(Input::Again(intent));
    }
    rig.says(expect![[r#"
        show #lobby
        show bob
        show #rust
        show carol
    "#]]);
    rig.sends(expect![[r#"
        JOIN #rust
    "#]]);
}
