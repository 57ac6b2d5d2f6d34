//! PASS with the name and password of an account, for clients that know no other way to sign in.

use expect_test::expect;

use super::rig::Rig;

#[test]
fn an_old_client_signs_in_with_pass() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.open("old");
    rig.says("old", "PASS alice:correcthorse\nNICK alice\nUSER u 0 * :U");
    rig.keeps(|line| line.contains(" 900 ") || line.contains(" 001 ") || line.contains(" 903 "));
    rig.check(expect![[r#"
        old> :s 900 * *!*@192.0.2.1 alice :You are now logged in as alice
        old> :s 001 alice :Welcome to s, alice!u@192.0.2.1
    "#]]);
}

#[test]
fn a_wrong_password_and_a_wrong_name_look_the_same() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    for line in ["PASS alice:wrong", "PASS nobody:wrong", "PASS alice@phone:wrong", "PASS a:"] {
        rig.open("old");
        rig.says("old", line);
    }
    rig.check(expect![[r#"
        old> :s 464 * :Password incorrect
        old> :s 464 * :Password incorrect
        old> :s 464 * :Password incorrect
    "#]]);
    let failures: Vec<_> = rig.failures.iter().map(|(account, by)| format!("{account} {by}")).collect();
    assert_eq!(failures, ["alice PASS", " PASS", "alice PASS"]);
    rig.open("guesser");
    rig.says("guesser", &["PASS alice:wrong"; 5].join("\n"));
    assert!(rig.heard.ends_with("(Too many failed attempts to sign in)\n"), "{}", rig.heard);
}

#[test]
fn a_server_with_a_password_of_its_own_wants_that_as_well() {
    let register = "NICK bob\nUSER u 0 * :U";
    let heard = |lines: &str| {
        let mut rig = Rig::with_password();
        drop(rig.administers(parla_server::AdminRequest::CreateAccount {
            name: "alice".to_owned(),
            password: super::rig::proof("correcthorse"),
        }));
        rig.open("old");
        rig.says("old", &format!("{lines}\n{register}"));
        rig.keeps(|line| [" 900 ", " 001 ", " 464 "].iter().any(|number| line.contains(number)));
        rig.heard
    };
    assert_eq!(
        heard("PASS alice:correcthorse"),
        "old> :s 900 * *!*@192.0.2.1 alice :You are now logged in as alice\nold> :s 464 bob :Password incorrect\n"
    );
    let both = "old> :s 900 * *!*@192.0.2.1 alice :You are now logged in as alice\nold> :s 001 bob :Welcome to s, bob!u@192.0.2.1\n";
    assert_eq!(heard("PASS alice:correcthorse\nPASS :the server's"), both);
    assert_eq!(heard("PASS :the server's\nPASS alice:correcthorse"), both);
    // A password of the server may look like that of an account.
    let alone = "old> :s 001 bob :Welcome to s, bob!u@192.0.2.1\n";
    assert_eq!(heard("PASS :alice:the server's"), alone);
    assert_eq!(heard("PASS nobody:x"), "old> :s 464 bob :Password incorrect\n");
}
