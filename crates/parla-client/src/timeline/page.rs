//! Where the messages of a history page go: beside their neighbours in the page, as far as those are known.

use super::{Spot, Timeline};
use crate::view::RowId;

/// The known neighbours of a message in its page.
pub(crate) struct Neighbours {
    /// The row of the latest message of the page before it, by the order of the conversation.
    pub(crate) before: Option<RowId>,
    /// The next message of the page that is known.
    pub(crate) after: Option<RowId>,
    /// Where the page belongs if none of it is known.
    wished: Spot,
}

impl Neighbours {
    pub(crate) const fn new(wished: Spot) -> Self {
        Self { before: None, after: None, wished }
    }

    pub(crate) fn spot(&self, timeline: &Timeline) -> Spot {
        timeline.spot_between(self.before, self.after, self.wished)
    }

    /// Notes that the next message of the page comes after this row.
    pub(crate) fn passed(&mut self, timeline: &Timeline, row: Option<RowId>) {
        self.before = timeline.later(self.before, row);
    }
}

/// For each message of a page, the next one that is known, possibly itself.
pub(crate) fn next_known(mut known: Vec<Option<RowId>>) -> Vec<Option<RowId>> {
    let mut next = None;
    for row in known.iter_mut().rev() {
        next = row.or(next);
        *row = next;
    }
    known
}
