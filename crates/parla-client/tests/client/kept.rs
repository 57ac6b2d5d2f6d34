//! What is found again after the program was killed: unconfirmed messages, conversations and read positions.

use expect_test::expect;
use parla_client::{
    ArchiveScope, ArchivedMessage, Input, Intent,
    view::{BufferKind, Manner},
};
use parla_proto::Timestamp;

use super::support::{Rig, START, settings};

const TOKENS: &str = "CHATHISTORY=100 CASEMAPPING=ascii PREFIX=(qaohv)~&@%+ NETWORK=Example";

#[test]
fn what_waits_is_kept_before_it_is_sent() {
    let mut rig = Rig::in_lobby("@10:01;msgid=b1 :bob!b@host PRIVMSG #lobby :hello");
    rig.breaks();
    rig.sent();
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "/me waves");
    rig.keeps(expect![[r##"
        out 0: {"to":"#lobby","manner":"message","text":"one","at":1767261600000}
        out 1: {"to":"#lobby","manner":"action","text":"waves","at":1767261600000}
        room #lobby: {"read_until":1767261660000,"read_msgid":"b1"}
    "##]]);
    let mut rig = rig.restarts();
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (queued)
        * me waves (queued)
    "#]],
    );
    rig.go_online(super::support::ALL, TOKENS);
    rig.server(":alice!a@host JOIN #lobby");
    rig.history("#lobby", "@10:01;msgid=b1 :bob!b@host PRIVMSG #lobby :hello");
    rig.sent();
    rig.server("@10:03;label=2;msgid=a1 :alice!a@host PRIVMSG #lobby :one");
    rig.keeps(expect![[r##"
        out 1: {"to":"#lobby","manner":"action","text":"waves","at":1767261600000,"sent":{"nick":"alice","after":1767261601000,"joined_at":1767261601000}}
        room #lobby: {"read_until":1767261660000,"read_msgid":"b1"}
    "##]]);
}

#[test]
fn a_number_is_never_used_twice() {
    let rig = Rig::in_lobby("");
    let mut rig = rig.restarts();
    rig.writes("#lobby", "one");
    let mut rig = rig.restarts();
    rig.writes("#lobby", "two");
    rig.keeps(expect![[r##"
        out 0: {"to":"#lobby","manner":"message","text":"one","at":1767261601000}
        out 1: {"to":"#lobby","manner":"message","text":"two","at":1767261602000}
        room #lobby: {"read_until":1767261600000}
    "##]]);
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (queued)
        <me> two (queued)
    "#]],
    );
}

/// A message that was discarded, or whose channel was closed twice, is not found again.
#[test]
fn what_was_discarded_stays_so() {
    let mut rig = Rig::in_lobby("");
    rig.breaks();
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "two");
    let (buffer, row) = (rig.id("#lobby"), rig.row("#lobby", "one"));
    rig.wants(Intent::Discard { buffer, row });
    let mut rig = rig.restarts();
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> two (queued)
    "#]],
    );
    let buffer = rig.id("#lobby");
    rig.wants(Intent::Leave { buffer });
    rig.wants(Intent::Leave { buffer });
    rig.keeps(expect![[""]]);
}

#[test]
fn what_failed_says_why_after_a_restart_too() {
    let mut rig = Rig::in_lobby("");
    rig.writes("#lobby", "hello");
    rig.server("@label=2 :s 404 alice #lobby :Cannot send to channel");
    let rig = rig.restarts();
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> hello (failed: CannotSpeak)
    "#]],
    );
}

/// Where nobody can tell whether a message arrived, the person decides, even after a restart.
#[test]
fn a_direct_message_that_was_under_way_is_asked_about() {
    let mut rig = Rig::online();
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.writes("bob", "psst");
    rig.sent();
    let mut rig = rig.restarts();
    rig.go_online(super::support::ALL, TOKENS);
    rig.shows(
        "bob",
        expect![[r#"
        <me> psst (failed: MaybeLost)
    "#]],
    );
    let (buffer, row) = (rig.id("bob"), rig.row("bob", "psst"));
    rig.wants(Intent::Retry { buffer, row });
    assert!(rig.sent().contains("PRIVMSG bob :psst"));
}

#[test]
fn someone_who_takes_another_name_gets_what_waits_for_them() {
    let mut rig = Rig::in_lobby("");
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    rig.writes("bob", "psst");
    rig.server(":bob!b@host NICK robert");
    rig.keeps(expect![[r#"
        out 0: {"to":"robert","is_direct":true,"manner":"message","text":"psst","at":1767261600000,"sent":{"nick":"alice"}}
        person robert: {}
        room #lobby: {"read_until":1767261600000}
    "#]]);
}

#[test]
fn one_is_away_until_one_says_otherwise() {
    let mut rig = Rig::online();
    rig.wants(Intent::Away { reason: Some("lunch".into()) });
    rig.sent();
    let mut rig = rig.restarts();
    rig.go_online("", "");
    rig.keeps(expect![[r#"
        away: lunch
    "#]]);
    rig.wants(Intent::Away { reason: None });
    rig.keeps(expect![[""]]);
}

fn direct(own: bool, minute: i64, text: &str) -> ArchivedMessage {
    ArchivedMessage {
        kind: BufferKind::Direct,
        buffer: "bob".into(),
        msgid: None,
        at: Timestamp::from_millis(START.as_millis() + minute * 60_000),
        source: if own { "alice!a@host".into() } else { "bob!b@host".into() },
        account: None,
        manner: Manner::Message,
        text: text.into(),
        own,
        audience: None,
    }
}

fn keeping_direct() -> Rig {
    let mut settings = settings();
    settings.archive = ArchiveScope::Direct;
    let mut rig = Rig::with(settings, &[]);
    rig.go_online(super::support::ALL, TOKENS);
    rig
}

#[test]
fn a_page_keeps_direct_messages_and_no_others() {
    let mut rig = keeping_direct();
    rig.enter("#lobby", "");
    rig.server("@10:01 :bob!b@host PRIVMSG #lobby :in the room\n@10:02 :bob!b@host PRIVMSG alice :to you");
    rig.sends(expect![[r#"
        (keep bob bob!b@host: to you)
    "#]]);
    rig.writes("bob", "mine");
    rig.sent();
    rig.server("@10:03;label=2 :alice!a@host PRIVMSG bob :mine");
    rig.sends(expect![[r#"
        (keep bob alice!a@host: mine)
    "#]]);
}

/// A first message that nobody has read is still unread after a restart; one that was read is not.
#[test]
fn a_direct_message_stays_unread_until_it_was_read() {
    let mut rig = keeping_direct();
    rig.server("@10:01 :bob!b@host PRIVMSG alice :one");
    let mut rig = rig.restarts();
    let recalled =
        |messages| Input::Recalled { kind: BufferKind::Direct, name: "bob".into(), messages, more: false };
    rig.input(recalled(vec![direct(false, 1, "one")]));
    rig.lists(expect![[r#"
        bob present, 1 unread (1 for me), more before
    "#]]);
    rig.looks_at("bob");
    let mut rig = rig.restarts();
    rig.input(recalled(vec![direct(false, 1, "one"), direct(false, 2, "two"), direct(true, 3, "mine")]));
    rig.lists(expect![[r#"
        bob present, 1 unread (1 for me), more before
    "#]]);
}
