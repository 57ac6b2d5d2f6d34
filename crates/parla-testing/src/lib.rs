//! For tests only: transcripts, the simulator and its checkers.

pub mod simulator;
pub mod transcript;
