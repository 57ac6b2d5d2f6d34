//! All invitations, and which code belongs to which.

use std::collections::BTreeMap;

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    ChannelId, Network,
    account::{AccountChange, AccountId},
    change::Change,
    effects::Effects,
    invitation::{InvitationId, InvitationState},
    refusal::account::AccountFault,
};
use crate::base::{
    invite_code,
    limits::{INVITATIONS_KEPT_MAX, INVITATIONS_OF_ACCOUNT_MAX},
};

/// The invitations, with what finds them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Invitations {
    /// In the order in which they were made.
    all: BTreeMap<InvitationId, InvitationState>,
    #[serde(skip)]
    codes: BTreeMap<String, InvitationId>,
}

impl Network {
    /// Adds an invitation that was stored or has just been made.
    pub(super) fn add_invitation(&mut self, invitation: InvitationState) {
        self.invitations.codes.insert(self.code_of(invitation.id), invitation.id);
        self.invitations.all.insert(invitation.id, invitation);
    }

    /// Rebuilds the index, which follows from the invitations.
    pub(super) fn index_invitations(&mut self) {
        let ids = self.invitations.all.keys();
        self.invitations.codes = ids.map(|id| (self.code_of(*id), *id)).collect();
    }

    /// The code of an invitation.
    pub(crate) fn code_of(&self, id: InvitationId) -> String {
        invite_code::code(id.number(), &self.settings.message_ids.secret())
    }

    /// Invitations in the order in which they were made, after this one or from the first.
    pub(crate) fn invitations_after(
        &self,
        after: Option<InvitationId>,
    ) -> impl Iterator<Item = &InvitationState> {
        let from = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        self.invitations.all.range((from, std::ops::Bound::Unbounded)).map(|(_, invitation)| invitation)
    }

    /// Invitations, starting with the newest.
    pub(crate) fn newest_invitations(&self) -> impl Iterator<Item = &InvitationState> {
        self.invitations.all.values().rev()
    }

    /// The invitation with this id.
    pub(crate) fn invitation(&self, id: InvitationId) -> Option<&InvitationState> {
        self.invitations.all.get(&id)
    }

    /// The invitation that somebody has the code of, if it can still be used.
    ///
    /// # Errors
    /// There is none with this code, or it cannot be used any more.
    pub(crate) fn usable_invitation(
        &self,
        code: &str,
        now: Timestamp,
    ) -> Result<&InvitationState, AccountFault> {
        let id = invite_code::typed(code).and_then(|code| self.invitations.codes.get(&code));
        let invitation = id.and_then(|id| self.invitation(*id)).ok_or(AccountFault::NoSuchInvitation)?;
        invitation.end(now).map_or(Ok(invitation), |end| Err(end.into()))
    }

    /// Why nobody can use this invitation; `None` if somebody can.
    pub(crate) fn invitation_fault(&self, id: InvitationId) -> Option<AccountFault> {
        match self.invitation(id) {
            Some(invitation) => invitation.end(self.at).map(AccountFault::from),
            None => Some(AccountFault::NoSuchInvitation),
        }
    }

    /// The invitation with which the first person becomes the owner of the server, if somebody still can.
    pub(crate) fn setup_invitation(&self) -> Option<&InvitationState> {
        let mut all = self.invitations.all.values();
        all.find(|invitation| {
            invitation.makes_owner && invitation.made_by.is_none() && invitation.end(self.at).is_none()
        })
    }

    /// Whether an account may make another invitation.
    pub(crate) fn may_invite_more(&self, account: AccountId) -> bool {
        let own = |invitation: &&InvitationState| {
            invitation.made_by == Some(account) && invitation.end(self.at).is_none()
        };
        self.invitations.all.values().filter(own).count() < INVITATIONS_OF_ACCOUNT_MAX
    }

    /// Makes an invitation, and has it stored. Of those that nobody can use any more, the oldest give way.
    ///
    /// # Errors
    /// There are as many as there can be, and all can still be used.
    pub(crate) fn make_invitation(
        &mut self,
        invitation: InvitationState,
        effects: &mut Effects,
    ) -> Result<(), AccountFault> {
        if self.invitations.all.len() >= INVITATIONS_KEPT_MAX {
            let mut all = self.invitations.all.values();
            let over = all.find(|invitation| invitation.end(self.at).is_some()).map(|over| over.id);
            self.revoke_invitation(over.ok_or(AccountFault::TooManyInvitations)?, effects);
        }
        effects.changes.push(Change::Invitation(Box::new(invitation.clone())));
        self.add_invitation(invitation);
        Ok(())
    }

