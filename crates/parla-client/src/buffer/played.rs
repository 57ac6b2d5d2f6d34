//! Playback from a bouncer, which stays in the channel while the person is gone and repeats unasked what was
//! said there. ZNC keeps a limited number of recent lines per channel and offers no history that we could ask
//! for.

use parla_proto::Timestamp;

use super::{Added, Buffer};
use crate::{
    timeline::Spot,
    view::{Content, Gap, GapState, Row, RowId},
};

/// The number of lines that ZNC keeps per channel by default. If that many come, there may have been more.
const KEPT_LINES: u32 = 50;

/// What has been played back in a channel since the person returned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Played {
    /// The time of the newest message that was known before.
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
    /// The person has returned to a bouncer, which will play back what was said since this time.
    pub(crate) const fn expect_playback(&mut self, since: Timestamp) {
        self.past.played = Some(Played { since, first: None, lines: 0 });
    }

    /// No more playback is expected, because there is no bouncer or because it has reached what was already
    /// known.
    pub(crate) const fn expect_no_playback(&mut self) {
        self.past.played = None;
    }

    /// A message from the past has arrived, either unasked or in a page.
    pub(crate) fn played(&mut self, added: &Added, at: Timestamp) {
        match added {
            Added::New(row) => self.is_played(First { row: *row, at }),
            // A message from after the person's return says nothing about what was said before it.
            Added::Known(row) if !self.timeline.is_live(*row) => self.expect_no_playback(),
            Added::Known(_) | Added::Nowhere => {}
        }
    }

    /// An unknown message is played back. Something is missing only if the bouncer may not have kept
    /// everything.
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

    /// The place for a message that is repeated outside a batch: after the one that was repeated before it.
    /// The first has only its time to go by.
    pub(crate) fn repeated_spot(&self, at: Timestamp) -> Spot {
        self.last_repeated().map_or_else(|| self.timeline.spot_by_time(at), Spot::Behind)
    }

    fn last_repeated(&self) -> Option<RowId> {
        self.past.repeated.filter(|row| self.timeline.contains(*row))
    }

    /// Notes that a message was repeated outside a batch.
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

    /// Ends a run of repeated messages: the next message is not one of them.
    pub(crate) const fn repeats_no_more(&mut self) {
        self.past.repeated = None;
    }

    /// Narrows a gap because supposedly lost messages have arrived: at least from this row on, or all of them
    /// if it follows another repeated message.
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
