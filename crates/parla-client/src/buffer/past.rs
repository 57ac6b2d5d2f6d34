//! What is known of the time before the person joined and of the times when they were not connected: what can
//! still be fetched, and what is missing.

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
    /// What was said while the person was gone and has not been fetched yet.
    missed: Missed,
    /// When the person joined, by the server's clock.
    joined_at: Option<Timestamp>,
    /// The time back to which the archive has been asked; `None` if it has not been asked at all.
    recalled_to: Option<Timestamp>,
    /// The last message that was repeated outside a batch; the next one is put below it.
    pub(super) repeated: Option<RowId>,
    /// What a bouncer has played back; `None` if no playback is expected.
    pub(super) played: Option<Played>,
}

/// The part of a conversation that is unknown and not marked by a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Missed {
    /// Nothing is missing, as far as we know.
    #[default]
    Nothing,
    /// Everything after this message.
    Since(Anchor),
    /// Everything that was ever said in it.
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

    /// Notes that earlier messages may be available.
    pub(super) const fn may_be_more(&mut self) {
        self.earlier = Earlier::Possible;
    }

    pub(super) const fn earlier(&self) -> Earlier {
        self.earlier
    }

    /// Notes when the person joined.
    pub(super) const fn entered(&mut self, at: Timestamp) {
        self.joined_at = Some(at);
    }
}

impl Buffer {
    /// Whether there are messages before the first row.
    pub(crate) const fn earlier(&self) -> Earlier {
        self.past.earlier
    }

    /// Sets whether there are messages before the first row.
    pub(crate) const fn set_earlier(&mut self, earlier: Earlier) {
        self.past.earlier = earlier;
        self.is_changed = true;
    }

    /// When the person joined, by the server's clock.
    pub(crate) const fn joined_at(&self) -> Option<Timestamp> {
        self.past.joined_at
    }

    /// The time back to which the archive has been asked.
    pub(crate) const fn recalled_to(&self) -> Option<Timestamp> {
        self.past.recalled_to
    }

    /// Notes that the archive has returned everything back to this time.
    pub(crate) fn recalled(&mut self, to: Option<Timestamp>) {
        self.past.recalled_to = to.into_iter().chain(self.past.recalled_to).min();
    }

    /// Marks everything from here on as missing, unless something was already missing, and returns what is
    /// missing.
    pub(crate) fn miss(&mut self) -> &Missed {
        if self.past.missed == Missed::Nothing {
            self.past.missed = self.timeline.newest().map_or(Missed::All, Missed::Since);
        }
        &self.past.missed
    }

    /// Marks everything after this message as missing, unless something was already missing.
    pub(crate) fn miss_since(&mut self, anchor: Anchor) {
        if self.past.missed == Missed::Nothing {
            self.past.missed = Missed::Since(anchor);
        }
    }

    /// Returns what is missing and not marked by a gap, and notes that nothing is missing any more.
    pub(crate) fn take_missed(&mut self) -> Missed {
        std::mem::take(&mut self.past.missed)
    }

    /// Whether missed messages are on their way. Until they arrive, nothing counts as seen, because they will
    /// appear above what is here now.
    pub(crate) fn awaits_missed(&self) -> bool {
        self.is_room() && self.is_present() && self.past.missed != Missed::Nothing
    }

    /// Starts over because the connection changed, or because the person joined or left: from here on,
    /// whatever turns out to be missing lies after everything that is known.
    pub(super) const fn begin_anew(&mut self) {
        self.timeline.begin_anew();
        self.past.repeated = None;
    }
}
