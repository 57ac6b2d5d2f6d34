//! All members of a room see the same order, and the effects of a command come before what is asked after it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

mod support;

use std::{net::SocketAddr, sync::Barrier, thread};

use support::{Client, Daemon, Folder, client::ReceivedMessage, config};

const CLIENTS: usize = 5;
const MESSAGES_EACH: usize = 200;
const ROOMS: [&str; 2] = ["#one", "#two"];
const CAPABILITIES: &str = "message-tags echo-message";

#[test]
fn all_members_see_one_order() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let ready = Barrier::new(CLIENTS);
    let seen: Vec<Vec<ReceivedMessage>> = thread::scope(|scope| {
        let talk = |index| talk(daemon.address(), index, &ready);
        let clients: Vec<_> = (0..CLIENTS).map(|index| scope.spawn(move || talk(index))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    for room in ROOMS {
        let of_room = |seen: &[ReceivedMessage]| -> Vec<ReceivedMessage> {
            seen.iter().filter(|heard| heard.target == room).cloned().collect()
        };
        let first = of_room(&seen[0]);
        for other in &seen[1..] {
            assert_eq!(of_room(other), first, "in {room}");
        }
        for index in 0..CLIENTS {
            let of_one: Vec<usize> = first
                .iter()
                .filter(|heard| heard.sender == nick(index))
                .map(|heard| heard.text.parse().unwrap())
                .collect();
            assert!(of_one.is_sorted(), "what {} said in {room} changed its order", nick(index));
        }
    }
}

fn nick(index: usize) -> String {
    format!("client{index}")
}

/// Sends messages to different rooms, several at once, and returns what it saw from everyone.
fn talk(address: SocketAddr, index: usize, ready: &Barrier) -> Vec<ReceivedMessage> {
    let mut client = Client::register(address, &nick(index), CAPABILITIES);
    client.send(&format!("JOIN {}", ROOMS.join(",")));
    client.sync();
    ready.wait();
    let mut twin = client.twin();
    let writer = thread::spawn(move || {
        let mut random = fastrand::Rng::with_seed(index as u64);
        let mut number = 0;
        while number < MESSAGES_EACH {
            let count = random.usize(1..10).min(MESSAGES_EACH - number);
            let lines: String = (number..number + count)
                .map(|number| format!("PRIVMSG {} :{number}\r\n", ROOMS[random.usize(..ROOMS.len())]))
                .collect();
            twin.send_bytes(lines.as_bytes());
            number += count;
        }
    });
    let mut seen = Vec::new();
    while seen.len() < CLIENTS * MESSAGES_EACH {
        seen.extend(ReceivedMessage::parse(&client.line().unwrap()));
    }
    writer.join().unwrap();
    assert!(
        !client.sync().iter().any(|line| ReceivedMessage::parse(line).is_some()),
        "more came than was said"
    );
    seen
}

/// When a PING has been answered, what was sent before it comes before everything that others ask for later.
#[test]
fn what_a_command_causes_comes_before_its_answer() {
    let folder = Folder::new();
    let daemon = Daemon::start(&folder, &config(""));
    let mut alice = Client::register(daemon.address(), "alice", CAPABILITIES);
    let mut bob = Client::register(daemon.address(), "bob", "");
    for client in [&mut alice, &mut bob] {
        client.send("JOIN #own");
        client.sync();
    }
    alice.sync();
    let mut random = fastrand::Rng::with_seed(1);
    for number in 0..500 {
        let line = match random.u8(..4) {
            0 => format!("PRIVMSG #own :{number}"),
            1 => format!("PRIVMSG bob :{number}"),
            2 => format!("TOPIC #own :{number}"),
            _ => format!("NOTICE #own :{number}"),
        };
        alice.send(&line);
        alice.sync();
        let heard = bob.sync();
        assert_eq!(heard.len(), 1, "after {line}: {heard:#?}");
        assert!(heard[0].ends_with(&format!(" :{number}")), "after {line}: {heard:#?}");
    }
}
