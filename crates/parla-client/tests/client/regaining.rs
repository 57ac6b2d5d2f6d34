//! The person's nick, while their own lost connection still has it.

use std::time::Duration;

use expect_test::expect;
use parla_client::{ClientSettings, Intent, view::NickHolder};

use super::support::{ALL, Rig, settings};

/// Alice is back in #lobby under a stand-in, on a server with these tokens.
fn back_as_stand_in(tokens: &str) -> Rig {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    rig.reconnects();
    rig.server(&format!(
        ":s 433 * alice :In use
         :s CAP * LS :{ALL}
         :s CAP * ACK :{ALL}
         :s 001 alice_ :Welcome
         :s 005 alice_ CHATHISTORY=100 CASEMAPPING=ascii {tokens} :are supported
         :s 422 alice_ :No MOTD"
    ));
    rig
}

fn names(rig: &Rig) -> (String, Option<String>) {
    let view = rig.model.network.as_ref().unwrap();
    (view.nick.to_string(), view.nick_wanted.as_ref().map(|wanted| wanted.nick.to_string()))
}

/// Who has the nick that alice wants.
fn holder(rig: &Rig) -> NickHolder {
    rig.model.network.as_ref().unwrap().nick_wanted.as_ref().unwrap().holder
}

/// The same, with alice's lost connection also in the channel.
fn in_lobby_with_ghost() -> Rig {
    let mut rig = back_as_stand_in("");
    rig.server(
        ":alice_!a@host JOIN #lobby\n:s 353 alice_ = #lobby :alice_ alice bob\n:s 366 alice_ #lobby :End",
    );
    rig.history("#lobby", "");
    rig.sent();
    rig.model.said.clear();
    rig
}

