//! INVITATION: codes with which people sign up and are brought into channels.
//!
//! Its answers are NOTEs for programs as much as for people: `NOTE INVITATION INVITATION_CREATED <id> <code>
//! <uses> <until or *> <channels or *> :<sentence>`, and one INVITATION_LISTED like it for each that is listed,
//! in a batch.

use bytes::Bytes;
use parla_proto::{
    AccountName, ChannelName, CommandName, FailCode, Timestamp,
    command::Invitation,
    reply::{Severity, StandardReply},
};

use super::sign_in;
use crate::{
    base::{
        limits::{INVITATION_CHANNELS_MAX, INVITATION_DAYS, INVITATION_DAYS_MAX, INVITATION_USES_MAX},
        settings::Privileges,
    },
    context::Context,
    network::{
        ChannelId, Network, UserId,
        account::AccountId,
        audit::Audit,
        channel::Channel,
        effects::Effects,
        entry::{self, AccountAsker, EntryCommand, InvitationAct, Meta, NewInvitation},
        event::{Event, InvitationDone, InvitationTold},
        invitation::{InvitationId, InvitationState},
        refusal::{
            Failure, Refusal,
            account::{AccountFault, AnswerBy},
        },
    },
    publish::Publisher,
    session::server_batch::BatchHead,
};

/// Stands for a default in the command, and for nothing in an answer.
const NOTHING: &str = "*";

/// How many invitations are listed; the newest ones.
const LISTED_MAX: usize = 100;

/// Bytes for the names of channels in a line.
const NAMES_BYTES_MAX: usize = 200;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

pub(crate) fn run(context: &mut Context<'_>, invitation: &Invitation<'_>) -> Result<(), Refusal> {
    if context.settings.accounts.is_none() {
        return Err(Refusal::UnknownCommand(CommandName::Invitation));
    }
    context.me()?;
    let arguments = invitation.arguments.as_slice();
    let act = match (invitation.subcommand.to_ascii_uppercase().as_str(), arguments) {
        ("CREATE", arguments) if arguments.len() <= 3 => InvitationAct::Create(wanted(context, arguments)?),
        ("LIST", []) => return list(context),
        ("REVOKE", [id]) => {
            let id = id.parse().map(InvitationId::from_number);
            InvitationAct::Revoke(id.map_err(|_| fault(AccountFault::NoSuchInvitation, NOTHING))?)
        }
        ("ACCEPT", [code]) => {
            let found = context.network.usable_invitation(code, context.now);
            InvitationAct::Accept(found.map_err(|why| fault(why, NOTHING))?.id)
        }
        _ => {
            let why = "It is INVITATION CREATE, LIST, REVOKE or ACCEPT; HELP INVITATION says more";
            let about = [invitation.subcommand];
            return Err(Failure::of(CommandName::Invitation, FailCode::InvalidParams, &about, why));
        }
    };
    let command = entry::Invitation { asker: AccountAsker::Command, act };
    context.propose(EntryCommand::Invitation(Box::new(command)));
    Ok(())
}

fn fault(fault: AccountFault, about: &str) -> Refusal {
    fault.of(AnswerBy::Fail(CommandName::Invitation), about)
}

/// The invitation that these arguments describe: `[<uses> [<days> [<channels>]]]`.
fn wanted(context: &mut Context<'_>, arguments: &[&str]) -> Result<NewInvitation, Refusal> {
    let number = |at: usize, default: u32| match arguments.get(at).copied() {
        None | Some(NOTHING) => Ok(default),
        Some(text) => text.parse().map_err(|_| fault(AccountFault::BadInvitation, text)),
    };
    let (uses, days) = (number(0, 1)?, number(1, INVITATION_DAYS)?);
    let mut channels = Vec::new();
    for name in arguments.get(2).into_iter().flat_map(|list| context.distinct(list)) {
        channels.push(context.network.read_channel_name(name)?);
    }
    Ok(NewInvitation { channels, uses, days: Some(days), makes_owner: false })
}

/// What somebody may do with invitations.
enum Right {
    /// Everything, as whoever this is for the record.
    All(String),
    /// To invite to the channels of their account, and to take back what they made.
    Own(AccountId),
}

