//! What people and operators ask of NickServ.

use expect_test::expect;
use parla_server::settings::Privileges;

use super::rig::{Rig, with_room};

#[test]
fn a_password_is_changed_by_who_knows_it() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("a", "");
    rig.says("a", "PRIVMSG NickServ :IDENTIFY alice wrong");
    rig.says("a", "PRIVMSG nickserv@s :IDENTIFY alice correcthorse");
    rig.says("a", "NS PASSWD wrong batterystaple");
    rig.says("a", "NS PASSWD correcthorse short");
    rig.says("a", "NS PASSWD correcthorse batterystaple");
    rig.says("a", "QUIT");
    rig.check(expect![[r#"
        a> :NickServ!NickServ@s NOTICE a :The account name or the password is wrong
        a> :s 900 a a!a@192.0.2.1 alice :You are now logged in as alice
        a> :NickServ!NickServ@s NOTICE a :The account name or the password is wrong
        a> :NickServ!NickServ@s NOTICE a :The password is too short: it needs 8 characters
        a> :NickServ!NickServ@s NOTICE a :alice has a new password
        a> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
    "#]]);
    rig.connect("b", "");
    rig.says("b", "NS IDENTIFY alice correcthorse");
    rig.says("b", "NS IDENTIFY alice batterystaple");
    rig.says("b", "NS DROP correcthorse");
    rig.says("b", "NS DROP batterystaple");
    rig.says("b", "NS INFO");
    rig.check(expect![[r#"
        b> :NickServ!NickServ@s NOTICE b :The account name or the password is wrong
        b> :s 900 b b!b@192.0.2.1 alice :You are now logged in as alice
        b> :NickServ!NickServ@s NOTICE b :The account name or the password is wrong
        b> :s 901 b b!b@192.0.2.1 :You are now logged out
        b> :NickServ!NickServ@s NOTICE b :alice is deleted
        b> :NickServ!NickServ@s NOTICE b :You are not signed in to an account
    "#]]);
}

#[test]
fn operators_look_after_accounts() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect_as("alice", "alice", "correcthorse");
    rig.connect("oper", "");
    rig.connect("bob", "");
    rig.says("bob", "NS SUSPEND alice :spam");
    rig.becomes_operator("oper", Privileges::KILL);
    rig.heard.clear();
    rig.says("oper", "NS SUSPEND alice spam");
    rig.check(expect![[r#"
        oper> :s 723 oper accounts :You lack this privilege
    "#]]);
    rig.becomes_operator("oper", Privileges::ACCOUNTS);
    rig.heard.clear();
    rig.says("oper", "NS SUSPEND alice selling tea");
    rig.says("alice", "NS IDENTIFY correcthorse");
    rig.says("oper", "NS UNSUSPEND alice");
    rig.says("alice", "NS IDENTIFY correcthorse");
    rig.says("oper", "NS SAREGISTER bob batterystaple");
    rig.says("oper", "NS SAREGISTER nickserv batterystaple");
    rig.check(expect![[r#"
        alice> :s KILL alice :This account is suspended: selling tea
        alice> ERROR :Closing link: 192.0.2.1 (This account is suspended: selling tea)
        oper> :NickServ!NickServ@s NOTICE oper :alice is suspended
        oper> :NickServ!NickServ@s NOTICE oper :alice is not suspended any more
        bob> :bob!bob@192.0.2.1 NICK :Guest11
        oper> :NickServ!NickServ@s NOTICE oper :bob is created
        oper> :NickServ!NickServ@s NOTICE oper :No account can have this name
    "#]]);
}

#[test]
fn a_service_answers_what_it_does_not_understand() {
    let mut rig = Rig::new();
    rig.connect("alice", "");
    rig.says("alice", "PRIVMSG NickServ :pssword secret");
    rig.says("alice", "NOTICE NickServ :hello");
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :NickServ does not understand that, or a word is missing or too many; NICKSERV HELP lists what it can do
    "#]]);
    rig.says("alice", "NICKSERV");
    assert_eq!(rig.heard.lines().count(), 22);
}

/// Otherwise the answer about one password could be taken for that about another.
#[test]
fn a_service_is_the_only_target_of_its_message() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("mallory", "");
    rig.says("mallory", "REGISTER * * batterystaple");
    rig.heard.clear();
    rig.says("mallory", "PRIVMSG NickServ,NickServ@s :IDENTIFY mallory batterystaple");
    rig.says("mallory", "PRIVMSG #tea,NickServ :IDENTIFY mallory batterystaple");
    rig.says("mallory", "NICKSERV IDENTIFY alice x");
    rig.check(expect![[r#"
        mallory> :s 407 mallory NickServ@s :Too many targets; this one and the rest got nothing
        mallory> :s 407 mallory NickServ :Too many targets; this one and the rest got nothing
        mallory> :NickServ!NickServ@s NOTICE mallory :The account name or the password is wrong
    "#]]);
}

#[test]
fn what_is_so_already_is_not_stored_again() {
    let mut rig = with_room();
    rig.becomes_operator("alice", Privileges::ACCOUNTS);
    let lines = "NS SET ALWAYS-ON off\nCS REGISTER #tea\nNS SUSPEND bob spam";
    rig.says("alice", lines);
    let stored = rig.changes;
    rig.says("alice", lines);
    assert_eq!(rig.changes, stored);
}
