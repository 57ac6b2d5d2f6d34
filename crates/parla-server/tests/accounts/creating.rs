//! Accounts are created, and their names are their own.

use expect_test::expect;
use parla_server::{RegistrationSettings, Settings, settings::Privileges};

use super::rig::Rig;

/// Whether a client can come in whose account was refused while it connected.
#[test]
fn a_refused_account_costs_nobody_their_nick() {
    let mut rig = Rig::for_the_invited();
    rig.open("eve");
    rig.says("eve", "CAP LS 302\nNICK eve\nUSER eve 0 * :eve\nREGISTER * * correcthorse");
    rig.heard.clear();
    rig.says("eve", "CAP END");
    rig.check(expect![[r#"
        eve> :s FAIL * ACCOUNT_REQUIRED :This server is only for people who are signed in to an account
        eve> ERROR :Closing link: 192.0.2.1 (This server is only for people who are signed in to an account)
    "#]]);
}

#[test]
fn an_account_is_created_and_its_name_is_its_own() {
    let mut rig = Rig::new();
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse");
    rig.check(expect![[r#"
        alice> :s REGISTER SUCCESS alice :Your account is created, and you are signed in to it
        alice> :s 900 alice alice!alice@192.0.2.1 alice :You are now logged in as alice
    "#]]);
    rig.says("alice", "REGISTER * * correcthorse");
    rig.says("alice", "QUIT");
    rig.check(expect![[r#"
        alice> :s FAIL REGISTER ALREADY_AUTHENTICATED alice :You are signed in to alice
        alice> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
    "#]]);
    rig.open("eve");
    rig.says("eve", "NICK alice");
    rig.says("eve", "NICK \u{430}lice");
    rig.says("eve", "NICK nickserv");
    rig.check(expect![[r#"
        eve> :s 433 * alice :This nickname belongs to somebody with an account; sign in to use it
        eve> :s 433 * аlice :This nickname belongs to somebody with an account; sign in to use it
        eve> :s 437 * nickserv :This nickname is reserved for services
    "#]]);
    // A client that negotiates may be about to sign in, so the nick is decided at the end.
    rig.says("eve", "CAP LS 302\nNICK alice\nUSER eve 0 * :Eve");
    rig.heard.clear();
    rig.says("eve", "CAP END");
    rig.check(expect![[r#"
        eve> :s 433 * alice :This nickname belongs to somebody with an account; sign in to use it
    "#]]);
    rig.says("eve", "NICK eve");
    rig.heard.clear();
    rig.says("eve", "NICK alice");
    rig.check(expect![[r#"
        eve> :s 433 eve alice :This nickname belongs to somebody with an account; sign in to use it
    "#]]);
}

#[test]
fn a_name_can_be_had_before_the_client_is_registered() {
    let mut rig = Rig::new();
    rig.open("alice");
    rig.says("alice", "REGISTER * * correcthorse");
    rig.says("alice", "CAP LS 302\nNICK alice");
    rig.heard.clear();
    rig.says("alice", "REGISTER bob * correcthorse");
    rig.says("alice", "REGISTER ALICE * correcthorse");
    rig.check(expect![[r#"
        alice> :s FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK bob :The name of your account must be your nickname; change that first
        alice> :s REGISTER SUCCESS alice :Your account is created, and you are signed in to it
        alice> :s 900 alice alice!*@192.0.2.1 alice :You are now logged in as alice
    "#]]);
    rig.says("alice", "USER alice 0 * :Alice\nCAP END");
    rig.heard.clear();
    rig.says("alice", "WHOIS alice");
    assert!(rig.heard.contains("330 alice alice alice :is logged in as"), "{}", rig.heard);
}

#[test]
fn whoever_uses_a_name_is_not_driven_out_by_a_stranger() {
    let mut rig = Rig::new();
    rig.connect("root", "");
    rig.open("thief");
    rig.says("thief", "NICK root");
    rig.says("thief", "REGISTER * * correcthorse");
    rig.check(expect![[r#"
        thief> :s 433 * root :Nickname is already in use
        thief> :s FAIL REGISTER ACCOUNT_EXISTS * :Somebody else is using this nickname now
    "#]]);
}

/// To an account belong all nicks that some casemapping does not distinguish from its name.
#[test]
fn a_new_account_takes_no_other_spelling_of_its_name_from_anybody() {
    let mut rig = Rig::new();
    rig.connect("other", "");
    rig.says("other", "NICK ivan[x]");
    rig.connect("ivan", "");
    rig.says("ivan", "NICK ivan{x}");
    rig.heard.clear();
    rig.says("ivan", "REGISTER * * correcthorse");
    rig.check(expect![[r#"
        ivan> :s FAIL REGISTER ACCOUNT_EXISTS ivan{x} :Somebody else is using this nickname now
    "#]]);
}

/// An administrator gives a name to an account, whoever goes by it or by another spelling of it.
#[test]
fn everybody_who_goes_by_a_name_gets_another_when_an_administrator_gives_it_away() {
    let mut rig = Rig::new();
    for (client, nick) in [("one", "ivan[x]"), ("two", "ivan{x}"), ("three", "ivan[x}")] {
        rig.connect(client, "");
        rig.says(client, &format!("NICK {nick}"));
    }
    rig.becomes_operator("three", Privileges::ACCOUNTS);
    rig.heard.clear();
    rig.says("three", "NS SAREGISTER ivan{x} correcthorse");
    rig.check(expect![[r#"
        one> :ivan[x]!one@192.0.2.1 NICK :Guest8
        two> :ivan{x}!two@192.0.2.1 NICK :Guest9
        three> :ivan[x}!three@192.0.2.1 NICK :Guest10
        three> :NickServ!NickServ@s NOTICE Guest10 :ivan{x} is created
    "#]]);
}

#[test]
fn bad_passwords_and_names_are_refused() {
    let mut rig = Rig::new();
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * short");
    rig.says("alice", &format!("NICKSERV REGISTER {}", "x".repeat(300)));
    rig.check(expect![[r#"
        alice> :s FAIL REGISTER WEAK_PASSWORD alice :The password is too short: it needs 8 characters
        alice> :NickServ!NickServ@s NOTICE alice :The password is too long: it may have 200 bytes
    "#]]);
    rig.says("alice", "REGISTER * *");
    rig.check(expect![[r#"
        alice> :s 461 alice REGISTER :Not enough parameters
    "#]]);
}

#[test]
fn nothing_looks_like_a_service() {
    let mut rig = Rig::new();
    rig.open("eve");
    rig.says("eve", "NICK \u{39d}ickserv\nNICK NickServ\nNICK operserv");
    rig.check(expect![[r#"
        eve> :s 437 * Νickserv :This nickname is reserved for services
        eve> :s 437 * NickServ :This nickname is reserved for services
        eve> :s 437 * operserv :This nickname is reserved for services
    "#]]);
}

/// What each refused attempt to create an account is told, before and after the client is registered.
fn refusals(change: impl FnOnce(&mut Settings)) -> String {
    let mut rig = Rig::with_settings(change);
    rig.open("early");
    rig.says("early", "CAP LS 302\nNICK early\nUSER early 0 * :early\nREGISTER * * correcthorse");
    let early = std::mem::take(&mut rig.heard);
    rig.connect("late", "");
    rig.says("late", "REGISTER * * correcthorse\nNICKSERV REGISTER correcthorse");
    rig.says("late", &format!("REGISTER * * {}", "x".repeat(201)));
    let all = early + &rig.heard;
    let told = |line: &&str| line.contains("FAIL") || line.contains("NOTICE") || line.contains(" 900 ");
    all.lines().filter(told).fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn accounts_are_created_only_as_the_settings_allow() {
    let registration = |settings: &mut Settings| {
        let accounts = settings.network.accounts.as_mut().unwrap();
        accounts.registration.take().unwrap()
    };
    let closed = refusals(|settings| {
        registration(settings);
    });
    expect![[r#"
        early> :s FAIL REGISTER TEMPORARILY_UNAVAILABLE * :On this server, only its operators create accounts
        late> :s FAIL REGISTER TEMPORARILY_UNAVAILABLE * :On this server, only its operators create accounts
        late> :NickServ!NickServ@s NOTICE late :On this server, only its operators create accounts
        late> :s FAIL REGISTER TEMPORARILY_UNAVAILABLE * :On this server, only its operators create accounts
    "#]]
    .assert_eq(&closed);
    let late = refusals(|settings| {
        let offered = registration(settings);
        settings.network.accounts.as_mut().unwrap().registration =
            Some(RegistrationSettings { before_connect: false, ..offered });
    });
    expect![[r#"
        early> :s FAIL REGISTER COMPLETE_CONNECTION_REQUIRED * :You can create an account once you are connected
        late> :s 900 late late!late@192.0.2.1 late :You are now logged in as late
        late> :NickServ!NickServ@s NOTICE late :You are signed in to late
        late> :s FAIL REGISTER ALREADY_AUTHENTICATED late :You are signed in to late
    "#]].assert_eq(&late);
    let with_email = refusals(|settings| {
        let offered = registration(settings);
        settings.network.accounts.as_mut().unwrap().registration =
            Some(RegistrationSettings { email_required: true, ..offered });
    });
    expect![[r#"
        early> :s FAIL REGISTER INVALID_EMAIL * :This server asks for your e-mail address
        late> :s FAIL REGISTER INVALID_EMAIL * :This server asks for your e-mail address
        late> :NickServ!NickServ@s NOTICE late :This server asks for your e-mail address
        late> :s FAIL REGISTER INVALID_EMAIL * :This server asks for your e-mail address
    "#]]
    .assert_eq(&with_email);
}
