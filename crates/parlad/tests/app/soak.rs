//! Faults that only appear after many attempts: many steps in several tabs, many crashes, many people at
//! once.
//!
//! Each test takes minutes, so none runs by default; CONTRIBUTING.md says how to run them. What happens
//! depends on a seed, which is printed.

mod crash;
mod crowd;
mod tabs;

use std::{
    collections::{BTreeMap, VecDeque},
    env, fmt, thread,
};

use crate::support::{Client, client::ReceivedMessage};

/// How many lines about the last steps of a failed run are printed.
const TOLD_MAX: usize = 80;

/// A number from the environment.
fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// The source of the random choices. Its seed is `PARLA_SOAK_SEED`, or a number that differs each time.
fn random() -> fastrand::Rng {
    let seed = number("PARLA_SOAK_SEED", fastrand::u64(..1_000_000));
    println!("PARLA_SOAK_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

/// Numbered messages by somebody whose program is killed again and again.
#[derive(Default)]
struct Messages {
    written: u64,
    /// Messages that the program had accepted before it was killed.
    accepted: Vec<u64>,
    /// Messages that arrived, in order.
    heard: Vec<u64>,
}

impl Messages {
    const COUNT: u64 = 200;

    /// How many are to be written by the end of a round.
    const fn due(round: u64, rounds: u64) -> u64 {
        Self::COUNT * round / rounds
    }

    /// The next message. None is written twice.
    const fn next(&mut self) -> u64 {
        self.written += 1;
        self.written
    }

    fn text(number: u64) -> String {
        format!("message {number}.")
    }

    /// Receives what has arrived since the last call.
    fn listen(&mut self, bob: &mut Client) {
        let lines = bob.sync();
        self.heard.extend(lines.iter().filter_map(|line| ReceivedMessage::parse(line)).map(|heard| {
            let number = heard.text.strip_prefix("message ").and_then(|text| text.strip_suffix('.'));
            number.unwrap_or_else(|| panic!("`{}` was never written", heard.text)).parse::<u64>().unwrap()
        }));
    }

    /// Messages that were accepted and have not arrived.
    fn lost(&self) -> Vec<u64> {
        self.accepted.iter().copied().filter(|number| !self.heard.contains(number)).collect()
    }

    /// Fails unless everything that was accepted has arrived, once and in order.
    fn are_whole(&self) {
        let Self { written, accepted, heard } = self;
        assert!(self.lost().is_empty(), "lost {:?}; heard {heard:?}", self.lost());
        assert!(heard.is_sorted_by(|one, next| one < next), "doubled or in another order: {heard:?}");
        let (accepted, heard) = (accepted.len(), heard.len());
        println!("{written} messages written, {accepted} accepted, {heard} arrived, 0 lost, 0 doubled");
    }
}

/// The steps so far. If the test fails, the last of them are printed.
#[derive(Default)]
struct Steps {
    count: usize,
    kinds: BTreeMap<&'static str, usize>,
    last: VecDeque<String>,
}

impl Steps {
    /// Adds a step of this kind.
    fn take(&mut self, kind: &'static str, how: &str) {
        self.count += 1;
        *self.kinds.entry(kind).or_default() += 1;
        self.tell(format!("{}. {kind} {how}", self.count));
    }

    /// Adds what was seen of the last step.
    fn see(&mut self, what: &str) {
        self.tell(format!("   {what}"));
    }

    fn tell(&mut self, line: String) {
        self.last.push_back(line);
        if self.last.len() > TOLD_MAX {
            self.last.pop_front();
        }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<String> = self.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        write!(f, "{} steps: {}", self.count, kinds.join(", "))
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("{self}; the last were");
            self.last.iter().for_each(|step| println!("  {step}"));
        }
    }
}