#[test]
fn where_the_server_watches_names_it_is_had_back_at_once() {
    let mut rig = back_as_stand_in("MONITOR=100");
    assert_eq!(names(&rig), ("alice_".into(), Some("alice".into())));
    assert!(rig.sent().contains("MONITOR + alice\n"));
    rig.server(":s 730 alice_ :alice!a@host");
    rig.pass(Duration::from_secs(50));
    assert!(!rig.sent().contains("NICK"));
    rig.server(":s 731 alice_ :alice");
    rig.sends(expect![[r#"
        NICK alice
    "#]]);
    rig.server(":alice_!a@host NICK alice");
    rig.sends(expect![[r#"
        MONITOR - alice
    "#]]);
    rig.says(expect![[r#"
        now alice
    "#]]);
    assert_eq!(names(&rig), ("alice".into(), None));
    rig.pass(Duration::from_secs(50));
    assert!(!rig.sent().contains("NICK"));
}

#[test]
fn a_server_that_forgets_to_say_so_is_asked_now_and_then() {
    let mut rig = back_as_stand_in("MONITOR=100");
    rig.sent();
    for _ in 0..7 {
        rig.pass(Duration::from_secs(45));
        rig.server("PING x");
    }
    assert_eq!(rig.sent().matches("NICK alice\n").count(), 1);
    // A server that can watch no more nicks is asked more often.
    let mut rig = back_as_stand_in("MONITOR=1");
    rig.server(":s 734 alice_ 1 alice :Monitor list is full.");
    rig.sent();
    rig.pass(Duration::from_secs(31));
    assert!(rig.sent().contains("NICK alice\n"));
}

#[test]
fn a_ghost_that_is_seen_to_go_leaves_the_name() {
    for gone in [":alice!a@host QUIT :Ping timeout", ":alice!a@host NICK Guest7"] {
        let mut rig = in_lobby_with_ghost();
        rig.server(gone);
        rig.sends(expect![[r#"
            NICK alice
        "#]]);
        rig.server(":alice_!a@host NICK alice");
        assert_eq!(names(&rig), ("alice".into(), None));
        // All of this was about the person's own connections, so it is not news about anybody.
        assert!(!rig.rows("#lobby").contains("--"), "{}", rig.rows("#lobby"));
        rig.server(":bob!b@host NICK robert\n:robert!b@host QUIT :bye");
        rig.shows(
            "#lobby",
            expect![[r#"
            <bob> known
            -- bob is robert
            -- robert quit: bye
        "#]],
        );
    }
}

#[test]
fn that_it_is_still_taken_is_no_news() {
    let mut rig = in_lobby_with_ghost();
    for _ in 0..3 {
        rig.pass(Duration::from_secs(30));
        rig.server(":s 433 alice_ alice :In use");
    }
    rig.says(expect![[""]]);
    assert_eq!(rig.sent().matches("NICK alice\n").count(), 3);
    // What the person asks for themselves is a different matter.
    rig.wants(Intent::ChangeNick { nick: "carol".into() });
    rig.server(":s 433 alice_ carol :In use");
    rig.says(expect![[r#"
        problem NickTaken carol, perhaps carol2
    "#]]);
}

#[test]
fn the_wanted_name_is_a_mention_meanwhile() {
    let mut rig = in_lobby_with_ghost();
    rig.server(
        "@10:05;msgid=2 :bob!b@host PRIVMSG #lobby :alice: are you there?
         @10:06;msgid=3 :bob!b@host PRIVMSG #lobby :or alice_?",
    );
    rig.says(expect![[r#"
        alert <bob> alice: are you there? in #lobby
        alert <bob> or alice_? in #lobby
    "#]]);
    rig.lists(expect![[r#"
        #lobby present, 2 unread (2 for me), more before
    "#]]);
}

#[test]
fn what_the_lost_connection_said_is_ones_own() {
    let mut rig = back_as_stand_in("");
    rig.server("@10:10 :alice_!a@host JOIN #lobby");
    rig.history("#lobby", "@10:01;msgid=2 :alice!a@host PRIVMSG #lobby :just before it broke");
    rig.history("#lobby", "");
    rig.shows(
        "#lobby",
        expect![[r#"
        <bob> known
        <me> just before it broke
    "#]],
    );
    // Whoever speaks under the nick now may be anybody.
    rig.server("@10:11;msgid=3 :alice!x@elsewhere PRIVMSG #lobby :who am I?");
    assert!(rig.rows("#lobby").ends_with("<alice> who am I?\n"));
}

/// Back in the channel under a stand-in. The lost connection, on which a message was sent, is still there;
/// the message is not.
fn waits_for_ghost() -> Rig {
    let mut rig = Rig::in_lobby("@09:58;msgid=1 :bob!b@host PRIVMSG #lobby :known");
    rig.writes("#lobby", "on its way");
    rig.breaks();
    rig.writes("#lobby", "behind it");
    rig.pass(Duration::from_secs(1));
    rig.input(parla_client::Input::Opened);
    rig.server(&format!(
        ":s 433 * alice :In use
         :s CAP * LS :{ALL}
         :s CAP * ACK :{ALL}
         :s 001 alice_ :Welcome
         :s 005 alice_ CHATHISTORY=100 CASEMAPPING=ascii :are supported
         :s 422 alice_ :No MOTD
         :alice_!a@host JOIN #lobby
         :s 353 alice_ = #lobby :alice_ alice bob
         :s 366 alice_ #lobby :End"
    ));
    rig.history("#lobby", "");
    assert!(!rig.sent().contains("PRIVMSG"), "it may still arrive");
    rig
}

#[test]
fn what_the_lost_connection_may_still_say_is_not_said_twice() {
    let mut rig = waits_for_ghost();
    // The server processes what it had held back.
    rig.server(
        "@10:01;msgid=2 :alice!a@host PRIVMSG #lobby :on its way\n:alice!a@host QUIT :Connection closed",
    );
    rig.sends(expect![[r#"
        @label=2 PRIVMSG #lobby :behind it
        NICK alice
    "#]]);
    rig.shows(
        "#lobby",
        expect![[r#"
            <bob> known
            <me> on its way
            <me> behind it (sent)
        "#]],
    );
}

#[test]
fn what_the_lost_connection_has_not_said_is_sent_again_when_it_is_gone() {
    let mut rig = waits_for_ghost();
    rig.server(":alice!a@host QUIT :Ping timeout\n:alice_!a@host NICK alice");
    rig.history("#lobby", "");
    rig.sends(expect![[r#"
        @label=3 PRIVMSG #lobby :on its way
        @label=4 PRIVMSG #lobby :behind it
    "#]]);
}

#[test]
fn a_lost_connection_that_does_not_go_is_waited_for_a_minute() {
    let mut rig = waits_for_ghost();
    rig.pass(Duration::from_secs(59));
    assert!(!rig.sent().contains("PRIVMSG"));
    rig.pass(Duration::from_secs(2));
    rig.history("#lobby", "");
    let sent = rig.sent();
    assert!(sent.contains("PRIVMSG #lobby :on its way\n"), "{sent}");
}

#[test]
fn the_stand_in_can_be_kept() {
    let mut rig = in_lobby_with_ghost();
    rig.wants(Intent::ChangeNick { nick: "alice_".into() });
    assert_eq!(names(&rig), ("alice_".into(), None));
    rig.server(":alice!a@host QUIT :Ping timeout");
    rig.pass(Duration::from_secs(50));
    assert!(!rig.sent().contains("NICK"));
    // This also holds on the next connection.
    rig.reconnects();
    assert!(rig.sent().contains("NICK alice_\n"));
}

#[test]
fn a_name_that_the_server_has_cut_short_is_not_asked_for_again() {
    let mut rig = Rig::connected();
    rig.server(":s 001 ali :Welcome\n:s 422 ali :No MOTD");
    rig.pass(Duration::from_secs(50));
    assert!(!rig.sent().contains("NICK"));
    assert_eq!(names(&rig), ("ali".into(), None));
}

#[test]
fn a_lost_connection_is_blamed_only_as_long_as_it_can_be() {
    let mut rig = in_lobby_with_ghost();
    assert_eq!(holder(&rig), NickHolder::LostConnection);
    // What it still delivers does not change that.
    rig.server(":alice!a@host PRIVMSG #lobby :on its way");
    assert_eq!(holder(&rig), NickHolder::LostConnection);
    // Every server has noticed by then.
    for _ in 0..20 {
        rig.pass(Duration::from_secs(30));
        rig.server(":s 433 alice_ alice :In use\nPING x");
    }
    assert_eq!(holder(&rig), NickHolder::SomebodyElse);
    assert_eq!(names(&rig), ("alice_".into(), Some("alice".into())));
}

#[test]
fn somebody_with_another_host_is_not_the_lost_connection() {
    for line in [
        ":s 730 alice_ :alice!x@elsewhere",
        ":alice!x@elsewhere PRIVMSG #lobby :hello",
        ":alice!x@elsewhere JOIN #other",
    ] {
        let mut rig = in_lobby_with_ghost();
        rig.server(line);
        assert_eq!(holder(&rig), NickHolder::SomebodyElse, "{line}");
        // Then it is news when they leave.
        rig.server(":alice!x@elsewhere QUIT :bye");
        assert!(rig.rows("#lobby").ends_with("-- alice quit: bye\n"), "{}", rig.rows("#lobby"));
    }
    let mut rig = in_lobby_with_ghost();
    rig.server(":s 730 alice_ :bob!b@host,alice!a@host");
    assert_eq!(holder(&rig), NickHolder::LostConnection);
}

#[test]
fn somebody_who_was_faster_is_not_the_lost_connection() {
    // Somebody takes the name before the eyes of everybody.
    let mut rig = in_lobby_with_ghost();
    rig.server(":alice!a@host QUIT :Ping timeout\n:bob!b@host NICK alice");
    assert_eq!(holder(&rig), NickHolder::SomebodyElse);
    // Somebody has taken it unseen.
    let mut rig = in_lobby_with_ghost();
    rig.server(":alice!a@host QUIT :Ping timeout\n:s 433 alice_ alice :In use");
    assert_eq!(holder(&rig), NickHolder::SomebodyElse);
}

/// The program was started anew, so it has lost no connection.
#[test]
fn without_a_lost_connection_it_is_somebody_else() {
    let mut rig = Rig::in_lobby("").restarts();
    rig.connect();
    rig.server(":s 433 * alice :In use\n:s 001 alice_ :Welcome\n:s 422 alice_ :No MOTD");
    assert_eq!(holder(&rig), NickHolder::SomebodyElse);
}

/// The browser has crashed, or the tab that had the connection hangs.
#[test]
fn an_earlier_client_may_have_left_a_connection() {
    let mut rig = Rig::with(ClientSettings { may_have_ghost: true, ..settings() }, &[("room #lobby", "{}")]);
    rig.connect();
    rig.server(":s 433 * alice :In use\n:s 001 alice_ :Welcome\n:s 422 alice_ :No MOTD");
    assert_eq!(holder(&rig), NickHolder::LostConnection);
}

/// Each of them still has a nick.
#[test]
fn an_unstable_network_leaves_several_lost_connections() {
    let mut rig = in_lobby_with_ghost();
    rig.reconnects();
    rig.server(
        ":s 433 * alice :In use\n:s 433 * alice_ :In use\n:s 001 alice__ :Welcome\n:s 422 alice__ :No MOTD",
    );
    assert_eq!(names(&rig), ("alice__".into(), Some("alice".into())));
    assert_eq!(holder(&rig), NickHolder::LostConnection);
}
