//! What the two counts of wrong passwords share: how a guess is remembered, and how fast the pauses grow.

use std::time::Duration;

use crate::limits::{GUESS_PAUSE_FIRST, GUESS_PAUSE_MAX};

/// A guess, or the name of an account, in a form of fixed length that reveals nothing without the key.
pub(crate) type Fingerprint = [u8; 32];

/// How long to wait between the last of this many wrong passwords and the next attempt. The first `free`
/// attempts need not wait.
pub(super) fn pause(wrong: u32, free: u32) -> Duration {
    let Some(more) = wrong.checked_sub(free) else { return Duration::ZERO };
    GUESS_PAUSE_FIRST.saturating_mul(1 << more.min(16)).min(GUESS_PAUSE_MAX)
}
