//! A short run of the simulator for a few seeds, or for the seed in `SEED`.
//!
//! `SEED=7 STEPS=5000 cargo test -p parla-testing --test simulator` replays a failure.

use parla_testing::simulator::{self, Options};

/// The steps for each seed, unless `STEPS` says otherwise.
const STEPS: usize = 3_000;

/// The same for several servers, each of which does all the work.
const STEPS_OF_SEVERAL: usize = 1_500;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn every_promise_is_kept() {
    let steps = number("STEPS").map_or(STEPS, |steps| usize::try_from(steps).unwrap());
    let seeds = number("SEED").map_or(0..80, |seed| seed..seed + 1);
    for seed in seeds {
        if let Err(failure) = simulator::run(seed, steps) {
            panic!(
                "\n{failure}\nto replay it: SEED={seed} STEPS={steps} cargo test -p parla-testing --test simulator\n"
            );
        }
    }
}

#[test]
fn every_promise_is_kept_by_several() {
    let steps = number("STEPS").map_or(STEPS_OF_SEVERAL, |steps| usize::try_from(steps).unwrap());
    let seeds = number("SEED").map_or(0..80, |seed| seed..seed + 1);
    let options = Options { steps, servers: 3, ..Options::default() };
    for seed in seeds {
        if let Err(failure) = simulator::run_with(seed, &options) {
            panic!(
                "\n{failure}\nto replay it: SEED={seed} STEPS={steps} cargo test -p parla-testing --test simulator several\n"
            );
        }
    }
}

/// People with accounts, on one server and on several.
#[test]
fn every_promise_to_people_is_kept() {
    let steps = number("STEPS").map_or(STEPS_OF_SEVERAL, |steps| usize::try_from(steps).unwrap());
    let seeds = number("SEED").map_or(0..40, |seed| seed..seed + 1);
    for (seed, servers) in seeds.flat_map(|seed| [(seed, 1), (seed, 3)]) {
        let options = Options { steps, servers, people: true, ..Options::default() };
        if let Err(failure) = simulator::run_with(seed, &options) {
            panic!(
                "\nservers: {servers}, {failure}\nto replay it: SEED={seed} STEPS={steps} cargo test -p parla-testing --test simulator people\n"
            );
        }
    }
}

#[test]
fn a_seed_makes_the_same_run() {
    assert_eq!(simulator::run(3, 1_000).unwrap(), simulator::run(3, 1_000).unwrap());
}
