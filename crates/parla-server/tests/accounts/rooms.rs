//! Rooms that belong to accounts.

use expect_test::expect;
use parla_server::settings::Privileges;

use super::rig::{Rig, with_room};

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
        eve> :ChanServ!ChanServ@s MODE #tea +o alice
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
    // Somebody who has left a private room, or was removed, needs an invitation.
    rig.says("bob", "PART #tea\nJOIN #tea");
    rig.says("alice", "INVITE bob #tea");
    rig.says("bob", "JOIN #tea");
    rig.says("alice", "KICK #tea bob");
    rig.says("bob", "JOIN #tea");
    rig.keeps(|line| line.starts_with("bob"));
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
    rig.says("bob", "CS TRANSFER ACCEPT #tea");
    rig.says("alice", "CS UNREGISTER #tea");
    rig.says("bob", "CS AMODE #tea -o alice");
    rig.says("bob", "CS INFO #tea");
    rig.says("bob", "CS UNREGISTER #tea");
    rig.says("bob", "CS INFO #tea");
    rig.check(expect![[r#"
        alice, bob> :bob!bob@192.0.2.1 JOIN #tea
        alice> :ChanServ!ChanServ@s MODE #tea +o bob
        bob> :s 353 bob = #tea :@alice @bob
        bob> :s 366 bob #tea :End of /NAMES list
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        bob> :ChanServ!ChanServ@s NOTICE bob :Your own rank in the room is too low for that
        bob> :ChanServ!ChanServ@s NOTICE bob :Only the owner of the room can do that
        bob> :ChanServ!ChanServ@s NOTICE bob :alice offers you the room #tea. CHANSERV TRANSFER ACCEPT #tea makes it yours, and CHANSERV TRANSFER DECLINE #tea does not
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea is offered to bob, who can accept it with CHANSERV TRANSFER ACCEPT
        alice, bob> :ChanServ!ChanServ@s MODE #tea +q bob
        alice> :ChanServ!ChanServ@s NOTICE alice :bob has accepted #tea, which belongs to bob now
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea is yours now
        alice> :ChanServ!ChanServ@s NOTICE alice :Only the owner of the room can do that
        alice, bob> :ChanServ!ChanServ@s MODE #tea -o alice
        bob> :ChanServ!ChanServ@s NOTICE bob :alice has no rank in #tea
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea belongs to bob
        bob> :ChanServ!ChanServ@s NOTICE bob :Messages are kept for ever
        bob> :ChanServ!ChanServ@s NOTICE bob :Newcomers can read what was said before they came
        bob> :ChanServ!ChanServ@s NOTICE bob :Accounts that it remembers as its members: 2
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea has no owner now
        bob> :ChanServ!ChanServ@s NOTICE bob :#tea has no owner
        bob> :ChanServ!ChanServ@s NOTICE bob :Messages are kept for ever
        bob> :ChanServ!ChanServ@s NOTICE bob :Newcomers can read what was said before they came
    "#]]);
}

/// ChanServ says which ranks there are now, not which were asked for.
#[test]
fn the_owner_of_a_room_stays_an_operator_of_it() {
    let mut rig = with_room();
    rig.says("alice", "CS AMODE #tea +q alice");
    rig.heard.clear();
    rig.says("alice", "CS AMODE #tea -o alice\nCS AMODE #tea - alice\nCS AMODE #tea");
    rig.check(expect![[r#"
        alice> :ChanServ!ChanServ@s NOTICE alice :alice has +qo in #tea
        alice> :ChanServ!ChanServ@s MODE #tea -q alice
        alice> :ChanServ!ChanServ@s NOTICE alice :alice has +o in #tea
        alice> :ChanServ!ChanServ@s NOTICE alice :alice: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea remembers 1 accounts
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
        eve> :ChanServ!ChanServ@s NOTICE eve :#tea has no owner
        eve> :ChanServ!ChanServ@s NOTICE eve :Messages are kept for ever
        eve> :ChanServ!ChanServ@s NOTICE eve :Newcomers can read what was said before they came
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
        bob> :ChanServ!ChanServ@s MODE #tea +o alice
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
        alice> :ChanServ!ChanServ@s NOTICE alice :#lobby belongs to the server
        alice> :ChanServ!ChanServ@s NOTICE alice :Messages are kept for ever
        alice> :ChanServ!ChanServ@s NOTICE alice :Newcomers can read what was said before they came
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
fn a_room_that_was_set_up_stays_before_anybody_speaks() {
    for modes in ["+i", "+k key", "+l 5", "-t", "+f #other"] {
        let mut rig = with_room();
        rig.says("alice", &format!("JOIN #other\nMODE #tea {modes}\nPART #tea"));
        rig.heard.clear();
        rig.says("alice", "CS INFO #tea");
        rig.check(expect![[r#"
            alice> :ChanServ!ChanServ@s NOTICE alice :#tea belongs to alice
            alice> :ChanServ!ChanServ@s NOTICE alice :Messages are kept for ever
            alice> :ChanServ!ChanServ@s NOTICE alice :Newcomers can read what was said before they came
            alice> :ChanServ!ChanServ@s NOTICE alice :Accounts that it remembers as its members: 1
        "#]]);
    }
}

#[test]
fn a_mistyped_room_does_not_stay() {
    let mut rig = with_room();
    rig.says("alice", "JOIN #tae\nPART #tae\nCS INFO #tae");
    rig.says("alice", "JOIN #milk\nTOPIC #milk :white\nPART #milk\nCS INFO #milk");
    rig.keeps(|line| line.contains("403") || line.contains("ChanServ"));
    rig.check(expect![[r#"
        alice> :s 403 alice #tae :No such channel
        alice> :ChanServ!ChanServ@s NOTICE alice :#milk belongs to alice
        alice> :ChanServ!ChanServ@s NOTICE alice :Messages are kept for ever
        alice> :ChanServ!ChanServ@s NOTICE alice :Newcomers can read what was said before they came
        alice> :ChanServ!ChanServ@s NOTICE alice :Accounts that it remembers as its members: 1
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
    rig.keeps(|line| line.contains("FAIL") || line.contains("JOIN"));
    rig.check(expect![[r#"
        bob> :s FAIL RENAME CANNOT_RENAME #tea #old :Only the owner of the channel can give it another name
        alice> :alice!alice@192.0.2.1 JOIN #green
        bob> :bob!bob@192.0.2.1 JOIN #green
    "#]]);
}

/// A JOIN alone would leave the other members believing that she has no rank.
#[test]
fn the_members_are_told_which_ranks_come_back() {
    let mut rig = with_room();
    rig.says("alice", "MODE #tea +v alice");
    rig.connect("carol", "");
    rig.says("carol", "JOIN #tea");
    rig.says("alice", "PART #tea");
    rig.heard.clear();
    rig.says("alice", "JOIN #tea");
    rig.check(expect![[r#"
        alice, carol> :alice!alice@192.0.2.1 JOIN #tea
        carol> :ChanServ!ChanServ@s MODE #tea +ov alice alice
        alice> :s 353 alice = #tea :carol @alice
        alice> :s 366 alice #tea :End of /NAMES list
    "#]]);
}

/// Otherwise somebody who is banned could wait inside as a guest, and have the voice that others remember.
#[test]
fn a_ban_is_not_evaded_by_signing_in_inside() {
    let mut rig = with_room();
    rig.says("alice", "CS AMODE #tea +v bob\nMODE #tea +mb a:bob");
    rig.connect("guest", "");
    rig.says("guest", "JOIN #tea");
    rig.heard.clear();
    rig.says("guest", "NS IDENTIFY bob batterystaple");
    rig.says("guest", "PRIVMSG #tea :hello");
    rig.says("alice", "CS AMODE #tea");
    rig.check(expect![[r#"
        guest> :s 900 guest guest!guest@192.0.2.1 bob :You are now logged in as bob
        guest> :s 404 guest #tea :Cannot send to channel (+m): you need voice
        alice> :ChanServ!ChanServ@s NOTICE alice :alice: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :bob: +v
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea remembers 2 accounts
    "#]]);
    // The same with an account whose person is elsewhere: the room does not let them in.
    rig.says("guest", "QUIT");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.connect("other", "");
    rig.says("other", "JOIN #tea");
    rig.heard.clear();
    rig.says("other", "NS IDENTIFY bob batterystaple");
    rig.says("alice", "MODE #tea -b a:bob");
    rig.says("bob", "JOIN #tea");
    rig.check(expect![[r#"
        alice> :other!other@192.0.2.1 QUIT :Signed in
        other> :other!other@192.0.2.1 PART #tea :Signed in
        other> :other!other@192.0.2.1 NICK :bob
        other> :bob!bob@192.0.2.1 MODE bob :+r
        other> :s 900 bob bob!bob@192.0.2.1 bob :You are now logged in as bob
        alice> :alice!alice@192.0.2.1 MODE #tea -b a:bob
        alice, bob, other> :bob!bob@192.0.2.1 JOIN #tea
        alice> :ChanServ!ChanServ@s MODE #tea +v bob
        bob> :s 353 bob = #tea :@alice +bob
        bob> :s 366 bob #tea :End of /NAMES list
        other> :s 353 bob = #tea :@alice +bob
        other> :s 366 bob #tea :End of /NAMES list
    "#]]);
}

/// Whoever may lift a ban is not kept out by one, whichever way they come.
#[test]
fn whoever_may_lift_a_ban_gets_their_rank_when_they_sign_in_inside() {
    let mut rig = with_room();
    rig.says("alice", "CS AMODE #tea +h bob\nMODE #tea +b a:bob");
    rig.connect("guest", "");
    rig.says("guest", "JOIN #tea");
    rig.heard.clear();
    rig.says("guest", "NS IDENTIFY bob batterystaple");
    rig.check(expect![[r#"
        guest> :s 900 guest guest!guest@192.0.2.1 bob :You are now logged in as bob
        alice, guest> :ChanServ!ChanServ@s MODE #tea +h guest
    "#]]);
}

/// A device that brings a room along must not cost its person the rank that the room remembers.
#[test]
fn a_remembered_rank_survives_a_device_that_brings_the_room_along() {
    let mut rig = with_room();
    rig.says("alice", "CS AMODE #tea +o bob");
    rig.connect_as("bob", "bob", "batterystaple");
    rig.connect("phone", "");
    rig.says("phone", "JOIN #tea");
    rig.heard.clear();
    rig.says("phone", "NS IDENTIFY bob batterystaple");
    rig.says("alice", "CS AMODE #tea");
    rig.keeps(|line| line.starts_with("alice"));
    rig.check(expect![[r#"
        alice, bob> :bob!bob@192.0.2.1 JOIN #tea
        alice> :ChanServ!ChanServ@s MODE #tea +o bob
        alice, bob> :phone!phone@192.0.2.1 QUIT :Signed in
        alice> :ChanServ!ChanServ@s NOTICE alice :alice: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :bob: +o
        alice> :ChanServ!ChanServ@s NOTICE alice :#tea remembers 2 accounts
    "#]]);
}

/// A private room lets its members back in, whatever happened to the server or to their address.
#[test]
fn a_private_room_lets_its_members_back_in() {
    let mut rig = with_room();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.says("alice", "INVITE bob #tea");
    rig.says("bob", "JOIN #tea");
    rig.says("alice", "MODE #tea +iklR key 1");
    // Nobody says goodbye.
    rig.crashes();
    rig.connect_as("bob", "bob", "batterystaple");
    rig.connect("eve", "");
    rig.heard.clear();
    rig.says("eve", "JOIN #tea");
    rig.says("bob", "JOIN #tea");
    rig.check(expect![[r#"
        eve> :s 477 eve #tea :Cannot join channel (+R): you need to be signed in to an account
        bob> :bob!bob@192.0.2.1 JOIN #tea
        bob> :s 353 bob = #tea :bob
        bob> :s 366 bob #tea :End of /NAMES list
    "#]]);
}
