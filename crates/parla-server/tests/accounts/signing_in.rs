//! Signing in: what proves who somebody is, and what does not.

use expect_test::expect;

use super::rig::{Rig, plain};

#[test]
fn a_password_signs_in_by_sasl() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.open("alice");
    rig.says("alice", "CAP LS 302\nCAP REQ sasl\nNICK alice\nUSER alice 0 * :Alice");
    rig.heard.clear();
    rig.says("alice", "AUTHENTICATE PLAIN");
    rig.says("alice", &plain("", "ALICE", "wrong"));
    rig.says("alice", "AUTHENTICATE PLAIN");
    rig.says("alice", &plain("alice", "ALICE", "correcthorse"));
    rig.check(expect![[r#"
        alice> AUTHENTICATE +
        alice> :s 904 alice :The account name or the password is wrong
        alice> AUTHENTICATE +
        alice> :s 900 alice alice!alice@192.0.2.1 alice :You are now logged in as alice
        alice> :s 903 alice :SASL authentication successful
    "#]]);
    rig.says("alice", "CAP END");
    assert!(rig.heard.contains(":s 001 alice "), "{}", rig.heard);
}

#[test]
fn a_sasl_exchange_can_end_anywhere() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.open("a");
    for line in [
        "AUTHENTICATE NONSENSE",
        "AUTHENTICATE PLAIN",
        "AUTHENTICATE *",
        "AUTHENTICATE *",
        "AUTHENTICATE PLAIN",
        "AUTHENTICATE !!!",
        "AUTHENTICATE PLAIN",
        "AUTHENTICATE /w==",
        "AUTHENTICATE PLAIN",
        &plain("bob", "alice", "correcthorse"),
        "AUTHENTICATE PLAIN",
        &plain("", "alice", ""),
        "AUTHENTICATE PLAIN",
        &format!("AUTHENTICATE {}", "A".repeat(401)),
        "AUTHENTICATE EXTERNAL",
        "AUTHENTICATE +",
        "AUTHENTICATE SCRAM-SHA-256",
        "AUTHENTICATE eCx4",
        "AUTHENTICATE PLAIN",
        "NICK a\nUSER a 0 * :A",
    ] {
        rig.says("a", line);
    }
    let end = rig.heard.find(":s 001").unwrap();
    rig.heard.truncate(end);
    rig.check(expect![[r#"
        a> :s 908 * PLAIN,SCRAM-SHA-256,EXTERNAL :are available SASL mechanisms
        a> :s 904 * :SASL authentication failed: there is no such mechanism
        a> AUTHENTICATE +
        a> :s 906 * :SASL authentication aborted
        a> :s 906 * :SASL authentication aborted
        a> AUTHENTICATE +
        a> :s 904 * :Your client did not follow the rules of this way to sign in
        a> AUTHENTICATE +
        a> :s 904 * :Your client did not follow the rules of this way to sign in
        a> AUTHENTICATE +
        a> :s 904 * :The account name or the password is wrong
        a> AUTHENTICATE +
        a> :s 904 * :The account name or the password is wrong
        a> AUTHENTICATE +
        a> :s 905 * :SASL message too long
        a> AUTHENTICATE +
        a> :s 904 * :Your client has not shown a certificate on this connection
        a> AUTHENTICATE +
        a> :s 904 * :Your client did not follow the rules of this way to sign in
        a> AUTHENTICATE +
        a> :s 906 a :SASL authentication aborted
        a> "#]]);
}

#[test]
fn a_client_proves_its_password_without_sending_it() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("phone", "");
    assert_eq!(rig.scram("phone", "alice", "wrong"), None);
    assert_eq!(rig.scram("phone", "nobody", "correcthorse"), None);
    rig.heard.clear();
    assert_eq!(rig.scram("phone", "Alice", "correcthorse"), Some(true));
    rig.says("phone", "AUTHENTICATE +");
    rig.heard = rig.heard.lines().skip(3).fold(String::new(), |all, line| all + line + "\n");
    rig.check(expect![[r#"
        phone> :s 900 phone phone!phone@192.0.2.1 alice :You are now logged in as alice
        phone> :s 903 phone :SASL authentication successful
    "#]]);
}

#[test]
fn guessing_ends_the_connection_and_is_noted() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("eve", "");
    for _ in 0..5 {
        rig.says("eve", "AUTHENTICATE PLAIN");
        rig.says("eve", &plain("", "alice", "guess"));
    }
    assert!(rig.heard.contains("ERROR :Closing link: 192.0.2.1 (Too many failed attempts to sign in)"));
    assert_eq!(rig.failures, vec![("alice".to_owned(), "PLAIN"); 5]);
}

#[test]
fn a_certificate_signs_in() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect_with_certificate("desk", 7);
    rig.says("desk", "NS CERT ADD");
    rig.says("desk", "NS IDENTIFY alice correcthorse");
    rig.says("desk", "NS CERT ADD");
    rig.says("desk", "NS CERT ADD");
    rig.says("desk", "NS CERT LIST");
    rig.says("desk", "NS CERT DEL nonsense");
    rig.says("desk", "QUIT");
    rig.check(expect![[r#"
        desk> :NickServ!NickServ@s NOTICE desk :You are not signed in to an account
        desk> :s 900 desk desk!desk@192.0.2.1 alice :You are now logged in as alice
        desk> :NickServ!NickServ@s NOTICE desk :alice has a new certificate
        desk> :NickServ!NickServ@s NOTICE desk :An account has this certificate already
        desk> :NickServ!NickServ@s NOTICE desk :0707070707070707070707070707070707070707070707070707070707070707
        desk> :NickServ!NickServ@s NOTICE desk :certificates of alice: 1
        desk> :NickServ!NickServ@s NOTICE desk :A fingerprint is the SHA-256 of a certificate: 64 hexadecimal digits
        desk> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
    "#]]);
    rig.connect_with_certificate("again", 7);
    rig.connect_with_certificate("other", 8);
    rig.says("again", "AUTHENTICATE EXTERNAL\nAUTHENTICATE +");
    rig.says("other", "AUTHENTICATE EXTERNAL\nAUTHENTICATE +");
    rig.check(expect![[r#"
        again> AUTHENTICATE +
        again> :s 900 again again!again@192.0.2.1 alice :You are now logged in as alice
        again> :s 903 again :SASL authentication successful
        other> AUTHENTICATE +
        other> :s 904 other :No account has the certificate of your client
    "#]]);
}

/// Whoever has signed in to an account is not let in to another that gets its name before they are registered.
#[test]
fn a_name_that_belongs_to_another_by_now_lets_nobody_in() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.open("first");
    rig.says("first", "CAP LS 302\nNICK alice\nUSER a 0 * :A\nAUTHENTICATE PLAIN");
    rig.says("first", &plain("", "alice", "correcthorse"));
    rig.connect_as("owner", "alice", "correcthorse");
    rig.says("owner", "NS DROP correcthorse\nREGISTER * * batterystaple");
    rig.heard.clear();
    rig.says("first", "CAP END");
    rig.check(expect![[r#"
        first> :s 904 * :There is no account with this name
    "#]]);
}

#[test]
fn what_the_old_password_began_ends_with_it() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("eve", "");
    rig.connect_as("alice", "alice", "correcthorse");
    rig.begins_scram("eve", "alice");
    rig.says("alice", "NS PASSWD correcthorse batterystaple");
    assert_eq!(rig.ends_scram("eve", "alice", "correcthorse"), None);
    rig.begins_scram("eve", "alice");
    assert_eq!(rig.ends_scram("eve", "alice", "batterystaple"), Some(true));
    rig.says("alice", "NS PASSWD batterystaple correcthorse");
    rig.heard.clear();
    rig.says("eve", "AUTHENTICATE +");
    rig.check(expect![[r#"
        eve> :s 904 eve :The account name or the password is wrong
    "#]]);
}