    /// Takes an invitation back, and has that stored.
    pub(crate) fn revoke_invitation(&mut self, id: InvitationId, effects: &mut Effects) {
        if self.invitations.all.remove(&id).is_some() {
            let code = self.code_of(id);
            self.invitations.codes.remove(&code);
            effects.changes.push(Change::InvitationRevoked { invitation: id });
        }
    }

    /// Takes a channel out of the invitations of the account that owned it until now: whoever has given a channel
    /// away invites nobody to it any more. What leads nowhere else then is taken back.
    pub(super) fn withdraw_invitations(
        &mut self,
        owner: Option<AccountId>,
        channel: ChannelId,
        effects: &mut Effects,
    ) {
        let is_theirs = |invitation: &&mut InvitationState| {
            owner.is_some() && invitation.made_by == owner && invitation.channels.contains(&channel)
        };
        let mut over = Vec::new();
        for invitation in self.invitations.all.values_mut().filter(is_theirs) {
            invitation.channels.retain(|id| *id != channel);
            if invitation.channels.is_empty() {
                over.push(invitation.id);
            } else {
                effects.changes.push(Change::Invitation(Box::new(invitation.clone())));
            }
        }
        over.into_iter().for_each(|id| self.revoke_invitation(id, effects));
    }

    /// Gives an account what an invitation promises, and counts that it was used. The account enters the
    /// channels when its person is there.
    ///
    /// # Errors
    /// The invitation cannot be used any more.
    pub(crate) fn use_invitation(
        &mut self,
        id: InvitationId,
        account: AccountId,
        effects: &mut Effects,
    ) -> Result<(), AccountFault> {
        if let Some(fault) = self.invitation_fault(id) {
            return Err(fault);
        }
        let invitation = self.invitations.all.get_mut(&id).ok_or(AccountFault::NoSuchInvitation)?;
        invitation.uses_left -= 1;
        effects.changes.push(Change::Invitation(Box::new(invitation.clone())));
        let (channels, makes_owner) = (invitation.channels.clone(), invitation.makes_owner);
        if makes_owner {
            self.change_account(account, AccountChange::ServerOwner(true), effects);
        }
        let channels: Vec<ChannelId> =
            channels.into_iter().filter(|channel| self.channel(*channel).is_some()).collect();
        for channel in &channels {
            let rank = self.remembered_rank(*channel, account).unwrap_or_default();
            self.remember(*channel, account, Some(rank), effects);
        }
        if !channels.is_empty() {
            self.change_account(account, AccountChange::InvitedTo(channels), effects);
        }
        Ok(())
    }

    /// Notes that an account's person is there and is being brought into the channels that they were invited to.
    pub(crate) fn has_arrived(&mut self, account: AccountId, effects: &mut Effects) {
        self.change_account(account, AccountChange::InvitedTo(Vec::new()), effects);
    }

    /// Whether somebody owns the server.
    pub(crate) fn has_owner(&self) -> bool {
        self.accounts().any(|account| account.is_server_owner && account.suspended.is_none())
    }

    /// Forgets that an account made invitations, because it is gone: they go with it.
    pub(super) fn revoke_invitations_of(&mut self, account: AccountId, effects: &mut Effects) {
        let own = self.invitations.all.values().filter(|invitation| invitation.made_by == Some(account));
        let own: Vec<InvitationId> = own.map(|invitation| invitation.id).collect();
        own.into_iter().for_each(|id| self.revoke_invitation(id, effects));
    }

    /// Checks that the index agrees with the invitations.
    pub(super) fn check_invitations(&self) -> Result<(), String> {
        let has_code = |id: &InvitationId| self.invitations.codes.get(&self.code_of(*id)) == Some(id);
        let is_whole = self.invitations.all.keys().all(has_code)
            && self.invitations.codes.len() == self.invitations.all.len();
        if is_whole { Ok(()) } else { Err("the index of the invitations is wrong".to_owned()) }
    }
}
