//! KICK: an operator puts members out. <https://modern.ircdocs.horse/#kick-message>

use parla_proto::{command::Kick, line::fitting};

use crate::{
    context::Context,
    effects::Effects,
    entry::{self, EntryCommand, Meta},
    event::Event,
    network::Network,
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, kick: &Kick<'_>) -> Result<(), Refusal> {
    let limit = context.settings.limits.kick_bytes;
    let reason = kick.reason.map(|reason| fitting(reason, limit).to_owned());
    for nick in context.list(kick.nicks, usize::MAX) {
        let channel = kick.channel.to_owned();
        context.propose(EntryCommand::Kick(entry::Kick {
            channel,
            nick: nick.to_owned(),
            reason: reason.clone(),
        }));
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    kick: entry::Kick,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (actor, user) = network.actor(meta)?;
    let (by, by_nick) = (user.source().to_owned(), user.nick().to_string());
    let (channel_id, _) = network.find_channel(&kick.channel)?;
    let Some(channel) = network.channel_mut(channel_id) else { return Err(Refusal::Gone) };
    let name = channel.operator(actor)?.name().clone();
    let (target, target_user) = network.find_user(&kick.nick)?;
    let nick = target_user.nick().to_string();
    if !target_user.channels.contains(&channel_id) {
        return Err(Refusal::UserNotInChannel(nick, name));
    }
    network.leave(target, channel_id, effects);
    let members = network.channel(channel_id).map(|channel| channel.members.keys().copied().collect());
    effects.events.push(Event::Kicked {
        by,
        user: target,
        nick,
        channel: name,
        members: members.unwrap_or_default(),
        reason: kick.reason.unwrap_or(by_nick),
    });
    Ok(())
}
