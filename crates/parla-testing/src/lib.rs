//! For tests only: transcripts, the simulator and its checkers.
//!
//! # Code map
//!
//! - [`transcript`] plays the scripts in `scripts/*.irc`, which list what clients send and everything that
//!   they get. They run in memory (`memory.rs`) and against a real server over TCP (`tcp.rs`).
//! - [`simulator`] runs random clients, faults and time from a seed. After each step checkers (`checkers.rs`,
//!   `client/`, `world/`) compare what clients saw with a model that is written in other words than the
//!   server (`rank.rs`, `crowd.rs`): memberships are symmetric, all members see the same order, nobody
//!   outside hears anything, and the history is what was delivered.
//! - It kills the server on its real store (`disk.rs`), or runs several machines (`machine.rs`) with a store
//!   each (`projection.rs`) on one log (`shared_log.rs`); they die, sleep and join late, and must end with
//!   the same in every store.
//! - `replay.rs` makes a run out of bytes, for fuzzing.

pub mod simulator;
pub mod transcript;
