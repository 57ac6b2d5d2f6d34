//! INVITE: a user may enter past `+i`. <https://modern.ircdocs.horse/#invite-message>

use parla_proto::{ChannelName, Line, Reply, command::Invite};

use crate::{
    context::{Context, target},
    effects::Effects,
    entry::{self, EntryCommand, Meta},
    event::Event,
    network::{
        Network, UserId,
        channel::{Flags, Rank},
    },
    publish::Publisher,
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, invite: &Invite<'_>) -> Result<(), Refusal> {
    let invite = entry::Invite { nick: invite.nick.to_owned(), channel: invite.channel.to_owned() };
    context.propose(EntryCommand::Invite(invite));
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    invite: &entry::Invite,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (by, actor) = network.actor(meta)?;
    let source = actor.source().to_owned();
    let (channel_id, channel) = network.find_channel(&invite.channel)?;
    let rank = channel.rank(by)?;
    if channel.has(Flags::INVITE_ONLY) && !rank.contains(Rank::OPERATOR) {
        return Err(Refusal::OperatorNeeded(channel.name().clone()));
    }
    let (user, invited) = network.find_user(&invite.nick)?;
    let nick = invited.nick().to_string();
    if channel.is_member(user) {
        return Err(Refusal::UserOnChannel(nick, channel.name().clone()));
    }
    let away = invited.away.as_ref().map(ToString::to_string);
    let channel = channel.name().clone();
    if let Some(channel) = network.channel_mut(channel_id) {
        channel.invite(user);
    }
    effects.events.push(Event::Invited { by: source, user, nick: nick.clone(), channel });
    effects.events.extend(away.map(|reason| Event::ReceiverAway { nick, reason }));
    Ok(())
}

pub(crate) fn publish(
    publisher: &mut Publisher<'_>,
    by: &str,
    (user, nick): (UserId, &str),
    channel: &ChannelName,
) {
    let network = publisher.network;
    if let Some(session) = publisher.origin.and_then(|origin| publisher.sessions.get(origin)) {
        let target = target(session, network);
        let reply = Reply::Inviting { nick, channel: channel.as_str() };
        publisher.answer(reply.encode(&network.settings.name, &target));
    }
    let line = Line::from(&by).command("INVITE").param(nick).param(channel).finish();
    publisher.announce([user].into_iter(), line);
}
