//! People as the interface sees them: the members of a room, what each may do there, what the server says about
//! somebody, and who has a nick.

use std::sync::Arc;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{problem::ProblemKind, rank::Rank, text::Hue};

/// The members of a room. Two lists are equal if they are the same allocation.
#[derive(Clone, Debug, Default)]
pub struct Members(pub Arc<Vec<Member>>);

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A member of a room. Members are sorted by rank, then by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The nick as it is shown.
    pub nick: Arc<str>,
    /// The nick as the server knows it.
    pub name: Arc<str>,
    /// The display name, if it differs from the nick. It proves nothing, so the nick is shown beside it.
    pub called: Option<Arc<str>>,
    /// The member's highest rank.
    pub rank: Rank,
    /// All ranks of the member, one bit each; see [`Member::has`].
    pub ranks: u8,
    /// Whether they have marked themselves as away.
    pub away: bool,
    /// Whether this is a bot.
    pub bot: bool,
    /// The colour of the nick.
    pub hue: Hue,
}

impl Member {
    /// Whether the member has this rank.
    pub const fn has(&self, rank: Rank) -> bool {
        self.ranks & rank.bit() != 0
    }
}

/// What the person may do in a room, as far as the client can tell. The server decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Whether the person may set the topic.
    pub set_topic: bool,
    /// Whether the person may remove and ban people, and change the settings.
    pub kick: bool,
    /// The person's own rank.
    pub rank: Rank,
    /// Why nobody would get what the person writes, if that is known.
    pub silenced: Option<ProblemKind>,
}

impl Rights {
    /// Whether the person may give others this rank, or take it from them.
    pub fn may_give(self, rank: Rank) -> bool {
        let least = match rank {
            Rank::Founder | Rank::Protected => Rank::Founder,
            Rank::Operator | Rank::HalfOperator => Rank::Operator,
            Rank::Voice => Rank::HalfOperator,
            Rank::Member => return false,
        };
        self.kick && self.rank <= least
    }

    /// Whether the person may remove somebody of this rank from the room.
    pub fn may_remove(self, rank: Rank) -> bool {
        self.kick && (self.rank < rank || (self.rank == rank && rank <= Rank::Operator))
    }
}

/// A nick that the person wants, and that is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedNick {
    /// The nick.
    pub nick: Arc<str>,
    /// Who has it, as far as we can tell.
    pub holder: NickHolder,
}

/// Who has a nick that the person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NickHolder {
    /// The person's own connection, which is lost without the server having noticed.
    LostConnection,
    /// Somebody else, or at least nobody of whom we know that they are the person.
    SomebodyElse,
}

/// A room that somebody is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomOf {
    /// Its name as it is shown.
    pub shown: Arc<str>,
    /// Its name as the server knows it.
    pub name: Arc<str>,
    /// Their highest rank there.
    pub rank: Rank,
}

/// What the server says about a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The nick as it is shown.
    pub nick: Arc<str>,
    /// The nick as the server knows it.
    pub name: Arc<str>,
    /// The display name, if it differs from the nick.
    pub called: Option<Arc<str>>,
    /// The real name that they gave.
    pub realname: Arc<str>,
    /// Their `user@host`.
    pub host: Arc<str>,
    /// The account that they are logged in to.
    pub account: Option<Arc<str>>,
    /// The reason why they are away, if they are.
    pub away: Option<Arc<str>>,
    /// The rooms that both people can see.
    pub rooms: Vec<RoomOf>,
    /// The seconds since they last wrote something.
    pub idle_seconds: Option<u64>,
    /// When they connected to the network.
    pub since: Option<Timestamp>,
    /// Whether they are an operator of the server.
    pub operator: bool,
    /// Whether this is a bot.
    pub bot: bool,
    /// Whether the answer is complete.
    pub complete: bool,
    /// Whether nobody has that nick.
    pub missing: bool,
}
