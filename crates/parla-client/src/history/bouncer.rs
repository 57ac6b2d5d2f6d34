//! What a bouncer plays back: it stayed in the room while the person was gone, and repeats what was said there, unasked. ZNC
//! keeps so many of the last lines of each room and no history that could be asked for.

use parla_proto::Timestamp;

use super::add_gap;
use crate::{
    client::Client,
    timeline::Spot,
    view::{BufferId, Gap, GapState, RowId},
};

/// Lines that ZNC keeps of a room if nobody has told it otherwise. If so many come, there may have been more.
const KEPT_LINES: u32 = 50;

/// How the person comes to be in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// They were not there before.
    Anew,
    /// They are back at a bouncer, which was there all the time and repeats what was said.
    ToBouncer,
}

/// What was played back in a room since the person is there again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played {
    /// The newest message that was known before.
    since: Timestamp,
    first: Option<(RowId, Timestamp)>,
    lines: u32,
}

impl Played {
    /// Nothing was played back yet.
    pub(super) const fn nothing_since(since: Timestamp) -> Self {
        Self { since, first: None, lines: 0 }
    }
}

/// A message that was not known is played back. Only if the bouncer may not have kept everything, something is missing.
pub(crate) fn played(client: &mut Client, id: BufferId, (row, at): (RowId, Timestamp)) {
    let Some(buffer) = client.buffers.get_mut(id) else { return };
    let Some(played) = &mut buffer.played else { return };
    played.lines += 1;
    let (first, since) = (*played.first.get_or_insert((row, at)), played.since);
    if played.lines >= KEPT_LINES {
        buffer.played = None;
        let gap = Gap { from: Some(since), to: first.1, state: GapState::Lost };
        add_gap(client, (id, Spot::Before(first.0)), gap);
    }
}

/// A message that was known is played back: so all that came behind it is, too.
pub(crate) fn overlaps(client: &mut Client, id: BufferId) {
    if let Some(buffer) = client.buffers.get_mut(id) {
        buffer.played = None;
    }
}
