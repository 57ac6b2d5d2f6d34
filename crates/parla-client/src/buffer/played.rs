//! What a bouncer plays back: it stayed in the room while the person was gone, and repeats what was said there, unasked. ZNC
//! keeps so many of the last lines of each room and no history that could be asked for.

use parla_proto::Timestamp;

use super::Buffer;
use crate::{
    timeline::Spot,
    view::{Gap, GapState, RowId},
};

/// Lines that ZNC keeps of a room if nobody has told it otherwise. If so many come, there may have been more.
const KEPT_LINES: u32 = 50;

/// What was played back in a room since the person is there again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Played {
    /// The newest message that was known before.
    since: Timestamp,
    first: Option<(RowId, Timestamp)>,
    lines: u32,
}

impl Buffer {
    /// The person is back at a bouncer, which will play back what was said since then.
    pub(crate) const fn expect_playback(&mut self, since: Timestamp) {
        self.played = Some(Played { since, first: None, lines: 0 });
    }

    /// Nothing more is expected to be played back: no bouncer does it here, or all that was known before follows.
    pub(crate) const fn expect_no_playback(&mut self) {
        self.played = None;
    }

    /// A message that was not known is played back. Only if the bouncer may not have kept everything, something is missing: a
    /// gap, and where it goes.
    pub(crate) fn is_played(&mut self, row: RowId, at: Timestamp) -> Option<(Spot, Gap)> {
        let played = self.played.as_mut()?;
        played.lines += 1;
        let (first, since) = (*played.first.get_or_insert((row, at)), played.since);
        if played.lines < KEPT_LINES {
            return None;
        }
        self.played = None;
        Some((Spot::Before(first.0), Gap { from: Some(since), to: first.1, state: GapState::Lost }))
    }
}
