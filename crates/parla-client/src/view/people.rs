//! People as the interface sees them: who is in a room, what each may do there, and what the server tells of one.

use std::sync::Arc;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{rank::Rank, text::Hue};

/// Who is in a room. Equal if it is the same allocation.
#[derive(Clone, Debug, Default)]
pub struct Members(pub Arc<Vec<Member>>);

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// One who is in a room. Sorted by rank, then by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The nick as it is shown.
    pub nick: Arc<str>,
    /// The nick as the server knows it.
    pub name: Arc<str>,
    /// The display name, if it is another than the nick. It proves nothing, so the nick is shown beside it.
    pub called: Option<Arc<str>>,
    /// What he may do.
    pub rank: Rank,
    /// All of his ranks, each a bit; see [`Member::has`].
    pub ranks: u8,
    /// He has said that he is away.
    pub away: bool,
    /// A program and not a person.
    pub bot: bool,
    /// The colour of the nick.
    pub hue: Hue,
}

impl Member {
    /// Whether this is one of his ranks.
    pub const fn has(&self, rank: Rank) -> bool {
        self.ranks & rank.bit() != 0
    }
}

/// What the person may do in a room, as far as the client can tell. The server decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Set the topic.
    pub set_topic: bool,
    /// Send people out, keep them out, and change how the room is set up.
    pub kick: bool,
    /// The person's own rank.
    pub rank: Rank,
}

impl Rights {
    /// Whether the person may give this rank to others, or take it from them.
    pub fn may_give(self, rank: Rank) -> bool {
        let least = match rank {
            Rank::Founder | Rank::Admin => Rank::Founder,
            Rank::Operator | Rank::HalfOperator => Rank::Operator,
            Rank::Voiced => Rank::HalfOperator,
            Rank::Member => return false,
        };
        self.kick && self.rank <= least
    }

    /// Whether the person may send somebody of this rank out.
    pub fn may_remove(self, rank: Rank) -> bool {
        self.kick && (self.rank < rank || (self.rank == rank && rank <= Rank::Operator))
    }
}

/// A room that somebody is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomOf {
    /// Its name as it is shown.
    pub shown: Arc<str>,
    /// Its name as the server knows it.
    pub name: Arc<str>,
    /// What they are there.
    pub rank: Rank,
}

/// What the server tells of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The nick as it is shown.
    pub nick: Arc<str>,
    /// The nick as the server knows it.
    pub name: Arc<str>,
    /// The display name, if it is another than the nick.
    pub called: Option<Arc<str>>,
    /// The real name he gave.
    pub realname: Arc<str>,
    /// `user@host`.
    pub host: Arc<str>,
    /// The account he is logged in to.
    pub account: Option<Arc<str>>,
    /// Why he is away, if he is.
    pub away: Option<Arc<str>>,
    /// Rooms that both can see.
    pub rooms: Vec<RoomOf>,
    /// Seconds since he last said something.
    pub idle_seconds: Option<u64>,
    /// When he came.
    pub since: Option<Timestamp>,
    /// An operator of the server.
    pub operator: bool,
    /// A program and not a person.
    pub bot: bool,
    /// Whether all has come in.
    pub complete: bool,
    /// Nobody of that name is there.
    pub missing: bool,
}
