//! Requests of the administrator: questions are answered at once, and changes become entries.

use parla_proto::{AccountName, Capabilities, ChannelName, Message, limits::LINE_BYTES_MAX, line::fitting};

use super::{Server, invitations::Visitor};
use crate::{
    base::{
        limits::{ADMIN_CHANNELS_MAX, ADMIN_MEMBERS_MAX, MODES_PER_COMMAND_MAX, REASON_BYTES_MAX},
        names,
    },
    command::mode::AskedModes,
    contract::{
        administration::{AdminAnswer, AdminRepair, AdminRequest, ChannelDetails, ChannelSummary, Member},
        output::{Output, Outputs},
    },
    network::{
        channel::Channel,
        entry::{
            self, About, AccountAsker, Authority, EntryCommand, OwnChannel, Ownership, Proposer, Repair,
        },
        refusal::Refusal,
    },
};

impl Server {
    pub(super) fn administer(&mut self, id: u64, request: AdminRequest, out: &mut Outputs) {
        let authority = Authority::Administrator(id);
        let command = match request {
            AdminRequest::Channels { after } => Err(self.channels(after.as_deref())),
            AdminRequest::Channel { name } => Err(match self.overseen(&name) {
                Ok(channel) => self.details(channel),
                Err(refusal) => AdminAnswer::Refused(self.sentence(&refusal)),
            }),
            AdminRequest::ChangeModes { channel, letters, params } => self
                .change_modes(&channel, &letters, &params)
                .map(|mode| EntryCommand::Samode(entry::Samode { authority, mode })),
            AdminRequest::Repair { channel, repair } => self
                .repair(&channel, repair)
                .map(|(channel, repair)| EntryCommand::Room(entry::Room { authority, channel, repair })),
            AdminRequest::SetOwner { channel, account } => self.new_owner(id, &channel, account.as_deref()),
            AdminRequest::Access { policy: None } => Err(self.access()),
            AdminRequest::Access { policy: Some(policy) } => {
                let asker = AccountAsker::Administrator(id);
                Ok(EntryCommand::Access(entry::Access { asker, policy }))
            }
            AdminRequest::Accounts { after } => Err(self.account_summaries(after.as_deref())),
            AdminRequest::Account { name } => Err(self.account_details(&name)),
            AdminRequest::CreateAccount { name, password } => self.new_account(id, &name, password),
            AdminRequest::ChangeAccount { name, edit } => self.account_edit(id, &name, edit),
            AdminRequest::SignOut { name, which } => self.sign_out(id, &name, which),
            AdminRequest::Invitations { after } => Err(self.invitation_summaries(after)),
            AdminRequest::Invitation { code } => Err(self.invitation_of_code(&code)),
            AdminRequest::CreateInvitation { channels, new } => self.new_invitation(id, &channels, new),
            AdminRequest::RevokeInvitation { invitation } => Ok(self.revocation(id, invitation)),
            AdminRequest::SetUp => self.setup(id),
            AdminRequest::SignUp { code, name, password, address } => {
                self.sign_up(id, Visitor { code, name, password, address })
            }
        };
        match command {
            Ok(command) => self.submit(Proposer::default(), command, out),
            Err(answer) => out.outputs.push(Output::Administered { id, answer: Box::new(answer) }),
        }
    }

    /// Answers the administrator when the entry of their request has been committed.
    pub(super) fn administered(&self, id: u64, about: &About, refusals: &[Refusal], out: &mut Outputs) {
        if let About::NewInvitation(invitation) = *about
            && let Some(invitation) = self.network.invitation(invitation)
        {
            let answer = Box::new(self.invitation_answer(invitation));
            return out.outputs.push(Output::Administered { id, answer });
        }
        if *about == About::Access && refusals.is_empty() {
            return out.outputs.push(Output::Administered { id, answer: Box::new(self.access()) });
        }
        let found = |name| self.network.overseen_channel(&self.network.administrator(), name).ok();
        let channel = if let About::Channel(channel) = about { found(channel) } else { None };
        let answer = Box::new(self.done(channel.map(|(_, channel)| channel), refusals));
        out.outputs.push(Output::Administered { id, answer });
    }

    /// The answer when everything has been done that could be.
    fn done(&self, channel: Option<&Channel>, refusals: &[Refusal]) -> AdminAnswer {
        let modes = channel.map(|channel| channel.state.modes_for_members());
        AdminAnswer::Done { modes, refused: refusals.iter().map(|refusal| self.sentence(refusal)).collect() }
    }

    /// Parses the names in a repair, or returns the answer that refuses it.
    fn repair(&self, channel: &str, repair: AdminRepair) -> Result<(ChannelName, Repair), AdminAnswer> {
        let channel = self.overseen(channel).map_err(|refusal| self.done(None, &[refusal]))?;
        let repair = match repair {
            AdminRepair::Delete(reason) => Repair::Delete(reason.map(|reason| one_line(&reason))),
            AdminRepair::Reset => Repair::Reset,
            AdminRepair::Give(nick) => {
                let nick = self.network.read_nick(&nick);
                Repair::Give(nick.map_err(|refusal| self.done(Some(channel), &[refusal]))?)
            }
        };
        Ok((channel.name().clone(), repair))
    }

    fn access(&self) -> AdminAnswer {
        let is_in_file = self.network.settings.access_in_file.is_some();
        AdminAnswer::Access { policy: self.network.access_policy(), is_in_file }
    }

