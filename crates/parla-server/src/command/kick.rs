//! KICK: a member with a rank removes others. <https://modern.ircdocs.horse/#kick-message>

use parla_proto::{
    ChannelName, CommandName, Line, Nick, command::Kick, limits::LINE_BYTES_MAX, line::fitting,
};

use crate::{
    base::limits::TARGETS_PER_COMMAND_MAX,
    context::Context,
    network::{
        ChannelId, Network, UserId,
        audit::Audit,
        channel::{Act, Channel},
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::{Event, Kicked},
        refusal::Refusal,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, kick: &Kick<'_>) -> Result<(), Refusal> {
    let limit = context.settings.limits.kick_bytes;
    let reason = kick.reason.map(|reason| fitting(reason, limit).to_owned());
    let channels: Vec<&str> = kick.channels.split(',').filter(|name| !name.is_empty()).collect();
    let pairs: Vec<(&str, &str)> = match channels.as_slice() {
        [channel] => {
            context.names(kick.nicks, CommandName::Kick)?.into_iter().map(|nick| (*channel, nick)).collect()
        }
        channels => {
            // With several channels there must be one nick for each.
            let nicks: Vec<&str> = kick.nicks.split(',').filter(|nick| !nick.is_empty()).collect();
            if nicks.len() != channels.len() || nicks.is_empty() {
                return Err(Refusal::NeedMoreParams(CommandName::Kick));
            }
            if let Some(excess) = nicks.get(TARGETS_PER_COMMAND_MAX) {
                context.refuse(&Refusal::TooManyTargets((*excess).to_owned()));
            }
            channels.iter().copied().zip(nicks).take(TARGETS_PER_COMMAND_MAX).collect()
        }
    };
    for (channel, nick) in pairs {
        match read_names(context, channel, nick) {
            Ok((channel, nick)) => {
                context.propose(EntryCommand::Kick(entry::Kick { channel, nick, reason: reason.clone() }));
            }
            Err(refusal) => context.refuse(&refusal),
        }
    }
    Ok(())
}

fn read_names(context: &Context<'_>, channel: &str, nick: &str) -> Result<(ChannelName, Nick), Refusal> {
    let channel = context.network.read_channel_name(channel)?;
    match context.network.read_nick(nick) {
        Ok(nick) => Ok((channel, nick)),
        Err(refusal) => {
            let (me, _) = context.me()?;
            Err(kicker(context.network, me, &channel).err().unwrap_or(refusal))
        }
    }
}

/// The channel, if this user may kick there. A user without that right must not learn who is in it.
fn kicker<'n>(
    network: &'n Network,
    actor: UserId,
    channel: &ChannelName,
) -> Result<(ChannelId, &'n Channel), Refusal> {
    let (id, channel) = network.visible_channel_named(actor, channel)?;
    channel.allows(actor, Act::Kick)?;
    Ok((id, channel))
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    kick: entry::Kick,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (actor, user) = network.actor(meta)?;
    let (by, by_nick, who) = (user.source().to_owned(), user.nick().to_string(), user.for_record());
    let (channel_id, channel) = kicker(network, actor, &kick.channel)?;
    let name = channel.name().clone();
    let (target, user) = network.user_named(&kick.nick)?;
    let (nick, source) = (user.nick().to_string(), user.source().to_owned());
    let channel = network.found_channel(channel_id)?;
    let member = channel.eviction(actor, target, &nick)?.member;
    let rank = channel.rank(member)?;
    if let Some(account) = network.account_id_of(member) {
        network.remember(channel_id, account, None, effects);
    }
    network.leave(member, channel_id, effects);
    let members = network.channel(channel_id).map(|channel| channel.audience(rank).collect());
    // The reason is cut so that the line that members get is not too long.
    let head = Line::from(&by).command("KICK").param(&name).param(&nick).len();
    let whom = format!("{name} {source}");
    let why = kick.reason.clone().unwrap_or_default();
    effects.moderation.push(Audit { who, action: "KICK", whom, why });
    let reason = kick.reason.unwrap_or(by_nick);
    let reason = fitting(&reason, LINE_BYTES_MAX.saturating_sub(head + " :\r\n".len())).to_owned();
    effects.events.push(Event::Kicked(Kicked {
        by,
        user: member,
        nick,
        channel: name,
        members: members.unwrap_or_default(),
        reason,
    }));
    Ok(())
}

/// Tells the removed member, and those who stay and could see them.
pub(crate) fn publish(publisher: &mut Publisher<'_>, kicked: &Kicked) {
    let Kicked { by, user, nick, channel, members, reason } = kicked;
    let line = Line::from(by).command("KICK").param(channel).param(nick).text(reason).finish();
    publisher.announce(members.iter().copied().chain([*user]), line);
}
