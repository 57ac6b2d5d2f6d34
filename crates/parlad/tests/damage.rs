//! The database files are damaged in many ways. Either nothing is lost, or the server says what it found,
//! changes nothing, and continues only when told to, after moving the old files aside.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

#[path = "damage/cases.rs"]
mod cases;
#[path = "damage/files.rs"]
mod files;
#[path = "damage/left.rs"]
mod left;
mod support;

use std::{collections::BTreeSet, fs, panic::catch_unwind, process::Command, thread};

use cases::{CASES, Case, Outcome};
use files::{Files, content, pages};
use left::{CAPABILITIES, config, copy, say, stopped};
use support::{
    Client, Daemon,
    client::ReceivedMessage,
    daemon::{PROGRAM, ended},
};

#[test]
fn no_damage_is_silent_and_nothing_is_overwritten() {
    assert!(CASES.len() >= 30);
    let wrong: Vec<_> = thread::scope(|scope| {
        let parts = CASES.chunks(CASES.len().div_ceil(4));
        let threads: Vec<_> = parts.map(|part| scope.spawn(move || wrong_of(part))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The cases that did not end as they should; details are above in the output.
fn wrong_of(cases: &'static [Case]) -> Vec<&'static str> {
    let is_wrong = |case: &&Case| catch_unwind(|| check(case)).is_err();
    cases.iter().filter(is_wrong).map(|case| case.0).collect()
}

fn check((name, left, expected, damage): &Case) {
    let left = left();
    let folder = copy(&left.folder);
    let data = folder.path().join("data");
    damage(&Files { pages: pages(&folder.database()), data: data.clone() });
    let before = content(&data);
    let path = folder.write("parlad.toml", config());
    if *expected == Outcome::Whole {
        let daemon = Daemon::start(&folder, &config());
        assert_eq!(history(&daemon), left.seen, "{name}");
        assert_eq!(room(&daemon), ("what is kept".to_owned(), "bad!*@*".to_owned()), "{name}");
        return;
    }
    let ended = ended(Command::new(PROGRAM).arg("run").arg("--config").arg(&path), "");
    assert_eq!(ended.code, Some(1), "{name}: {ended:?}");
    for words in ["is not as it was left", "Nothing in it was changed", "--accept-damage", "parla.state"] {
        assert!(ended.stderr.contains(words), "{name}: {words}: {}", ended.stderr);
    }
    assert!(content(&data) == before, "{name}: something was changed");

    // It continues when it is told to, and everything is still there under other names.
    let daemon = Daemon::start_with(&folder, &config(), &["--accept-damage"]);
    assert!(daemon.log().contains("the damage was accepted"), "{name}: {}", daemon.log());
    let after = content(&data);
    for (file, bytes) in &before {
        let is_aside = |other: &String| other.contains(".damaged-");
        assert!(
            after.iter().any(|(other, found)| is_aside(other) && found == bytes),
            "{name}: {file} is not among {:?}",
            after.keys()
        );
    }
    let saved = history(&daemon);
    // If the key is lost, the ids change.
    let words = |heard: &ReceivedMessage| (heard.sender.clone(), heard.text.clone());
    let seen: BTreeSet<_> = left.seen.iter().map(words).collect();
    let was_said = |heard: &ReceivedMessage| seen.contains(&words(heard)) || heard.text.contains("elsewhere");
    assert!(saved.iter().all(was_said), "{name}");
    // A damaged page loses its contents, and a damaged index loses nothing.
    let least = match *name {
        name if name.contains("leaf") || name.contains("text") => 280,
        name if name.contains("index") || name.contains("leaves") || name.contains("key") => 300,
        _ => 0,
    };
    assert!(saved.len() >= least, "{name}: {} messages were saved", saved.len());
    let said = say(&daemon, 3, "again");
    assert!(daemon.stop().0.success(), "{name}");
    let daemon = Daemon::start(&folder, &config());
    assert_eq!(history(&daemon), [saved, said].concat(), "{name}");
}

fn history(daemon: &Daemon) -> Vec<ReceivedMessage> {
    let mut client = Client::register(daemon.address(), "reader", CAPABILITIES);
    client.send("JOIN #room\r\nCHATHISTORY LATEST #room * 1000");
    let lines = client.until(|line| line.contains(" BATCH -"));
    lines.iter().filter_map(|line| ReceivedMessage::parse(line)).collect()
}

/// The topic and the first ban.
fn room(daemon: &Daemon) -> (String, String) {
    let mut client = Client::register(daemon.address(), "looker", "");
    client.send("JOIN #room\r\nTOPIC #room\r\nMODE #room b");
    let lines = client.until(|line| line.contains(" 368 "));
    let find = |numeric: &str| lines.iter().find(|line| line.contains(numeric)).cloned().unwrap_or_default();
    let topic = find(" 332 ").rsplit(" :").next().unwrap_or_default().to_owned();
    (topic, find(" 367 ").split(' ').nth(4).unwrap_or_default().to_owned())
}

/// Changes three random bytes at random positions of the database. `FLIPS=200 cargo test -p parlad --test
/// damage` makes a long run.
#[test]
fn three_bytes_anywhere_are_noticed_or_do_no_harm() {
    let flips: u64 = std::env::var("FLIPS").map_or(20, |text| text.parse().unwrap());
    let left = stopped();
    for seed in 0..flips {
        let folder = copy(&left.folder);
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bytes = fs::read(folder.database()).unwrap();
        let place = random.usize(..bytes.len() - 3);
        bytes[place..place + 3].fill_with(|| random.u8(..));
        fs::write(folder.database(), bytes).unwrap();
        let before = content(&folder.path().join("data"));
        match Daemon::try_start(&folder, &config()) {
            Err(ended) => {
                assert_eq!(ended.code, Some(1), "{seed}: {ended:?}");
                assert!(ended.stderr.contains("is not as it was left"), "{seed} at {place}: {ended:?}");
                assert!(
                    content(&folder.path().join("data")) == before,
                    "{seed} at {place}: something was changed"
                );
            }
            Ok(daemon) => assert_eq!(history(&daemon), left.seen, "{seed} at {place}"),
        }
    }
}
