//! Earlier messages that this machine has stored.

use expect_test::expect;
use parla_client::{
    ArchiveScope, ArchivedMessage, Input, Intent,
    view::{BufferKind, Manner},
};
use parla_proto::Timestamp;

use crate::support::{ALL, Rig, START, settings};

fn archived() -> Rig {
    let mut settings = settings();
    settings.archive = ArchiveScope::All;
    Rig::with(settings, &[])
}

fn kept(kind: BufferKind, at: i64, text: &str) -> ArchivedMessage {
    ArchivedMessage {
        kind,
        buffer: "#lobby".into(),
        msgid: Some(format!("k{at}").into()),
        at: Timestamp::from_millis(START.as_millis() + at * 1000),
        source: "bob!b@host".into(),
        account: None,
        manner: Manner::Message,
        text: text.into(),
        own: false,
        audience: None,
    }
}

fn recall(rig: &mut Rig, messages: Vec<ArchivedMessage>, more: bool) {
    rig.input(Input::Recalled { kind: BufferKind::Room, name: "#lobby".into(), messages, more });
}

#[test]
fn the_archive_comes_before_the_server() {
    let mut rig = archived();
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    recall(&mut rig, vec![kept(BufferKind::Room, -90, "one"), kept(BufferKind::Room, -60, "two")], true);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> one
        <bob> two
    "#]],
    );
    let buffer = rig.id("#lobby");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.sends(expect![[r#"
        (recall 50 of #lobby before 2026-01-01T09:58:30.000Z)
    "#]]);
    recall(&mut rig, vec![kept(BufferKind::Room, -120, "zero"), kept(BufferKind::Room, -90, "one")], false);
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> zero
        <bob> one
        <bob> two
    "#]],
    );
    rig.go_online(ALL, "CHATHISTORY=100");
    rig.server(":alice!a@host JOIN #lobby");
    rig.sends(expect![[r#"
        @label=1 CHATHISTORY LATEST #lobby msgid=k-60 50
        MODE #lobby
    "#]]);
    rig.history("#lobby", "@09:59:30;msgid=s1 :bob!b@host PRIVMSG #lobby :three");
    rig.sends(expect![[r#"
        (keep #lobby bob!b@host: three)
        @label=2 CHATHISTORY BETWEEN #lobby msgid=s1 msgid=k-60 50
    "#]]);
    rig.history("#lobby", "");
    rig.wants(Intent::LoadEarlier { buffer });
    recall(&mut rig, Vec::new(), false);
    rig.sends(expect![[r#"
        (recall 50 of #lobby before 2026-01-01T09:58:00.000Z)
        @label=3 CHATHISTORY BEFORE #lobby msgid=k-120 50
    "#]]);
    rig.history("#lobby", "");
    rig.lists(expect![[r#"
        #lobby present
    "#]]);
}

#[test]
fn the_archive_of_a_direct_conversation_has_an_end() {
    let mut rig = archived();
    rig.go_online(ALL, "CHATHISTORY=100");
    rig.wants(Intent::OpenDirect { nick: "bob".into() });
    let buffer = rig.id("bob");
    rig.wants(Intent::LoadEarlier { buffer });
    rig.sends(expect![[r#"
        (recall 50 of bob before the end)
    "#]]);
    rig.input(Input::Recalled {
        kind: BufferKind::Direct,
        name: "bob".into(),
        messages: Vec::new(),
        more: false,
    });
    rig.lists(expect![[r#"
        bob present
    "#]]);
    rig.sends(expect![[""]]);
}

#[test]
fn an_archive_of_a_room_that_is_gone_is_nothing() {
    let mut rig = archived();
    recall(&mut rig, vec![kept(BufferKind::Room, 0, "x")], false);
    rig.input(Input::Recalled {
        kind: BufferKind::Server,
        name: "".into(),
        messages: vec![kept(BufferKind::Server, 0, "x")],
        more: false,
    });
    rig.lists(expect![[""]]);
}
