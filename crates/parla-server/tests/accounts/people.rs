//! People: several devices are one, and they stay when the last one is gone.

use expect_test::expect;
use parla_server::{AccountId, AccountPair, AlwaysOn, Conversation, settings::Privileges};

use super::rig::{Rig, plain, with_room};

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
        bob> :ChanServ!ChanServ@s MODE #rust +o alice
        desk> :s 353 alice = #rust :bob @alice
        desk> :s 366 alice #rust :End of /NAMES list
        bob, desk> :guest!guest@192.0.2.1 QUIT :Signed in
        guest> :guest!guest@192.0.2.1 PART #rust :Signed in
        guest> :guest!guest@192.0.2.1 NICK :alice
        guest> :alice!alice@192.0.2.1 MODE alice :+r
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

/// Otherwise the device would not know that its person is an operator of the server.
#[test]
fn a_device_that_becomes_another_persons_learns_their_modes() {
    let mut rig = Rig::with_account("alice", "correcthorse");
    rig.connect_as("desk", "alice", "correcthorse");
    rig.becomes_operator("desk", Privileges::KILL);
    rig.connect("guest", "");
    rig.says("guest", "MODE guest +i");
    rig.heard.clear();
    rig.says("guest", "NS IDENTIFY alice correcthorse");
    rig.check(expect![[r#"
        guest> :guest!guest@192.0.2.1 NICK :alice
        guest> :alice!alice@192.0.2.1 MODE alice :+or-i
        guest> :s 900 alice alice!alice@192.0.2.1 alice :You are now logged in as alice
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
    rig.keeps(|line| !line.starts_with("phone> :s "));
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

/// Also if the server stopped while they were there under another.
#[test]
fn whoever_is_brought_back_has_the_name_of_their_account() {
    let mut rig = Rig::with(AlwaysOn::OptOut);
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nNICK robert");
    rig.restarts();
    rig.connect("bob", "");
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

/// Otherwise whoever the name belongs to could not use it, although nobody is signed in to their account.
#[test]
fn whoever_goes_to_another_account_leaves_the_name_of_the_first() {
    let mut rig = with_room();
    rig.connect("carol", "");
    rig.says("carol", "JOIN #tea");
    rig.heard.clear();
    rig.says("alice", "NS IDENTIFY bob batterystaple");
    rig.check(expect![[r#"
        alice, carol> :alice!alice@192.0.2.1 NICK :bob
        alice> :s 900 bob bob!alice@192.0.2.1 bob :You are now logged in as bob
    "#]]);
    // A nick that is nobody's name can stay.
    rig.says("alice", "NICK robert");
    rig.heard.clear();
    rig.says("alice", "NS IDENTIFY alice correcthorse");
    rig.check(expect![[r#"
        alice> :s 900 robert robert!alice@192.0.2.1 alice :You are now logged in as alice
    "#]]);
}

/// The other devices have not proved that they are the other person's, too.
#[test]
fn a_device_does_not_take_the_others_to_another_account() {
    let mut rig = with_room();
    rig.connect_as("phone", "alice", "correcthorse");
    rig.heard.clear();
    rig.says("phone", "NS IDENTIFY bob batterystaple");
    rig.check(expect![[r#"
        phone> :NickServ!NickServ@s NOTICE alice :You are here with other devices, too; sign in while you connect
    "#]]);
    rig.says("alice", "QUIT");
    rig.heard.clear();
    rig.says("phone", "NS IDENTIFY bob batterystaple");
    rig.check(expect![[r#"
        phone> :alice!alice@192.0.2.1 NICK :bob
        phone> :s 900 bob bob!alice@192.0.2.1 bob :You are now logged in as bob
    "#]]);
}

/// Alice stays, and gets the name of her account back. Her former device must not take that for its own nick.
#[test]
fn a_device_that_becomes_somebody_else_hears_no_more_of_whom_it_was() {
    let mut rig = Rig::with(AlwaysOn::OptOut);
    rig.connect("bob", "");
    rig.says("bob", "REGISTER * * batterystaple");
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse\nNICK liddell\nJOIN #tea");
    rig.connect("carol", "away-notify");
    rig.says("carol", "JOIN #tea");
    rig.heard.clear();
    rig.says("alice", "NS IDENTIFY bob batterystaple");
    rig.check(expect![[r#"
        alice, bob, carol> :bob!bob@192.0.2.1 JOIN #tea
        alice, carol> :ChanServ!ChanServ@s MODE #tea +o bob
        bob> :s 353 bob = #tea :@alice carol @bob
        bob> :s 366 bob #tea :End of /NAMES list
        alice> :liddell!alice@192.0.2.1 PART #tea :Signed in
        alice> :liddell!alice@192.0.2.1 NICK :bob
        alice> :bob!bob@192.0.2.1 JOIN #tea
        alice> :s 353 bob = #tea :@alice carol @bob
        alice> :s 366 bob #tea :End of /NAMES list
        alice> :s 900 bob bob!bob@192.0.2.1 bob :You are now logged in as bob
        alice, bob, carol> :liddell!alice@192.0.2.1 NICK :alice
        carol> :alice!alice@192.0.2.1 AWAY :Not connected at the moment
    "#]]);
}
