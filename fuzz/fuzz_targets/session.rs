//! Lines of up to four clients to a server in memory, with every checker of the simulator.
//!
//! What the bytes mean is told by `parla_testing::simulator::replay`. `PASS_OVER="line too long,twice"` in the environment names
//! checkers whose findings do not end a run.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use parla_testing::simulator;

static PASS_OVER: LazyLock<String> = LazyLock::new(|| std::env::var("PASS_OVER").unwrap_or_default());

fuzz_target!(|bytes: &[u8]| {
    let passed_over: Vec<&str> = PASS_OVER.split(',').collect();
    if let Err(failure) = simulator::replay(bytes, &passed_over) {
        panic!("{failure}");
    }
});