    /// Parses the names of a channel and its new owner, or returns the answer that refuses them.
    fn new_owner(&self, id: u64, channel: &str, account: Option<&str>) -> Result<EntryCommand, AdminAnswer> {
        let channel = self.overseen(channel).map_err(|refusal| self.done(None, &[refusal]))?;
        let asker = AccountAsker::Administrator(id);
        let act = match account {
            Some(account) => {
                let found = self.network.account_called(account);
                let unknown = || AdminAnswer::Refused(format!("There is no account {account}"));
                Ownership::Transfer(found.ok_or_else(unknown)?.name.clone())
            }
            None => Ownership::Unregister,
        };
        let own = OwnChannel { asker, channel: channel.name().clone(), act };
        Ok(EntryCommand::OwnChannel(Box::new(own)))
    }

    fn owner(&self, channel: &Channel) -> Option<AccountName> {
        let owner = channel.state.owner.and_then(|owner| self.network.account_by_id(owner));
        owner.map(|owner| owner.name.clone())
    }

    fn channels(&self, after: Option<&str>) -> AdminAnswer {
        let rules = self.network.settings.name_rules();
        let mut last: Option<ChannelName> = match after.map(|name| names::channel(name, &rules)).transpose() {
            Ok(after) => after,
            Err(_) => {
                return AdminAnswer::Refused("No room can have the name after which to begin".to_owned());
            }
        };
        let mut channels = Vec::new();
        while let Some(channel) = self.network.channel_after(last.as_ref()) {
            if channels.len() >= ADMIN_CHANNELS_MAX {
                return AdminAnswer::Channels { channels, has_more: true };
            }
            last = Some(channel.name().clone());
            channels.push(ChannelSummary {
                name: channel.name().to_string(),
                members: channel.members.len(),
                modes: channel.state.modes_for_others(),
                topic: channel.state.topic.as_ref().map(|topic| topic.text.clone()).unwrap_or_default(),
                created_at: channel.state.created_at,
                owner: self.owner(channel),
            });
        }
        AdminAnswer::Channels { channels, has_more: false }
    }

    fn details(&self, channel: &Channel) -> AdminAnswer {
        let members = channel.members.iter().take(ADMIN_MEMBERS_MAX).filter_map(|(id, rank)| {
            let source = self.network.user(*id)?.source().to_owned();
            Some(Member { signs: rank.all_signs(), source })
        });
        let ranked = channel.state.access.iter().filter(|(_, rank)| !rank.is_empty());
        let ranked = ranked.take(ADMIN_MEMBERS_MAX).filter_map(|(account, rank)| {
            let account = self.network.account_by_id(*account)?;
            Some((account.name.clone(), *rank))
        });
        AdminAnswer::Channel(Box::new(ChannelDetails {
            owner: self.owner(channel),
            ranked: ranked.collect(),
            state: channel.state.clone(),
            modes: channel.state.modes_for_members(),
            members: members.collect(),
            member_count: channel.members.len(),
        }))
    }

    /// Parses mode letters and parameters, or returns the answer that refuses them.
    fn change_modes(
        &self,
        channel: &str,
        letters: &str,
        params: &[String],
    ) -> Result<entry::Mode, AdminAnswer> {
        let channel =
            self.overseen(channel).map_err(|refusal| AdminAnswer::Refused(self.sentence(&refusal)))?;
        // These words have never been a line of IRC, but must fit into one.
        let bytes = params.iter().map(String::len).sum::<usize>() + letters.len();
        if bytes > LINE_BYTES_MAX / 2 || letters.chars().count() > 2 * MODES_PER_COMMAND_MAX {
            return Err(AdminAnswer::Refused("That is too much at once".to_owned()));
        }
        if !params.iter().all(|param| is_word(param)) {
            let why = "A parameter is a word: it has no spaces, and does not start with a colon";
            return Err(AdminAnswer::Refused(why.to_owned()));
        }
        let asked = AskedModes::parse(&self.network, channel, letters, params.iter().map(String::as_str));
        let bad_params = asked.bad_params.iter().map(|bad| &bad.refusal);
        let refusals: Vec<&Refusal> = asked.refusals.iter().chain(bad_params).collect();
        if !refusals.is_empty() {
            let sentences: Vec<String> = refusals.into_iter().map(|refusal| self.sentence(refusal)).collect();
            return Err(AdminAnswer::Refused(sentences.join("; ")));
        }
        if asked.steps.is_empty() {
            let why = "These modes change nothing; lists are shown with the room";
            return Err(AdminAnswer::Refused(why.to_owned()));
        }
        Ok(entry::Mode { channel: channel.name().clone(), steps: asked.steps })
    }

    fn overseen(&self, name: &str) -> Result<&Channel, Refusal> {
        let name = self.network.read_channel_name(name)?;
        self.network.overseen_channel(&self.network.administrator(), &name).map(|(_, channel)| channel)
    }

    /// A refusal for people who do not see IRC's numerics: `#tea: No such channel`.
    pub(super) fn sentence(&self, refusal: &Refusal) -> String {
        let line =
            refusal.encode(&self.network.settings.name, "*", Capabilities::empty()).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        let Ok(message) = Message::parse(line.trim_end().as_bytes()) else {
            return "It was refused".to_owned();
        };
        // The first parameter is the client, or for a FAIL the first two are the command and the code.
        let skipped = if message.command == "FAIL" { 2 } else { 1 };
        let words: Vec<&str> = message.params.iter().skip(skipped).copied().collect();
        match words.split_last() {
            Some((text, [])) => (*text).to_owned(),
            Some((text, about)) => format!("{}: {text}", about.join(" ")),
            None => "It was refused".to_owned(),
        }
    }
}

/// Whether a text can be a middle parameter of a line.
fn is_word(text: &str) -> bool {
    let breaks = |char: char| char.is_whitespace() || char.is_control();
    !text.is_empty() && !text.starts_with(':') && !text.contains(breaks)
}

/// A text without control characters, short enough for a line.
fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    fitting(&line, REASON_BYTES_MAX).to_owned()
}
