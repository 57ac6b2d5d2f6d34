//! Tests of users with several sessions, on one machine and on several: what one device does is seen on the
//! others, and the user stays as long as one of them does.

mod rig;

use expect_test::expect;
use rig::{NOW, Rig, settings};

use super::*;

#[test]
fn a_label_is_for_the_device_that_gave_it_and_the_message_for_all() {
    let mut rig = Rig::alone("echo-message labeled-response batch", "labeled-response batch");
    rig.says("desk", "@label=1 PRIVMSG #rust :from the desk");
    rig.check(expect![[r#"
        bob, phone> :alice!alice@127.0.0.1 PRIVMSG #rust :from the desk
        desk> @label=1 :alice!alice@127.0.0.1 PRIVMSG #rust :from the desk
    "#]]);
    rig.says("phone", "@label=2 PRIVMSG #rust :from the phone");
    rig.check(expect![[r#"
        desk, bob> :alice!alice@127.0.0.1 PRIVMSG #rust :from the phone
        phone> @label=2 :s ACK
    "#]]);
    rig.says("desk", "PRIVMSG bob :only you");
    rig.says("desk", "@label=3 TOPIC #rust :tea");
    rig.says("desk", "@label=4 PRIVMSG nobody :hello?");
    rig.check(expect![[r#"
        desk, phone> :alice!alice@127.0.0.1 PRIVMSG bob :only you
        bob> :alice!alice@127.0.0.1 PRIVMSG bob :only you
        bob, phone> :alice!alice@127.0.0.1 TOPIC #rust :tea
        desk> @label=3 :alice!alice@127.0.0.1 TOPIC #rust :tea
        desk> @label=4 :s 401 alice nobody :No such nick or channel
    "#]]);
}

#[test]
fn what_one_says_to_oneself_comes_to_each_device() {
    let mut rig = Rig::alone("echo-message labeled-response batch", "labeled-response batch");
    rig.says("desk", "@label=1 PRIVMSG alice :note");
    rig.check(expect![[r#"
        desk, phone> :alice!alice@127.0.0.1 PRIVMSG alice :note
        desk> @label=1 :alice!alice@127.0.0.1 PRIVMSG alice :note
    "#]]);
    rig.says("phone", "@label=2 PRIVMSG alice :from the phone");
    rig.check(expect![[r#"
        desk> :alice!alice@127.0.0.1 PRIVMSG alice :from the phone
        phone> @label=2 :alice!alice@127.0.0.1 PRIVMSG alice :from the phone
    "#]]);
}

#[test]
fn several_lines_are_a_batch_where_they_can_be() {
    let mut rig = Rig::alone("echo-message batch draft/multiline message-tags labeled-response", "");
    for line in [
        "@label=1 BATCH +a draft/multiline #rust",
        "@batch=a PRIVMSG #rust :one",
        "@batch=a PRIVMSG #rust :two",
        "BATCH -a",
    ] {
        rig.says("desk", line);
    }
    rig.check(expect![[r#"
        bob, phone> :alice!alice@127.0.0.1 PRIVMSG #rust :one
        bob, phone> :alice!alice@127.0.0.1 PRIVMSG #rust :two
        desk> @label=1;msgid=C1UgZuQVrTDGhZnL6X1naE :alice!alice@127.0.0.1 BATCH +C1UgZuQVrTDGhZnL6X1naE draft/multiline #rust
        desk> @batch=C1UgZuQVrTDGhZnL6X1naE :alice!alice@127.0.0.1 PRIVMSG #rust :one
        desk> @batch=C1UgZuQVrTDGhZnL6X1naE :alice!alice@127.0.0.1 PRIVMSG #rust :two
        desk> :alice!alice@127.0.0.1 BATCH -C1UgZuQVrTDGhZnL6X1naE
    "#]]);
}

#[test]
fn what_one_device_does_the_others_see() {
    let mut rig = Rig::alone("labeled-response batch", "setname invite-notify extended-join");
    for line in [
        "@label=1 JOIN #tea",
        "TOPIC #tea :green",
        "@label=2 AWAY :lunch",
        "@label=3 AWAY :lunch",
        "AWAY",
        "MODE alice +i",
        "INVITE bob #tea",
        "NICK alicia",
        "SETNAME :Alice B",
        "PART #tea :enough",
    ] {
        rig.says("desk", line);
    }
    rig.check(expect![[r#"
        phone> :alice!alice@127.0.0.1 JOIN #tea * :alice
        phone> :s 353 alice = #tea :@alice
        phone> :s 366 alice #tea :End of /NAMES list
        desk> @label=1 :s BATCH +b1 labeled-response
        desk> @batch=b1 :alice!alice@127.0.0.1 JOIN #tea
        desk> @batch=b1 :s 353 alice = #tea :@alice
        desk> @batch=b1 :s 366 alice #tea :End of /NAMES list
        desk> :s BATCH -b1
        desk, phone> :alice!alice@127.0.0.1 TOPIC #tea :green
        phone> :s 306 alice :You have been marked as being away
        desk> @label=2 :s 306 alice :You have been marked as being away
        desk> @label=3 :s 306 alice :You have been marked as being away
        desk> :s 305 alice :You are no longer marked as being away
        phone> :s 305 alice :You are no longer marked as being away
        desk, phone> :alice!alice@127.0.0.1 MODE alice :+i
        desk> :s 341 alice bob #tea
        bob, phone> :alice!alice@127.0.0.1 INVITE bob #tea
        desk, bob, phone> :alice!alice@127.0.0.1 NICK :alicia
        phone> :alicia!alice@127.0.0.1 SETNAME :Alice B
        desk, phone> :alicia!alice@127.0.0.1 PART #tea :enough
    "#]]);
}

#[test]
fn each_device_reads_what_it_knows_of() {
    let mut rig = Rig::alone("chghost draft/channel-rename", "no-implicit-names");
    rig.guest(("carol", 0), "carol", "");
    rig.is_operator("carol");
    rig.says("carol", "CHGHOST bob elsewhere");
    rig.check(expect![[r#"
        bob> :s 396 bob elsewhere :is now your displayed host
        desk> :bob!bob@127.0.0.1 CHGHOST bob elsewhere
        phone> :bob!bob@127.0.0.1 QUIT :Changing host
        phone> :bob!bob@elsewhere JOIN #rust
    "#]]);
    rig.says("carol", "CHGHOST alice away.example");
    rig.check(expect![[r#"
        desk> :s 396 alice away.example :is now your displayed host
        phone> :s 396 alice away.example :is now your displayed host
        desk> :alice!alice@127.0.0.1 CHGHOST alice away.example
        bob> :alice!alice@127.0.0.1 QUIT :Changing host
        bob> :alice!alice@away.example JOIN #rust
        bob> :s MODE #rust +o alice
    "#]]);
    rig.says("desk", "RENAME #rust #iron");
    rig.check(expect![[r#"
        desk> :alice!alice@away.example RENAME #rust #iron :
        phone> :alice!alice@away.example PART #rust
        phone> :alice!alice@away.example JOIN #iron
        bob> :bob!bob@elsewhere PART #rust
        bob> :bob!bob@elsewhere JOIN #iron
        bob> :s 353 bob = #iron :@alice bob
        bob> :s 366 bob #iron :End of /NAMES list
    "#]]);
}

#[test]
fn what_was_read_on_one_device_is_read_on_all() {
    let mut rig = Rig::alone("draft/read-marker", "draft/read-marker");
    rig.device(("tablet", 0), "alice", "");
    for _ in 0..2 {
        rig.says("phone", "MARKREAD #rust timestamp=1970-01-01T00:00:00.000Z");
    }
    rig.check(expect![[r#"
        desk, phone> :s MARKREAD #rust timestamp=1970-01-01T00:00:00.000Z
        phone> :s MARKREAD #rust timestamp=1970-01-01T00:00:00.000Z
    "#]]);
}

#[test]
fn what_one_device_said_another_can_take_back() {
    let mut rig = Rig::alone("", "message-tags draft/message-redaction");
    rig.says("desk", "PRIVMSG #rust :oops");
    let heard = std::mem::take(&mut rig.heard);
    let id = heard.split("msgid=").nth(1).unwrap().split([';', ' ']).next().unwrap();
    rig.says("phone", &format!("REDACT #rust {id}"));
    assert_eq!(rig.heard, format!("phone> :alice!alice@127.0.0.1 REDACT #rust {id}\n"));
}

#[test]
fn who_is_watched_is_up_to_each_device() {
    let mut rig = Rig::alone("", "draft/metadata-3 batch");
    rig.says("phone", "MONITOR + carol");
    rig.says("phone", "METADATA * SUB status");
    rig.heard.clear();
    rig.guest(("carol", 0), "carol", "");
    rig.says("carol", "METADATA * SET status :here");
    rig.says("carol", "QUIT");
    rig.check(expect![[r#"
        carol> :s 761 carol carol status * :here
        phone> :s 761 alice carol status * :here
        carol> ERROR :Closing link: 127.0.0.1 (Quit: Leaving)
        carol is closed
        phone> :s 731 * :carol
    "#]]);
    rig.says("desk", "METADATA * SET status :busy");
    rig.check(expect![[r#"
        desk> :s 761 alice alice status * :busy
        phone> :s 761 alice alice status * :busy
    "#]]);
}

#[test]
fn a_user_is_gone_with_the_last_device() {
    let mut rig = Rig::alone("", "");
    rig.device(("tablet", 0), "alice", "");
    rig.says("desk", "QUIT :lunch");
    rig.check(expect![[r#"
        desk> ERROR :Closing link: 127.0.0.1 (Quit: lunch)
        desk is closed
    "#]]);
    rig.breaks("tablet");
    rig.says("bob", "PRIVMSG alice :still here?");
    rig.says("bob", "LUSERS");
    rig.check(expect![[r#"
        tablet is closed
        phone> :bob!bob@127.0.0.1 PRIVMSG alice :still here?
        bob> :s 251 bob :There are 2 users and 0 invisible on 1 server
        bob> :s 252 bob 0 :operator(s) online
        bob> :s 253 bob 0 :unknown connection(s)
        bob> :s 254 bob 1 :channels formed
        bob> :s 255 bob :I have 2 clients and 0 servers
        bob> :s 265 bob 2 2 :Current local users 2, max 2
        bob> :s 266 bob 2 2 :Current global users 2, max 2
    "#]]);
    rig.says("phone", "QUIT :bye");
    rig.check(expect![[r#"
        phone> ERROR :Closing link: 127.0.0.1 (Quit: bye)
        phone is closed
        bob> :alice!alice@127.0.0.1 QUIT :Quit: bye
    "#]]);
}

#[test]
fn a_connection_that_breaks_last_is_why_the_user_is_gone() {
    let mut rig = Rig::alone("", "");
    rig.says("phone", "QUIT :these words are not for bob");
    rig.heard.clear();
    rig.breaks("desk");
    rig.check(expect![[r#"
        desk is closed
        bob> :alice!alice@127.0.0.1 QUIT :Connection reset
    "#]]);
}

#[test]
fn kill_ends_every_device() {
    let mut rig = Rig::machines(2);
    rig.guest(("desk", 0), "alice", "");
    rig.guest(("bob", 0), "bob", "");
    rig.guest(("carol", 1), "carol", "");
    rig.device(("phone", 0), "alice", "");
    rig.device(("tablet", 1), "alice", "");
    rig.says("desk", "JOIN #rust");
    rig.says("bob", "JOIN #rust");
    rig.is_operator("carol");
    rig.heard.clear();
    rig.says("carol", "KILL alice :spam");
    rig.check(expect![[r#"
        desk, phone> :carol!carol@127.0.0.1 KILL alice :spam
        desk> ERROR :Closing link: 127.0.0.1 (Killed (carol (spam)))
        desk is closed
        phone> ERROR :Closing link: 127.0.0.1 (Killed (carol (spam)))
        phone is closed
        bob> :alice!alice@127.0.0.1 QUIT :Killed (carol (spam))
        tablet> :carol!carol@127.0.0.1 KILL alice :spam
        tablet> ERROR :Closing link: 127.0.0.1 (Killed (carol (spam)))
        tablet is closed
    "#]]);
    assert!(rig.servers[1].network.find_user("alice").is_err());
}

#[test]
fn with_a_machine_go_those_who_were_nowhere_else() {
    let mut rig = Rig::machines(3);
    rig.guest(("desk", 0), "alice", "");
    rig.guest(("bob", 1), "bob", "");
    rig.guest(("carol", 2), "carol", "");
    rig.device(("phone", 1), "alice", "");
    rig.device(("tablet", 1), "alice", "");
    for name in ["desk", "bob", "carol"] {
        rig.says(name, "JOIN #rust");
    }
    rig.heard.clear();
    rig.feed(2, Input::NodeLost { node: NodeId(1) });
    rig.settle();
    rig.check(expect![[r#"
        desk> :bob!bob@127.0.0.1 QUIT :Lost touch with their server
        phone, tablet> :bob!bob@127.0.0.1 QUIT :Lost touch with their server
        bob> ERROR :Closing link: 127.0.0.1 (This server has lost touch with the others; please connect again)
        bob is closed
        phone> ERROR :Closing link: 127.0.0.1 (This server has lost touch with the others; please connect again)
        phone is closed
        tablet> ERROR :Closing link: 127.0.0.1 (This server has lost touch with the others; please connect again)
        tablet is closed
        carol> :bob!bob@127.0.0.1 QUIT :Lost touch with their server
    "#]]);
    rig.says("carol", "PRIVMSG alice :still here?");
    rig.check(expect![[r#"
        desk> :carol!carol@127.0.0.1 PRIVMSG alice :still here?
    "#]]);
    rig.feed(2, Input::NodeLost { node: NodeId(0) });
    rig.settle();
    rig.check(expect![[r#"
        desk> ERROR :Closing link: 127.0.0.1 (This server has lost touch with the others; please connect again)
        desk is closed
        carol> :alice!alice@127.0.0.1 QUIT :Lost touch with their server
    "#]]);
}

#[test]
fn a_machine_that_starts_again_has_none_of_its_sessions() {
    let mut rig = Rig::machines(2);
    rig.guest(("desk", 0), "alice", "");
    rig.guest(("bob", 1), "bob", "");
    rig.device(("phone", 1), "alice", "");
    let snapshot = rig.servers[0].snapshot();
    rig.servers[1] = Server::new(NodeId(1), settings(), Start::Shared { run: 9, snapshot }, NOW);
    rig.feed(1, Input::Deadline);
    rig.settle();
    let network = &rig.servers[0].network;
    let desk = SessionRef { node: NodeId(0), connection: rig.place("desk").1 };
    assert_eq!(network.find_user("alice").unwrap().1.sessions(), [desk]);
    assert!(network.find_user("bob").is_err());
}

#[test]
fn devices_on_two_machines_are_one_user() {
    let mut rig = Rig::machines(2);
    rig.guest(("desk", 0), "alice", "echo-message labeled-response batch");
    rig.guest(("bob", 1), "bob", "");
    rig.device(("phone", 1), "alice", "");
    rig.says("bob", "JOIN #rust");
    rig.heard.clear();
    rig.says("desk", "@label=1 JOIN #rust");
    rig.says("desk", "@label=2 PRIVMSG #rust :hello");
    rig.check(expect![[r#"
        desk> @label=1 :s BATCH +b1 labeled-response
        desk> @batch=b1 :alice!alice@127.0.0.1 JOIN #rust
        desk> @batch=b1 :s 353 alice = #rust :@bob alice
        desk> @batch=b1 :s 366 alice #rust :End of /NAMES list
        desk> :s BATCH -b1
        bob, phone> :alice!alice@127.0.0.1 JOIN #rust
        phone> :s 353 alice = #rust :@bob alice
        phone> :s 366 alice #rust :End of /NAMES list
        desk> @label=2 :alice!alice@127.0.0.1 PRIVMSG #rust :hello
        bob, phone> :alice!alice@127.0.0.1 PRIVMSG #rust :hello
    "#]]);
    rig.says("desk", "QUIT :lunch");
    rig.check(expect![[r#"
        desk> ERROR :Closing link: 127.0.0.1 (Quit: lunch)
        desk is closed
    "#]]);
    rig.says("phone", "QUIT :bye");
    rig.check(expect![[r#"
        phone> ERROR :Closing link: 127.0.0.1 (Quit: bye)
        phone is closed
        bob> :alice!alice@127.0.0.1 QUIT :Quit: bye
    "#]]);
}

#[test]
fn what_another_device_does_is_no_part_of_an_answer() {
    let mut rig = Rig::machines(1);
    rig.guest(("desk", 0), "alice", "");
    rig.device(("phone", 0), "alice", "labeled-response batch");
    rig.device(("tablet", 0), "alice", "no-implicit-names");
    rig.begins("desk", "JOIN #rust");
    rig.begins("tablet", "AWAY :lunch");
    rig.begins("phone", "@label=1 JOIN #tea");
    rig.settle();
    rig.check(expect![[r#"
        desk, phone, tablet> :alice!alice@127.0.0.1 JOIN #rust
        desk> :s 353 alice = #rust :@alice
        desk> :s 366 alice #rust :End of /NAMES list
        phone> :s 353 alice = #rust :@alice
        phone> :s 366 alice #rust :End of /NAMES list
        desk> :s 306 alice :You have been marked as being away
        phone> :s 306 alice :You have been marked as being away
        tablet> :s 306 alice :You have been marked as being away
        desk, tablet> :alice!alice@127.0.0.1 JOIN #tea
        desk> :s 353 alice = #tea :@alice
        desk> :s 366 alice #tea :End of /NAMES list
        phone> @label=1 :s BATCH +b1 labeled-response
        phone> @batch=b1 :alice!alice@127.0.0.1 JOIN #tea
        phone> @batch=b1 :s 353 alice = #tea :@alice
        phone> @batch=b1 :s 366 alice #tea :End of /NAMES list
        phone> :s BATCH -b1
    "#]]);
}
