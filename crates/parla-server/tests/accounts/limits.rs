//! How many accounts, certificates and rooms there may be, what is taken away from an account, and what
//! strangers are told of one.

use std::time::Duration;

use expect_test::expect;
use parla_proto::Timestamp;
use parla_server::settings::Privileges;

use super::rig::{Rig, plain, with_room};

/// What NickServ, ChanServ and FAIL said.
fn is_answer(line: &str) -> bool {
    line.contains("Serv@s NOTICE") || line.contains(" FAIL ") || line.contains(" 90")
}

fn says(rig: &mut Rig, client: &str, lines: &str) {
    rig.says(client, lines);
    rig.keeps(is_answer);
}

#[test]
fn an_address_creates_so_many_accounts_an_hour() {
    let mut rig = Rig::with_settings(|settings| {
        settings.network.accounts.as_mut().unwrap().registration.as_mut().unwrap().per_hour = 2;
    });
    let clients = [("a", 1), ("b", 1), ("c", 1), ("d", 2)];
    clients.iter().for_each(|(client, address)| rig.connect_throttled(client, *address));
    clients.iter().for_each(|(client, _)| says(&mut rig, client, "REGISTER * * correcthorse"));
    rig.check(expect![[r#"
        a> :s 900 a a!a@198.51.100.1 a :You are now logged in as a
        b> :s 900 b b!b@198.51.100.1 b :You are now logged in as b
        c> :s FAIL REGISTER TEMPORARILY_UNAVAILABLE c :Too many accounts were created from your address; try again in an hour
        d> :s 900 d d!d@198.51.100.2 d :You are now logged in as d
    "#]]);
    rig.now = Timestamp::default() + Duration::from_secs(3_599);
    says(&mut rig, "c", "NICKSERV REGISTER correcthorse");
    rig.now = rig.now + Duration::from_secs(2);
    says(&mut rig, "c", "NICKSERV REGISTER correcthorse");
    rig.check(expect![[r#"
        c> :NickServ!NickServ@s NOTICE c :Too many accounts were created from your address; try again in an hour
        c> :NickServ!NickServ@s NOTICE c :Your account is created, and you are signed in to it
        c> :s 900 c c!c@198.51.100.1 c :You are now logged in as c
    "#]]);
}

#[test]
fn a_certificate_signs_in_until_it_is_taken_away() {
    let mut rig = Rig::new();
    rig.connect_with_certificate("alice", 1);
    says(&mut rig, "alice", "REGISTER * * correcthorse\nNS CERT ADD\nNS CERT LIST");
    rig.heard.clear();
    rig.connect_with_certificate("b", 1);
    says(&mut rig, "b", "AUTHENTICATE EXTERNAL\nAUTHENTICATE +");
    rig.check(expect![[r#"
        b> :s 900 alice alice!alice@192.0.2.1 alice :You are now logged in as alice
        b> :s 903 alice :SASL authentication successful
    "#]]);
    let fingerprint = "01".repeat(32);
    says(&mut rig, "alice", &format!("NS CERT DEL {fingerprint}\nNS CERT LIST"));
    rig.connect_with_certificate("c", 1);
    says(&mut rig, "c", "AUTHENTICATE EXTERNAL\nAUTHENTICATE +");
    rig.check(expect![[r#"
        c> :s 904 c :No account has the certificate of your client
    "#]]);
    // Nor does that of an account that is gone, which anybody may then add to theirs.
    says(&mut rig, "alice", "NS CERT ADD\nNS DROP correcthorse");
    rig.heard.clear();
    says(&mut rig, "c", "AUTHENTICATE EXTERNAL\nAUTHENTICATE +\nREGISTER * * correcthorse\nNS CERT ADD");
    rig.check(expect![[r#"
        c> :s 904 c :No account has the certificate of your client
        c> :s 900 c c!c@192.0.2.1 c :You are now logged in as c
        c> :NickServ!NickServ@s NOTICE c :c has a new certificate
    "#]]);
}

#[test]
fn an_account_has_so_many_certificates() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    for certificate in 1..=10 {
        rig.connect_with_certificate("a", certificate);
        rig.says("a", "NS IDENTIFY alice correcthorse\nNS CERT ADD\nQUIT");
        assert!(rig.heard.contains("alice has a new certificate"), "{certificate}: {}", rig.heard);
    }
    rig.connect_with_certificate("a", 11);
    rig.says("a", "NS IDENTIFY alice correcthorse");
    rig.heard.clear();
    says(&mut rig, "a", "NS CERT ADD");
    rig.check(expect![[r#"
        a> :NickServ!NickServ@s NOTICE a :The account has as many certificates as it may have
    "#]]);
}

#[test]
fn strangers_are_told_little_of_an_account() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("bob", "");
    rig.connect("oper", "");
    rig.becomes_operator("oper", Privileges::ACCOUNTS);
    rig.connect_as("alice", "alice", "correcthorse");
    rig.heard.clear();
    says(&mut rig, "alice", "NS INFO");
    says(&mut rig, "bob", "NS INFO alice");
    says(&mut rig, "alice", "MODE alice +i");
    says(&mut rig, "bob", "NS INFO ALICE");
    says(&mut rig, "oper", "NS INFO alice");
    rig.check(expect![[r#"
        alice> :NickServ!NickServ@s NOTICE alice :alice was created at 1970-01-01T00:00:00.000Z
        alice> :NickServ!NickServ@s NOTICE alice :alice is signed in as alice
        alice> :NickServ!NickServ@s NOTICE alice :a password, app passwords: 0, certificates: 0, connections now: 1
        bob> :NickServ!NickServ@s NOTICE bob :alice was created at 1970-01-01T00:00:00.000Z
        bob> :NickServ!NickServ@s NOTICE bob :alice is signed in as alice
        bob> :NickServ!NickServ@s NOTICE bob :alice was created at 1970-01-01T00:00:00.000Z
        oper> :NickServ!NickServ@s NOTICE oper :alice was created at 1970-01-01T00:00:00.000Z
        oper> :NickServ!NickServ@s NOTICE oper :alice is signed in as alice
        oper> :NickServ!NickServ@s NOTICE oper :a password, app passwords: 0, certificates: 0, connections now: 1
    "#]]);
    says(&mut rig, "oper", "NS SUSPEND alice selling tea");
    rig.heard.clear();
    says(&mut rig, "bob", "NS INFO alice");
    says(&mut rig, "oper", "NS INFO alice");
    rig.check(expect![[r#"
        bob> :NickServ!NickServ@s NOTICE bob :alice was created at 1970-01-01T00:00:00.000Z
        oper> :NickServ!NickServ@s NOTICE oper :alice was created at 1970-01-01T00:00:00.000Z
        oper> :NickServ!NickServ@s NOTICE oper :a password, app passwords: 0, certificates: 0, connections now: 0
        oper> :NickServ!NickServ@s NOTICE oper :suspended: selling tea
    "#]]);
}

#[test]
fn a_suspended_account_signs_nobody_in() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect_with_certificate("a", 1);
    rig.says("a", "NS IDENTIFY alice correcthorse\nNS CERT ADD\nQUIT");
    rig.connect("oper", "");
    rig.becomes_operator("oper", Privileges::ACCOUNTS);
    rig.says("oper", "NS SUSPEND alice selling tea");
    rig.heard.clear();
    rig.connect_with_certificate("a", 1);
    says(&mut rig, "a", "NS IDENTIFY alice correcthorse\nAUTHENTICATE EXTERNAL\nAUTHENTICATE +\nNS INFO");
    rig.check(expect![[r#"
        a> :NickServ!NickServ@s NOTICE a :This account is suspended: selling tea
        a> :s 904 a :This account is suspended: selling tea
        a> :NickServ!NickServ@s NOTICE a :You are not signed in to an account
    "#]]);
    rig.says("oper", "NS UNSUSPEND alice");
    rig.heard.clear();
    says(&mut rig, "a", "NS IDENTIFY alice correcthorse");
    rig.check(expect![[r#"
        a> :s 900 a a!a@192.0.2.1 alice :You are now logged in as alice
    "#]]);
}

#[test]
fn an_account_owns_so_many_rooms() {
    let mut rig =
        Rig::with_settings(|settings| settings.network.accounts.as_mut().unwrap().channels_owned_max = 1);
    rig.connect("alice", "");
    rig.connect("bob", "");
    rig.says("alice", "REGISTER * * correcthorse\nJOIN #tea\nJOIN #more");
    rig.says("bob", "JOIN #tea\nREGISTER * * batterystaple\nJOIN #own");
    rig.heard.clear();
    says(&mut rig, "alice", "CS REGISTER #more\nCS TRANSFER #tea bob");
    says(&mut rig, "bob", "CS TRANSFER ACCEPT #tea");
    says(&mut rig, "alice", "CS AMODE #more +o bob");
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :The account owns as many rooms as it may
        bob> :ChanServ!ChanServ@s NOTICE bob :alice offers you the room #tea. CHANSERV TRANSFER ACCEPT #tea makes it yours, and CHANSERV TRANSFER DECLINE #tea does not
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea is offered to bob, who can accept it with CHANSERV TRANSFER ACCEPT
        bob> :ChanServ!ChanServ@s NOTICE bob :The account owns as many rooms as it may
        alice> :ChanServ!ChanServ@s NOTICE alice :This room has no owner; an operator of it can register it
    "#]]);
    // Whoever gives one away may have another.
    says(&mut rig, "bob", "CS UNREGISTER #own\nCS TRANSFER ACCEPT #tea");
    says(&mut rig, "alice", "CS REGISTER #more\nCS TRANSFER #tea alice");
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :#own has no owner now
        alice> :ChanServ!ChanServ@s NOTICE alice :bob has accepted #tea, which belongs to bob now
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea is yours now
        alice> :ChanServ!ChanServ@s NOTICE alice :#more is yours now
        alice> :ChanServ!ChanServ@s NOTICE alice :Only the owner of the room can do that
    "#]]);
}

#[test]
fn where_rooms_belong_to_nobody_none_is_registered() {
    let mut rig =
        Rig::with_settings(|settings| settings.network.accounts.as_mut().unwrap().channels_owned_max = 0);
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nJOIN #tea");
    rig.heard.clear();
    says(&mut rig, "alice", "CS REGISTER #tea\nCS UNREGISTER #tea");
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :On this server, rooms belong to nobody
        alice> :ChanServ!ChanServ@s NOTICE alice :This room has no owner; an operator of it can register it
    "#]]);
}

#[test]
fn only_its_operators_register_a_room_and_only_those_above_forget_a_rank() {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.connect("guest", "");
    rig.says("guest", "JOIN #free");
    rig.says("bob", "JOIN #tea\nJOIN #free");
    rig.heard.clear();
    says(&mut rig, "bob", "CS REGISTER #free\nCS REGISTER #tea\nCS AMODE #tea - alice\nCS UNREGISTER #tea");
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :You are not an operator of this room
        bob> :ChanServ!ChanServ@s NOTICE bob :This room has an owner already
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
    "#]]);
    says(&mut rig, "alice", "CS AMODE #tea +o bob\nCS AMODE #tea\nCS AMODE #tea - bob\nCS AMODE #tea");
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :bob has +o in #tea
        alice> :ChanServ!ChanServ@s NOTICE alice :alice: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :bob: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea remembers 2 accounts
        alice> :ChanServ!ChanServ@s NOTICE alice :bob has no rank in #tea
        alice> :ChanServ!ChanServ@s NOTICE alice :alice: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea remembers 2 accounts
    "#]]);
}

/// Nobody gets in, nobody is blamed for a wrong password, and everything can be tried again.
#[test]
fn a_server_that_is_too_busy_for_passwords_says_so() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("a", "");
    rig.connect("b", "");
    rig.says("b", "NS IDENTIFY alice correcthorse");
    rig.is_busy = true;
    rig.heard.clear();
    says(&mut rig, "a", &format!("AUTHENTICATE PLAIN\n{}", plain("", "alice", "correcthorse")));
    says(&mut rig, "a", "AUTHENTICATE SCRAM-SHA-256\nAUTHENTICATE biwsbj1hbGljZSxyPWNsaWVudA==");
    says(
        &mut rig,
        "a",
        "NS IDENTIFY alice correcthorse\nREGISTER * * batterystaple\nNS REGISTER batterystaple",
    );
    says(&mut rig, "b", "NS PASSWD correcthorse batterystaple\nNS DROP correcthorse");
    rig.check(expect![[r#"
        a> :s 904 a :Too many passwords are being checked; try again in a minute
        a> :s 904 a :Too many passwords are being checked; try again in a minute
        a> :NickServ!NickServ@s NOTICE a :Too many passwords are being checked; try again in a minute
        a> :s FAIL REGISTER TEMPORARILY_UNAVAILABLE * :Too many passwords are being checked; try again in a minute
        a> :NickServ!NickServ@s NOTICE a :Too many passwords are being checked; try again in a minute
        b> :NickServ!NickServ@s NOTICE b :Too many passwords are being checked; try again in a minute
        b> :NickServ!NickServ@s NOTICE b :Too many passwords are being checked; try again in a minute
    "#]]);
    assert_eq!(rig.failures, []);
    rig.is_busy = false;
    says(&mut rig, "a", "NS IDENTIFY alice correcthorse");
    rig.check(expect![[r#"
        a> :s 900 b b!b@192.0.2.1 alice :You are now logged in as alice
    "#]]);
}
