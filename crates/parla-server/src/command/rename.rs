//! RENAME: gives a channel another name. Everything else about it stays.
//! <https://ircv3.net/specs/extensions/channel-rename>
//!
//! Clients that know the command get one line. To all others it looks as if they left the old channel and
//! entered the new one. The old name is free at once: whoever joins it first creates a new channel.

use bytes::Bytes;
use parla_proto::{Capabilities, CommandName, FailCode, Line, command::Rename, line::fitting};

use super::join::{self, Entered};
use crate::{
    base::limits::{REASON_BYTES_MAX, RENAME_INTERVAL},
    context::Context,
    network::{
        Network, UserId, UserRef,
        audit::Audit,
        channel::Rank,
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::{ChannelRenamed, Event},
        refusal::{Failure, Refusal},
    },
    publish::{Publisher, timed},
};

pub(crate) fn run(context: &mut Context<'_>, rename: &Rename<'_>) -> Result<(), Refusal> {
    let name = context.channel_name(rename.name)?;
    let reason = fitting(rename.reason.unwrap_or_default(), REASON_BYTES_MAX).to_owned();
    let channel = context.network.read_channel_name(rename.channel)?;
    context.propose(EntryCommand::Rename(entry::Rename { channel, name, reason }));
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    rename: entry::Rename,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let entry::Rename { channel, name, reason } = rename;
    let (actor, user) = network.actor(meta)?;
    let (by, who) = (user.source().to_owned(), user.for_record());
    let (channel_id, _) = network.visible_channel_named(actor, &channel)?;
    network.open_channel(&name)?;
    let owner = network.channel_id(&name);
    let settings = std::sync::Arc::clone(&network.settings);
    let account = network.account_id_of(actor);
    let channel = network.found_channel(channel_id)?;
    let channel = channel.operator(actor)?;
    let is_founder = channel.rank(actor)?.contains(Rank::FOUNDER);
    let may_give_up_name = is_founder || channel.state.owner.is_none_or(|owner| account == Some(owner));
    let old = channel.name().clone();
    let cannot =
        |why| Failure::of(CommandName::Rename, FailCode::CannotRename, &[old.as_str(), name.as_str()], why);
    if owner.is_some_and(|owner| owner != channel_id) {
        let about = [old.as_str(), name.as_str()];
        return Err(Failure::of(
            CommandName::Rename,
            FailCode::ChannelNameInUse,
            &about,
            "The channel name is already taken",
        ));
    }
    if old.as_str() == name.as_str() {
        return Err(cannot("The channel has this name"));
    }
    // A new spelling of the same name makes nobody leave or enter.
    if old != name {
        // Otherwise the name of a room could be taken from its owner.
        if !may_give_up_name {
            return Err(cannot("Only the owner of the channel can give it another name"));
        }
        if settings.autojoin.contains(&old) || settings.autojoin.contains(&name) {
            return Err(cannot("Everyone is put into this channel; its name is in the configuration"));
        }
        if channel.renamed_at.is_some_and(|at| at + RENAME_INTERVAL > meta.at) {
            return Err(cannot("The channel was renamed a moment ago"));
        }
        channel.renamed_at = Some(meta.at);
    }
    let new = name.to_string();
    network.rename_channel(channel_id, name, effects);
    let why = if reason.is_empty() { new } else { format!("{new}: {reason}") };
    effects.moderation.push(Audit { who, action: "RENAME", whom: old.to_string(), why });
    effects.events.push(Event::ChannelRenamed(ChannelRenamed { by, channel: channel_id, old, reason }));
    Ok(())
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, renamed: &ChannelRenamed) {
    let ChannelRenamed { by, channel, old, reason } = renamed;
    let Some(channel) = publisher.network.channel(*channel) else { return };
    let line = Line::from(by).command("RENAME").param(old).param(channel.name()).text(reason).finish();
    let line = Bytes::from(line);
    let relevant = Capabilities::CHANNEL_RENAME | Capabilities::SERVER_TIME;
    publisher.each(channel.members.keys().copied(), relevant, |at, capabilities| {
        capabilities.contains(Capabilities::CHANNEL_RENAME).then(|| timed(&line, at, capabilities))
    });
    if old == channel.name() {
        return;
    }
    publisher.left_out = Capabilities::CHANNEL_RENAME;
    for member in channel.members.keys() {
        if publisher.receivers([*member].into_iter()).next().is_some() {
            fall_back(publisher, *member, renamed);
        }
    }
    publisher.left_out = Capabilities::empty();
}

/// Makes a member's client leave the old name and enter the new one, seen by that client only.
fn fall_back(publisher: &mut Publisher<'_>, member: UserId, renamed: &ChannelRenamed) {
    let ChannelRenamed { channel: channel_id, old, reason, .. } = renamed;
    let network = publisher.network;
    let (Some(user), Some(channel)) = (network.user(member), network.channel(*channel_id)) else { return };
    let part = Line::from(&user.source()).command("PART").param(old);
    let part = if reason.is_empty() { part } else { part.text(reason) };
    publisher.announce([member].into_iter(), part.finish());
    let entered = Entered { user: UserRef { id: member, user }, channel, msgid: None };
    join::announce(publisher, entered, &[member]);
    join::tell_newcomer(publisher, member, *channel_id);
}
