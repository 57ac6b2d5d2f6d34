//! For tests only: transcripts, and the simulator with its checkers.
//!
//! # Code map
//!
//! - [`transcript`] plays the scripts in `scripts/*.irc`, which list what clients send and everything that
//!   they get. They run in memory (`memory.rs`) and against a real server over TCP (`tcp.rs`).
//! - [`simulator`] runs random clients, faults and time from a seed. After each step, checkers
//!   (`checkers.rs`, `client/`, `world/`) compare what clients saw with a model that is implemented
//!   independently of the server (`rank.rs`, `crowd.rs`): memberships are symmetric, all members see the same
//!   order, nobody outside hears anything, and the history is what was delivered.
//! - It kills the server on its real store (`disk.rs`), or runs several machines (`machine.rs`), each with
//!   its own store (`projection.rs`), on one log (`shared_log.rs`); they die, sleep and join late, and must
//!   end with the same contents in every store.
//! - `replay.rs` turns bytes into a run, for fuzzing.

pub mod simulator;
pub mod transcript;
