//! What owners of rooms and operators of the server ask of ChanServ.

use expect_test::expect;
use parla_server::settings::Privileges;

use super::rig::{Rig, with_room};

fn with_bob() -> Rig {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.heard.clear();
    rig
}

#[test]
fn a_room_changes_hands_when_the_other_accepts_it() {
    let mut rig = with_bob();
    rig.says("alice", "CS TRANSFER #tea bob\nCS LIST");
    rig.says("bob", "CS LIST\nCS TRANSFER DECLINE #tea\nCS TRANSFER ACCEPT #tea");
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :alice offers you the room #tea. CHANSERV TRANSFER ACCEPT #tea makes it yours, and CHANSERV TRANSFER DECLINE #tea does not
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea is offered to bob, who can accept it with CHANSERV TRANSFER ACCEPT
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea: yours, +o, offered to bob
        alice> :ChanServ!ChanServ@s NOTICE alice :1 room
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea: alice offers it to you; CHANSERV TRANSFER ACCEPT #tea makes it yours
        bob> :ChanServ!ChanServ@s NOTICE bob :1 room
        alice> :ChanServ!ChanServ@s NOTICE alice :bob does not want #tea
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea is offered to nobody now
        bob> :ChanServ!ChanServ@s NOTICE bob :This room is not offered to you, or to anybody
    "#]]);
    // The room is secret, and bob is elsewhere; the offer survives a restart.
    rig.says("alice", "MODE #tea +s\nCS TRANSFER #tea bob");
    rig.says("bob", "QUIT");
    rig.restarts();
    rig.connect_as("alice", "alice", "correcthorse");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("alice", "JOIN #tea");
    rig.heard.clear();
    rig.says("bob", "CS TRANSFER ACCEPT #tea\nJOIN #tea");
    rig.says("alice", "CS TRANSFER DECLINE #tea\nCS UNREGISTER #tea");
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :bob has accepted #tea, which belongs to bob now
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea is yours now
        alice, bob> :bob!bob@192.0.2.1 JOIN #tea
        alice> :ChanServ!ChanServ@s MODE #tea +qo bob bob
        bob> :s 353 bob @ #tea :@alice ~bob
        bob> :s 366 bob #tea :End of /NAMES list
        alice> :ChanServ!ChanServ@s NOTICE alice :This room is not offered to you, or to anybody
        alice> :ChanServ!ChanServ@s NOTICE alice :Only the owner of the room can do that
    "#]]);
}

/// Otherwise somebody could use up how many rooms another may own.
#[test]
fn nobody_is_given_more_rooms_than_they_may_own() {
    let mut rig = Rig::with_settings(|settings| {
        settings.network.accounts.as_mut().unwrap().channels_owned_max = 1;
    });
    for name in ["alice", "bob"] {
        rig.connect(name, "");
        rig.says(name, "REGISTER * * correcthorse");
    }
    rig.says("alice", "JOIN #tea\nCS TRANSFER #tea bob");
    rig.says("bob", "JOIN #own\nTOPIC #own :mine");
    rig.heard.clear();
    rig.says("bob", "CS TRANSFER ACCEPT #tea\nCS UNREGISTER #own\nCS TRANSFER ACCEPT #tea");
    // Whoever oversees rooms hands them over at once.
    rig.becomes_operator("bob", Privileges::CHANNELS);
    rig.says("alice", "JOIN #milk\nTOPIC #milk :white");
    rig.says("bob", "CS TRANSFER #milk bob");
    rig.keeps(|line| line.contains("ChanServ") && line.contains("NOTICE"));
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :The account owns as many rooms as it may
        bob> :ChanServ!ChanServ@s NOTICE bob :#own has no owner now
        alice> :ChanServ!ChanServ@s NOTICE alice :bob has accepted #tea, which belongs to bob now
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea is yours now
        bob> :ChanServ!ChanServ@s NOTICE bob :#milk belongs to bob now
    "#]]);
}

