//! Accounts, from the first REGISTER to two devices of one person: what clients send and hear.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is how a test fails")]

mod accounts {
    pub(super) mod rig;
}

use accounts::rig::{Rig, plain};
use expect_test::expect;
use parla_server::{AccountId, AccountPair, AlwaysOn, Conversation, settings::Privileges};

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
    // Who negotiates may be about to sign in, so the nick is decided at the end.
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

#[test]
fn two_devices_are_one_person() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("bob", "account-tag");
    rig.connect_as("desk", "alice", "correcthorse");
    rig.says("desk", "JOIN #rust\nTOPIC #rust :tea");
    rig.says("bob", "JOIN #rust");
    rig.heard.clear();
    rig.connect_as("phone", "alice", "correcthorse");
    let joined = rig.heard.find("phone> :alice!alice@192.0.2.1 JOIN").unwrap();
    rig.heard.replace_range(..joined, "");
    rig.check(expect![[r#"
        phone> :alice!alice@192.0.2.1 JOIN #rust
        phone> :s 332 alice #rust :tea
        phone> :s 333 alice #rust alice!alice@192.0.2.1 0
        phone> :s 353 alice = #rust :@alice bob
        phone> :s 366 alice #rust :End of /NAMES list
    "#]]);
    rig.says("phone", "PRIVMSG #rust :from the phone");
    rig.says("bob", "PRIVMSG alice :to both");
    rig.check(expect![[r#"
        bob> @account=alice :alice!alice@192.0.2.1 PRIVMSG #rust :from the phone
        desk> :alice!alice@192.0.2.1 PRIVMSG #rust :from the phone
        desk, phone> :bob!bob@192.0.2.1 PRIVMSG alice :to both
    "#]]);
    // One device leaves, and she is still there.
    rig.says("desk", "QUIT");
    rig.heard.clear();
    rig.says("phone", "QUIT");
    rig.check(expect![[r#"
        phone> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
        bob> @account=alice :alice!alice@192.0.2.1 QUIT :Quit: Leaving
    "#]]);
}

/// A client may ask for the nick that its person has on another device, before and after it has signed in.
#[test]
fn a_device_asks_for_the_nick_that_its_person_has() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("liddell", "");
    rig.says("liddell", "NS IDENTIFY alice correcthorse");
    for client in ["before", "after"] {
        rig.open(client);
        let nick = "NICK liddell\nUSER u 0 * :U";
        rig.says(client, "CAP LS 302");
        rig.says(client, if client == "before" { nick } else { "AUTHENTICATE PLAIN" });
        if client == "before" {
            rig.says(client, "AUTHENTICATE PLAIN");
        }
        rig.says(client, &plain("", "alice", "correcthorse"));
        rig.says(client, if client == "after" { nick } else { "CAP END" });
        rig.heard.clear();
        rig.says(client, "CAP END\nWHOIS liddell");
        assert!(rig.heard.contains(" 330 liddell liddell alice "), "{client}: {}", rig.heard);
    }
    rig.open("other");
    rig.says("other", "NICK liddell");
    rig.check(expect![[r#"
        after> :s 001 liddell :Welcome to s, liddell!liddell@192.0.2.1
        after> :s 002 liddell :Your host is s, running parlad-0.1.0
        after> :s 003 liddell :This server was started at 1970-01-01T00:00:00.000Z
        after> :s 004 liddell s parlad-0.1.0 BiorRTwZ ubefqhIiklmCnoUaRMsStv befqhIkloav
        after> :s 005 liddell ACCOUNTEXTBAN=a AWAYLEN=200 BOT=B CASEMAPPING=precis CHANLIMIT=#:100 CHANMODES=beI,k,fl,uimCnURMsSt CHANNELLEN=64 CHANTYPES=# CHATHISTORY=1000 ELIST=CMNTU EXCEPTS=e EXTBAN=,am HOSTLEN=63 :are supported by this server
        after> :s 005 liddell INVEX=I KEYLEN=32 KICKLEN=390 LINELEN=512 MAXLIST=beI:60 MAXTARGETS=4 MODES=20 MONITOR=100 MSGREFTYPES=msgid,timestamp NAMELEN=150 NETWORK=s NICKLEN=32 PREFIX=(qaohv)~&@%+ :are supported by this server
        after> :s 005 liddell SAFELIST STATUSMSG=~&@%+ TARGMAX=NAMES:20,LIST:20,KICK:20,JOIN:20,PART:20,WHOIS:4,WHOWAS:4,PRIVMSG:4,NOTICE:4,TAGMSG:4 TOPICLEN=390 USERLEN=20 UTF8ONLY WHOX :are supported by this server
        after> :s 251 liddell :There are 1 users and 0 invisible on 1 server
        after> :s 252 liddell 0 :operator(s) online
        after> :s 253 liddell 0 :unknown connection(s)
        after> :s 254 liddell 0 :channels formed
        after> :s 255 liddell :I have 1 clients and 0 servers
        after> :s 265 liddell 1 1 :Current local users 1, max 1
        after> :s 266 liddell 1 1 :Current global users 1, max 1
        after> :s 221 liddell +r
        after> :s 422 liddell :There is no message of the day
        after> :s 311 liddell liddell liddell 192.0.2.1 * :liddell
        after> :s 378 liddell liddell :is connecting from *@192.0.2.1 192.0.2.1
        after> :s 338 liddell liddell liddell@192.0.2.1 192.0.2.1 :is actually using host
        after> :s 379 liddell liddell :is using modes +r
        after> :s 312 liddell liddell s :parlad
        after> :s 330 liddell liddell alice :is logged in as
        after> :s 317 liddell liddell 0 0 :seconds idle, signon time
        after> :s 318 liddell liddell :End of /WHOIS list
        other> :s 433 * liddell :This nickname belongs to somebody with an account; sign in to use it
    "#]]);
}

#[test]
fn a_guest_who_signs_in_becomes_the_person_who_is_here_already() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("bob", "");
    rig.connect_as("desk", "alice", "correcthorse");
    rig.connect("guest", "");
    rig.says("desk", "JOIN #tea");
    rig.says("guest", "JOIN #rust");
    rig.says("bob", "JOIN #rust,#tea");
    rig.heard.clear();
    rig.says("guest", "NS IDENTIFY alice correcthorse");
    rig.check(expect![[r#"
        bob, desk> :alice!alice@192.0.2.1 JOIN #rust
        desk> :s 353 alice = #rust :bob @alice
        desk> :s 366 alice #rust :End of /NAMES list
        bob, desk> :guest!guest@192.0.2.1 QUIT :Signed in
        guest> :guest!guest@192.0.2.1 PART #rust :Signed in
        guest> :guest!guest@192.0.2.1 NICK :alice
        guest> :alice!alice@192.0.2.1 JOIN #tea
        guest> :s 353 alice = #tea :@alice bob
        guest> :s 366 alice #tea :End of /NAMES list
        guest> :alice!alice@192.0.2.1 JOIN #rust
        guest> :s 353 alice = #rust :bob @alice
        guest> :s 366 alice #rust :End of /NAMES list
        guest> :s 900 alice alice!alice@192.0.2.1 alice :You are now logged in as alice
    "#]]);
    rig.says("guest", "PRIVMSG #tea :it is me");
    rig.says("desk", "QUIT");
    rig.says("guest", "QUIT");
    rig.check(expect![[r#"
        bob, desk> :alice!alice@192.0.2.1 PRIVMSG #tea :it is me
        desk> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
        guest> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
        bob> :alice!alice@192.0.2.1 QUIT :Quit: Leaving
    "#]]);
}

#[test]
fn people_stay_when_their_last_connection_ends() {
    let mut rig = Rig::with(AlwaysOn::OptOut);
    rig.connect("bob", "away-notify");
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nJOIN #tea");
    rig.says("bob", "JOIN #tea");
    rig.heard.clear();
    rig.says("alice", "QUIT");
    rig.says("bob", "NAMES #tea\nPRIVMSG alice :are you there?");
    rig.check(expect![[r#"
        alice> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
        bob> :alice!alice@192.0.2.1 AWAY :Not connected at the moment
        bob> :s 353 bob = #tea :@alice bob
        bob> :s 366 bob #tea :End of /NAMES list
        bob> :s 301 bob alice :Not connected at the moment
    "#]]);
    rig.open("eve");
    rig.says("eve", "NICK alice\nUSER eve 0 * :Eve");
    rig.connect_as("phone", "alice", "correcthorse");
    rig.says("phone", "NS SET ALWAYS-ON off\nQUIT");
    rig.heard = rig
        .heard
        .lines()
        .filter(|line| !line.starts_with("phone> :s "))
        .fold(String::new(), |all, line| all + line + "\n");
    rig.check(expect![[r#"
        eve> :s 433 * alice :This nickname belongs to somebody with an account; sign in to use it
        phone> AUTHENTICATE +
        phone> :alice!alice@192.0.2.1 JOIN #tea
        bob> :alice!alice@192.0.2.1 AWAY
        phone> :NickServ!NickServ@s NOTICE alice :alice is present while connected
        phone> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
        bob> :alice!alice@192.0.2.1 QUIT :Quit: Leaving
    "#]]);
}

#[test]
fn people_are_still_here_after_a_restart() {
    let mut rig = Rig::with(AlwaysOn::OptOut);
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nJOIN #tea\nCS REGISTER #tea\nJOIN #away\nPART #away");
    rig.connect("carol", "");
    rig.says("carol", "REGISTER * * correcthorse\nNS SET ALWAYS-ON off\nJOIN #tea");
    rig.says("alice", "AWAY :gone fishing\nSETNAME :Alice L");
    rig.restarts();
    rig.connect("bob", "");
    rig.says("bob", "JOIN #tea");
    rig.says("bob", "WHOIS alice");
    rig.check(expect![[r#"
        bob> :bob!bob@192.0.2.1 JOIN #tea
        bob> :s 353 bob = #tea :~alice bob
        bob> :s 366 bob #tea :End of /NAMES list
        bob> :s 311 bob alice alice 192.0.2.1 * :Alice L
        bob> :s 319 bob alice :~#tea
        bob> :s 312 bob alice s :parlad
        bob> :s 330 bob alice alice :is logged in as
        bob> :s 301 bob alice :gone fishing
        bob> :s 317 bob alice 0 0 :seconds idle, signon time
        bob> :s 318 bob alice :End of /WHOIS list
    "#]]);
    // The room's operators have it in their hands.
    rig.connect_as("phone", "alice", "correcthorse");
    rig.heard.clear();
    rig.says("phone", "KICK #tea bob");
    rig.says("phone", "NS DROP correcthorse\nQUIT");
    rig.restarts();
    rig.connect("bob", "");
    rig.says("bob", "JOIN #tea");
    rig.check(expect![[r#"
        bob> :bob!bob@192.0.2.1 JOIN #tea
        bob> :s 353 bob = #tea :bob
        bob> :s 366 bob #tea :End of /NAMES list
    "#]]);
}

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
    assert_eq!(rig.heard.lines().count(), 15);
}

/// A server with alice, who has made a room, and bob, both with accounts.
fn with_room() -> Rig {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect("bob", "");
    rig.says("bob", "REGISTER * * batterystaple\nQUIT");
    rig.connect_as("alice", "alice", "correcthorse");
    rig.says("alice", "JOIN #tea");
    rig.heard.clear();
    rig
}

#[test]
fn a_room_belongs_to_whoever_made_it() {
    let mut rig = with_room();
    rig.says("alice", "MODE #tea +k key\nTOPIC #tea :green\nQUIT");
    rig.connect("eve", "");
    rig.says("eve", "JOIN #tea");
    rig.says("eve", "JOIN #tea key");
    rig.says("eve", "MODE #tea -k key");
    rig.says("eve", "CS REGISTER #tea");
    rig.says("eve", "CS INFO #tea");
    rig.connect_as("alice", "alice", "correcthorse");
    rig.heard.clear();
    rig.says("alice", "JOIN #tea");
    rig.check(expect![[r#"
        alice, eve> :alice!alice@192.0.2.1 JOIN #tea
        alice> :s 332 alice #tea :green
        alice> :s 333 alice #tea alice!alice@192.0.2.1 0
        alice> :s 353 alice = #tea :eve @alice
        alice> :s 366 alice #tea :End of /NAMES list
    "#]]);
    // The others leave, and it is still there.
    rig.says("eve", "QUIT");
    rig.says("alice", "PART #tea\nJOIN #tea\nCS REGISTER #tea\nCS REGISTER #tea");
    rig.check(expect![[r#"
        eve> ERROR :Closing link: 192.0.2.1 (Quit: Leaving)
        alice> :eve!eve@192.0.2.1 QUIT :Quit: Leaving
        alice> :alice!alice@192.0.2.1 PART #tea
        alice> :alice!alice@192.0.2.1 JOIN #tea
        alice> :s 332 alice #tea :green
        alice> :s 333 alice #tea alice!alice@192.0.2.1 0
        alice> :s 353 alice = #tea :@alice
        alice> :s 366 alice #tea :End of /NAMES list
        alice> :ChanServ!ChanServ@s MODE #tea +q alice
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea is yours now
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea is yours now
    "#]]);
}

#[test]
fn ranks_and_members_come_back_with_the_person() {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("bob", "JOIN #tea");
    rig.says("alice", "MODE #tea +ihv bob bob");
    rig.says("bob", "QUIT");
    rig.connect("eve", "");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.heard.clear();
    rig.says("eve", "JOIN #tea");
    rig.says("bob", "JOIN #tea");
    rig.says("alice", "MODE #tea -hv bob bob");
    rig.says("bob", "QUIT");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.heard.clear();
    rig.says("bob", "JOIN #tea");
    rig.check(expect![[r#"
        alice, bob> :bob!bob@192.0.2.1 JOIN #tea
        bob> :s 353 bob = #tea :@alice bob
        bob> :s 366 bob #tea :End of /NAMES list
    "#]]);
    // Who leaves a private room or is removed needs an invitation.
    rig.says("bob", "PART #tea\nJOIN #tea");
    rig.says("alice", "INVITE bob #tea");
    rig.says("bob", "JOIN #tea");
    rig.says("alice", "KICK #tea bob");
    rig.says("bob", "JOIN #tea");
    rig.heard = rig
        .heard
        .lines()
        .filter(|line| line.starts_with("bob"))
        .fold(String::new(), |all, line| all + line + "\n");
    rig.check(expect![[r#"
        bob> :s 473 bob #tea :Cannot join channel (+i): you need an invitation
        bob> :alice!alice@192.0.2.1 INVITE bob #tea
        bob> :s 353 bob = #tea :@alice bob
        bob> :s 366 bob #tea :End of /NAMES list
        bob> :s 473 bob #tea :Cannot join channel (+i): you need an invitation
    "#]]);
}

#[test]
fn chanserv_changes_ranks_of_people_who_are_elsewhere() {
    let mut rig = with_room();
    rig.says("alice", "CS AMODE #tea +o bob");
    rig.says("alice", "CS AMODE #tea +o nobody");
    rig.says("alice", "CS AMODE #tea +x bob");
    rig.says("alice", "CS AMODE #tea");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.heard.clear();
    rig.says("bob", "JOIN #tea");
    rig.says("bob", "CS AMODE #tea -o alice");
    rig.says("bob", "CS AMODE #tea +q bob");
    rig.says("bob", "CS TRANSFER #tea bob");
    rig.says("alice", "CS TRANSFER #tea bob");
    rig.says("alice", "CS UNREGISTER #tea");
    rig.says("bob", "CS AMODE #tea -o alice");
    rig.says("bob", "CS INFO #tea");
    rig.says("bob", "CS UNREGISTER #tea");
    rig.says("bob", "CS INFO #tea");
    rig.check(expect![[r#"
        alice, bob> :bob!bob@192.0.2.1 JOIN #tea
        bob> :s 353 bob = #tea :@alice @bob
        bob> :s 366 bob #tea :End of /NAMES list
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        bob> :ChanServ!ChanServ@s NOTICE bob :Your own rank in the room is too low for that
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        alice, bob> :ChanServ!ChanServ@s MODE #tea +q bob
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea belongs to bob now
        alice> :ChanServ!ChanServ@s NOTICE alice :Only the owner of the room can do that
        alice, bob> :ChanServ!ChanServ@s MODE #tea -o alice
        bob> :ChanServ!ChanServ@s NOTICE bob :alice has no rank in #tea
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea belongs to bob
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea belongs to nobody now
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea belongs to nobody
    "#]]);
}

#[test]
fn a_room_survives_its_owners_account() {
    let mut rig = with_room();
    rig.connect("eve", "");
    rig.says("eve", "JOIN #tea");
    rig.heard.clear();
    rig.says("alice", "NS DROP correcthorse");
    rig.says("eve", "CS INFO #tea");
    rig.check(expect![[r#"
        alice> :s 901 alice alice!alice@192.0.2.1 :You are now logged out
        alice> :NickServ!NickServ@s NOTICE alice :alice is deleted
        eve> :ChanServ!ChanServ@s NOTICE eve :#tea belongs to nobody
    "#]]);
}

#[test]
fn whoever_owns_a_room_cannot_be_kept_out_of_it() {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("bob", "JOIN #tea");
    rig.says("alice", "MODE #tea +oi bob");
    rig.says("bob", "MODE #tea -o alice\nKICK #tea alice\nMODE #tea +b alice!*@*");
    rig.heard.clear();
    rig.says("alice", "JOIN #tea");
    rig.check(expect![[r#"
        alice, bob> :alice!alice@192.0.2.1 JOIN #tea
        alice> :s 353 alice = #tea :@bob @alice
        alice> :s 366 alice #tea :End of /NAMES list
    "#]]);
}

/// A rank that comes back with its person lets them delete nothing that was said before they came.
#[test]
fn a_remembered_rank_begins_when_its_person_enters() {
    let mut rig = with_room();
    rig.connect("eve", "message-tags echo-message");
    rig.says("eve", "JOIN #tea");
    rig.says("alice", "QUIT");
    rig.heard.clear();
    rig.says("eve", "PRIVMSG #tea :before");
    let id = rig.heard.split("msgid=").nth(1).unwrap().split([' ', ';']).next().unwrap().to_owned();
    rig.connect_as("alice", "alice", "correcthorse");
    rig.says("alice", "CAP REQ :draft/message-redaction\nJOIN #tea");
    rig.heard.clear();
    rig.says("alice", &format!("REDACT #tea {id}"));
    assert!(rig.heard.contains("FAIL REDACT REDACT_FORBIDDEN"), "{}", rig.heard);
}

#[test]
fn the_servers_rooms_belong_to_nobody_else() {
    let mut rig = Rig::with_autojoin("#lobby");
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse");
    rig.becomes_operator("alice", Privileges::CHANNELS);
    rig.heard.clear();
    rig.says("alice", "CS REGISTER #lobby\nCS TRANSFER #lobby alice\nROOM GIVE #lobby alice\nCS INFO #lobby");
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :This room belongs to the server
        alice> :ChanServ!ChanServ@s NOTICE alice :This room belongs to the server
        alice> :s MODE #lobby +q alice
        alice> :s NOTICE #lobby :alice, an operator of this server, has given this room to alice
        alice> :ChanServ!ChanServ@s NOTICE alice :#lobby belongs to nobody
    "#]]);
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

/// A channel gives the ranks that it remembers also to somebody who signs in after they came, and those that it
/// does not remember are not taken by a change of others.
#[test]
fn ranks_are_given_when_a_member_signs_in() {
    let mut rig = with_room();
    rig.says("alice", "TOPIC #tea :green\nQUIT");
    for guest in ["guest", "half", "robert"] {
        rig.connect(guest, "");
        rig.says(guest, "JOIN #tea");
    }
    rig.heard.clear();
    rig.says("guest", "NS IDENTIFY alice correcthorse");
    rig.says("guest", "MODE #tea +ho half robert");
    rig.says("robert", "NS IDENTIFY bob batterystaple");
    rig.says("half", "CS AMODE #tea +v bob");
    rig.says("guest", "CS AMODE #tea");
    rig.check(expect![[r#"
        guest> :s 900 guest guest!guest@192.0.2.1 alice :You are now logged in as alice
        guest, half, robert> :ChanServ!ChanServ@s MODE #tea +o guest
        guest, half, robert> :guest!guest@192.0.2.1 MODE #tea +ho half robert
        robert> :s 900 robert robert!robert@192.0.2.1 bob :You are now logged in as bob
        half> :ChanServ!ChanServ@s NOTICE half :Your own rank in the room is too low for that
        guest> :ChanServ!ChanServ@s NOTICE guest :alice: +o
        guest> :ChanServ!ChanServ@s NOTICE guest :bob: +o
        guest> :ChanServ!ChanServ@s NOTICE guest :#tea remembers 2 accounts
    "#]]);
}

#[test]
fn a_mistyped_room_does_not_stay() {
    let mut rig = with_room();
    rig.says("alice", "JOIN #tae\nPART #tae\nCS INFO #tae");
    rig.says("alice", "JOIN #milk\nTOPIC #milk :white\nPART #milk\nCS INFO #milk");
    rig.heard = rig
        .heard
        .lines()
        .filter(|line| line.contains("403") || line.contains("ChanServ"))
        .fold(String::new(), |all, line| all + line + "\n");
    rig.check(expect![[r#"
        alice> :s 403 alice #tae :No such channel
        alice> :ChanServ!ChanServ@s NOTICE alice :#milk belongs to alice
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

/// Otherwise whoever is operator could give the room another name and take the old one.
#[test]
fn an_owned_room_keeps_its_name() {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("bob", "JOIN #tea");
    rig.says("alice", "MODE #tea +o bob");
    rig.heard.clear();
    rig.says("bob", "RENAME #tea #old");
    rig.says("alice", "RENAME #tea #green");
    rig.heard = rig
        .heard
        .lines()
        .filter(|line| line.contains("FAIL") || line.contains("JOIN"))
        .fold(String::new(), |all, line| all + line + "\n");
    rig.check(expect![[r#"
        bob> :s FAIL RENAME CANNOT_RENAME #tea #old :Only the owner of the channel can give it another name
        alice> :alice!alice@192.0.2.1 JOIN #green
        bob> :bob!bob@192.0.2.1 JOIN #green
    "#]]);
}

/// Nobody can be kept from a name by somebody who is not there.
#[test]
fn whoever_has_no_connection_has_the_name_of_their_account() {
    let mut rig = Rig::with(AlwaysOn::OptOut);
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nNICK robert");
    rig.connect("bob", "");
    rig.says("bob", "NICK robert");
    rig.says("alice", "QUIT");
    rig.heard.clear();
    rig.says("bob", "NICK robert\nWHOIS alice");
    rig.heard = rig.heard.lines().take(2).fold(String::new(), |all, line| all + line + "\n");
    rig.check(expect![[r#"
        bob> :bob!bob@192.0.2.1 NICK :robert
        bob> :s 311 robert alice alice 192.0.2.1 * :alice
    "#]]);
}

/// What two people with accounts write is read again by both, also when one of them is not there.
#[test]
fn direct_messages_are_asked_for_by_the_name_of_the_other() {
    let mut rig = with_room();
    rig.says("alice", "CAP REQ :draft/chathistory");
    rig.heard.clear();
    rig.says("alice", "CHATHISTORY LATEST bob * 10");
    rig.says("alice", "CHATHISTORY LATEST nobody * 10");
    let pair = AccountPair::new(
        AccountId::from_number(rig.account("alice")),
        AccountId::from_number(rig.account("bob")),
    );
    assert_eq!(rig.queries, [Conversation::Accounts(pair)]);
    rig.check(expect![[r#"
        alice> :s FAIL CHATHISTORY INVALID_TARGET LATEST nobody :Messages can be read in the channels that you are in, and with people if both have accounts
    "#]]);
}
