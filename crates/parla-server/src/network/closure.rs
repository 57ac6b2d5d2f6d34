//! A closed channel: an operator of the server has decided that nobody can enter it.

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

/// Why nobody can enter a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// The reason, which may be empty.
    pub reason: String,
    /// `nick!user@host` of whoever closed it.
    pub by: String,
    /// When it was closed.
    pub at: Timestamp,
}
