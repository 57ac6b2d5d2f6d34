//! Devices: which are signed in, and how they are signed out.

use std::time::Duration;

use expect_test::expect;
use parla_server::{AlwaysOn, settings::Privileges};

use super::rig::{Rig, plain, with_room};

/// Connects a client of alice's that says what it is called.
fn connect_named(rig: &mut Rig, device: &'static str) {
    rig.open(device);
    rig.says(device, "CAP LS 302\nNICK alice\nAUTHENTICATE PLAIN");
    rig.says(device, &plain("", &format!("alice@{device}"), "correcthorse"));
    rig.says(device, "USER alice 0 * :alice\nCAP END");
}

/// alice with a desk, a phone and something without a name, and bob, in one room.
fn three_devices() -> Rig {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("bob", "JOIN #tea");
    connect_named(&mut rig, "desk");
    connect_named(&mut rig, "phone");
    rig.heard.clear();
    rig
}

#[test]
fn devices_are_listed_with_their_names() {
    let mut rig = three_devices();
    rig.now = rig.now + Duration::from_secs(3 * 60 * 60);
    rig.says("phone", "PRIVMSG #tea :hello");
    rig.heard.clear();
    rig.says("phone", "NS DEVICES");
    rig.says("bob", "NS DEVICES LIST alice");
    rig.check(expect![[r#"
        phone> :NickServ!NickServ@s NOTICE alice :1: without a name, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message 3 hours ago
        phone> :NickServ!NickServ@s NOTICE alice :2: desk, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message 3 hours ago
        phone> :NickServ!NickServ@s NOTICE alice :3: phone, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now (this one)
        phone> :NickServ!NickServ@s NOTICE alice :devices of alice: 3
        bob> :s 481 bob :You are not an operator of this server
    "#]]);
}

#[test]
fn one_device_signs_out_another_and_nobody_else_notices() {
    let mut rig = three_devices();
    rig.says("phone", "NS DEVICES LOGOUT 2");
    rig.says("phone", "NS SESSIONS LOGOUT 2");
    rig.says("phone", "NS CLIENTS LOGOUT alice 99");
    rig.says("phone", "NS CLIENTS LOGOUT perhaps");
    rig.check(expect![[r#"
        desk> ERROR :Closing link: 192.0.2.1 (Signed out by you)
        phone> :NickServ!NickServ@s NOTICE alice :alice: 1 device is signed out
        phone> :NickServ!NickServ@s NOTICE alice :The account is not signed in to on such a device
        phone> :NickServ!NickServ@s NOTICE alice :The account is not signed in to on such a device
        phone> :NickServ!NickServ@s NOTICE alice :Say the number of a device from the list, or others, or all
    "#]]);
    // A number is not given again: it would be another device than the one in the list.
    connect_named(&mut rig, "tablet");
    rig.heard.clear();
    rig.says("phone", "NS DEVICES LOGOUT 2\nNS DEVICES");
    rig.check(expect![[r#"
        phone> :NickServ!NickServ@s NOTICE alice :The account is not signed in to on such a device
        phone> :NickServ!NickServ@s NOTICE alice :1: without a name, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now
        phone> :NickServ!NickServ@s NOTICE alice :3: phone, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now (this one)
        phone> :NickServ!NickServ@s NOTICE alice :4: tablet, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now
        phone> :NickServ!NickServ@s NOTICE alice :devices of alice: 3
    "#]]);
}

#[test]
fn whoever_signs_out_all_others_keeps_the_room() {
    let mut rig = three_devices();
    rig.says("phone", "NS DEVICES LOGOUT others\nNS DEVICES LOGOUT others");
    rig.says("bob", "PRIVMSG #tea :still here?");
    rig.check(expect![[r#"
        alice> ERROR :Closing link: 192.0.2.1 (Signed out by you)
        desk> ERROR :Closing link: 192.0.2.1 (Signed out by you)
        phone> :NickServ!NickServ@s NOTICE alice :alice: 2 devices are signed out
        phone> :NickServ!NickServ@s NOTICE alice :alice: nothing else was signed in
        phone> :bob!bob@192.0.2.1 PRIVMSG #tea :still here?
    "#]]);
    rig.says("phone", "NS DEVICES LOGOUT all");
    rig.check(expect![[r#"
        phone> ERROR :Closing link: 192.0.2.1 (Signed out by you)
        bob> :alice!alice@192.0.2.1 QUIT :Signed out
    "#]]);
}

#[test]
fn operators_sign_out_devices_of_others() {
    let mut rig = three_devices();
    rig.connect("oper", "");
    rig.becomes_operator("oper", Privileges::ACCOUNTS);
    rig.heard.clear();
    rig.says("oper", "NS DEVICES LIST alice\nNS DEVICES LOGOUT alice 2\nNS DEVICES LOGOUT nobody 2");
    rig.keeps(|line| !line.contains("without a name"));
    rig.check(expect![[r#"
        oper> :NickServ!NickServ@s NOTICE oper :2: desk, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now
        oper> :NickServ!NickServ@s NOTICE oper :3: phone, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now
        oper> :NickServ!NickServ@s NOTICE oper :devices of alice: 3
        desk> ERROR :Closing link: 192.0.2.1 (Signed out by an administrator)
        oper> :NickServ!NickServ@s NOTICE oper :alice: 1 device is signed out
        oper> :NickServ!NickServ@s NOTICE oper :There is no account with this name
    "#]]);
}

#[test]
fn a_device_that_signs_out_is_a_guest_who_hears_nothing_of_the_account() {
    let mut rig = three_devices();
    rig.says("bob", "MONITOR + Guest20");
    rig.heard.clear();
    rig.says("desk", "NS LOGOUT");
    rig.says("bob", "PRIVMSG #tea :who hears this?\nPRIVMSG alice :and this?");
    rig.says("desk", "NS LOGOUT\nPRIVMSG bob :hello\nNICK alice");
    rig.keeps(|line| !line.contains(" 731 "));
    rig.check(expect![[r#"
        desk> :alice!alice@192.0.2.1 PART #tea :Signed out
        desk> :alice!alice@192.0.2.1 NICK :Guest13
        desk> :s 901 Guest13 Guest13!alice@192.0.2.1 :You are now logged out
        alice, phone> :bob!bob@192.0.2.1 PRIVMSG #tea :who hears this?
        alice, phone> :bob!bob@192.0.2.1 PRIVMSG alice :and this?
        desk> :NickServ!NickServ@s NOTICE Guest13 :You are not signed in to an account
        bob> :Guest13!alice@192.0.2.1 PRIVMSG bob :hello
        desk> :s 433 Guest13 alice :This nickname belongs to somebody with an account; sign in to use it
    "#]]);
    // They can sign in again on the same connection.
    rig.says("desk", "NS IDENTIFY alice@desk correcthorse\nNS DEVICES");
    assert!(
        rig.heard.contains(":4: desk, at 192.0.2.1") && rig.heard.contains("(this one)"),
        "{}",
        rig.heard
    );
}

#[test]
fn the_last_device_that_signs_out_takes_its_person_along_unless_they_stay() {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("bob", "JOIN #tea");
    rig.heard.clear();
    rig.says("alice", "NS LOGOUT\nMODE #tea +m");
    rig.check(expect![[r#"
        alice> :alice!alice@192.0.2.1 PART #tea :Signed out
        alice> :alice!alice@192.0.2.1 NICK :Guest11
        alice> :s 901 Guest11 Guest11!alice@192.0.2.1 :You are now logged out
        bob> :alice!alice@192.0.2.1 QUIT :Signed out
        alice> :s 442 Guest11 #tea :You're not on that channel
    "#]]);

    let mut rig = Rig::with(AlwaysOn::OptOut);
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nJOIN #tea");
    rig.connect("bob", "");
    rig.says("bob", "JOIN #tea");
    rig.heard.clear();
    rig.says("alice", "NS LOGOUT");
    rig.says("bob", "PRIVMSG alice :are you there?");
    rig.check(expect![[r#"
        alice> :alice!alice@192.0.2.1 PART #tea :Signed out
        alice> :alice!alice@192.0.2.1 NICK :Guest6
        alice> :s 901 Guest6 Guest6!alice@192.0.2.1 :You are now logged out
        bob> :s 301 bob alice :Not connected at the moment
    "#]]);
}

#[test]
fn where_everybody_must_sign_in_signing_out_ends_the_connection() {
    let mut rig = Rig::for_the_invited();
    let code = rig.invites(&[], 1, false);
    drop(rig.signs_up(&code, "alice", "correcthorse"));
    rig.connect_as("alice", "alice", "correcthorse");
    rig.heard.clear();
    rig.says("alice", "NS LOGOUT");
    rig.check(expect![[r#"
        alice> ERROR :Closing link: 192.0.2.1 (Signed out by you)
    "#]]);
}

#[test]
fn scram_and_certificates_name_a_device_too() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("desk", "");
    assert_eq!(rig.scram("desk", "alice@scram", "correcthorse"), Some(true));
    rig.says("desk", "AUTHENTICATE +");
    rig.connect_with_certificate("cert", 7);
    rig.says("cert", "NS IDENTIFY alice correcthorse\nNS CERT ADD\nAUTHENTICATE EXTERNAL");
    rig.says("cert", "AUTHENTICATE YWxpY2VAY2VydA==");
    rig.heard.clear();
    rig.says("cert", "NS DEVICES");
    rig.check(expect![[r#"
        cert> :NickServ!NickServ@s NOTICE desk :1: scram, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now
        cert> :NickServ!NickServ@s NOTICE desk :2: cert, at 192.0.2.1, since 1970-01-01T00:00:00.000Z, last message just now (this one)
        cert> :NickServ!NickServ@s NOTICE desk :devices of alice: 2
    "#]]);
}

#[test]
fn a_name_need_not_be_taken_back() {
    let mut rig = three_devices();
    rig.connect("guest", "");
    rig.says("phone", "NICK liddell\nNS GHOST alice\nNS REGAIN alice correcthorse");
    rig.says("guest", "NS GHOST alice\nNS RECOVER alice wrong\nNS GHOST alice correcthorse");
    rig.keeps(|line| line.contains("NickServ") || line.contains("NICK") || line.contains(" 900 "));
    rig.check(expect![[r#"
        alice, bob, desk, phone> :alice!alice@192.0.2.1 NICK :liddell
        phone> :NickServ!NickServ@s NOTICE liddell :alice is yours on all your devices, so there is nothing to take back
        alice, bob, desk, phone> :liddell!alice@192.0.2.1 NICK :alice
        phone> :NickServ!NickServ@s NOTICE alice :alice is yours on all your devices, so there is nothing to take back
        guest> :NickServ!NickServ@s NOTICE guest :Sign in to the account of that name, and it is yours: IDENTIFY <account> <password>
        guest> :NickServ!NickServ@s NOTICE guest :The account name or the password is wrong
        guest> :guest!guest@192.0.2.1 NICK :alice
        guest> :s 900 alice alice!alice@192.0.2.1 alice :You are now logged in as alice
    "#]]);
}
