//! App passwords: what they can do, and what they cannot.

use std::time::Duration;

use expect_test::expect;
use parla_server::settings::Privileges;

use super::rig::{Rig, plain};

const FIRST: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbb";

/// alice, who has made an app password for a bot.
fn with_app_password() -> Rig {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect_as("alice", "alice", "correcthorse");
    rig.heard.clear();
    rig.says("alice", "NS APPPASS CREATE bot");
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :The app password is bbbbbbbbbbbbbbbbbbbbbbbbbb and will not be shown again
        alice> :NickServ!NickServ@s NOTICE alice :alice has another app password
    "#]]);
    rig
}

#[test]
fn an_app_password_is_shown_once_and_listed_by_its_name() {
    let mut rig = with_app_password();
    rig.says("alice", "NS APPPASS CREATE bot\nNS APPPASS CREATE\nNS APPPASS");
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :The account has an app password with this name
        alice> :NickServ!NickServ@s NOTICE alice :NickServ does not understand that, or a word is missing or too many; NICKSERV HELP lists what it can do
        alice> :NickServ!NickServ@s NOTICE alice :bot: created 1970-01-01, never used
        alice> :NickServ!NickServ@s NOTICE alice :app passwords of alice: 1
    "#]]);
    rig.connect("guest", "");
    rig.says("guest", "NS APPPASS CREATE bot");
    rig.check(expect![[r#"
        guest> :NickServ!NickServ@s NOTICE guest :You are not signed in to an account
    "#]]);
    rig.restarts();
    rig.connect_as("alice", "alice", "correcthorse");
    rig.heard.clear();
    rig.says("alice", "NS APPPASS LIST");
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :bot: created 1970-01-01, never used
        alice> :NickServ!NickServ@s NOTICE alice :app passwords of alice: 1
    "#]]);
}

#[test]
fn it_signs_in_by_each_way_that_sends_a_password() {
    let mut rig = with_app_password();
    rig.connect_as("sasl", "alice", FIRST);
    rig.connect("identify", "");
    rig.says("identify", &format!("NS IDENTIFY alice@laptop {FIRST}"));
    rig.open("pass");
    rig.says("pass", &format!("PASS alice@old:{FIRST}\nNICK alice\nUSER u 0 * :U"));
    // SCRAM does not send it, and the server has only its hash.
    rig.connect("scram", "");
    assert_eq!(rig.scram("scram", "alice", FIRST), None);
    rig.heard.clear();
    rig.says("alice", "NS DEVICES");
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :1: without a name, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now (this one)
        alice> :NickServ!NickServ@s NOTICE alice :2: bot, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, by an app password, last message just now
        alice> :NickServ!NickServ@s NOTICE alice :3: laptop, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, by an app password, last message just now
        alice> :NickServ!NickServ@s NOTICE alice :4: old, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, by an app password, last message just now
        alice> :NickServ!NickServ@s NOTICE alice :devices of alice: 4
    "#]]);
}

#[test]
fn it_gives_no_power_over_the_account() {
    let mut rig = with_app_password();
    rig.connect_as("bot", "alice", FIRST);
    rig.connect_with_certificate("other", 7);
    rig.says("other", &format!("NS IDENTIFY alice {FIRST}"));
    rig.heard.clear();
    let stored = rig.changes;
    for line in [
        &format!("PASSWD {FIRST} batterystaple") as &str,
        &format!("DROP {FIRST}"),
        "APPPASS CREATE more",
        "APPPASS REVOKE bot",
        "DEVICES LOGOUT 1",
        "DEVICES LOGOUT others",
        "DEVICES LOGOUT all",
    ] {
        rig.says("bot", &format!("NS {line}"));
    }
    rig.says("other", "NS CERT ADD");
    rig.check(expect![[r#"
        bot> :NickServ!NickServ@s NOTICE alice :The account name or the password is wrong
        bot> :NickServ!NickServ@s NOTICE alice :The account name or the password is wrong
        bot> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
        bot> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
        bot> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
        bot> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
        bot> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
        other> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
    "#]]);
    assert_eq!(rig.changes, stored);
    // Nor does it help that its person looks after accounts.
    rig.becomes_operator("alice", Privileges::ACCOUNTS);
    rig.heard.clear();
    rig.says("bot", "NS SADROP alice\nNS DEVICES LOGOUT 2");
    rig.check(expect![[r#"
        bot> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
        bot> ERROR :Closing link: 192.0.2.1 (Signed out by you)
    "#]]);
}

#[test]
fn whoever_used_it_is_signed_out_when_it_is_revoked() {
    let mut rig = with_app_password();
    rig.says("alice", "NS APPPASS CREATE other");
    rig.connect_as("bot", "alice", FIRST);
    rig.connect_as("other", "alice", "cccccccccccccccccccccccccc");
    // This one proves it in time, and is too late all the same.
    rig.open("late");
    rig.says("late", "CAP LS 302\nNICK alice\nAUTHENTICATE PLAIN");
    rig.says("late", &plain("", "alice", FIRST));
    rig.heard.clear();
    rig.says("alice", "NS APPPASS REVOKE bot\nNS APPPASS REVOKE bot");
    rig.check(expect![[r#"
        bot> ERROR :Closing link: 192.0.2.1 (This app password was revoked)
        alice> :NickServ!NickServ@s NOTICE alice :alice does not have that app password any more
        alice> :NickServ!NickServ@s NOTICE alice :The account has no such app password
    "#]]);
    rig.says("late", "USER u 0 * :U\nCAP END");
    rig.open("later");
    rig.says("later", "CAP LS 302\nNICK alice\nAUTHENTICATE PLAIN");
    rig.says("later", &plain("", "alice", FIRST));
    rig.keeps(|line| line.contains(" 90") || line.contains(" 00"));
    rig.check(expect![[r#"
        late> :s 904 * :The account name or the password is wrong
        later> :s 904 alice :The account name or the password is wrong
    "#]]);
}

#[test]
fn its_use_is_noted_once_a_day() {
    let mut rig = with_app_password();
    let hours = |rig: &mut Rig, hours: u64| rig.now = rig.now + Duration::from_secs(hours * 3600);
    let before = rig.changes;
    for client in ["one", "two"] {
        rig.connect_as(client, "alice", FIRST);
    }
    assert_eq!(rig.changes, before + 1);
    hours(&mut rig, 47);
    rig.connect_as("three", "alice", FIRST);
    rig.connect_as("four", "alice", FIRST);
    assert_eq!(rig.changes, before + 2);
    rig.heard.clear();
    rig.says("alice", "NS APPPASS");
    rig.keeps(|line| line.contains("bot"));
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :bot: created 1970-01-01, last used 1970-01-02
    "#]]);
}

#[test]
fn there_are_only_so_many() {
    let mut rig = with_app_password();
    for number in 1..20 {
        rig.says("alice", &format!("NS APPPASS CREATE {number}"));
    }
    rig.heard.clear();
    let stored = rig.changes;
    rig.says("alice", "NS APPPASS CREATE more");
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :The account has as many app passwords as it may; revoke one first
    "#]]);
    assert_eq!(rig.changes, stored);
}

/// An operator of the server, or the owner of a room, has all rights on their own devices; a program that was given an
/// app password has none of them.
#[test]
fn it_gives_no_power_over_the_server_or_over_rooms() {
    let mut rig = with_app_password();
    rig.becomes_operator("alice", Privileges::CHANNELS);
    rig.says("alice", "JOIN #tea\nREGISTER bob * batterystaple");
    rig.connect("bob", "");
    rig.says("bob", "REGISTER * * batterystaple");
    rig.connect_as("bot", "alice", FIRST);
    rig.heard.clear();
    let stored = rig.changes;
    for line in [
        "KILL bob :no",
        "SAJOIN bob #tea",
        "ROOM DELETE #tea",
        "ACCESS accounts",
        "INVITATION LIST",
        "DIE",
        "REHASH",
        "OPER root right",
        "CS TRANSFER #tea bob",
        "CS UNREGISTER #tea",
        "CS SET #tea RETAIN 1d",
        "CS AMODE #tea +o bob",
        "CS PURGE ADD #tea",
    ] {
        rig.says("bot", line);
    }
    rig.becomes_operator("alice", Privileges::ACCOUNTS);
    rig.says("bot", "NS DEVICES LIST bob");
    let heard = std::mem::take(&mut rig.heard);
    let answers: Vec<&str> =
        heard.lines().filter(|line| line.starts_with("bot> ") && !line.contains("oper")).collect();
    let refusals = answers.iter().filter(|line| line.contains("An app password is not enough for that"));
    assert_eq!((answers.len(), refusals.count()), (14, 14), "{heard}");
    assert_eq!(rig.changes, stored);
}

/// Otherwise the rooms and ranks of one account would become those of another for good.
#[test]
fn whoever_came_by_it_does_not_become_somebody_else() {
    let mut rig = with_app_password();
    rig.says("alice", "JOIN #tea");
    rig.connect("mallory", "");
    rig.says("mallory", "REGISTER * * batterystaple");
    rig.connect_as("bot", "alice", FIRST);
    rig.heard.clear();
    let stored = rig.changes;
    rig.says("bot", "NS IDENTIFY mallory batterystaple");
    rig.check(expect![[r#"
        bot> :NickServ!NickServ@s NOTICE alice :An app password is not enough for that: sign in with the password of the account
    "#]]);
    assert_eq!(rig.changes, stored);
}

/// Otherwise they would be devices of whatever account the one that stays creates next.
#[test]
fn the_other_devices_go_when_an_account_is_deleted() {
    let mut rig = with_app_password();
    rig.connect_as("bot", "alice", FIRST);
    rig.heard.clear();
    rig.says("alice", "NS DROP correcthorse\nREGISTER * * batterystaple");
    rig.check(expect![[r#"
        alice> :s 901 alice alice!alice@192.0.2.1 :You are now logged out
        bot> :s 901 alice alice!alice@192.0.2.1 :You are now logged out
        bot> ERROR :Closing link: 192.0.2.1 (This account is deleted)
        alice> :NickServ!NickServ@s NOTICE alice :alice is deleted
        alice> :s REGISTER SUCCESS alice :Your account is created, and you are signed in to it
        alice> :s 900 alice alice!alice@192.0.2.1 alice :You are now logged in as alice
    "#]]);
}
