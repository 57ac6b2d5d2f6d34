//! What the person wants in every state of the connection: it is done, done later, or they are told that it
//! was not. Nothing disappears without a word.

use expect_test::expect;
use parla_client::{
    Input, Intent,
    settings::{ListKind, MaskBy, Setting},
    view::{BufferId, Rank, UndoneRequest},
};

use super::support::{ALL, Rig};

const TOKENS: &str = "CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ NETWORK=Example";

/// The state of the connection in which the person wants something.
#[derive(Clone, Copy)]
enum Moment {
    /// There is none, and the next attempt is later.
    Offline,
    /// It is open, and the server has not greeted the person.
    Connecting,
    /// It breaks before the server answers.
    Breaking,
}

/// A client in #lobby with bob, who has a conversation too, on a server with these capabilities.
fn rig(capabilities: &str) -> Rig {
    let mut rig = Rig::on_server(capabilities, TOKENS);
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server(":alice!a@host JOIN #lobby\n:s 353 alice = #lobby :@alice bob\n:s 366 alice #lobby :End");
    rig.sent();
    rig.model.said.clear();
    rig
}

/// What becomes of an intent: `told` the person is told of it, `kept` it is shown as not done, `perhaps` as
/// perhaps not done, `queued` the message waits, `again LINE` it is done on the next connection.
fn outcome(capabilities: &str, intent: &Intent, moment: Moment) -> String {
    let mut rig = rig(capabilities);
    match moment {
        Moment::Offline => rig.breaks(),
        Moment::Connecting => rig.reconnects(),
        Moment::Breaking => {}
    }
    rig.sent();
    rig.model.said.clear();
    rig.wants(intent.clone());
    let mut outcome = Vec::new();
    if matches!(moment, Moment::Breaking) {
        rig.sent();
        rig.breaks();
    }
    outcome.extend(rig.model.said.iter().find(|said| said.contains("problem")).map(|_| "told".to_owned()));
    for view in rig.model.buffers.values() {
        outcome
            .extend(view.undone.iter().map(|it| if it.may_be_done { "perhaps" } else { "kept" }.to_owned()));
        let rows: Vec<_> =
            view.timeline.rows().filter(|row| super::support::shown::row(row).contains("hello")).collect();
        outcome.extend(rows.iter().map(|_| "queued".to_owned()));
    }
    if !matches!(moment, Moment::Connecting) {
        let next = rig.client.next_deadline().unwrap_or(rig.now);
        rig.pass(next.since(rig.now));
        rig.input(Input::Opened);
    }
    let introduced = rig.sent();
    rig.greet_keeping(capabilities, TOKENS);
    let sent = introduced + &rig.sent();
    // What the client does by itself.
    let usual = ["(connect)", "CAP ", "NICK alice\n", "USER ", "JOIN #lobby\n", "MODE #lobby\n", "PING "];
    let is_usual = |line: &&str| usual.iter().any(|usual| format!("{line}\n").starts_with(usual));
    outcome.extend(sent.lines().filter(|line| !is_usual(line)).map(|line| format!("again {line}")));
    let left = ["#lobby", "bob"].into_iter().filter(|name| rig.model.find(name).is_none());
    outcome.extend(left.map(|name| format!("{name} is closed")));
    if outcome.is_empty() { "LOST".to_owned() } else { outcome.join(", ") }
}

/// The intents that change something or ask the server, by name.
fn intents(room: BufferId, bob: BufferId) -> Vec<(&'static str, Intent)> {
    let write = |buffer, input: &str| Intent::Submit { buffer, input: input.into() };
    vec![
        ("a message to the room", write(room, "hello")),
        ("a message to bob", write(bob, "hello")),
        ("/me", write(room, "/me hello")),
        ("/topic", write(room, "/topic tea")),
        ("/kick", write(room, "/kick bob be nice")),
        ("/invite", write(room, "/invite carol")),
        ("/join", write(room, "/join #new")),
        ("/part", write(room, "/part")),
        ("/nick", write(room, "/nick alicia")),
        ("/away", write(room, "/away lunch")),
        ("/back", write(room, "/back")),
        ("join", Intent::Join { room: "#new".into(), key: None }),
        ("leave the room", Intent::Leave { buffer: room }),
        ("leave bob", Intent::Leave { buffer: bob }),
        ("topic", Intent::SetTopic { buffer: room, topic: "tea".into() }),
        ("invite", Intent::Invite { buffer: room, nick: "carol".into() }),
        ("kick", Intent::Kick { buffer: room, nick: "bob".into(), reason: "be nice".into() }),
        (
            "configure",
            Intent::Configure { buffer: room, settings: vec![(Setting::TopicLocked, Some("".into()))] },
        ),
        ("rank", Intent::SetRank { buffer: room, nick: "bob".into(), rank: Rank::Voice, is_given: true }),
        (
            "add a mask",
            Intent::AddMask { buffer: room, list: ListKind::Bans, who: "bob".into(), by: MaskBy::Nick },
        ),
        ("remove a mask", Intent::RemoveMask { buffer: room, list: ListKind::Bans, mask: "bob!*@*".into() }),
        ("nick", Intent::ChangeNick { nick: "alicia".into() }),
        ("away", Intent::Away { reason: Some("lunch".into()) }),
        ("back", Intent::Away { reason: None }),
        ("whois", Intent::Whois { nick: "bob".into() }),
        ("list", Intent::ListRooms),
    ]
}

