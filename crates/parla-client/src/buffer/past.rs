//! What is known of the time before the person came, or was away: what may be had of it, and what is missing.

use parla_proto::Timestamp;

use super::{Buffer, played::Played};
use crate::{
    timeline::Anchor,
    view::{BufferKind, Earlier, RowId},
};

/// What is known of the past of a conversation.
#[derive(Debug)]
pub(super) struct Past {
    earlier: Earlier,
    /// What was said while the person was gone and was not fetched yet.
    missed: Missed,
    /// When the person came, by the server's clock.
    joined_at: Option<Timestamp>,
    /// Before this time the archive has not been asked. None if it was not asked at all.
    recalled_to: Option<Timestamp>,
    /// The last of the messages that are being repeated without a batch: the next one follows it.
    pub(super) repeated: Option<RowId>,
    /// What a bouncer plays back; none if nothing is expected of one.
    pub(super) played: Option<Played>,
}

/// What of a room is not known and not marked as a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Missed {
    /// All is here, as far as one can know.
    #[default]
    Nothing,
    /// What followed this.
    Since(Anchor),
    /// Whatever there is.
    All,
}

impl Past {
    pub(super) fn new(kind: BufferKind) -> Self {
        Self {
            earlier: if kind == BufferKind::Room { Earlier::Possible } else { Earlier::Unavailable },
            missed: Missed::Nothing,
            joined_at: None,
            recalled_to: None,
            repeated: None,
            played: None,
        }
    }

    /// Earlier messages may be had.
    pub(super) const fn may_be_more(&mut self) {
        self.earlier = Earlier::Possible;
    }

    pub(super) const fn earlier(&self) -> Earlier {
        self.earlier
    }

    /// The person has come in.
    pub(super) const fn entered(&mut self, at: Timestamp) {
        self.joined_at = Some(at);
    }
}

impl Buffer {
    /// Whether there is more before the first row.
    pub(crate) const fn earlier(&self) -> Earlier {
        self.past.earlier
    }

    /// It is known now whether there is more before the first row.
    pub(crate) const fn set_earlier(&mut self, earlier: Earlier) {
        self.past.earlier = earlier;
        self.is_changed = true;
    }

    /// When the person came, by the server's clock.
    pub(crate) const fn joined_at(&self) -> Option<Timestamp> {
        self.past.joined_at
    }

    /// Up to which time the archive was asked, from the end on.
    pub(crate) const fn recalled_to(&self) -> Option<Timestamp> {
        self.past.recalled_to
    }

    /// The archive has given all back to this time.
    pub(crate) fn recalled(&mut self, to: Option<Timestamp>) {
        self.past.recalled_to = to.into_iter().chain(self.past.recalled_to).min();
    }

    /// From where on something is missing now, unless that was so before.
    pub(crate) fn miss(&mut self) -> &Missed {
        if self.past.missed == Missed::Nothing {
            self.past.missed = self.timeline.newest().map_or(Missed::All, Missed::Since);
        }
        &self.past.missed
    }

    /// Something is missing behind this, unless more is.
    pub(crate) fn miss_since(&mut self, anchor: Anchor) {
        if self.past.missed == Missed::Nothing {
            self.past.missed = Missed::Since(anchor);
        }
    }

    /// Nothing is missing any more that no gap stands for. Gives what was.
    pub(crate) fn take_missed(&mut self) -> Missed {
        std::mem::take(&mut self.past.missed)
    }

    /// What was missed is on its way. Until it is here, nothing counts as seen: it would be above all that was.
    pub(crate) fn is_awaited(&self) -> bool {
        self.is_room() && self.is_present() && self.past.missed != Missed::Nothing
    }

    /// The connection is another, or the person comes or goes: what is missing stands behind all that is known.
    pub(super) const fn begin_anew(&mut self) {
        self.timeline.begin_anew();
        self.past.repeated = None;
    }
}
