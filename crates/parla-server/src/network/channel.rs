//! One channel: its members and its state. The checks are in [`access`] and use the table in `rank.rs`.

mod access;
mod state;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use parla_proto::{ChannelName, Timestamp};
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

pub(crate) use self::access::{Comer, NoRedactor, Promotion, RankChange, Remembered, Speaker};
pub use self::state::{ChannelChange, ChannelState, ListEntry, Topic};
pub(crate) use super::rank::Act;
pub use super::rank::Rank;
use super::{ChannelId, UserId, account::AccountId, floor::Entrance};
pub use crate::base::flags::Flags;
use crate::base::limits::INVITATIONS_MAX;

type Members = IndexMap<UserId, Rank, FxBuildHasher>;

/// A channel with its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) state: ChannelState,
    /// In the order of joining. Only [`Self::set_rank`] changes ranks.
    pub(crate) members: Members,
    /// The members who may delete messages of others, each with the number of the entry that gave them the
    /// rank for it.
    redactors: BTreeMap<UserId, u64>,
    /// For each member, the number of the entry since which they have been one; earlier than the last time they
    /// entered if the channel remembers their account.
    member_since: BTreeMap<UserId, u64>,
    /// Users whose invitation lets them in whatever the modes say, from the oldest invitation.
    invited: Vec<UserId>,
    /// Whether the channel remains when it is empty and after a restart, because it has a history or every
    /// user joins it automatically. Entering such a channel gives nobody a rank.
    pub(crate) kept: bool,
    /// Whether anything may have been said in it.
    pub(crate) has_messages: bool,
    /// When it was last renamed, if ever.
    pub(crate) renamed_at: Option<Timestamp>,
    /// How many members have left so far, for [`MemberCursor`].
    departures: u64,
}

/// A position among the members where an answer continues. Members may come and go in between: nobody who
/// stays is skipped, but somebody may be listed twice.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MemberCursor {
    index: usize,
    departures: u64,
}

impl Channel {
    pub(crate) fn new(id: ChannelId, name: ChannelName, at: Timestamp, flags: Flags) -> Self {
        Self::restore(ChannelState::new(id, name, at, flags))
    }

    /// A channel restored from its stored state, without members.
    pub(crate) fn restore(state: ChannelState) -> Self {
        Self {
            state,
            members: Members::default(),
            redactors: BTreeMap::new(),
            member_since: BTreeMap::new(),
            invited: Vec::new(),
            kept: false,
            has_messages: false,
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

    /// Whether a user, or anybody if `None`, may know that the channel exists and who is in it.
    pub(crate) fn is_visible_to(&self, user: Option<UserId>) -> bool {
        !self.has(Flags::SECRET) || user.is_some_and(|user| self.is_member(user))
    }

    /// Whether somebody who may see the channel may also see that a member is in it. In a `+u` channel,
    /// members without a rank are visible only to members with one and to themselves.
    pub(crate) fn shows(&self, viewer: Option<UserId>, member: UserId) -> bool {
        let sees_crowd = |user| self.members.get(user).is_some_and(|rank: &Rank| rank.may(Act::SeeCrowd));
        !self.has(Flags::AUDITORIUM)
            || viewer == Some(member)
            || sees_crowd(&member)
            || viewer.as_ref().is_some_and(sees_crowd)
    }

    /// The members who are told what somebody of this rank does: all, except that in a `+u` channel members
    /// without a rank do not see each other.
    pub(crate) fn audience(&self, of: Rank) -> impl Iterator<Item = UserId> {
        let least = if self.has(Flags::AUDITORIUM) && !of.may(Act::SeeCrowd) {
            Act::SeeCrowd.least()
        } else {
            Rank::empty()
        };
        self.members.iter().filter(move |(_, rank)| rank.is_at_least(least)).map(|(member, _)| *member)
    }

    /// The modes with their parameters, such as `+klnt key 5`. Only members see the key.
    pub(crate) fn modes(&self, viewer: UserId) -> String {
        if self.is_member(viewer) { self.state.modes_for_members() } else { self.state.modes_for_others() }
    }

    /// The members from a position on, in the order of joining, each with its own position.
    pub(crate) fn members_from(
        &self,
        cursor: MemberCursor,
    ) -> impl Iterator<Item = (MemberCursor, UserId, Rank)> {
        // The members who left may all have stood before the position, in which case the others have moved
        // up.
        let gone = usize::try_from(self.departures.saturating_sub(cursor.departures)).unwrap_or(usize::MAX);
        let departures = self.departures;
        let members = self.members.iter().enumerate().skip(cursor.index.saturating_sub(gone));
        members.map(move |(index, (member, rank))| (MemberCursor { index, departures }, *member, *rank))
    }

    /// The position after the last member.
    pub(crate) fn end_of_members(&self) -> MemberCursor {
        MemberCursor { index: self.members.len(), departures: self.departures }
    }

    /// Removes a member.
    pub(crate) fn remove(&mut self, id: UserId) {
        if self.members.shift_remove(&id).is_some() {
            self.departures += 1;
        }
        self.redactors.remove(&id);
        self.member_since.remove(&id);
        self.forget_invitation(id);
    }

    /// Gives somebody these ranks, by the entry with this number.
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

    /// The members who may delete messages of others.
    pub(super) fn redactors(&self) -> impl Iterator<Item = &UserId> {
        self.redactors.keys()
    }

    /// Since which entry somebody has been a member.
    pub(crate) fn member_since(&self, user: UserId) -> Option<u64> {
        self.member_since.get(&user).copied()
    }

    /// Up to where a member may read back, if the owner has limited that and they have no rank for more.
    pub(crate) fn entrance(&self, member: UserId, account: Option<AccountId>) -> Option<Entrance> {
        let earlier = self.state.newcomers_read?;
        let may_read_all = self.members.get(&member).is_some_and(|rank| rank.may(Act::ReadAll));
        let is_owner = account.is_some() && account == self.state.owner;
        (!may_read_all && !is_owner)
            .then(|| Entrance { since: self.member_since(member).unwrap_or(u64::MAX), earlier })
    }

    fn forget_invitation(&mut self, user: UserId) {
        self.invited.retain(|invited| *invited != user);
    }

    /// Whether its owner has made nothing of it: nobody has written there, it has no topic, it is set up like every
    /// new channel, and it remembers nobody else. Such a channel may come of a mistyped name.
    pub(crate) fn is_unused(&self, new_modes: Flags) -> bool {
        let state = &self.state;
        let only_owner = |(account, rank): (&AccountId, &Rank)| {
            state.owner == Some(*account) && !rank.contains(Rank::FOUNDER)
        };
        !self.has_messages
            && state.owner.is_some()
            && state.topic.is_none()
            && state.flags == new_modes
            && state.key.is_none()
            && state.limit.is_none()
            && state.forward.is_none()
            && state.metadata.is_empty()
            && state.retain.is_none()
            && state.newcomers_read.is_none()
            && state.offered_to.is_none()
            && state.lists().iter().all(|(_, list)| list.is_empty())
            && state.access.iter().all(only_owner)
    }

    /// Whether the channel is empty and nothing keeps it. While a user enters, that means they have just
    /// created it; after one has left, it means the channel is to be forgotten.
    pub(crate) fn is_empty_and_unkept(&self) -> bool {
        self.members.is_empty() && !self.kept
    }
}
