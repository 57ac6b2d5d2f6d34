//! One channel: who is in it, and what holds in it. Who may do what is in [`access`], by the table in `rank.rs`.

mod access;
mod state;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use parla_proto::{ChannelName, Timestamp};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

pub(crate) use self::access::{NoRedactor, Promotion, RankChange, Speaker};
pub use self::state::{ChannelChange, ChannelState, ListEntry, Topic};
pub(crate) use super::rank::{Act, Rank};
use super::{ChannelId, UserId};
pub use crate::base::flags::Flags;
use crate::base::limits::INVITATIONS_MAX;

type Members = IndexMap<UserId, Rank, FxBuildHasher>;

/// A channel with its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) state: ChannelState,
    /// In the order of joining. Ranks change by [`Self::set_rank`] alone.
    pub(crate) members: Members,
    /// The members who may take back what others say, each with the entry since which they have had the rank for it.
    redactors: BTreeMap<UserId, u64>,
    /// Who may enter past every door, from the oldest invitation.
    invited: Vec<UserId>,
    /// Whether it stays when it is empty, and over a restart: it has a history, or everyone is put into it. Nobody gets a
    /// rank in it by entering.
    pub(crate) kept: bool,
    /// When it got another name, if it did.
    pub(crate) renamed_at: Option<Timestamp>,
    /// How many members have left, for [`MemberCursor`].
    departures: u64,
}

/// A place among the members where an answer goes on. Members may come and go meanwhile: nobody who stays is passed over,
/// but somebody may be met twice.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MemberCursor {
    index: usize,
    departures: u64,
}

impl Channel {
    pub(crate) fn new(id: ChannelId, name: ChannelName, at: Timestamp, flags: Flags) -> Self {
        Self::restore(ChannelState::new(id, name, at, flags))
    }

    /// A channel as it was kept, without members.
    pub(crate) fn restore(state: ChannelState) -> Self {
        Self {
            state,
            members: Members::default(),
            redactors: BTreeMap::new(),
            invited: Vec::new(),
            kept: false,
            renamed_at: None,
            departures: 0,
        }
    }

    pub(crate) const fn name(&self) -> &ChannelName {
        &self.state.name
    }

    pub(crate) const fn has(&self, flag: Flags) -> bool {
        self.state.flags.contains(flag)
    }

    pub(crate) fn is_member(&self, user: UserId) -> bool {
        self.members.contains_key(&user)
    }

    /// Whether people outside may know that the channel is there and who is in it.
    pub(crate) fn is_visible_to(&self, user: Option<UserId>) -> bool {
        !self.has(Flags::SECRET) || user.is_some_and(|user| self.is_member(user))
    }

    /// Whether someone may know that a member is in the channel, if they may know of the channel: the crowd of `+u` is
    /// known to those with a rank, and to each of it itself.
    pub(crate) fn shows(&self, viewer: Option<UserId>, member: UserId) -> bool {
        let sees_crowd = |user| self.members.get(user).is_some_and(|rank: &Rank| rank.may(Act::SeeCrowd));
        !self.has(Flags::AUDITORIUM)
            || viewer == Some(member)
            || sees_crowd(&member)
            || viewer.as_ref().is_some_and(sees_crowd)
    }

    /// The members who hear of what someone of this rank does: all, but for the crowd of `+u`.
    pub(crate) fn audience(&self, of: Rank) -> impl Iterator<Item = UserId> {
        let least = if self.has(Flags::AUDITORIUM) && !of.may(Act::SeeCrowd) {
            Act::SeeCrowd.least()
        } else {
            Rank::empty()
        };
        self.members.iter().filter(move |(_, rank)| rank.is_at_least(least)).map(|(member, _)| *member)
    }

    /// The modes with their parameters, such as `+klnt key 5`; the key only for members.
    pub(crate) fn modes(&self, viewer: UserId) -> String {
        self.state.modes(self.is_member(viewer))
    }

    /// The members behind a place, in the order of joining, each with its own place.
    pub(crate) fn members_from(
        &self,
        cursor: MemberCursor,
    ) -> impl Iterator<Item = (MemberCursor, UserId, Rank)> {
        // Whoever left may have stood before the place, and then all others have moved up.
        let gone = usize::try_from(self.departures.saturating_sub(cursor.departures)).unwrap_or(usize::MAX);
        let departures = self.departures;
        let members = self.members.iter().enumerate().skip(cursor.index.saturating_sub(gone));
        members.map(move |(index, (member, rank))| (MemberCursor { index, departures }, *member, *rank))
    }

    /// The place behind the last member.
    pub(crate) fn end_of_members(&self) -> MemberCursor {
        MemberCursor { index: self.members.len(), departures: self.departures }
    }

    /// Takes a member away.
    pub(crate) fn remove(&mut self, id: UserId) {
        if self.members.shift_remove(&id).is_some() {
            self.departures += 1;
        }
        self.redactors.remove(&id);
        self.forget_invitation(id);
    }

    /// Gives someone these ranks by the entry of this number.
    fn set_rank(&mut self, id: UserId, rank: Rank, seq: u64) {
        self.members.insert(id, rank);
        if rank.may(Act::Redact) {
            self.redactors.entry(id).or_insert(seq);
        } else {
            self.redactors.remove(&id);
        }
    }

    pub(crate) fn invite(&mut self, user: UserId) {
        if self.is_invited(user) {
            return;
        }
        if self.invited.len() >= INVITATIONS_MAX {
            self.invited.remove(0);
        }
        self.invited.push(user);
    }

    pub(crate) fn is_invited(&self, user: UserId) -> bool {
        self.invited.contains(&user)
    }

    /// The members who may take back what others say.
    pub(super) fn redactors(&self) -> impl Iterator<Item = &UserId> {
        self.redactors.keys()
    }

    fn forget_invitation(&mut self, user: UserId) {
        self.invited.retain(|invited| *invited != user);
    }

    /// Whether nobody is in it and nothing keeps it. Before a user enters, that is a channel which they have just made; after one
    /// has left, it is one to be forgotten.
    pub(crate) fn is_empty_and_unkept(&self) -> bool {
        self.members.is_empty() && !self.kept
    }
}
