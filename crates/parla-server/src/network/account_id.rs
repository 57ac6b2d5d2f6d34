//! What an account is known by. Conversations are, too, so it stands apart from what else is kept of it.

use serde::{Deserialize, Serialize};

/// Identifies an account, by the number of the entry that created it. It is the same on every machine and
/// never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountId(u64);

impl AccountId {
    /// The account that was created by the entry with this number.
    pub const fn from_number(seq: u64) -> Self {
        Self(seq)
    }

    /// The number of the entry that created the account.
    pub const fn number(self) -> u64 {
        self.0
    }
}
