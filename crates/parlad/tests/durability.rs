//! Everything that anyone saw is stored: the server is killed under load, again and again, with the same
//! data.
//!
//! `ROUNDS=100 cargo test -p parlad --test durability` makes a long run.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod support;

use std::{
    collections::{HashMap, HashSet},
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use parla_server::MessageIds;
use support::{Client, Daemon, Folder, client::ReceivedMessage, config, history::history};

/// How many unconfirmed messages each writer may have; with one, it waits for its own echo before it
/// continues.
const WRITERS: [usize; 5] = [1, 1, 1, 8, 32];
const READERS: usize = 2;
const CAPABILITIES: &str = "message-tags echo-message batch server-time draft/chathistory";
/// Every this many rounds the whole history is read, rather than only the new part.
const WHOLE_EVERY: u32 = 10;

#[test]
fn what_was_seen_is_kept_when_the_server_is_killed() {
    let rounds: u32 = std::env::var("ROUNDS").map_or(5, |text| text.parse().unwrap());
    let folder = Folder::new();
    let started = Instant::now();
    let mut kept: Vec<ReceivedMessage> = Vec::new();
    let mut seen_in_all = 0;
    for round in 1..=rounds {
        let daemon = Daemon::start(&folder, &config(""));
        let seen = load(daemon, round);
        let daemon = Daemon::start(&folder, &config(""));
        let whole = rounds <= WHOLE_EVERY || round % WHOLE_EVERY == 0 || round == rounds;
        let mut checker = Client::register(daemon.address(), "checker", CAPABILITIES);
        let history = history(&mut checker, "#room", if whole { &[] } else { &kept });
        daemon.kill();

        assert_eq!(history[..kept.len()], kept, "round {round}: what was kept before has changed");
        let new = &history[kept.len()..];
        let distinct = check(&history, new, &seen, round);
        seen_in_all += distinct;
        eprintln!(
            "round {round}: {distinct} messages seen by {} clients, {} kept, {} in all, {:.1} s",
            seen.len(),
            new.len(),
            history.len(),
            started.elapsed().as_secs_f32()
        );
        kept = history;
    }
    assert!(seen_in_all > rounds as usize, "nobody saw anything, so nothing was tested");
}

/// Writes and reads until the server is killed, and returns what each client saw.
fn load(daemon: Daemon, round: u32) -> Vec<Vec<ReceivedMessage>> {
    let address = daemon.address();
    // All clients are there before the first message, so that all see the same.
    let ready = Barrier::new(WRITERS.len() + READERS + 1);
    thread::scope(|scope| {
        let writers = WRITERS.iter().enumerate().map(|(index, window)| {
            let ready = &ready;
            scope.spawn(move || {
                let mut client = Client::register(address, &format!("w{index}"), CAPABILITIES);
                ready.wait();
                write(&mut client, &format!("{round} {index}"), *window)
            })
        });
        let mut clients: Vec<_> = writers.collect();
        for index in 0..READERS {
            let ready = &ready;
            clients.push(scope.spawn(move || {
                let mut client = Client::register(address, &format!("r{index}"), CAPABILITIES);
                ready.wait();
                client.rest().iter().filter_map(|line| ReceivedMessage::parse(line)).collect()
            }));
        }
        ready.wait();
        let mut random = fastrand::Rng::with_seed(u64::from(round));
        thread::sleep(Duration::from_micros(random.u64(20_000..500_000)));
        daemon.kill();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

/// Writes numbered messages until the connection ends, and returns everything it saw meanwhile.
fn write(client: &mut Client, prefix: &str, window: usize) -> Vec<ReceivedMessage> {
    let mut seen = Vec::new();
    let (mut written, mut echoed) = (0, 0);
    loop {
        while written < echoed + window {
            if client.try_send(format!("PRIVMSG #room :{prefix} {written}\r\n").as_bytes()).is_err() {
                // Lines that came before the end can still be read.
                seen.extend(client.rest().iter().filter_map(|line| ReceivedMessage::parse(line)));
                return seen;
            }
            written += 1;
        }
        let Some(line) = client.line() else { return seen };
        if let Some(heard) = ReceivedMessage::parse(&line) {
            echoed += usize::from(heard.text == format!("{prefix} {echoed}"));
            seen.push(heard);
        }
    }
}

/// Compares the new history of a round with what each client saw. Returns how many messages anyone saw.
fn check(
    history: &[ReceivedMessage],
    new: &[ReceivedMessage],
    seen: &[Vec<ReceivedMessage>],
    round: u32,
) -> usize {
    let ids: HashSet<&str> = history.iter().map(|heard| heard.msgid.as_str()).collect();
    assert_eq!(ids.len(), history.len(), "round {round}: ids repeat");
    // Anybody who could read the number in an id would know how many messages others have sent.
    let well_known = MessageIds::new(&[0; 16]);
    assert!(ids.iter().all(|id| id.len() == 22 && well_known.decode(id).is_none()), "round {round}");
    let texts: HashSet<(&str, &str)> =
        history.iter().map(|heard| (heard.sender.as_str(), heard.text.as_str())).collect();
    assert_eq!(texts.len(), history.len(), "round {round}: a message is kept twice");

    let places: HashMap<&ReceivedMessage, usize> =
        new.iter().enumerate().map(|(place, heard)| (heard, place)).collect();
    let mut distinct = HashSet::new();
    for (client, seen) in seen.iter().enumerate() {
        let found: Vec<usize> = seen
            .iter()
            .map(|heard| {
                let place = places.get(heard).copied();
                assert!(place.is_some(), "round {round}: client {client} saw {heard:?}, which is not kept");
                place.unwrap_or_default()
            })
            .collect();
        // All clients were there all the time, so what each saw has no gaps.
        let order: Vec<usize> = (0..found.len()).collect();
        assert_eq!(
            found, order,
            "round {round}: client {client} saw another order than was kept, or not all"
        );
        distinct.extend(seen);
    }
    distinct.len()
}
