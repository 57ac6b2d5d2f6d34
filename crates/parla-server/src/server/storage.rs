//! When the disk of this machine is nearly full, commands whose effect must be stored are refused, and
//! everything else continues.
//!
//! That is a fact about one machine, so it is checked before proposing anything and never in a commit. What
//! channel operators do against others (MODE, KICK, REDACT) still works: it takes little space, and the
//! reserve is meant for it.

use parla_proto::{ChannelName, CommandName, FailCode, Line};

use super::Server;
use crate::{
    contract::output::Outputs,
    network::{
        UserRef,
        account::AccountChange,
        channel::Channel,
        conversation::ConversationName,
        entry::{AccountEdit, EntryCommand, Proposer, SayTarget, Verb},
        refusal::{Failure, Refusal, Silenced, account::AccountFault},
    },
};

const REFUSED: &str = "The server's disk is nearly full, so this cannot be kept. Try again later";

impl Server {
    /// Handles that the disk has become nearly full, or has space again; operators of the server here are
    /// told.
    pub(super) fn storage_changed(&mut self, is_low: bool, out: &mut Outputs) {
        self.is_storage_low = is_low;
        let text = if is_low {
            "The disk of the server is nearly full: messages and topics of rooms are refused until there is room."
        } else {
            "The disk of the server has room again."
        };
        let operators = self.network.users().filter(|(_, user)| user.is_operator());
        let receivers: Vec<_> = operators
            .flat_map(|(id, user)| self.sessions.receivers(id).iter().map(|to| (to.connection, user.nick())))
            .map(|(connection, nick)| (connection, nick.to_string()))
            .collect();
        for (connection, nick) in receivers {
            let line =
                Line::from(&self.network.settings.name).command("NOTICE").param(&nick).text(text).finish();
            self.sessions.send(connection, line.into(), out);
        }
    }

    /// Why a command is refused while the disk is nearly full; `None` if it stores nothing, or would be
    /// refused anyway.
    pub(super) fn refusal_for_full_disk(&self, by: Proposer, command: &EntryCommand) -> Option<Refusal> {
        if !self.is_storage_low {
            return None;
        }
        if let EntryCommand::CreateAccount(create) = command {
            return Some(AccountFault::DiskFull.of(create.asker, create.name.as_str()));
        }
        if let EntryCommand::ChangeAccount(change) = command
            && matches!(change.edit, AccountEdit::Change(AccountChange::AppPasswordAdded(_)))
        {
            return Some(AccountFault::DiskFull.of(change.asker, change.name.as_str()));
        }
        let actor = by.actor?;
        let user = self.network.user(actor)?;
        let kept_channel = |name: &ChannelName| -> Option<&Channel> {
            let (_, channel) = self.network.visible_channel_named(actor, name).ok()?;
            (channel.kept && channel.is_member(actor)).then_some(channel)
        };
        let failure = |command, channel: &Channel| {
            Failure::of(command, FailCode::StorageFull, &[channel.name().as_str()], REFUSED)
        };
        match command {
            EntryCommand::Say(say) => {
                let SayTarget::Channel { name, signs } = &say.target else { return None };
                let verb = say.content.verb;
                if verb == Verb::Tagmsg || !self.network.settings.history || !signs.is_empty() {
                    return None;
                }
                let (_, channel) = self.network.visible_channel_named(actor, name).ok()?;
                let speaker =
                    channel.speaker(UserRef { id: actor, user }, None, self.network.casemapping()).ok()?;
                if speaker.heard_from.is_some() {
                    return None;
                }
                let refusal =
                    Refusal::CannotSend { channel: channel.name().clone(), why: Silenced::DiskFull };
                // A NOTICE is never answered with an error.
                Some(if verb == Verb::Notice { Refusal::Silent } else { refusal })
            }
            EntryCommand::Topic(topic) => Some(failure(CommandName::Topic, kept_channel(&topic.channel)?)),
            EntryCommand::Rename(rename) => {
                Some(failure(CommandName::Rename, kept_channel(&rename.channel)?))
            }
            EntryCommand::Metadata(metadata) => match &metadata.target {
                Some(ConversationName::Channel(name)) => {
                    Some(failure(CommandName::Metadata, kept_channel(name)?))
                }
                // Nobody says anything about others, and what a guest says about themselves is not kept.
                Some(ConversationName::User(nick)) if nick != user.nick() => None,
                Some(ConversationName::User(_)) | None => user.account().map(|_| {
                    let about = [user.nick().as_str()];
                    Failure::of(CommandName::Metadata, FailCode::StorageFull, &about, REFUSED)
                }),
            },
            _ => None,
        }
    }
}
