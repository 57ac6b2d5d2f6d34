//! What the person sent while the connection was gone, or when it broke.

use expect_test::expect;
use parla_client::{Input, Intent};

use super::{
    outbox::in_lobby_with,
    support::{ALL, Rig},
};

#[test]
fn what_is_written_offline_goes_out_in_order() {
    let mut rig = in_lobby_with("echo-message");
    rig.breaks();
    rig.writes("#lobby", "one");
    rig.writes("#lobby", "two");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (queued)
        <me> two (queued)
    "#]],
    );
    rig.pass(std::time::Duration::from_secs(1));
    rig.input(Input::Opened);
    rig.greet("echo-message", "");
    rig.writes("#lobby", "three");
    rig.sends(expect![[""]]);
    rig.server(":alice!a@host JOIN #lobby");
    rig.sends(expect![[r#"
        PRIVMSG #lobby :one
        PRIVMSG #lobby :two
        PRIVMSG #lobby :three
        MODE #lobby
    "#]]);
}

#[test]
fn what_waits_for_a_room_that_stays_shut_has_failed() {
    let mut rig = in_lobby_with("echo-message");
    rig.breaks();
    rig.writes("#lobby", "one");
    rig.pass(std::time::Duration::from_secs(1));
    rig.input(Input::Opened);
    rig.greet("echo-message", "");
    rig.server(":s 474 alice #lobby :Banned");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (failed: BannedFromRoom)
    "#]],
    );
    let (buffer, row) = (rig.id("#lobby"), rig.row("#lobby", "one"));
    rig.wants(Intent::Retry { buffer, row });
    rig.says(expect![[r#"
        show #lobby
        #lobby: problem NotInRoom #lobby
    "#]]);
}

#[test]
fn without_history_what_was_on_its_way_is_the_persons_to_decide() {
    let mut rig = in_lobby_with("echo-message");
    rig.writes("#lobby", "one");
    rig.reconnects();
    rig.greet("echo-message", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (sent)
    "#]],
    );
    rig.writes("#lobby", "two");
    rig.server(":alice!a@host JOIN #lobby");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> one (failed: MaybeLost)
        <me> two (sent)
    "#]],
    );
    rig.sends(expect![[r#"
        PRIVMSG #lobby :two
        MODE #lobby
    "#]]);
}

#[test]
fn with_history_what_was_on_its_way_is_looked_up() {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    rig.writes("#lobby", "arrived");
    rig.writes("#lobby", "lost");
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=100");
    rig.server(":alice!a@host JOIN #lobby");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        <me> arrived (sent)
        <me> lost (sent)
    "#]],
    );
    rig.history("#lobby", "@10:01;msgid=2 :alice!a@host PRIVMSG #lobby :arrived");
    rig.sends(expect![[r#"
        @label=2 CHATHISTORY BETWEEN #lobby msgid=2 msgid=1 50
    "#]]);
    rig.history("#lobby", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        <me> arrived
        <me> lost (sent)
    "#]],
    );
    rig.sends(expect![[r#"
        @label=3 PRIVMSG #lobby :lost
    "#]]);
}

#[test]
fn with_history_what_was_sent_under_the_other_name_is_found() {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    rig.writes("#lobby", "arrived");
    rig.reconnects();
    rig.server(
        ":s 433 * alice :In use
         :s CAP * LS :batch draft/chathistory echo-message server-time message-tags
         :s CAP * ACK :batch draft/chathistory echo-message server-time message-tags
         :s 001 alice_ :Welcome
         :s 422 alice_ :No MOTD
         :alice_!a@host JOIN #lobby",
    );
    rig.history("#lobby", "@10:01;msgid=2 :alice!a@host PRIVMSG #lobby :arrived");
    rig.history("#lobby", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        <me> arrived
    "#]],
    );
    rig.sends(expect![[""]]);
}

#[test]
fn an_old_message_of_the_same_words_is_not_the_one_that_was_lost() {
    let mut rig = Rig::online();
    rig.wants(Intent::Join { room: "#lobby".into(), key: None });
    rig.server("@10:00 :alice!a@host JOIN #lobby");
    rig.writes("#lobby", "ok");
    rig.reconnects();
    rig.greet(ALL, "CHATHISTORY=100");
    rig.server("@10:02 :alice!a@host JOIN #lobby");
    rig.history("#lobby", "@08:00;msgid=1 :alice!a@host PRIVMSG #lobby :ok");
    rig.shows(
        "#lobby",
        expect![[r#"
        <me> ok
        <me> ok (sent)
    "#]],
    );
}