#[test]
fn list_shows_the_rooms_that_somebody_has_to_do_with() {
    let mut rig = with_bob();
    rig.says("alice", "JOIN #milk,#secret\nMODE #secret +s\nCS AMODE #secret +v bob\nCS AMODE #milk +oh bob");
    rig.connect("eve", "");
    rig.heard.clear();
    rig.says("bob", "CS LIST\nCS LIST #m*");
    rig.says("eve", "CS LIST\nCS LIST *");
    rig.becomes_operator("eve", Privileges::CHANNELS);
    rig.says("eve", "CS LIST\nCS LIST #*e*");
    rig.keeps(|line| line.contains("ChanServ"));
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :#milk: +oh
        bob> :ChanServ!ChanServ@s NOTICE bob :#secret: +v
        bob> :ChanServ!ChanServ@s NOTICE bob :2 rooms
        bob> :ChanServ!ChanServ@s NOTICE bob :#milk: +oh
        bob> :ChanServ!ChanServ@s NOTICE bob :1 room
        eve> :ChanServ!ChanServ@s NOTICE eve :You are not signed in to an account
        eve> :ChanServ!ChanServ@s NOTICE eve :You are not signed in to an account
        eve> :ChanServ!ChanServ@s NOTICE eve :You are not signed in to an account
        eve> :ChanServ!ChanServ@s NOTICE eve :#secret: belongs to alice, people inside: 1
        eve> :ChanServ!ChanServ@s NOTICE eve :#tea: belongs to alice, people inside: 1
        eve> :ChanServ!ChanServ@s NOTICE eve :2 rooms
    "#]]);
}

