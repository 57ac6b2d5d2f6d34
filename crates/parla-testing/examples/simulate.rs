//! Runs the simulator for many seeds:
//! `cargo run --release -p parla-testing --example simulate -- --seeds 1000 --steps 5000`.
//!
//! `--servers N` runs N servers on one log, and `--people 1` gives people accounts. `--from N` starts at another
//! seed, `--events N` shows more of the events before a failure, `--shown N` shows more than one failure of each
//! checker, and `--pass-over CHECKER` counts the findings of a checker of single lines instead of ending the run.

#![expect(clippy::print_stdout, reason = "this is a program whose output people read")]

use std::collections::BTreeMap;

use parla_testing::simulator::{Options, run_with};

fn main() -> std::process::ExitCode {
    let (mut seeds, mut from, mut shown) = (100, 0, 1);
    let mut options = Options { steps: 5_000, ..Options::default() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        let number = || value.parse::<u64>().unwrap_or_default();
        match word.as_str() {
            "--seeds" => seeds = number(),
            "--from" => from = number(),
            "--steps" => options.steps = usize::try_from(number()).unwrap_or_default(),
            "--people" => options.people = number() > 0,
            "--servers" => options.servers = usize::try_from(number()).unwrap_or_default(),
            "--shown" => shown = usize::try_from(number()).unwrap_or_default(),
            "--events" => options.events_shown = usize::try_from(number()).unwrap_or_default(),
            "--pass-over" => options.passed_over.push(value),
            _ => {
                println!("unknown: {word}");
                return std::process::ExitCode::FAILURE;
            }
        }
    }
    soak(from..from + seeds, shown, &options)
}

fn soak(seeds: std::ops::Range<u64>, shown: usize, options: &Options) -> std::process::ExitCode {
    let mut failures: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut passed_over: BTreeMap<String, usize> = BTreeMap::new();
    let (mut sent, mut delivered, mut kept, mut restarts, mut sign_ins) = (0, 0, 0, 0, 0);
    for seed in seeds {
        match run_with(seed, options) {
            Ok(summary) => {
                sent += summary.lines_sent;
                delivered += summary.lines_delivered;
                kept += summary.messages_kept;
                restarts += summary.restarts;
                sign_ins += summary.sign_ins;
                for (checker, count) in summary.passed_over {
                    *passed_over.entry(checker).or_default() += count;
                }
            }
            Err(failure) => {
                let known = failures.entry(failure.checker.clone()).or_default();
                known.push(seed);
                if known.len() <= shown {
                    println!("{failure}\n");
                }
            }
        }
    }
    println!(
        "{sent} lines sent, {delivered} delivered, {kept} messages kept, {restarts} restarts, {sign_ins} sign-ins"
    );
    println!("passed over: {passed_over:?}");
    for (checker, seeds) in &failures {
        println!(
            "{checker}: {} failures, seeds {:?}",
            seeds.len(),
            seeds.iter().take(10).collect::<Vec<_>>()
        );
    }
    if failures.is_empty() { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
