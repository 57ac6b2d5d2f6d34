//! An invitation: a code with which people create accounts, are brought into channels, or become the owner of the
//! server.
//!
//! INVITE, in contrast, invites a user to one channel, and nothing of that is kept; see `channel.rs`.

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ChannelId, account::AccountId};

/// Identifies an invitation, by the number of the entry that created it. It is the same on every machine and
/// never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InvitationId(u64);

impl InvitationId {
    /// The invitation that was created by the entry with this number.
    pub const fn from_number(seq: u64) -> Self {
        Self(seq)
    }

    /// The number of the entry that created it.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// An invitation as it is kept. Its code follows from its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationState {
    /// The network's id of the invitation.
    pub id: InvitationId,
    /// The account of whoever made it; `None` if the administrator did.
    pub made_by: Option<AccountId>,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it can be used; `None` if there is no end.
    pub expires_at: Option<Timestamp>,
    /// How many more people can use it.
    pub uses_left: u32,
    /// The channels that whoever uses it is brought into.
    pub channels: Vec<ChannelId>,
    /// Whether whoever uses it owns the server from then on.
    pub makes_owner: bool,
}

impl InvitationState {
    /// Why nobody can use it any more; `None` if somebody can.
    pub(crate) fn end(&self, now: Timestamp) -> Option<InvitationEnd> {
        if self.uses_left == 0 {
            return Some(InvitationEnd::Used);
        }
        self.expires_at.is_some_and(|end| end <= now).then_some(InvitationEnd::Expired)
    }
}

/// Why nobody can use an invitation any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvitationEnd {
    /// As many people have used it as may.
    Used,
    /// Its time is over.
    Expired,
}
