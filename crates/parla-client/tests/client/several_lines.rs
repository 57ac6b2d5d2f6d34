//! Messages of several lines are one message here, for others and in the history.

use std::time::Duration;

use expect_test::expect;
use parla_client::Input;

use super::support::{ALL, Rig, World};

/// Somebody in #lobby on a server that supports them.
fn in_lobby() -> Rig {
    in_lobby_with("max-bytes=600,max-lines=4")
}

/// The same, with these limits for one message.
fn in_lobby_with(limits: &str) -> Rig {
    let mut rig = Rig::new();
    rig.connect();
    let offered = format!("{ALL} draft/multiline={limits}");
    let granted = format!("{ALL} draft/multiline");
    rig.server(&format!(":s CAP * LS :{offered}\n:s CAP alice ACK :{granted}"));
    rig.server(":s 001 alice :Welcome\n:s 005 alice CHATHISTORY=100 PREFIX=(ov)@+ :are supported\n:s 422 alice :No MOTD");
    rig.sent();
    rig.enter("#lobby", "");
    rig
}

#[test]
fn several_lines_are_sent_as_one_message() {
    let mut rig = in_lobby();
    rig.writes("#lobby", "fn main() {\n\n    run();\n}");
    rig.sends(expect![[r#"
        @label=2 BATCH +p1 draft/multiline #lobby
        @batch=p1 PRIVMSG #lobby :fn main() {
        @batch=p1 PRIVMSG #lobby :
        @batch=p1 PRIVMSG #lobby :    run();
        @batch=p1 PRIVMSG #lobby :}
        BATCH -p1
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> fn main() {⏎⏎    run();⏎} (sent)
    "#]],
    );
    rig.server(
        "@label=2;msgid=a1 :alice!a@host BATCH +x draft/multiline #lobby
         @batch=x :alice!a@host PRIVMSG #lobby :fn main() {
         @batch=x :alice!a@host PRIVMSG #lobby :
         @batch=x :alice!a@host PRIVMSG #lobby :    run();
         @batch=x :alice!a@host PRIVMSG #lobby :}
         :alice!a@host BATCH -x",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> fn main() {⏎⏎    run();⏎}
    "#]],
    );
    rig.keeps(expect![[r#"
        room #lobby: {"read_until":1767261600000}
    "#]]);
}

/// The limit is on the messages that a text becomes, not on its lines.
#[test]
fn a_paste_may_have_as_many_lines_as_fit_into_few_messages() {
    for (lines, messages) in [(201, 1), (256, 1), (257, 2), (2_000, 8)] {
        let mut rig = in_lobby_with("max-bytes=16384,max-lines=256");
        rig.writes("#lobby", &vec!["a line of a paste"; lines].join("\n"));
        rig.says(expect![""]);
        let sent = rig.sent();
        assert_eq!(sent.matches("PRIVMSG #lobby :a line of a paste").count(), lines);
        assert_eq!(sent.matches("@label").count(), messages, "{lines} lines");
    }
    let mut rig = in_lobby_with("max-bytes=16384,max-lines=2");
    rig.writes("#lobby", &vec!["x"; 401].join("\n"));
    rig.says(expect![[r#"
        #lobby: problem TooManyMessages(201)
    "#]]);
}

#[test]
fn what_is_too_much_for_one_becomes_several() {
    let mut rig = in_lobby();
    rig.writes("#lobby", "1\n2\n3\n4\n5");
    rig.sends(expect![[r#"
        @label=2 BATCH +p1 draft/multiline #lobby
        @batch=p1 PRIVMSG #lobby :1
        @batch=p1 PRIVMSG #lobby :2
        @batch=p1 PRIVMSG #lobby :3
        @batch=p1 PRIVMSG #lobby :4
        BATCH -p1
        @label=3 PRIVMSG #lobby :5
    "#]]);
    rig.writes("#lobby", &format!("{} end", "x".repeat(500)));
    let sent = rig.sent();
    assert!(sent.contains("draft/multiline-concat PRIVMSG #lobby"), "{sent}");
    rig.writes("#lobby", "/me one\ntwo");
    rig.sends(expect![[r#"
        @label=5 PRIVMSG #lobby :^AACTION one^A
        @label=6 PRIVMSG #lobby :^AACTION two^A
    "#]]);
}

#[test]
fn an_echo_without_label_confirms_it() {
    let mut rig = in_lobby();
    rig.writes("#lobby", "one\ntwo");
    rig.server(
        "@msgid=a1 :alice!a@host BATCH +x draft/multiline #lobby
         @batch=x :alice!a@host PRIVMSG #lobby :one
         @batch=x :alice!a@host PRIVMSG #lobby :t
         @batch=x;draft/multiline-concat :alice!a@host PRIVMSG #lobby :wo
         :alice!a@host BATCH -x",
    );
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one⏎two
    "#]],
    );
}

#[test]
fn a_refused_one_has_failed() {
    for refusal in [
        "@label=2 :s FAIL BATCH MULTILINE_MAX_LINES 4 :Too many lines",
        ":s FAIL BATCH MULTILINE_MAX_LINES 4 :Too many lines",
    ] {
        let mut rig = in_lobby();
        rig.writes("#lobby", "one\ntwo");
        rig.server(refusal);
        assert_eq!(rig.rows("#lobby"), "<me> one⏎two (failed: TooLong)\n", "{refusal}");
    }
}

#[test]
fn what_waits_becomes_several_where_the_server_cannot() {
    let mut rig = in_lobby();
    rig.breaks();
    rig.writes("#lobby", "one\n\ntwo");
    rig.writes("#lobby", "three");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (queued)
        <me> two (queued)
        <me> three (queued)
    "#]],
    );
    rig.pass(Duration::from_secs(1));
    rig.input(Input::Opened);
    rig.greet("echo-message", "");
    rig.server(":alice!a@host JOIN #lobby");
    rig.sends(expect![[r#"
        PRIVMSG #lobby :one
        PRIVMSG #lobby :two
        PRIVMSG #lobby :three
        MODE #lobby
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (sent)
        <me> two (sent)
        <me> three (sent)
    "#]],
    );
    rig.keeps(expect![[r##"
        out 0: {"to":"#lobby","manner":"message","text":"one","at":1767261600000,"sent":{"nick":"alice","after":1767261601000,"joined_at":1767261601000}}
        out 1: {"to":"#lobby","manner":"message","text":"two","at":1767261600000,"sent":{"nick":"alice","after":1767261601000,"joined_at":1767261601000}}
        out 2: {"to":"#lobby","manner":"message","text":"three","at":1767261600000,"sent":{"nick":"alice","after":1767261601000,"joined_at":1767261601000}}
        room #lobby: {"read_until":1767261600000}
    "##]]);
}

#[test]
fn a_page_of_history_has_them_among_others() {
    let rig = Rig::in_lobby(
        "@09:01;msgid=m1 :bob!b@host PRIVMSG #lobby :before
         @09:02;msgid=m2 :bob!b@host BATCH +in draft/multiline #lobby
         @batch=in :bob!b@host PRIVMSG #lobby :one
         @batch=in :bob!b@host PRIVMSG #lobby :two
         BATCH -in
         @09:02;msgid=m4 :bob!b@host BATCH +open draft/multiline #lobby
         @batch=open :bob!b@host PRIVMSG #lobby :not ended
         @09:03;msgid=m3 :bob!b@host PRIVMSG #lobby :after"
            .replace("@batch=in :", "@09:02;batch=in :")
            .as_str(),
    );
    rig.shows(
        "#lobby",
        expect![[r#"
            <bob> before
            <bob> one⏎two
            <bob> not ended
            <bob> after
        "#]],
    );
}

#[test]
fn hostile_batches_are_bounded() {
    let mut rig = Rig::in_lobby("");
    rig.server(":bob!b@host BATCH +x draft/multiline #lobby");
    let line = "y".repeat(400);
    for _ in 0..3_000 {
        rig.server(&format!("@batch=x :bob!b@host PRIVMSG #lobby :{line}"));
    }
    rig.server(":bob!b@host BATCH -x");
    let said = rig.said(rig.buffer("#lobby").timeline.rows().next().unwrap().id);
    assert!(said.text.plain.len() <= parla_client::limits::MESSAGE_BYTES_MAX + 10);
    // Batches without an end, without text, without a target, and with another batch's end.
    rig.server(
        ":bob!b@host BATCH +a draft/multiline #lobby
         @batch=a :bob!b@host PRIVMSG #lobby :never said
         :bob!b@host BATCH +b draft/multiline #lobby
         @batch=b :bob!b@host PRIVMSG #lobby :
         :bob!b@host BATCH -b
         :bob!b@host BATCH +c draft/multiline
         :bob!b@host BATCH -c
         :bob!b@host BATCH -d
         @batch=a :bob!b@host JOIN #lobby
         :bob!b@host BATCH +e draft/multiline #elsewhere
         @batch=e :bob!b@host PRIVMSG #lobby :elsewhere
         :bob!b@host BATCH -e",
    );
    assert_eq!(rig.buffer("#lobby").timeline.len, 1);
    // A reference that is used again ends the first batch.
    rig.server(":bob!b@host BATCH +a draft/multiline #lobby");
    assert!(rig.rows("#lobby").contains("never said"));
}

#[test]
fn the_real_server_carries_them() {
    let mut world = World::usual();
    let alice = world.add_to("#lobby", "alice");
    let bob = world.add_to("#lobby", "bob");
    world.says(bob, "#lobby", "one\n\n  two");
    world.says(bob, "#lobby", &"long ".repeat(200));
    world.pass(Duration::from_secs(20));
    let said: Vec<String> = world.server.said("#lobby").into_iter().map(|(_, text)| text).collect();
    assert_eq!(said, ["one\n\n  two".to_owned(), "long ".repeat(200)]);
    world.wires[alice].rig.lists(expect![[r#"
        #lobby present, 2 unread
    "#]]);
    assert!(world.wires[alice].rig.rows("#lobby").contains("<bob> one⏎⏎  two\n<bob> long long"));
    let carol = world.add_to("#lobby", "carol");
    assert!(world.wires[carol].rig.rows("#lobby").starts_with("<bob> one⏎⏎  two\n<bob> long long"));
    assert_eq!(world.wires[bob].rig.rows("#lobby").matches("sent").count(), 0);
}
