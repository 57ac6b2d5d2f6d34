//! Invitations, for the administrator and for visitors of the page who have one.

use std::net::IpAddr;

use super::Server;
use crate::{
    base::limits::ADMIN_INVITATIONS_MAX,
    command::invitation::{channel_names, maker},
    contract::administration::{AdminAnswer, InvitationSummary},
    network::{
        account::PasswordProof,
        entry::{AccountAsker, CreateAccount, EntryCommand, Invitation, InvitationAct, NewInvitation},
        invitation::{InvitationId, InvitationState},
        refusal::account::AccountFault,
    },
};

/// A person who wants to sign up with an invitation.
pub(super) struct Visitor {
    /// The code of the invitation, as it was given.
    pub(super) code: String,
    pub(super) name: String,
    pub(super) password: PasswordProof,
    pub(super) address: IpAddr,
}

impl Server {
    /// The entry that makes an invitation for the administrator, whose request has this number.
    pub(super) fn new_invitation(
        &self,
        id: u64,
        channels: &[String],
        mut new: NewInvitation,
    ) -> Result<EntryCommand, AdminAnswer> {
        let channels = channels.iter().map(|name| self.network.read_channel_name(name));
        let channels = channels.collect::<Result<_, _>>();
        new.channels = channels.map_err(|refusal| AdminAnswer::Refused(self.sentence(&refusal)))?;
        Ok(invitation_entry(id, InvitationAct::Create(new)))
    }

    /// The entry that takes an invitation back for the administrator.
    pub(super) fn revocation(&self, id: u64, invitation: u64) -> EntryCommand {
        invitation_entry(id, InvitationAct::Revoke(InvitationId::from_number(invitation)))
    }

    /// The invitation with which the first person comes to own the server: the one that there is, or the entry
    /// that makes it.
    pub(super) fn setup(&self, id: u64) -> Result<EntryCommand, AdminAnswer> {
        if self.network.settings.accounts.is_none() {
            return Err(AdminAnswer::Refused("There are no accounts on this server".to_owned()));
        }
        if self.network.has_owner() {
            return Err(AdminAnswer::Refused(AccountFault::HasOwner.sentence().into_owned()));
        }
        if let Some(invitation) = self.network.setup_invitation() {
            return Err(self.invitation_answer(invitation));
        }
        Ok(invitation_entry(id, InvitationAct::SetUp))
    }

    /// The entry that creates an account for a visitor.
    pub(super) fn sign_up(&self, id: u64, visitor: Visitor) -> Result<EntryCommand, AdminAnswer> {
        let Visitor { code, name, password, address } = visitor;
        let invitation = self.usable(&code)?.id;
        let name = self.readable_name(&name)?;
        let create = CreateAccount {
            asker: AccountAsker::Visitor(id),
            name,
            password,
            invitation: Some(invitation),
            address: Some(address),
        };
        Ok(EntryCommand::CreateAccount(Box::new(create)))
    }

    fn usable(&self, code: &str) -> Result<&InvitationState, AdminAnswer> {
        let found = self.network.usable_invitation(code, self.now);
        found.map_err(|why| AdminAnswer::Refused(why.sentence().into_owned()))
    }

    /// What a visitor with this code is told.
    pub(super) fn invitation_of_code(&self, code: &str) -> AdminAnswer {
        self.usable(code).map_or_else(|refused| refused, |invitation| self.invitation_answer(invitation))
    }

    pub(super) fn invitation_answer(&self, invitation: &InvitationState) -> AdminAnswer {
        AdminAnswer::Invitation(Box::new(self.invitation_summary(invitation)))
    }

    pub(super) fn invitation_summaries(&self, after: Option<u64>) -> AdminAnswer {
        let after = after.map(InvitationId::from_number);
        let mut invitations = self.network.invitations_after(after);
        let page = invitations.by_ref().take(ADMIN_INVITATIONS_MAX);
        let page = page.map(|invitation| self.invitation_summary(invitation)).collect();
        AdminAnswer::Invitations { invitations: page, has_more: invitations.next().is_some() }
    }

    fn invitation_summary(&self, invitation: &InvitationState) -> InvitationSummary {
        let settings = &self.network.settings;
        InvitationSummary {
            id: invitation.id.number(),
            code: self.network.code_of(invitation.id),
            network: settings.network_name.clone(),
            made_by: maker(&self.network, invitation).map(ToString::to_string),
            made_at: invitation.made_at,
            expires_at: invitation.expires_at,
            uses_left: invitation.uses_left,
            channels: channel_names(&self.network, invitation),
            makes_owner: invitation.makes_owner,
            accounts: settings.accounts.clone().unwrap_or_default(),
            over: invitation.end(self.now).map(|end| AccountFault::from(end).sentence().into_owned()),
        }
    }
}

fn invitation_entry(id: u64, act: InvitationAct) -> EntryCommand {
    EntryCommand::Invitation(Box::new(Invitation { asker: AccountAsker::Administrator(id), act }))
}