impl Right {
    fn of(network: &Network, user: UserId) -> Result<Self, AccountFault> {
        let found = network.user(user).ok_or(AccountFault::NotSignedIn)?;
        if let Ok(right) = found.privileged(Privileges::ACCOUNTS) {
            return Ok(Self::All(right.who()));
        }
        network.account_id_of(user).map(Self::Own).ok_or(AccountFault::NotSignedIn)
    }

    /// Whether they may see an invitation and take it back.
    fn covers(&self, invitation: &InvitationState) -> bool {
        match self {
            Self::All(_) => true,
            Self::Own(account) => invitation.made_by == Some(*account),
        }
    }
}

fn list(context: &mut Context<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    let network = context.network;
    let right = Right::of(network, me).map_err(|why| fault(why, NOTHING))?;
    let mut seen: Vec<&InvitationState> =
        network.newest_invitations().filter(|invitation| right.covers(invitation)).take(LISTED_MAX).collect();
    seen.reverse();
    let lines = seen.into_iter().map(|invitation| {
        let by = maker(network, invitation).map_or("the administrator", AccountName::as_str);
        let text = match invitation.end(context.now) {
            Some(end) => format!("Made by {by}. {}", AccountFault::from(end).sentence()),
            None => format!("Made by {by}"),
        };
        description(network, invitation, FailCode::InvitationListed, &text)
    });
    let end = note(network, FailCode::InvitationsEnd, &[], "End of the list of invitations");
    let lines: Vec<Bytes> = lines.chain([end]).map(Bytes::from).collect();
    let head = BatchHead { kind: "parla.chat/invitations", about: None };
    context.session.send_as_batch(&context.settings.name, head, lines, context.out);
    Ok(())
}

/// A NOTE with this code and context.
fn note(network: &Network, code: FailCode, context: &[&str], description: &str) -> Vec<u8> {
    let (severity, command) = (Severity::Note, CommandName::Invitation.as_str());
    StandardReply { severity, command, code, context, description }.encode(&network.settings.name)
}

/// The line that describes an invitation.
fn description(network: &Network, invitation: &InvitationState, code: FailCode, text: &str) -> Vec<u8> {
    let id = invitation.id.number().to_string();
    let uses = invitation.uses_left.to_string();
    let until = invitation.expires_at.map_or_else(|| NOTHING.to_owned(), |at| at.to_string());
    let mut names = String::new();
    for name in channel_names(network, invitation) {
        if names.len() + name.len() < NAMES_BYTES_MAX {
            names += if names.is_empty() { "" } else { "," };
            names += &name;
        }
    }
    let names = if names.is_empty() { NOTHING } else { &names };
    let secret = network.code_of(invitation.id);
    note(network, code, &[&id, &secret, &uses, &until, names], text)
}

/// The names of the channels that an invitation leads to; those that are gone are left out.
pub(crate) fn channel_names(network: &Network, invitation: &InvitationState) -> Vec<String> {
    let channels = invitation.channels.iter().filter_map(|id| network.channel(*id));
    channels.map(|channel| channel.name().to_string()).collect()
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    invitation: entry::Invitation,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let entry::Invitation { asker, act } = invitation;
    let is_new = matches!(act, InvitationAct::Create(_) | InvitationAct::SetUp);
    let fault = |fault: AccountFault, id: InvitationId| {
        let about = if is_new { NOTHING.to_owned() } else { id.number().to_string() };
        fault.of(AnswerBy::Fail(CommandName::Invitation), about)
    };
    let id = match &act {
        InvitationAct::Create(_) | InvitationAct::SetUp => InvitationId::from_number(meta.seq),
        InvitationAct::Revoke(id) | InvitationAct::Accept(id) => *id,
    };
    let right = match asker {
        AccountAsker::Administrator(_) => Right::All(network.administrator().who),
        _ => Right::of(network, network.actor(meta)?.0).map_err(|why| fault(why, id))?,
    };
    let done = match act {
        InvitationAct::Create(new) => {
            create(network, meta, (&right, new), effects).map_err(|why| fault(why, id))?;
            InvitationDone::Created
        }
        InvitationAct::SetUp => {
            if network.has_owner() {
                return Err(fault(AccountFault::HasOwner, id));
            }
            let new = NewInvitation { channels: Vec::new(), uses: 1, days: None, makes_owner: true };
            create(network, meta, (&right, new), effects).map_err(|why| fault(why, id))?;
            // The server has made it for itself, so there is nothing to record or to tell.
            return Ok(());
        }
        InvitationAct::Revoke(id) => {
            let found = network.invitation(id).filter(|invitation| right.covers(invitation));
            found.ok_or_else(|| fault(AccountFault::NoSuchInvitation, id))?;
            network.revoke_invitation(id, effects);
            InvitationDone::Revoked
        }
        InvitationAct::Accept(id) => {
            let (user, _) = network.actor(meta)?;
            let account = network.account_id_of(user);
            let account = account.ok_or_else(|| fault(AccountFault::NotSignedIn, id))?;
            network.use_invitation(id, account, effects).map_err(|why| fault(why, id))?;
            sign_in::settle(network, meta, user, effects);
            InvitationDone::Accepted
        }
    };
    if let (Right::All(who), InvitationDone::Created | InvitationDone::Revoked) = (right, done) {
        let action = if done == InvitationDone::Created { "INVITATION CREATE" } else { "INVITATION REVOKE" };
        effects.audits.push(Audit { who, action, whom: id.number().to_string(), why: String::new() });
    }
    effects.events.push(Event::InvitationTold(InvitationTold { id, done }));
    Ok(())
}

