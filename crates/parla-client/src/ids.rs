//! The ids by which the interface and a client speak of the same thing.

use serde::{Deserialize, Serialize};

/// The id of a network that the person is on, or wants to be on. The shell assigns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NetworkId(pub u32);

/// The id of a conversation of a network. One client never reuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BufferId(pub u32);

/// The id of a row of a conversation. It is never reused there, and says nothing about order. For a message
/// with a msgid, another client of the person has the same id; for different rows it never has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RowId(pub u64);
