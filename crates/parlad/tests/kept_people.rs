//! All that people were told is done is there again: several people with accounts and two devices each act at
//! random, and the server is killed meanwhile, again and again, with the same data.
//!
//! `ROUNDS=100 cargo test -p parlad --test kept_people` makes a long run; `SEED` chooses another one.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at what it did not expect"
)]

#[path = "kept_people/acts.rs"]
mod acts;
#[path = "kept_people/found.rs"]
mod found;
#[path = "kept_people/person.rs"]
mod person;
mod support;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use acts::{Administrator, Newcomers};
use found::Reader;
use person::Person;
use support::{Client, Daemon, Folder, client::ReceivedMessage, config, history::history};

/// How many people there are.
const PEOPLE: usize = 4;

/// Every this many rounds the whole histories are read, rather than only the new part.
const WHOLE_EVERY: u64 = 10;

/// Hashes cost little, so that signing in does not take longer than what is tested.
const CHEAP: &str = "[accounts.passwords]\nargon2_memory_kib = 64\nargon2_iterations = 1\n";

/// The histories that were read, by the names of their conversations.
type Histories = BTreeMap<String, Vec<ReceivedMessage>>;

#[test]
fn what_people_were_told_is_kept_when_the_server_is_killed() {
    let number = |name: &str, otherwise| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let (rounds, seed) = (number("ROUNDS", 3_u64), number("SEED", 1));
    let (folder, toml) = (Folder::new(), config(CHEAP));
    let started = Instant::now();
    let mut people: Vec<Person> = (0..PEOPLE).map(|number| Person::new(number, seed)).collect();
    let mut newcomers = Newcomers::default();
    let mut administrator = Administrator::new(seed);
    let mut histories = Histories::new();
    let (mut longest, mut undone) = (Duration::ZERO, 0);

    let daemon = Daemon::start(&folder, &toml);
    people.iter_mut().for_each(|person| person.registers(daemon.address()));
    daemon.kill();
    for round in 1..=rounds {
        let daemon = Daemon::start(&folder, &toml);
        round_of(daemon, &folder, round, (&mut people, &mut newcomers, &mut administrator));
        let starting = Instant::now();
        let daemon = Daemon::start(&folder, &toml);
        longest = longest.max(starting.elapsed());
        let address = daemon.address();
        administrator.settle(address, &people);
        for person in &mut people {
            undone += person.settle(&mut Reader::enter(address, &person.name), round);
        }
        Reader::check_ranks(address, &people);
        undone += newcomers.settle(address, round);
        let whole = rounds <= WHOLE_EVERY || round % WHOLE_EVERY == 0 || round == rounds;
        for person in &people {
            for (name, target) in person.conversations() {
                let known = histories.get(&name).cloned().unwrap_or_default();
                let mut client = Client::open(address);
                person.signs_in(&mut client);
                let read = history(&mut client, &target, if whole { &[] } else { &known });
                assert_eq!(read[..known.len()], known, "round {round}: what was kept of {name} has changed");
                histories.insert(name, read);
            }
        }
        undone += check_histories(&histories, &mut people, round);
        daemon.kill();
        let done: usize = people.iter().map(|person| person.done).sum();
        eprintln!(
            "round {round}: {} acts were confirmed in all, and all are there; {undone} were not confirmed; \
             {} messages, {} new accounts; {:.1} s",
            done + newcomers.names.len() + administrator.done,
            histories.values().map(Vec::len).sum::<usize>(),
            newcomers.names.len(),
            started.elapsed().as_secs_f32()
        );
    }
    eprintln!("the longest start took {longest:.1?}");
    let done: usize = people.iter().map(|person| person.done).sum();
    assert!(done as u64 > 10 * rounds, "hardly anybody did anything, so nothing was tested");
}

/// Lets everybody act until the server is killed.
fn round_of(
    daemon: Daemon,
    folder: &Folder,
    round: u64,
    (people, newcomers, administrator): (&mut Vec<Person>, &mut Newcomers, &mut Administrator),
) {
    let address = daemon.address();
    let mut random = fastrand::Rng::with_seed(round);
    let is_gone = &AtomicBool::new(false);
    let devices: Vec<[Client; 2]> = people.iter().map(|person| person.comes_in(address)).collect();
    thread::scope(|scope| {
        for (person, devices) in people.iter_mut().zip(devices) {
            scope.spawn(move || person.lives(devices, round));
        }
        scope.spawn(move || newcomers.come(address, round));
        scope.spawn(move || administrator.adds_certificates(folder, is_gone));
        thread::sleep(Duration::from_millis(random.u64(50..900)));
        daemon.kill();
        is_gone.store(true, Ordering::Relaxed);
    });
}

/// Checks that what was said is there once, in the order in which each said it. Returns how much of what nobody
/// was told of is not there.
fn check_histories(histories: &Histories, people: &mut [Person], round: u64) -> usize {
    let mut undone = 0;
    for (name, history) in histories {
        let mut said: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for message in history {
            *said.entry((&message.sender, &message.text)).or_default() += 1;
            let number: u64 = message.text.split(' ').next_back().unwrap().parse().unwrap();
            let before = last.insert(&message.sender, number);
            assert!(before < Some(number), "round {round}: {message:?} is not in its place in {name}");
        }
        assert!(said.values().all(|count| *count == 1), "round {round}: something is twice in {name}");
        for person in people.iter_mut() {
            undone += person.settle_said(name, &said, round);
        }
        let known: usize = people.iter().map(|person| person.said_in(name)).sum();
        assert_eq!(known, history.len(), "round {round}: nobody said everything that is in {name}");
    }
    undone
}
