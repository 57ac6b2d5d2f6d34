//! Getting in with a password: of the server, of an account, of a bouncer; requested, refused, or withheld.

use std::time::Duration;

use expect_test::expect;
use parla_client::{
    ArchiveScope, ClientSettings, Credentials, Input, Intent, Login, Output, ProblemKind, Secret,
    view::LinkState,
};

use super::support::{ALL, Rig, settings, shown};

fn secret(password: &str) -> Secret {
    Secret::new(password.to_owned())
}

fn login(name: &str, password: &str) -> Credentials {
    let login = Login { name: name.to_owned(), password: secret(password) };
    Credentials { login: Some(login), ..Credentials::default() }
}

fn of_server(password: &str) -> Credentials {
    Credentials { server: Some(secret(password)), ..Credentials::default() }
}

/// A client with these credentials whose connection is open.
fn connected(credentials: Credentials) -> Rig {
    let mut rig = Rig::with(ClientSettings { credentials, ..settings() }, &[]);
    rig.input(Input::Start);
    rig.input(Input::Opened);
    rig
}

#[test]
fn the_password_of_a_server_comes_before_the_name() {
    let mut rig = connected(of_server("open sesame"));
    rig.sends(expect![[r#"
        (connect)
        CAP LS 302
        PASS :open sesame
        NICK alice
        USER alice 0 * :alice
    "#]]);
}

#[test]
fn an_account_signs_in_before_the_greeting() {
    let mut rig = connected(login("alice", "hunter2"));
    rig.sends(expect![[r#"
        (connect)
        CAP LS 302
    "#]]);
    rig.server(":s CAP * LS :batch sasl=EXTERNAL,PLAIN");
    rig.sends(expect![[r#"
        NICK alice
        USER alice 0 * :alice
        CAP REQ :batch
        CAP REQ :sasl
    "#]]);
    rig.server(":s CAP * ACK :batch\n:s CAP * ACK :sasl");
    rig.sends(expect![[r#"
        AUTHENTICATE PLAIN
    "#]]);
    rig.server("AUTHENTICATE +");
    rig.sends(expect![[r#"
        AUTHENTICATE AGFsaWNlAGh1bnRlcjI=
    "#]]);
    rig.server(":s 900 alice alice!a@h alice :You are now logged in as alice\n:s 903 alice :Welcome back");
    rig.sends(expect![[r#"
        CAP END
    "#]]);
}

#[test]
fn where_there_is_no_signing_in_the_password_goes_with_the_name_of_the_account() {
    let mut rig = connected(login("alice/libera", "hunter2"));
    rig.server(":bouncer CAP * LS :batch");
    rig.sends(expect![[r#"
        (connect)
        CAP LS 302
        PASS :alice/libera:hunter2
        NICK alice
        USER alice/libera 0 * :alice
        CAP REQ :batch
    "#]]);
}

#[test]
fn a_server_that_does_not_know_the_question_hears_the_name_all_the_same() {
    let said = expect![[r#"
        PASS :alice:hunter2
        NICK alice
        USER alice 0 * :alice
    "#]];
    let mut silent = connected(login("alice", "hunter2"));
    silent.sent();
    silent.pass(Duration::from_secs(5));
    said.assert_eq(&silent.sent());
    let mut old = connected(login("alice", "hunter2"));
    old.sent();
    old.server(":s 421 * CAP :Unknown command");
    said.assert_eq(&old.sent());
    // This happens only once.
    old.server(":s 451 * CAP :Register first");
    old.sends(expect![""]);
}

#[test]
fn a_wrong_password_is_not_tried_again() {
    let mut rig = connected(login("alice", "hunter3"));
    rig.server(
        ":s CAP * LS :sasl\n:s CAP * ACK :sasl\nAUTHENTICATE +\n:s 904 alice :SASL authentication failed",
    );
    rig.link(expect!["stopped: PasswordWrong alice"]);
    rig.sent();
    rig.pass(Duration::from_secs(3_600));
    rig.sends(expect![""]);
    rig.wants(Intent::SignIn { credentials: login("alice", "hunter2") });
    rig.input(Input::Opened);
    rig.server(":s CAP * LS :sasl\n:s CAP * ACK :sasl\nAUTHENTICATE +");
    assert!(rig.sent().ends_with("AUTHENTICATE AGFsaWNlAGh1bnRlcjI=\n"));
}

#[test]
fn a_long_password_goes_in_pieces_and_a_full_last_piece_has_an_end() {
    let pieces = |bytes: usize| {
        let mut rig = connected(login("a", &"x".repeat(bytes - 3)));
        rig.server(":s CAP * LS :sasl\n:s CAP * ACK :sasl");
        rig.sent();
        rig.server("AUTHENTICATE +");
        let sent = rig.sent();
        sent.lines().map(|line| line.trim_start_matches("AUTHENTICATE ").len()).collect::<Vec<_>>()
    };
    assert_eq!(pieces(299), [400, 1]);
    assert_eq!(pieces(300), [400, 1]);
    assert_eq!(pieces(301), [400, 4]);
    assert_eq!(pieces(600), [400, 400, 1]);
}

#[test]
fn a_certificate_is_shown_first_and_a_password_if_that_fails() {
    let mut rig = connected(Credentials { by_certificate: true, ..login("alice", "hunter2") });
    rig.server(":s CAP * LS :sasl=PLAIN,EXTERNAL\n:s CAP * ACK :sasl");
    rig.sent();
    rig.server("AUTHENTICATE +\n:s 904 alice :failed\nAUTHENTICATE +");
    rig.sends(expect![[r#"
        AUTHENTICATE +
        AUTHENTICATE PLAIN
        AUTHENTICATE AGFsaWNlAGh1bnRlcjI=
    "#]]);
    let mut alone = connected(Credentials { by_certificate: true, ..Credentials::default() });
    alone
        .server(":s CAP * LS :sasl=PLAIN,EXTERNAL\n:s CAP * ACK :sasl\nAUTHENTICATE +\n:s 904 alice :failed");
    alone.link(expect!["stopped: SignInRefused"]);
}

#[test]
fn a_server_that_takes_no_passwords_is_told_apart() {
    let mut listed = connected(login("alice", "hunter2"));
    listed.server(":s CAP * LS :sasl=SCRAM-SHA-256,EXTERNAL");
    listed.link(expect!["stopped: SignInUnsupported"]);
    assert!(!listed.sent().contains("hunter2"));
    let mut unlisted = connected(login("alice", "hunter2"));
    unlisted.server(
        ":s CAP * LS :sasl\n:s CAP * ACK :sasl\n:s 908 alice EXTERNAL :are available\n:s 904 alice :No",
    );
    unlisted.link(expect!["stopped: SignInUnsupported alice"]);
}

#[test]
fn what_a_server_asks_for_is_what_the_person_is_told() {
    for (lines, expected) in [
        (":s 464 alice :Password required", "stopped: PasswordNeeded"),
        ("ERROR :Access denied: Bad server password!", "stopped: PasswordNeeded"),
        ("FAIL * ACCOUNT_REQUIRED :You must log in with SASL", "stopped: SignInNeeded"),
        ("ERROR :Closing Link: h (SASL access only)", "stopped: SignInNeeded"),
        (
            ":s 465 alice :You need to log in to an account\nERROR :Closing Link: h (You need to log in to an account)",
            "stopped: SignInNeeded",
        ),
        (":s 465 alice :You are banned\nERROR :Closing Link: h (Spam)", "stopped: BannedFromServer"),
        (":s 477 alice :You need to identify", "stopped: SignInNeeded"),
        (":s 465 alice :You are banned", "stopped: BannedFromServer"),
        ("ERROR :Closing Link: h (K-Lined)", "stopped: BannedFromServer"),
        ("ERROR :Closing Link: h (Login timed out)", "waiting, attempt 1: SignInTimedOut"),
    ] {
        let mut rig = Rig::connected();
        rig.server(lines);
        rig.breaks();
        let link = shown::link(&rig.model.network.as_ref().unwrap().link);
        assert_eq!(link, expected, "{lines}");
    }
    let mut other = connected(of_server("opensesame"));
    other.server(":s 464 alice :Password incorrect");
    other.link(expect!["stopped: PasswordWrong"]);
    let mut bouncer = connected(login("alice", "hunter3"));
    bouncer.server(":b CAP * LS :batch\n:b 464 alice :Invalid Password");
    bouncer.link(expect!["stopped: PasswordWrong alice"]);
}

#[test]
fn a_password_is_sent_where_others_can_read_it_only_if_the_person_agrees() {
    let credentials = login("alice", "hunter2");
    let settings = ClientSettings { private: false, credentials, ..settings() };
    let mut rig = Rig::with(settings, &[]);
    rig.input(Input::Start);
    rig.input(Input::Opened);
    rig.link(expect!["stopped: PasswordReadable"]);
    rig.sends(expect![[r#"
        (connect)
        (disconnect)
    "#]]);
    rig.wants(Intent::SignIn { credentials: Credentials { readable: true, ..Credentials::default() } });
    rig.input(Input::Opened);
    rig.server(":s CAP * LS :batch");
    assert!(rig.sent().contains("PASS :alice:hunter2"));
}

#[test]
fn services_that_come_back_sign_the_person_in() {
    let mut rig = connected(login("alice", "hunter2"));
    rig.server(":s CAP * LS :batch\n:s CAP * ACK :batch");
    rig.server(":s 001 alice :Welcome\n:s 422 alice :No MOTD\n:s CAP alice NEW :sasl=PLAIN");
    rig.sent();
    rig.server(":s CAP alice ACK :sasl\nAUTHENTICATE +");
    rig.sends(expect![[r#"
        AUTHENTICATE PLAIN
        AUTHENTICATE AGFsaWNlAGh1bnRlcjI=
    "#]]);
    rig.server(":s 904 alice :SASL authentication failed");
    rig.says(expect![[r#"
        problem PasswordWrong alice
    "#]]);
    rig.link(expect!["online"]);
}

#[test]
fn nothing_that_can_be_printed_holds_a_password() {
    let mut rig = connected(login("alice", "hunter2"));
    rig.wants(Intent::SignIn { credentials: of_server("opensesame") });
    rig.input(Input::Opened);
    rig.server(":s 464 alice :Password incorrect");
    let network = rig.model.network.as_ref().unwrap();
    let shown =
        format!("{:?} {:?} {network:?}", rig.client, Intent::SignIn { credentials: of_server("opensesame") });
    assert!(!shown.contains("hunter2") && !shown.contains("opensesame"));
}

#[test]
fn a_password_for_a_service_is_dots_everywhere_but_on_the_wire() {
    let everything = ClientSettings { archive: ArchiveScope::All, ..settings() };
    let mut rig = Rig::with(everything, &[]);
    rig.go_online(ALL, "CHATHISTORY=100 CASEMAPPING=ascii");
    rig.wants(Intent::OpenDirect { nick: "NickServ".into() });
    rig.writes("NickServ", "IDENTIFY hunter2");
    let outputs = rig.take_outputs();
    let stored = |output: &&Output| matches!(output, Output::Store { value: Some(value), .. } if value.contains("hunter2"));
    assert_eq!(outputs.iter().find(stored), None);
    let sent = |output: &Output| match output {
        Output::Send(line) => {
            String::from_utf8(line.clone()).unwrap().contains("PRIVMSG NickServ :IDENTIFY hunter2")
        }
        _ => false,
    };
    assert!(outputs.iter().any(sent), "{outputs:?}");
    rig.shows(
        "NickServ",
        expect![[r#"
        <me> IDENTIFY •••••• (sent)
    "#]],
    );
    rig.server("@label=1;msgid=a :alice!a@h PRIVMSG NickServ :IDENTIFY hunter2");
    // The same message, from another device.
    rig.server("@msgid=b :alice!a@h PRIVMSG NickServ :GHOST alice hunter2");
    rig.shows(
        "NickServ",
        expect![[r#"
        <me> IDENTIFY ••••••
        <me> GHOST ••••••
    "#]],
    );
    rig.sends(expect![[r#"
        (keep NickServ alice!a@h: IDENTIFY ••••••)
        (keep NickServ alice!a@h: GHOST ••••••)
    "#]]);
}

#[test]
fn a_password_that_is_wrong_once_more_is_counted() {
    let stopped = |rig: &Rig| match &rig.model.network.as_ref().unwrap().link {
        LinkState::Stopped { why: Some(why), .. } => (why.kind, why.tries),
        other => panic!("{other:?}"),
    };
    let mut rig = connected(of_server("open"));
    for tries in 1..=3 {
        rig.server(":s 464 * :Password incorrect");
        assert_eq!(stopped(&rig), (ProblemKind::PasswordWrong, tries));
        rig.wants(Intent::SignIn { credentials: of_server("sesame") });
        rig.input(Input::Opened);
    }
    // Something else is refused for the first time.
    rig.server(":s 433 * alice :In use");
    assert_eq!(stopped(&rig), (ProblemKind::NickTaken, 1));
    rig.wants(Intent::ChangeNick { nick: "alina".into() });
    rig.input(Input::Opened);
    rig.server(":s 433 * alina :In use");
    assert_eq!(stopped(&rig), (ProblemKind::NickTaken, 1), "it is another name");
    rig.wants(Intent::ChangeNick { nick: "alina".into() });
    rig.input(Input::Opened);
    rig.server(":s 433 * alina :In use");
    assert_eq!(stopped(&rig), (ProblemKind::NickTaken, 2));
}
