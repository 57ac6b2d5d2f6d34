//! Servers that lie, flood and babble: nothing breaks, nothing grows without limit, and nobody is
//! impersonated.
//!
//! Every view is checked as it arrives; see `support/model.rs`.

use std::time::Duration;

use expect_test::expect;
use parla_client::{
    Input, Intent,
    limits::{BUFFERS_MAX, BUFFERS_UNASKED_MAX, DIRECTORY_ROOMS_MAX, MEMBERS_MAX},
    view::{BufferKind, Content, Delivery},
};
use proptest::prelude::*;

use super::support::{ALL, Rig};

/// Sends lines without letting the interface look after each.
fn pour(rig: &mut Rig, lines: impl Iterator<Item = String>) {
    let mut outputs = Vec::new();
    for line in lines {
        rig.client.handle(rig.now, Input::Line(line.as_bytes()), &mut outputs);
    }
    assert!(outputs.len() < 100_000);
    rig.model.take(&mut rig.client);
}

#[test]
fn a_million_rooms_do_not_fit() {
    let mut rig = Rig::online();
    pour(&mut rig, (0..2000).map(|number| format!(":alice!a@host JOIN #room{number}")));
    assert_eq!(rig.model.buffers.len(), BUFFERS_MAX);
    rig.server(":s NOTICE * :The server's words have a place");
    assert!(rig.model.find("").is_some());
    rig.wants(Intent::Join { room: "#wanted".into(), key: None });
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.says(expect![[r#"
        problem TooManyConversations #wanted
        problem TooManyConversations bob
    "#]]);
}

#[test]
fn strangers_leave_room_for_what_the_person_wants() {
    let mut rig = Rig::online();
    pour(&mut rig, (0..2000).map(|number| format!(":bot{number}!b@host PRIVMSG alice :buy")));
    let direct = rig.model.buffers.values().filter(|view| view.kind == BufferKind::Direct).count();
    assert!(direct <= BUFFERS_UNASKED_MAX);
    assert!(rig.model.find("").unwrap().timeline.len >= 2000 - BUFFERS_UNASKED_MAX);
    rig.wants(Intent::Join { room: "#wanted".into(), key: None });
    assert!(rig.model.find("#wanted").is_some());
    assert!(rig.model.said.len() <= 300, "{} things said once", rig.model.said.len());
}

#[test]
fn a_list_of_a_million_rooms_is_cut() {
    let mut rig = Rig::online();
    rig.wants(Intent::ListRooms);
    let rooms =
        (0..DIRECTORY_ROOMS_MAX + 5000).map(|number| format!(":s 322 alice #room{number} {number} :x"));
    pour(&mut rig, rooms);
    rig.server(":s 323 alice :End");
    let view = rig.model.directory.clone().unwrap();
    assert_eq!((view.rooms.0.len(), view.cut, view.complete), (DIRECTORY_ROOMS_MAX, true, true));
}

#[test]
fn a_room_of_more_than_everyone_is_cut() {
    let mut rig = Rig::in_lobby("");
    let names = (0..MEMBERS_MAX / 20 + 100).map(|line| {
        let names: Vec<String> = (0..20).map(|number| format!("n{line}x{number}")).collect();
        format!(":s 353 alice = #lobby :{}", names.join(" "))
    });
    pour(&mut rig, names);
    assert_eq!(rig.buffer("#lobby").members.0.len(), MEMBERS_MAX);
}

#[test]
fn a_long_name_is_no_name() {
    let mut rig = Rig::in_lobby("");
    let long = "x".repeat(10_000);
    for line in [
        format!(":{long}!u@h JOIN #lobby"),
        format!(":{long}!u@h PRIVMSG alice :hi"),
        format!(":bob!b@host NICK {long}"),
        format!(":s 353 alice = #lobby :{long}"),
        format!(":alice!a@host JOIN #{long}"),
        format!(":bob!b@host INVITE alice #{long}"),
        format!(":s 001 {long} :Welcome"),
        format!(":alice!a@host NICK {long}"),
    ] {
        rig.server(&line);
    }
    assert_eq!(rig.members("#lobby"), "@alice, bob");
    assert_eq!(&*rig.model.network.as_ref().unwrap().nick, "alice");
    rig.lists(expect![[r#"
        #lobby present
         present
    "#]]);
    rig.says(expect![[""]]);
    // A sender with a long nick is shown shortened.
    rig.server(&format!(":{long}!u@h PRIVMSG #lobby :hi"));
    assert!(rig.rows("#lobby").len() < 300);
}

#[test]
fn what_cannot_be_read_is_shown_harmlessly() {
    let mut rig = Rig::in_lobby("");
    rig.input(Input::Line(b":bob!b@host PRIVMSG #lobby :caf\xe9 \x07\x1b[31m"));
    rig.server(":b\u{202e}ob!b@host PRIVMSG #lobby :\u{202e}drow");
    rig.input(Input::LineTooLong);
    for row in rig.buffer("#lobby").timeline.rows() {
        let Content::Message(said) = &row.content else { continue };
        assert!(!said.author.nick.contains('\u{202e}') && !said.text.plain.contains(['\u{7}', '\u{1b}']));
    }
}

#[test]
fn a_forged_source_is_believed_as_far_as_the_server_is() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        "PRIVMSG #lobby :nobody
         : PRIVMSG #lobby :empty
         :#lobby PRIVMSG #lobby :a room
         :#lobby!x@y PRIVMSG alice :a room
         :irc server PRIVMSG alice :a name with a space
         :!@ PRIVMSG alice :signs
         :alice!evil@host PRIVMSG #lobby :myself
         PRIVMSG alice :nobody
         NOTICE alice :nobody
         :a,b!c@d PRIVMSG alice :two names",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        ---- new
        <#lobby> a room
        <me> myself
    "#]],
    );
    rig.lists(expect![[r#"
        #lobby present
         present
    "#]]);
    rig.shows(
        "",
        expect![[r#"
        ** nobody
        ** empty
        ** <#lobby> a room
        ** <> signs
        ** nobody
        ** nobody
        ** <a,b> two names
    "#]],
    );
}

#[test]
fn a_source_that_is_missing_renames_and_removes_nobody() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        ":s NOTICE * :hello
         NICK other
         :s NICK other
         QUIT :x
         JOIN #lobby
         PART #lobby
         AWAY :x
         KICK #lobby
         KICK
         MODE
         MODE #lobby
         TOPIC
         TOPIC #lobby
         INVITE alice
         INVITE
         PRIVMSG
         PRIVMSG #lobby
         NOTICE
         BATCH
         BATCH +
         BATCH -
         CAP
         CAP *
         CAP * LS
         ERROR
         FAIL
         FAIL CHATHISTORY
         ACK
         CHGHOST
         PONG
         PING
         001
         005
         :s 353 alice =
         :s 433
         :s 401
         :s 470
         :s 470 alice #lobby
         :s 322
         :s 311 alice
         :s 301
         :s 396",
    );
    assert_eq!(rig.members("#lobby"), "@alice, bob");
    rig.lists(expect![[r#"
        #lobby present
         present
    "#]]);
    rig.sends(expect![[r#"
        PONG :
    "#]]);
}

#[test]
fn batches_that_never_end_are_taken_as_they_are() {
    let mut rig = Rig::in_lobby("");
    for number in 0..200 {
        rig.server(&format!(
            ":s BATCH +b{number} chathistory #lobby
             @batch=b{number};09:01;msgid=m{number} :bob!b@host PRIVMSG #lobby :{number}"
        ));
    }
    // Some of the references are reused, and one batch claims to contain itself.
    rig.server(
        ":s BATCH +b199 chathistory #lobby
         @batch=b199 :s BATCH +b199 chathistory #lobby
         @batch=b199;09:01;msgid=again :bob!b@host PRIVMSG #lobby :again
         @batch=b199 :s BATCH -b199
         :s BATCH -b199",
    );
    // Seven batches are still open.
    assert_eq!(rig.buffer("#lobby").timeline.len, 201 - 7);
    let mut rig = Rig::in_lobby("");
    rig.server(":s BATCH +h chathistory #lobby");
    pour(
        &mut rig,
        (0..2_000).map(|number| {
            let much = "x".repeat(4_000);
            format!("@batch=h;msgid=m{number} :bob!b@host PRIVMSG #lobby :{number} {much}")
        }),
    );
    assert_eq!(rig.buffer("#lobby").timeline.len, 2_000);
}

#[test]
fn the_meaning_of_names_may_change_while_one_is_there() {
    let mut rig = Rig::in_lobby("");
    rig.server(
        ":bob!b@host PRIVMSG alice :hi
         :s 005 alice CHANTYPES=b CASEMAPPING=rfc1459 PREFIX=(o)# :are supported
         :bob!b@host PRIVMSG bob :hi
         :alice!a@host JOIN bob
         :alice!a@host JOIN #lobby
         :s 353 alice = #lobby :#lobby
         :bob!b@host PRIVMSG #lobby :hi
         :s 005 alice CHANTYPES= CASEMAPPING=nonsense PREFIX= NICKLEN=x CHATHISTORY=-1 :are supported
         :s 005 alice CHANTYPES=# CHANMODES=,,, NETWORK= :are supported",
    );
    rig.lists(expect![[r#"
        #lobby present
        bob present, 2 unread (2 for me)
         present
    "#]]);
}

#[test]
fn a_flood_of_names_is_bounded() {
    let mut rig = Rig::online();
    pour(
        &mut rig,
        (0..10_000).map(|number| {
            if number == 0 {
                ":alice!a@host NICK n0".to_owned()
            } else {
                format!(":n{}!a@host NICK n{number}", number - 1)
            }
        }),
    );
    assert!(rig.model.said.len() <= 200);
    pour(&mut rig, (0..10_000).map(|number| format!(":bob!b@host INVITE n9999 #room{number}")));
    assert!(rig.model.said.len() <= 400);
}

#[test]
fn a_greeting_without_end_asks_for_rooms_once() {
    let mut rig = Rig::in_lobby("");
    rig.reconnects();
    rig.greet(ALL, "");
    rig.sent();
    for _ in 0..1000 {
        rig.server(
            ":s 001 alice :Welcome\n:s 376 alice :End\n:s CAP * LS :batch\n:s CAP * NAK :batch echo-message",
        );
    }
    assert!(rig.sent().lines().count() <= 1, "nothing is to be said again");
}

#[test]
fn a_server_that_never_echoes_leaves_the_message_on_its_way() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "hello");
    rig.sent();
    for _ in 0..100 {
        rig.pass(Duration::from_secs(10));
        rig.server(":s PONG s :parla");
    }
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> hello (sent)
    "#]],
    );
    assert!(rig.sent().lines().all(|line| line.starts_with("PING")));
}

/// A word that a line could contain.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "alice",
        "alice_",
        "bob",
        "carol",
        "s",
        "*",
        "#lobby",
        "#LOBBY",
        "#other",
        "##",
        "#",
        "",
        ":",
        "&x",
        "@#lobby",
        "+o",
        "-o+v",
        "+k",
        "+b",
        "1",
        "2",
        "10000000000000",
        "-1",
        "h",
        "+h",
        "-h",
        "+i",
        "-i",
        "chathistory",
        "labeled-response",
        "LS",
        "ACK",
        "NAK",
        "NEW",
        "DEL",
        "batch echo-message",
        "server-time",
        "=",
        ":hello",
        ":alice: hello",
        ":\u{1}ACTION x\u{1}",
        ":\u{1}",
        "parla-sent-1",
        "CHATHISTORY",
        "PRIVMSG",
        "LIST",
        "CASEMAPPING=rfc1459",
        "PREFIX=(ohv)@%+",
        "CHANTYPES=#&",
        "CHATHISTORY=2",
        "NICKLEN=3",
        "one",
        "two",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn command() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "PRIVMSG", "PRIVMSG", "PRIVMSG", "NOTICE", "JOIN", "JOIN", "PART", "KICK", "QUIT", "NICK", "MODE",
        "TOPIC", "INVITE", "AWAY", "BATCH", "BATCH", "CAP", "ACK", "FAIL", "WARN", "ERROR", "PING", "PONG",
        "CHGHOST", "001", "005", "301", "305", "306", "311", "318", "319", "322", "323", "324", "331", "332",
        "333", "341", "353", "366", "376", "396", "401", "403", "404", "421", "432", "433", "437", "442",
        "470", "471", "473", "477", "482", "263", "716", "999",
    ]);
    prop_oneof![30 => known.prop_map(str::to_owned), 1 => "[0-9A-Za-z]{1,6}"]
}

fn line() -> impl Strategy<Value = String> {
    let tag = prop_oneof![
        (0i64..400).prop_map(|second| format!(
            "time=2026-01-01T{:02}:{:02}:00.000Z",
            9 + second / 200,
            second % 60
        )),
        (0u8..9).prop_map(|id| format!("msgid=m{id}")),
        (0u8..9).prop_map(|label| format!("label={label}")),
        prop::sample::select(vec!["batch=h", "batch=i", "time=nonsense", "x", "msgid=", "label="])
            .prop_map(str::to_owned),
    ];
    let source = prop::sample::select(vec![
        "",
        ":alice!a@host ",
        ":bob!b@host ",
        ":carol!c@host ",
        ":s ",
        ":alice ",
        ": ",
        ":#lobby!x@y ",
        ":ALICE!a@h ",
    ]);
    (prop::collection::vec(tag, 0..4), source, command(), prop::collection::vec(word(), 0..5)).prop_map(
        |(tags, source, command, words)| {
            let tags = if tags.is_empty() { String::new() } else { format!("@{} ", tags.join(";")) };
            format!("{tags}{source}{command} {}", words.join(" "))
        },
    )
}

/// What the person or the world does between two lines.
fn deed() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(0u8), 1 => 1u8..14]
}

fn act(rig: &mut Rig, deed: u8) {
    let buffer = rig.model.buffers.keys().next_back().copied();
    let (Some(buffer), row) =
        (buffer, rig.model.buffers.values().flat_map(|view| view.timeline.rows()).last())
    else {
        return;
    };
    let row = row.map_or(parla_client::view::RowId(0), |row| row.id);
    match deed {
        0 => {}
        1 => rig.breaks(),
        2 => rig.pass(Duration::from_secs(5)),
        3 => rig.pass(Duration::from_secs(65)),
        4 => rig.input(Input::Opened),
        5 => rig.wants(Intent::Join { room: "#lobby".into(), key: None }),
        6 => rig.wants(Intent::Submit { buffer, input: "one".into() }),
        7 => rig.wants(Intent::Leave { buffer }),
        8 => rig.wants(Intent::Look { buffer: Some(buffer), at_end: true }),
        9 => rig.wants(Intent::LoadEarlier { buffer }),
        10 => rig.wants(Intent::LoadGap { buffer, row }),
        11 => rig.wants(Intent::Retry { buffer, row }),
        12 => rig.wants(Intent::Discard { buffer, row }),
        _ => rig.wants(Intent::Submit { buffer, input: "/msg bob two\nsame\nsame".into() }),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..40)) {
        let mut rig = Rig::in_lobby("");
        for line in &lines {
            rig.input(Input::Line(line));
        }
    }

    #[test]
    fn whatever_a_server_says_is_survived(steps in prop::collection::vec((line(), deed()), 0..150)) {
        let mut rig = Rig::in_lobby("@09:58;msgid=m0 :bob!b@host PRIVMSG #lobby :known");
        let mut said = 0;
        for (line, deed) in &steps {
            rig.server(line);
            act(&mut rig, *deed);
            said += usize::from(*deed == 6) + 3 * usize::from(*deed == 13);
        }
        // The person's own messages do not multiply by themselves.
        let own = rig.model.buffers.values().flat_map(|view| view.timeline.rows()).filter(|row| {
            let Content::Message(said) = &row.content else { return false };
            said.author.own && said.delivery != Delivery::Done
        });
        prop_assert!(own.count() <= said);
        let _ = rig.client.next_deadline();
    }
}
