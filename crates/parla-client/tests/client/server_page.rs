//! What the server says about itself, its list of channels, and lines that need no mention.

use std::time::Duration;

use expect_test::expect;
use parla_client::{Intent, ProblemKind};
use parla_proto::Numeric;

use super::support::Rig;

#[test]
fn the_servers_words_have_a_page() {
    let mut rig = Rig::connected();
    rig.server(
        ":s NOTICE * :*** Looking up your hostname
         :s 020 * :Please wait
         :s 001 alice :Welcome
         :s 002 alice :Your host
         :s 372 alice :- Message of the day
         :s 376 alice :End
         :s 900 alice alice!a@host alice :You are now logged in
         :s 396 alice cloak.example :is now your displayed host
         :alice MODE alice :+iw
         :oper!o@host WALLOPS :to all
         :s WARN * SOMETHING :Beware
         :oper!o@host NOTICE $$* :Maintenance at noon
         :s PRIVMSG alice :a server speaks
         :bob!b@host PRIVMSG #elsewhere :not here",
    );
    rig.shows(
        "",
        expect![[r#"
        ** *** Looking up your hostname
        ** Please wait
        ** - Message of the day
        ** alice!a@host alice You are now logged in
        ** cloak.example is now your displayed host
        ** MODE alice +iw
        ** <oper> to all
        ** Beware
        ** <oper> Maintenance at noon
        ** a server speaks
        ** <bob> not here
    "#]],
    );
    rig.says(expect![[""]]);
}

/// A numeric that is new in the table and that nobody has decided about fails an assertion of the client.
#[test]
fn every_numeric_has_its_place() {
    for numeric in Numeric::ALL {
        for params in ["alice #lobby bob :words", "alice", "alice bob #lobby 1 2 3 :words"] {
            Rig::in_lobby("").server(&format!(":s {numeric} {params}"));
            Rig::connected().server(&format!(":s {numeric} {params}"));
        }
    }
}

#[test]
fn a_number_that_nobody_knows_is_shown_and_an_error_is_told() {
    let mut rig = Rig::in_lobby("");
    rig.server(":s 299 alice :new\n:s 999 alice :newer\n:s 599 alice :refused");
    rig.shows(
        "",
        expect![[r#"
        ** new
        ** newer
    "#]],
    );
    rig.says(expect![[r#"
        problem Other
    "#]]);
}

#[test]
fn a_killed_client_comes_back() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        ":oper!o@host KILL alice :go away\n:alice!a@host QUIT :Killed\nERROR :Closing Link: alice (Killed)",
    );
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: ServerClosed"]);
    rig.shows("#lobby", expect![[""]]);
}

#[test]
fn the_list_of_rooms_comes_in() {
    let mut rig = Rig::online();
    rig.wants(Intent::ListRooms);
    rig.wants(Intent::ListRooms);
    rig.sends(expect![[r#"
        LIST
    "#]]);
    rig.server(
        ":s 321 alice Channel :Users Name\n:s 322 alice #small 2 :\u{2}few\u{2}\n:s 322 alice #big 90 :many",
    );
    rig.server(":s 322 alice #odd x :\n:s 322 alice #short\n:s 323 alice :End of /LIST");
    let view = rig.model.directory.clone().unwrap();
    let shown: Vec<String> =
        view.rooms.0.iter().map(|room| format!("{} {} {}", room.shown, room.people, room.topic)).collect();
    assert_eq!(shown, ["#big 90 many", "#small 2 few", "#odd 0 "]);
    assert!(view.complete && !view.cut);
    rig.wants(Intent::ListRooms);
    rig.sends(expect![[r#"
        LIST
    "#]]);
    let view = rig.model.directory.clone().unwrap();
    assert_eq!((view.rooms.0.len(), view.complete), (3, false));
}

#[test]
fn a_list_that_is_refused_or_never_ends_can_be_asked_for_again() {
    let mut rig = Rig::online();
    rig.wants(Intent::ListRooms);
    rig.server(":s 263 alice LIST :Please wait a while and try again.");
    assert_eq!(trouble(&rig), Some(ProblemKind::Throttled));
    rig.sent();
    rig.wants(Intent::ListRooms);
    rig.sends(expect![[r#"
        LIST
    "#]]);
    rig.server(":s 322 alice #a 1 :x");
    rig.pass(Duration::from_secs(50));
    rig.server(":s PONG s :x");
    rig.pass(Duration::from_secs(50));
    rig.sent();
    rig.wants(Intent::ListRooms);
    rig.sends(expect![[r#"
        LIST
    "#]]);
    rig.breaks();
    assert!(!rig.model.directory.as_ref().unwrap().complete);
}

/// Why the list of rooms does not come in.
fn trouble(rig: &Rig) -> Option<ProblemKind> {
    let view = rig.model.directory.as_ref().unwrap();
    assert!(view.trouble.is_none() || !view.complete);
    view.trouble.as_ref().map(|why| why.kind)
}

#[test]
fn a_list_that_does_not_come_in_says_why() {
    for (line, kind) in [
        (":s 263 alice LIST :Try again later", ProblemKind::Throttled),
        (":s 263 alice list :Try again later", ProblemKind::Throttled),
        (":s 481 alice :Permission denied", ProblemKind::NotServerOperator),
        (":s 421 alice LIST :Disabled", ProblemKind::Other),
        (":s 461 alice LIST :Say which", ProblemKind::Other),
        (":s 416 alice LIST :Too many", ProblemKind::Other),
        ("FAIL LIST RATE_LIMITED :Slowly", ProblemKind::Throttled),
        ("FAIL LIST DISABLED :No", ProblemKind::Other),
    ] {
        let mut rig = Rig::online();
        rig.wants(Intent::ListRooms);
        assert_eq!(trouble(&rig), None);
        rig.server(line);
        assert_eq!(trouble(&rig), Some(kind), "{line}");
        // It is said where the list is, and nowhere else.
        rig.says(expect![[""]]);
        rig.sent();
        rig.wants(Intent::ListRooms);
        assert_eq!((rig.sent().as_str(), trouble(&rig)), ("LIST\n", None));
        rig.server(":s 322 alice #a 1 :x\n:s 323 alice :End");
        assert!(rig.model.directory.as_ref().unwrap().complete);
    }
    // What refuses something else does not refuse the list.
    let mut rig = Rig::in_lobby("");
    rig.wants(Intent::ListRooms);
    rig.server(":s 482 alice #lobby :No\n:s 421 alice FROB :Unknown\n:s 263 alice WHO :Slowly");
    assert_eq!(trouble(&rig), None);
    rig.server(":s 322 alice #a 1 :x\n:s 481 alice :Permission denied");
    assert_eq!(trouble(&rig), None, "the list has begun");
}

#[test]
fn a_list_that_never_begins_is_given_up() {
    let mut rig = Rig::online();
    rig.wants(Intent::ListRooms);
    // The server is there, and does not say a word about the list.
    for _ in 0..2 {
        rig.pass(Duration::from_secs(9));
        rig.server("PING x");
    }
    assert_eq!(trouble(&rig), None);
    rig.pass(Duration::from_secs(3));
    assert_eq!(trouble(&rig), Some(ProblemKind::TimedOut));
    // One that has begun may be slow, and counts as complete if its end is forgotten.
    rig.wants(Intent::ListRooms);
    rig.server(":s 321 alice Channel :Users\n:s 322 alice #a 1 :x");
    for _ in 0..3 {
        rig.pass(Duration::from_secs(19));
        rig.server("PING x");
    }
    assert_eq!(trouble(&rig), None);
    rig.pass(Duration::from_secs(10));
    let view = rig.model.directory.clone().unwrap();
    assert_eq!((view.complete, view.rooms.0.len(), view.trouble), (true, 1, None));
}

#[test]
fn refusals_find_their_room() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        ":s 482 alice #lobby :You're not channel operator
         :s 441 alice carol #lobby :They aren't on that channel
         :s 442 alice #other :You're not on that channel
         :s 401 alice carol :No such nick
         :s 461 alice KICK :Not enough parameters
         :s 421 alice FROB :Unknown command
         :s 402 alice x :No such server",
    );
    rig.says(expect![[r#"
        #lobby: problem NotOperator #lobby
        #lobby: problem TheyAreNotInRoom #lobby
        problem NotInRoom #other
        problem NoSuchPerson carol
        problem Other KICK
        problem Other FROB
    "#]]);
}
