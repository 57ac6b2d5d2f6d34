//! From the first line to the greeting, with servers of every kind.

use std::time::Duration;

use expect_test::expect;
use parla_client::{ClientSettings, Input, Intent, Problem, ProblemKind, view::Stage};

use super::support::{ALL, Rig, settings, shown};

#[test]
fn a_modern_server_is_asked_for_what_it_offers() {
    let mut rig = Rig::new();
    rig.input(Input::Start);
    rig.input(Input::Progress(Stage::Securing));
    rig.link(expect!["connecting: Securing"]);
    rig.input(Input::Opened);
    rig.sends(expect![[r#"
        (connect)
        CAP LS 302
        NICK alice
        USER alice 0 * :alice
    "#]]);
    rig.server(":s CAP * LS :batch echo-message sasl=PLAIN userhost-in-names server-time unknown/thing");
    rig.sends(expect![[r#"
        CAP REQ :batch echo-message server-time
    "#]]);
    rig.server(":s CAP alice ACK :batch echo-message server-time ");
    rig.sends(expect![[r#"
        CAP END
    "#]]);
    rig.link(expect!["connecting: SigningIn"]);
    rig.server(
        ":s 001 alice :Welcome\n:s 005 alice NETWORK=Example :are supported\n:s 376 alice :End of MOTD",
    );
    rig.sends(expect![[""]]);
    rig.link(expect!["online"]);
    assert_eq!(&*rig.model.network.as_ref().unwrap().name, "Example");
}

#[test]
fn a_list_of_capabilities_may_take_several_lines() {
    let mut rig = Rig::connected();
    rig.server(":s CAP * LS * :batch echo-message");
    rig.sends(expect![[""]]);
    rig.server(":s CAP * LS :server-time");
    rig.sends(expect![[r#"
        CAP REQ :batch echo-message server-time
    "#]]);
}

#[test]
fn a_server_that_offers_nothing_is_not_asked() {
    let mut rig = Rig::connected();
    rig.server(":s CAP * LS :");
    rig.sends(expect![[r#"
        CAP END
    "#]]);
}

#[test]
fn what_is_refused_together_is_asked_for_one_by_one() {
    let mut rig = Rig::connected();
    rig.server(":s CAP * LS :batch echo-message server-time\n:s CAP * NAK :batch echo-message server-time");
    rig.sends(expect![[r#"
        CAP REQ :batch echo-message server-time
        CAP REQ :batch
        CAP REQ :echo-message
        CAP REQ :server-time
    "#]]);
    rig.server(":s CAP * ACK :batch\n:s CAP * NAK :echo-message");
    rig.sends(expect![[""]]);
    rig.server(":s CAP * ACK :server-time");
    rig.sends(expect![[r#"
        CAP END
    "#]]);
}

#[test]
fn a_server_that_refuses_everything_is_not_asked_for_ever() {
    let mut rig = Rig::connected();
    rig.server(":s CAP * LS :batch echo-message");
    rig.sent();
    for _ in 0..10 {
        rig.server(":s CAP * NAK :batch echo-message");
    }
    rig.sends(expect![[r#"
        CAP REQ :batch
        CAP REQ :echo-message
        CAP END
    "#]]);
}

#[test]
fn a_server_without_capabilities_takes_the_person_in() {
    let mut rig = Rig::connected();
    rig.server(":s 421 alice CAP :Unknown command\n:s 001 alice :Welcome\n:s 422 alice :No MOTD");
    rig.link(expect!["online"]);
    rig.sends(expect![[""]]);
}

#[test]
fn capabilities_come_and_go() {
    let mut rig = Rig::on_server("batch", "");
    rig.server(":s CAP alice NEW :echo-message");
    rig.sends(expect![[r#"
        CAP REQ :echo-message
    "#]]);
    rig.server(
        ":s CAP alice ACK :echo-message\n:s CAP alice DEL :echo-message\n:s CAP alice NEW :echo-message",
    );
    rig.sends(expect![[r#"
        CAP REQ :echo-message
    "#]]);
}

#[test]
fn a_ping_before_the_welcome_is_answered() {
    let mut rig = Rig::connected();
    rig.server("PING :12345\nPING :with spaces");
    rig.sends(expect![[r#"
        PONG 12345
        PONG :with spaces
    "#]]);
}

#[test]
fn a_name_that_is_taken_is_asked_about_the_first_time() {
    let mut rig = Rig::connected();
    rig.server(":s 433 * alice :Nickname is already in use");
    rig.link(expect!["stopped: NickTaken alice, perhaps alice2"]);
    rig.sends(expect![[r#"
        (disconnect)
    "#]]);
    rig.wants(Intent::ChangeNick { nick: "alice2".into() });
    rig.input(Input::Opened);
    rig.sends(expect![[r#"
        (connect)
        CAP LS 302
        NICK alice2
        USER alice2 0 * :alice2
    "#]]);
}

#[test]
fn a_name_that_is_not_allowed_is_asked_about() {
    let mut rig = Rig::connected();
    rig.server(":s 432 * alice :Erroneous nickname");
    rig.link(expect!["stopped: NickInvalid alice, perhaps alice2"]);
}

#[test]
fn another_name_can_be_chosen_while_connecting() {
    let mut rig = Rig::connected();
    rig.wants(Intent::ChangeNick { nick: "alicia".into() });
    rig.sends(expect![[r#"
        NICK alicia
    "#]]);
    rig.server(":s 001 alicia :Welcome");
    assert_eq!(&*rig.model.network.as_ref().unwrap().nick, "alicia");
}

#[test]
fn an_own_ghost_is_waited_for_under_another_name() {
    let mut rig = Rig::online();
    rig.reconnects();
    rig.server(":s 433 * alice :In use");
    rig.sends(expect![[r#"
        CAP LS 302
        NICK alice
        USER alice 0 * :alice
        NICK alice_
    "#]]);
    rig.server(":s 433 * alice_ :In use");
    rig.sends(expect![[r#"
        NICK alice__
    "#]]);
    rig.server(":s 001 alice__ :Welcome\n:s 422 alice__ :No MOTD");
    rig.link(expect!["online"]);
    rig.pass(Duration::from_secs(31));
    rig.sends(expect![[r#"
        NICK alice
    "#]]);
    rig.server(":s 433 alice__ alice :In use");
    rig.says(expect![[""]]);
    rig.pass(Duration::from_secs(29));
    rig.sends(expect![[r#"
        NICK alice
    "#]]);
    rig.server(":alice__!a@host NICK alice");
    rig.says(expect![[r#"
        now alice
    "#]]);
    rig.pass(Duration::from_secs(20));
    rig.sends(expect![[""]]);
}

#[test]
fn a_stand_in_is_no_longer_than_names_may_be() {
    let mut rig = Rig::on_server("", "NICKLEN=5");
    rig.reconnects();
    rig.sent();
    rig.server(":s 433 * alice :In use");
    rig.sends(expect![[r#"
        NICK alic_
    "#]]);
    for _ in 0..4 {
        rig.server(":s 433 * x :In use");
    }
    rig.sends(expect![[r#"
        NICK ali__
        NICK al___
        NICK ali_4
        NICK ali_5
    "#]]);
    rig.link(expect!["connecting: SigningIn"]);
}

#[test]
fn a_name_that_the_server_holds_back_is_like_one_that_is_taken() {
    let mut rig = Rig::connected();
    rig.server(":s 437 * alice :Nick is temporarily unavailable");
    rig.link(expect!["stopped: NickHeld alice, perhaps alice2"]);
}

#[test]
fn a_password_or_a_ban_stops_the_client() {
    for (line, sent) in [
        (":s 464 * :Password incorrect", "(disconnect)\n"),
        // The server closes the connection by itself, and says more before it does.
        (":s 465 * :You are banned", ""),
    ] {
        let mut rig = Rig::connected();
        rig.server(line);
        rig.breaks();
        rig.pass(Duration::from_secs(600));
        assert_eq!(rig.sent(), sent, "{line}");
    }
}

#[test]
fn a_warning_before_the_welcome_does_not_explain_a_later_end() {
    let mut rig = Rig::connected();
    rig.server(":s 466 alice :You will be banned\n:s 001 alice :Welcome\n:s 422 alice :No MOTD");
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: Lost"]);
}

#[test]
fn a_server_that_closes_says_why() {
    let mut rig = Rig::connected();
    rig.server("ERROR :Closing Link: too many connections from your host");
    rig.breaks();
    rig.link(expect!["waiting, attempt 1: TooManyFromAddress"]);
    let mut rig = Rig::connected();
    rig.server("ERROR :Closing Link: (K-Lined)");
    rig.breaks();
    rig.link(expect!["stopped: BannedFromServer"]);
    // A page that is refused a connection is also told so when it is closed.
    let mut rig = Rig::connected();
    let details = "1008 Too many connections from your address".into();
    rig.input(Input::Closed(Problem { details, ..Problem::of(ProblemKind::ServerClosed) }));
    rig.link(expect!["waiting, attempt 1: TooManyFromAddress"]);
    let mut rig = Rig::connected();
    rig.server(":s FAIL * ACCOUNT_REQUIRED_TO_CONNECT :Log in first\nERROR :Closing link");
    rig.breaks();
    rig.link(expect!["stopped: SignInNeeded"]);
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let mut rig = Rig::connected();
    rig.pass(Duration::from_secs(60));
    rig.link(expect!["stopped: TimedOut"]);
    let mut rig = Rig::online();
    rig.pass(Duration::from_secs(60));
    rig.sends(expect![[r#"
        PING parla
    "#]]);
    rig.pass(Duration::from_secs(30));
    rig.link(expect!["waiting, attempt 1: TimedOut"]);
    rig.sends(expect![[r#"
        (disconnect)
    "#]]);
}

#[test]
fn an_address_that_never_worked_is_not_tried_again() {
    let mut rig = Rig::new();
    rig.input(Input::Start);
    let problem = Problem::new(ProblemKind::HostNotFound, "irc.example.org", "");
    rig.input(Input::Closed(problem.clone()));
    rig.link(expect!["stopped: HostNotFound irc.example.org"]);
    let mut rig = Rig::online();
    rig.breaks();
    rig.pass(Duration::from_secs(1));
    rig.input(Input::Closed(problem));
    rig.link(expect!["waiting, attempt 2: HostNotFound irc.example.org"]);
}

#[test]
fn what_a_connection_says_that_was_given_up_does_not_count() {
    let mut rig = Rig::connected();
    rig.wants(Intent::Disconnect { reason: "".into() });
    rig.server(":s 001 alice :Welcome\n:bob!b@h PRIVMSG alice :hello");
    rig.link(expect!["stopped"]);
    rig.lists(expect![[""]]);
    rig.input(Input::Opened);
    rig.sends(expect![[r#"
        (disconnect)
    "#]]);
    rig.pass(Duration::from_secs(600));
    rig.sends(expect![[""]]);
}

#[test]
fn a_wish_to_connect_does_not_break_a_connection() {
    let mut rig = Rig::online();
    rig.input(Input::Start);
    rig.wants(Intent::Reconnect);
    rig.sends(expect![[""]]);
    rig.breaks();
    rig.wants(Intent::Reconnect);
    rig.sends(expect![[r#"
        (connect)
    "#]]);
}

#[test]
fn a_server_may_give_another_name() {
    let mut rig = Rig::connected();
    rig.greet(ALL, "");
    rig.server(":alice!a@host NICK Guest1");
    assert_eq!(&*rig.model.network.as_ref().unwrap().nick, "Guest1");
    rig.says(expect![[r#"
        now Guest1
    "#]]);
}

#[test]
fn what_the_client_does_not_understand_is_not_asked_for() {
    let mut rig = Rig::new();
    rig.connect();
    rig.server(":s CAP * LS :no-implicit-names draft/typing batch userhost-in-names extended-monitor");
    assert_eq!(rig.sent(), "CAP REQ :batch\n");
}

#[test]
fn a_port_where_something_else_answers_is_named() {
    for (line, expected) in [
        ("HTTP/1.1 400 Bad Request", "stopped: WebServer"),
        ("SSH-2.0-OpenSSH_9.2", "stopped: NotIrc"),
        ("220 mail.example.org ESMTP", "stopped: NotIrc"),
    ] {
        let mut rig = Rig::connected();
        rig.server(line);
        assert_eq!(shown::link(&rig.model.network.as_ref().unwrap().link), expected);
    }
}

#[test]
fn the_true_reason_for_a_refused_name_is_asked_for_before_the_person_is() {
    let mut rig = Rig::with(ClientSettings { nick: "O'Brien".into(), ..settings() }, &[]);
    rig.connect();
    rig.server(":s CAP * LS :batch standard-replies\n:s 432 * O'Brien :Erroneous nickname");
    rig.link(expect!["connecting: SigningIn"]);
    rig.sends(expect![[r#"
        CAP REQ :batch standard-replies
    "#]]);
    rig.server(":s CAP * ACK :batch standard-replies");
    rig.sends(expect![[r#"
        NICK O'Brien
        CAP END
    "#]]);
    rig.server(
        ":s FAIL NICK NICKNAME_CHARACTER O'Brien ' :A nickname cannot contain '\n:s 432 * O'Brien :No",
    );
    rig.link(expect!["stopped: NickCharacter('\\'') O'Brien, perhaps OBrien"]);
}

#[test]
fn a_name_in_another_script_gets_its_reason_and_a_plain_spelling() {
    for (nick, expected) in [
        ("Zoë", "stopped: NickLetters Zoë, perhaps Zoe"),
        ("Владимир", "stopped: NickLetters Владимир, perhaps Vladimir"),
        ("7of9", "stopped: NickStart('7') 7of9, perhaps _7of9"),
        ("evening-star", "stopped: NickInvalid evening-star, perhaps evening-s"),
    ] {
        let transliterate = |name: &str| name.replace("Владимир", "Vladimir").replace('ë', "e");
        let mut rig = Rig::with(ClientSettings { nick: nick.into(), transliterate, ..settings() }, &[]);
        rig.connect();
        rig.server(&format!(":s CAP * LS :batch\n:s 432 * {nick} :Erroneous nickname"));
        assert_eq!(shown::link(&rig.model.network.as_ref().unwrap().link), expected);
    }
}

#[test]
fn a_name_that_looks_like_another_is_told_apart_from_one_that_is_taken() {
    let mut rig = Rig::with(ClientSettings { nick: "еvan".into(), ..settings() }, &[]);
    rig.connect();
    rig.server(":s CAP * LS :standard-replies\n:s 433 * еvan :In use\n:s CAP * ACK :standard-replies");
    rig.server(":s FAIL NICK NICKNAME_CONFUSABLE еvan evan :Looks like evan\n:s 433 * еvan :In use");
    rig.link(expect!["stopped: NickConfusable еvan, perhaps еvan2"]);
}

#[test]
fn a_name_that_has_become_free_in_the_meantime_is_taken() {
    let mut rig = Rig::connected();
    rig.server(":s CAP * LS :standard-replies\n:s 433 * alice :In use\n:s CAP * ACK :standard-replies");
    rig.server(":s 001 alice :Welcome\n:s 422 alice :No MOTD");
    rig.link(expect!["online"]);
}

#[test]
fn a_server_that_never_ends_its_greeting_is_entered_all_the_same() {
    let mut rig = Rig::online();
    rig.server(":alice!a@h JOIN #lobby\n:s 366 alice #lobby :End");
    rig.input(Input::Closed(Problem::of(ProblemKind::Lost)));
    rig.pass(Duration::from_secs(2));
    rig.input(Input::Opened);
    rig.server(":s 001 alice :Welcome");
    rig.sent();
    rig.pass(Duration::from_secs(2));
    rig.server(":s 372 alice :- something more to read");
    rig.pass(Duration::from_secs(2));
    rig.sends(expect![[""]]);
    rig.pass(Duration::from_secs(2));
    rig.sends(expect![[r#"
        JOIN #lobby
    "#]]);
}

#[test]
fn another_address_is_connected_to_with_everything_that_was_there() {
    let mut rig = Rig::online();
    rig.server(":alice!a@h JOIN #lobby\n:s 366 alice #lobby :End");
    rig.sent();
    rig.input(Input::Moved { address: "irc.example.net:7000".into(), private: false });
    rig.sends(expect![[r#"
        (connect)
    "#]]);
    let network = rig.model.network.as_ref().unwrap();
    assert_eq!(&*network.address, "irc.example.net:7000");
    assert!(!network.features.private);
    assert_eq!(rig.model.buffers.values().filter(|view| &*view.name == "#lobby").count(), 1);
}
