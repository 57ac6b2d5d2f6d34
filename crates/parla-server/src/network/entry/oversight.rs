//! Commands of those who oversee channels from outside them.

use parla_proto::{ChannelName, Nick};
use serde::{Deserialize, Serialize};

use super::Mode;

/// By what right somebody acts on a channel from outside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authority {
    /// As an operator of the server: the actor, whose privilege the commit checks.
    Operator,
    /// As the administrator, whose request to the daemon had this number. There is no actor.
    Administrator(u64),
}

/// Brings a user into a channel, whatever its modes say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sajoin {
    /// The user; `None` for the actor.
    pub nick: Option<Nick>,
    /// The channel.
    pub channel: ChannelName,
}

/// Takes a user out of a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sapart {
    /// The user; `None` for the actor.
    pub nick: Option<Nick>,
    /// The channel.
    pub channel: ChannelName,
    /// The reason, if one was given.
    pub reason: Option<String>,
}

/// Changes a channel's modes without regard to ranks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Samode {
    /// The authority for it.
    pub authority: Authority,
    /// The changes.
    pub mode: Mode,
}

/// Repairs a channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Room {
    /// The authority for it.
    pub authority: Authority,
    /// The channel.
    pub channel: ChannelName,
    /// The kind of repair.
    pub repair: Repair,
}

/// How a channel is repaired.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Repair {
    /// Deletes the channel and everything that is kept of it, for this reason.
    Delete(Option<String>),
    /// Gives the channel the modes of a new one, and empties its lists.
    Reset,
    /// Makes the member with this nick its owner.
    Give(Nick),
}

/// Closes a channel, so that nobody can enter it, or opens it again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Close {
    /// The name of the channel, which need not exist.
    pub channel: ChannelName,
    /// The reason why it is closed, which may be empty; `None` to open it again.
    pub reason: Option<String>,
}
