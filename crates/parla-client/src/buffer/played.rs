//! What a bouncer plays back: it stayed in the room while the person was gone, and repeats what was said there, unasked. ZNC
//! keeps so many of the last lines of each room and no history that could be asked for.

use parla_proto::Timestamp;

use super::{Added, Buffer};
use crate::{
    timeline::Spot,
    view::{Content, Gap, GapState, Row, RowId},
};

/// Lines that ZNC keeps of a room if nobody has told it otherwise. If so many come, there may have been more.
const KEPT_LINES: u32 = 50;

/// What was played back in a room since the person is there again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Played {
    /// The newest message that was known before.
    since: Timestamp,
    first: Option<First>,
    lines: u32,
}

/// The first message that was played back.
#[derive(Clone, Copy, Debug)]
struct First {
    row: RowId,
    at: Timestamp,
}

impl Buffer {
    /// The person is back at a bouncer, which will play back what was said since then.
    pub(crate) const fn expect_playback(&mut self, since: Timestamp) {
        self.past.played = Some(Played { since, first: None, lines: 0 });
    }

    /// Nothing more is expected to be played back: no bouncer does it here, or all that was known before follows.
    pub(crate) const fn expect_no_playback(&mut self) {
        self.past.played = None;
    }

    /// A message of the past came unasked, or in a page.
    pub(crate) fn played(&mut self, added: &Added, at: Timestamp) {
        match added {
            Added::New(row) => self.is_played(First { row: *row, at }),
            // What was said since the person is back says nothing of what was said before.
            Added::Known(row) if !self.timeline.is_live(*row) => self.expect_no_playback(),
            Added::Known(_) | Added::Nowhere => {}
        }
    }

    /// A message that was not known is played back. Only if the bouncer may not have kept everything, something is missing.
    fn is_played(&mut self, this: First) {
        let Some(played) = &mut self.past.played else { return };
        played.lines += 1;
        let (first, since) = (*played.first.get_or_insert(this), played.since);
        if played.lines < KEPT_LINES {
            return;
        }
        self.past.played = None;
        let gap = Gap { from: Some(since), to: first.at, state: GapState::Lost };
        self.add_gap(Spot::Before(first.row), gap);
    }

    /// Where a message goes that is repeated without a batch: it follows the one that was repeated before it; the first has
    /// nothing but its time to say where it goes.
    pub(crate) fn repeated_spot(&self, at: Timestamp) -> Spot {
        self.last_repeated().map_or_else(|| self.timeline.spot_by_time(at), Spot::Behind)
    }

    fn last_repeated(&self) -> Option<RowId> {
        self.past.repeated.filter(|row| self.timeline.contains(*row))
    }

    /// A message was repeated without a batch.
    pub(crate) fn repeated(&mut self, added: &Added, at: Timestamp) {
        let before = self.last_repeated();
        if let Added::New(row) | Added::Known(row) = added {
            self.past.repeated = self.timeline.later(before, Some(*row));
        }
        if let Added::New(row) = added {
            self.narrow_gap(*row, before);
        }
        self.played(added, at);
    }

    /// What comes now is not repeated, and ends what was.
    pub(crate) const fn repeats_no_more(&mut self) {
        self.past.repeated = None;
    }

    /// What was taken to be lost is here: at least from this row on, or all of it if it follows a message that was repeated too.
    fn narrow_gap(&mut self, row: RowId, repeated_before: Option<RowId>) {
        let lost = |row: Option<&Row>| match row {
            Some(Row { id, content: Content::Gap(Gap { state: GapState::Lost, .. }), .. }) => Some(*id),
            _ => None,
        };
        let (before, after) = self.timeline.beside(row);
        let (before, after) = (lost(before), lost(after));
        if let Some(gap) = after.filter(|_| repeated_before.is_some()) {
            return self.timeline.remove(gap);
        }
        let at = self.timeline.row(row).map(|row| row.at);
        if let (Some(id), Some(at)) = (before, at) {
            self.timeline.update_gap(id, |gap| gap.to = at);
        }
    }
}