fn create(
    network: &mut Network,
    meta: &Meta,
    (right, new): (&Right, NewInvitation),
    effects: &mut Effects,
) -> Result<(), AccountFault> {
    let NewInvitation { channels, uses, days, makes_owner } = new;
    let is_possible = (1..=INVITATION_USES_MAX).contains(&uses)
        && days.is_none_or(|days| (1..=INVITATION_DAYS_MAX).contains(&days))
        && channels.len() <= INVITATION_CHANNELS_MAX;
    if !is_possible {
        return Err(AccountFault::BadInvitation);
    }
    let found = channels.iter().map(|name| invited_to(network, right, name));
    let channels: Vec<ChannelId> = found.collect::<Result<_, _>>()?;
    let made_by = match right {
        Right::All(_) => meta.actor.and_then(|actor| network.account_id_of(actor)),
        Right::Own(account) => {
            if channels.is_empty() {
                return Err(AccountFault::MayNotInvite);
            }
            if !network.may_invite_more(*account) {
                return Err(AccountFault::TooManyInvitations);
            }
            Some(*account)
        }
    };
    let end = |days: u32| Timestamp::from_millis(meta.at.as_millis() + i64::from(days) * DAY_MILLIS);
    network.make_invitation(
        InvitationState {
            id: InvitationId::from_number(meta.seq),
            made_by,
            made_at: meta.at,
            expires_at: days.map(end),
            uses_left: uses,
            channels,
            makes_owner,
        },
        effects,
    )
}

/// The channel of this name, if somebody with this right may invite people to it.
fn invited_to(network: &Network, right: &Right, name: &ChannelName) -> Result<ChannelId, AccountFault> {
    let found = network.channel_id(name).and_then(|id| network.channel(id));
    let may = |channel: &&Channel| match right {
        Right::All(_) => true,
        Right::Own(account) => channel.state.owner == Some(*account),
    };
    match (found.filter(may), right) {
        (Some(channel), _) => Ok(channel.state.id),
        (None, Right::All(_)) => Err(AccountFault::NoSuchRoom(name.to_string())),
        // Whether there is a secret channel of this name is nobody else's business.
        (None, Right::Own(_)) => Err(AccountFault::MayNotInvite),
    }
}

/// Tells the origin what was done with an invitation.
pub(crate) fn publish(publisher: &mut Publisher<'_>, told: InvitationTold) {
    let network = publisher.network;
    let InvitationTold { id, done } = told;
    let (code, text) = match done {
        InvitationDone::Created => {
            if let Some(invitation) = network.invitation(id) {
                let text =
                    "Whoever has the code can use it: with PASS invite:<code>, or by the server's page";
                publisher.answer(description(network, invitation, FailCode::InvitationCreated, text));
            }
            return;
        }
        InvitationDone::Revoked => (FailCode::InvitationRevoked, "Nobody can use this invitation any more"),
        InvitationDone::Accepted => (FailCode::InvitationAccepted, "You have used the invitation"),
    };
    publisher.answer(note(network, code, &[&id.number().to_string()], text));
}

/// The name of whoever made an invitation, for people; `None` if the administrator did.
pub(crate) fn maker<'n>(network: &'n Network, invitation: &InvitationState) -> Option<&'n AccountName> {
    network.account_by_id(invitation.made_by?).map(|account| &account.name)
}