#[test]
fn a_room_is_cleared_of_people_by_its_owner_alone() {
    let mut rig = with_bob();
    rig.connect("eve", "");
    rig.connect("mallory", "");
    rig.says("alice", "MODE #tea +i\nCS AMODE #tea +o bob\nINVITE eve #tea\nINVITE mallory #tea");
    for name in ["bob", "eve", "mallory"] {
        rig.says(name, "JOIN #tea");
    }
    rig.heard.clear();
    rig.says("bob", "CS CLEAR #tea USERS");
    rig.says("alice", "CS CLEAR #tea USERS that is enough");
    rig.says("eve", "JOIN #tea");
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        alice, bob> :ChanServ!ChanServ@s KICK #tea bob :that is enough
        alice, eve> :ChanServ!ChanServ@s KICK #tea eve :that is enough
        alice, mallory> :ChanServ!ChanServ@s KICK #tea mallory :that is enough
        alice> :ChanServ!ChanServ@s NOTICE alice :People who were removed from #tea: 3
        eve> :s 473 eve #tea :Cannot join channel (+i): you need an invitation
    "#]]);
    // Whoever has a rank keeps it.
    rig.says("bob", "JOIN #tea");
    rig.check(expect![[r#"
        alice, bob> :bob!bob@192.0.2.1 JOIN #tea
        alice> :ChanServ!ChanServ@s MODE #tea +o bob
        bob> :s 353 bob = #tea :@alice @bob
        bob> :s 366 bob #tea :End of /NAMES list
    "#]]);
}

#[test]
fn whoever_clears_a_room_of_very_many_enters_it_again() {
    let names: Vec<&'static str> = (0..=100).map(|number| &*format!("guest{number}").leak()).collect();
    let mut rig = with_room();
    for name in &names {
        rig.connect(name, "");
        rig.says(name, "JOIN #tea");
    }
    rig.heard.clear();
    rig.says("alice", "CS CLEAR #tea USERS");
    rig.keeps(|line| line.starts_with("alice") || line.starts_with("guest7>"));
    rig.check(expect![[r#"
        guest7> :ChanServ!ChanServ@s KICK #tea guest7 :The owner has cleared the room
        alice> :alice!alice@192.0.2.1 PART #tea
        alice> :alice!alice@192.0.2.1 JOIN #tea
        alice> :s 353 alice = #tea :@alice
        alice> :s 366 alice #tea :End of /NAMES list
        alice> :ChanServ!ChanServ@s NOTICE alice :People who were removed from #tea: 101
    "#]]);
}

#[test]
fn ranks_and_lists_are_cleared() {
    let mut rig = with_bob();
    rig.connect("eve", "");
    rig.says("bob", "JOIN #tea");
    rig.says("eve", "JOIN #tea");
    rig.says("alice", "MODE #tea +ovb bob eve bad!*@*\nMODE #tea +beI worse!*@* good!*@* better!*@*");
    rig.connect("carol", "");
    rig.says("carol", "REGISTER * * correcthorse\nQUIT");
    rig.says("alice", "CS AMODE #tea +h carol");
    rig.heard.clear();
    rig.says("bob", "CS CLEAR #tea BANS");
    rig.says("alice", "CS CLEAR #tea ACCESS\nCS AMODE #tea\nCS CLEAR #tea BANS\nCS CLEAR #tea BANS");
    rig.says("alice", "CS CLEAR #tea INVITES\nCS CLEAR #tea everything");
    rig.check(expect![[r#"
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        alice, bob, eve> :ChanServ!ChanServ@s MODE #tea -o bob
        alice, bob, eve> :ChanServ!ChanServ@s MODE #tea -v eve
        alice> :ChanServ!ChanServ@s NOTICE alice :Only the owner of #tea has a rank now; accounts that it has forgotten: 1
        alice> :ChanServ!ChanServ@s NOTICE alice :alice: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea remembers 2 accounts
        alice, bob, eve> :ChanServ!ChanServ@s MODE #tea -bb bad!*@* worse!*@*
        alice> :ChanServ!ChanServ@s NOTICE alice :Entries that were removed from the list of bans of #tea: 2
        alice> :ChanServ!ChanServ@s NOTICE alice :Entries that were removed from the list of bans of #tea: 0
        alice, bob, eve> :ChanServ!ChanServ@s MODE #tea -I better!*@*
        alice> :ChanServ!ChanServ@s NOTICE alice :Entries that were removed from the list of invites of #tea: 1
        alice> :ChanServ!ChanServ@s NOTICE alice :CLEAR takes USERS, ACCESS, BANS, EXCEPTIONS or INVITES
    "#]]);
}

#[test]
fn nobody_enters_a_closed_room() {
    let mut rig = with_bob();
    rig.says("bob", "CS PURGE ADD #tea spam");
    rig.says("bob", "JOIN #tea");
    rig.connect("oper", "");
    rig.becomes_operator("oper", Privileges::CHANNELS);
    rig.heard.clear();
    rig.says("oper", "CS PURGE ADD #TEA spam and more\nCS PURGE LIST\nSAJOIN bob #tea");
    rig.says("alice", "JOIN #tea\nCS INFO #tea\nJOIN #own\nRENAME #own #tea\nMODE #own +if #tea");
    rig.says("bob", "JOIN #own");
    rig.keeps(|line| !line.contains(" 353 ") && !line.contains(" 366 "));
    rig.check(expect![[r#"
        oper> :s NOTICE oper :#tea: An operator of this server has closed this room: spam and more
        alice, bob> :s NOTICE #tea :An operator of this server has closed this room: spam and more
        alice> :s KICK #tea alice :An operator of this server has closed this room: spam and more
        bob> :s KICK #tea bob :An operator of this server has closed this room: spam and more
        oper> :ChanServ!ChanServ@s NOTICE oper :#TEA is closed
        oper> :ChanServ!ChanServ@s NOTICE oper :#TEA, by oper!oper@192.0.2.1 at 1970-01-01T00:00:00.000Z: spam and more
        oper> :ChanServ!ChanServ@s NOTICE oper :1 room is closed
        oper> :s 437 oper #tea :This room is closed: spam and more
        alice> :s 437 alice #tea :This room is closed: spam and more
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea is closed, and nobody can enter it: spam and more
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea belongs to alice
        alice> :ChanServ!ChanServ@s NOTICE alice :Messages are kept for ever
        alice> :ChanServ!ChanServ@s NOTICE alice :Newcomers can read what was said before they came
        alice> :ChanServ!ChanServ@s NOTICE alice :Accounts that it remembers as its members: 2
        alice> :alice!alice@192.0.2.1 JOIN #own
        alice> :s 437 alice #tea :This room is closed: spam and more
        alice> :s 482 alice #tea :You're not a channel operator
        alice> :alice!alice@192.0.2.1 MODE #own +i
        bob> :s 473 bob #own :Cannot join channel (+i): you need an invitation
    "#]]);
}

#[test]
fn a_closed_room_stays_closed_until_it_is_opened() {
    let mut rig = with_bob();
    rig.says("bob", "JOIN #tea");
    rig.becomes_operator("alice", Privileges::CHANNELS);
    rig.says("alice", "CS PURGE ADD #tea\nCS PURGE ADD #nowhere spam");
    rig.restarts();
    rig.connect_as("alice", "alice", "correcthorse");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.becomes_operator("alice", Privileges::CHANNELS);
    rig.heard.clear();
    rig.says(
        "bob",
        "JOIN #tea,#Nowhere\nJOIN #own\nMODE #own -n+f #tea\nRENAME #own #tea\nPRIVMSG #tea :hello",
    );
    rig.says("alice", "SAJOIN bob #tea\nMODE #tea -n\nSAMODE #tea -n");
    rig.says("bob", "PRIVMSG #tea :hello\nCS INFO #tea");
    rig.says("alice", "CS PURGE LIST #n*\nCS PURGE DEL #tea\nCS PURGE DEL #tea\nCS PURGE");
    rig.says("bob", "JOIN #tea");
    rig.check(expect![[r#"
        bob> :s 437 bob #tea :This room is closed
        bob> :s 437 bob #Nowhere :This room is closed: spam
        bob> :bob!bob@192.0.2.1 JOIN #own
        bob> :s 353 bob = #own :@bob
        bob> :s 366 bob #own :End of /NAMES list
        bob> :s 482 bob #tea :You're not a channel operator
        bob> :bob!bob@192.0.2.1 MODE #own -n
        bob> :s 437 bob #tea :This room is closed
        bob> :s 437 bob #tea :This room is closed
        alice> :s 437 alice #tea :This room is closed
        alice> :s 442 alice #tea :You're not on that channel
        alice> :s NOTICE alice :#tea: alice, an operator of this server, has changed the modes of this room
        bob> :s 437 bob #tea :This room is closed
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea is closed, and nobody can enter it
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea belongs to alice
        bob> :ChanServ!ChanServ@s NOTICE bob :Messages are kept for ever
        bob> :ChanServ!ChanServ@s NOTICE bob :Newcomers can read what was said before they came
        alice> :ChanServ!ChanServ@s NOTICE alice :#nowhere, by alice!alice@192.0.2.1 at 1970-01-01T00:00:00.000Z: spam
        alice> :ChanServ!ChanServ@s NOTICE alice :1 room is closed
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea is open again
        alice> :ChanServ!ChanServ@s NOTICE alice :This room is not closed
        alice> :ChanServ!ChanServ@s NOTICE alice :#nowhere, by alice!alice@192.0.2.1 at 1970-01-01T00:00:00.000Z: spam
        alice> :ChanServ!ChanServ@s NOTICE alice :1 room is closed
        bob> :bob!bob@192.0.2.1 JOIN #tea
        bob> :s 353 bob = #tea :bob
        bob> :s 366 bob #tea :End of /NAMES list
    "#]]);
}

#[test]
fn the_servers_own_rooms_are_looked_after_by_its_operators() {
    let mut rig = Rig::with_autojoin("#lobby");
    rig.connect("alice", "");
    rig.says("alice", "REGISTER * * correcthorse");
    rig.heard.clear();
    rig.says("alice", "CS SET #lobby RETAIN 30d");
    rig.becomes_operator("alice", Privileges::CHANNELS);
    rig.says("alice", "CS SET #lobby RETAIN 30d\nCS PURGE ADD #lobby\nCS TRANSFER #lobby alice");
    rig.keeps(|line| line.contains("NOTICE"));
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :This room belongs to the server
        alice> :s NOTICE #lobby :Messages are kept for 30 days
        alice> :ChanServ!ChanServ@s NOTICE alice :#lobby: Messages are kept for 30 days
        alice> :ChanServ!ChanServ@s NOTICE alice :This room belongs to the server
        alice> :ChanServ!ChanServ@s NOTICE alice :This room belongs to the server
    "#]]);
}
