//! For tests only: transcripts, the simulator and its checkers.