fn table(capabilities: &str, moment: Moment) -> String {
    let of = rig(capabilities);
    let intents = intents(of.id("#lobby"), of.id("bob"));
    let lines =
        intents.iter().map(|(name, intent)| format!("{name}: {}\n", outcome(capabilities, intent, moment)));
    lines.collect()
}

/// What becomes of everything that a person wants while the app has no connection.
fn assert_table_without_a_connection(moment: Moment) {
    expect![[r#"
        a message to the room: queued
        a message to bob: queued, again @label=1 PRIVMSG bob :hello
        /me: queued
        /topic: told, kept
        /kick: told, kept
        /invite: told, kept
        /join: again JOIN #lobby,#new
        /part: #lobby is closed
        /nick: again NICK alicia
        /away: told, again AWAY :lunch
        /back: told, again AWAY
        join: again JOIN #lobby,#new
        leave the room: #lobby is closed
        leave bob: bob is closed
        topic: told, kept
        invite: told, kept
        kick: told, kept
        configure: told, kept
        rank: told, kept
        add a mask: told, kept
        remove a mask: told, kept
        nick: again NICK alicia
        away: told, again AWAY :lunch
        back: told, again AWAY
        whois: told
        list: told
    "#]]
    .assert_eq(&table(ALL, moment));
}

#[test]
fn what_is_wanted_offline_is_done_later_or_shown_as_not_done() {
    assert_table_without_a_connection(Moment::Offline);
}

#[test]
fn what_is_wanted_while_connecting_is_done_later_or_shown_as_not_done() {
    assert_table_without_a_connection(Moment::Connecting);
}

#[test]
fn what_was_not_answered_is_done_again_or_shown_as_perhaps_not_done() {
    let labelled = table(ALL, Moment::Breaking);
    expect![[r#"
        a message to the room: queued
        a message to bob: queued
        /me: queued
        /topic: perhaps
        /kick: perhaps
        /invite: perhaps
        /join: again JOIN #lobby,#new
        /part: #lobby is closed
        /nick: again NICK alicia
        /away: again AWAY :lunch
        /back: again AWAY
        join: again JOIN #lobby,#new
        leave the room: #lobby is closed
        leave bob: bob is closed
        topic: perhaps
        invite: perhaps
        kick: perhaps
        configure: perhaps
        rank: perhaps
        add a mask: perhaps
        remove a mask: perhaps
        nick: again NICK alicia
        away: again AWAY :lunch
        back: again AWAY
        whois: again WHOIS bob
        list: again LIST
    "#]]
    .assert_eq(&labelled);
    assert_eq!(labelled, table("echo-message", Moment::Breaking), "labels only make it more exact");
}

/// The requests that are shown as not done in a conversation.
fn undone(rig: &Rig, room: &str) -> String {
    let show = |it: &UndoneRequest| {
        let perhaps = if it.may_be_done { "perhaps not done" } else { "not done" };
        format!("{perhaps}: {:?}\n", it.intent)
    };
    rig.buffer(room).undone.iter().map(show).collect()
}

#[test]
fn a_request_is_over_when_the_server_has_answered() {
    let mut rig = rig(ALL);
    rig.writes("#lobby", "/topic tea");
    rig.sends(expect![[r#"
        @label=2 TOPIC #lobby :tea
    "#]]);
    rig.keeps(expect![[r##"
        asked 0: {"to":"#lobby","intent":{"act":"SetTopic","text":"tea"},"sent":true}
        person bob: {}
        room #lobby: {"read_until":1767261600000}
    "##]]);
    rig.server("@label=2 :alice!a@host TOPIC #lobby :tea");
    rig.writes("#lobby", "/kick nobody");
    rig.server("@label=3 :s 441 alice nobody #lobby :They aren't on that channel");
    rig.says(expect![[r#"
        #lobby: problem TheyAreNotInRoom #lobby
    "#]]);
    // A server that has nothing to say acknowledges it.
    rig.writes("#lobby", "/invite carol");
    rig.server("@label=4 :s ACK");
    rig.keeps(expect![[r#"
        person bob: {}
        room #lobby: {"read_until":1767261600000}
    "#]]);
    rig.breaks();
    assert_eq!(undone(&rig, "#lobby"), "");
}

#[test]
fn without_labels_a_ping_tells_that_a_request_is_over() {
    let mut rig = rig("echo-message");
    rig.writes("#lobby", "/topic tea");
    rig.writes("#lobby", "/invite carol");
    rig.sends(expect![[r#"
        TOPIC #lobby :tea
        PING parla-asked-0
        INVITE carol #lobby
        PING parla-asked-1
    "#]]);
    rig.server(":s PONG s parla-asked-0");
    rig.breaks();
    expect![[r#"
        perhaps not done: Invite { buffer: BufferId(2), nick: "carol" }
    "#]]
    .assert_eq(&undone(&rig, "#lobby"));
}

#[test]
fn what_was_not_done_survives_a_restart_until_it_is_done_or_discarded() {
    let mut rig = rig(ALL);
    rig.writes("#lobby", "/topic tea");
    rig.breaks();
    rig.writes("#lobby", "/kick bob be nice");
    let mut rig = rig.restarts();
    expect![[r#"
        perhaps not done: SetTopic { buffer: BufferId(2), topic: "tea" }
        not done: Kick { buffer: BufferId(2), nick: "bob", reason: "be nice" }
    "#]]
    .assert_eq(&undone(&rig, "#lobby"));
    rig.go_online(ALL, TOKENS);
    rig.server(":alice!a@host JOIN #lobby");
    rig.sent();
    let buffer = rig.id("#lobby");
    let [topic, kick] = [0, 1].map(|index| rig.buffer("#lobby").undone[index].row);
    rig.wants(Intent::Retry { buffer, row: topic });
    rig.sends(expect![[r#"
        @label=2 TOPIC #lobby :tea
    "#]]);
    rig.wants(Intent::Discard { buffer, row: kick });
    rig.sends(expect![[""]]);
    assert_eq!(undone(&rig, "#lobby"), "");
    rig.server("@label=2 :alice!a@host TOPIC #lobby :tea");
    assert!(rig.records.keys().all(|key| !key.starts_with("asked")), "{:?}", rig.records);
}

#[test]
fn a_topic_that_was_set_after_all_is_done() {
    let mut rig = rig(ALL);
    rig.writes("#lobby", "/topic tea");
    rig.reconnects();
    assert_ne!(undone(&rig, "#lobby"), "");
    rig.greet(ALL, TOKENS);
    rig.server(":alice!a@host JOIN #lobby\n:s 332 alice #lobby :tea");
    assert_eq!(undone(&rig, "#lobby"), "");
}

#[test]
fn requests_are_bounded() {
    let mut rig = rig(ALL);
    rig.breaks();
    for number in 0..150 {
        rig.writes("#lobby", &format!("/topic {number}"));
    }
    assert_eq!(rig.buffer("#lobby").undone.len(), parla_client::limits::REQUESTS_MAX);
    assert_eq!(rig.model.said.last().unwrap(), "#lobby: problem QueueFull");
}

/// What a tab wanted that was closed before a leader got it, at the next start.
#[test]
fn what_was_wanted_some_time_ago_is_said_or_shown() {
    let mut rig = rig(ALL);
    let buffer = rig.id("#lobby");
    let submit = |input: &str| Intent::Submit { buffer, input: input.into() };
    for input in ["hello", "/topic tea", "/kick bob", "/join #new"] {
        rig.input(Input::Late(submit(input)));
    }
    rig.input(Input::Late(Intent::Invite { buffer, nick: "carol".into() }));
    let gone = BufferId(u32::MAX);
    rig.input(Input::Late(Intent::Submit { buffer: gone, input: "for nobody".into() }));
    rig.input(Input::Late(Intent::SetTopic { buffer: gone, topic: "coffee".into() }));
    rig.sends(expect![[r#"
        @label=2 PRIVMSG #lobby :hello
        JOIN #new
    "#]]);
    rig.says(expect![[r#"
        show #new
        problem ConversationGone with "for nobody"
        problem ConversationGone with "coffee"
    "#]]);
    expect![[r#"
        not done: SetTopic { buffer: BufferId(2), topic: "tea" }
        not done: Kick { buffer: BufferId(2), nick: "bob", reason: "" }
        not done: Invite { buffer: BufferId(2), nick: "carol" }
    "#]]
    .assert_eq(&undone(&rig, "#lobby"));
}
