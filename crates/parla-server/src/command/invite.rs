//! INVITE: invites a user. If the inviter has a rank, the user may enter whatever the channel's modes say.
//!
//! <https://modern.ircdocs.horse/#invite-message>, <https://ircv3.net/specs/extensions/invite-notify>

use parla_proto::{Capabilities, ChannelName, CommandName, Line, Reply, command::Invite};

use crate::{
    context::Context,
    network::{
        ChannelId, Network, UserId, UserRef,
        channel::{Act, Channel, Flags},
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::{Event, Invited},
        refusal::Refusal,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, invite: &Invite<'_>) -> Result<(), Refusal> {
    let Some(nick) = invite.nick.filter(|nick| !nick.is_empty()) else { return list(context) };
    let channel = invite.channel.ok_or(Refusal::NeedMoreParams(CommandName::Invite))?;
    let channel = context.network.read_channel_name(channel)?;
    let nick = match context.network.read_nick(nick) {
        Ok(nick) => nick,
        Err(refusal) => {
            let (me, _) = context.me()?;
            return Err(inviter(context.network, me, &channel).err().unwrap_or(refusal));
        }
    };
    context.propose(EntryCommand::Invite(entry::Invite { nick, channel }));
    Ok(())
}

/// The channel, if this user may invite others to it. Somebody who may not must not learn who is online.
fn inviter<'n>(
    network: &'n Network,
    by: UserId,
    channel: &ChannelName,
) -> Result<(ChannelId, &'n Channel), Refusal> {
    let (id, channel) = network.visible_channel_named(by, channel)?;
    let rank = channel.rank(by)?;
    let user = network.user(by).ok_or(Refusal::Gone)?;
    let needs_rank = channel.has(Flags::INVITE_ONLY)
        || channel.holds_back(UserRef { id: by, user }, network.casemapping());
    if needs_rank && !rank.may(Act::Invite) {
        return Err(Refusal::RankNeeded { channel: channel.name().clone(), rank: Act::Invite.least() });
    }
    Ok((id, channel))
}

/// Lists the channels that the client is invited to.
fn list(context: &mut Context<'_>) -> Result<(), Refusal> {
    let (me, _) = context.me()?;
    for channel in context.network.channels().filter(|channel| channel.is_invited(me)) {
        context.reply(Reply::InviteList { channel: channel.name().as_str() });
    }
    context.reply(Reply::EndOfInviteList {});
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
    let (channel_id, channel) = inviter(network, by, &invite.channel)?;
    let opens_doors = channel.rank(by)?.may(Act::Invite);
    let (user, invited) = network.user_named(&invite.nick)?;
    let nick = invited.nick().to_string();
    if channel.is_member(user) {
        return Err(Refusal::UserOnChannel { nick, channel: channel.name().clone() });
    }
    let away = invited.away.as_ref().map(ToString::to_string);
    let ranked = channel.members.iter().filter(|(_, rank)| rank.may(Act::Invite));
    let witnesses = ranked.map(|(member, _)| *member).filter(|member| *member != by).collect();
    let name = channel.name().clone();
    // A member without a rank may invite anyone, but such an invitation overrides no mode.
    if let Some(channel) = network.channel_mut(channel_id).filter(|_| opens_doors) {
        channel.invite(user);
    }
    let told = Invited { by: source, user, nick: nick.clone(), channel: name, witnesses };
    effects.events.push(Event::Invited(told));
    effects.events.extend(away.map(|reason| Event::ReceiverAway { nick, reason }));
    Ok(())
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, invited: &Invited) {
    let Invited { by, user, nick, channel, witnesses } = invited;
    let network = publisher.network;
    if let Some(session) = publisher.origin.and_then(|origin| publisher.sessions.get(origin)) {
        let target = session.target(network);
        let reply = Reply::Inviting { nick, channel: channel.as_str() };
        publisher.answer(reply.encode(&network.settings.name, &target));
    }
    let line = Line::from(by).command("INVITE").param(nick).param(channel).finish();
    // The inviting session has its answer already; the inviter's other sessions are told like everybody else.
    let origin = publisher.origin;
    let inviter = publisher.meta.actor.into_iter();
    let listening = publisher
        .receivers(inviter.chain(witnesses.iter().copied()))
        .filter(|witness| Some(witness.connection) != origin && witness.knows(Capabilities::INVITE_NOTIFY));
    let invited = publisher.receivers([*user].into_iter());
    publisher.announce_to(invited.chain(listening), line);
}
