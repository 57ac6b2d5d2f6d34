//! KICK: someone with a rank puts members out. <https://modern.ircdocs.horse/#kick-message>

use parla_proto::{CommandName, Line, command::Kick, limits::LINE_BYTES_MAX, line::fitting};

use crate::{
    base::limits::TARGETS_PER_COMMAND_MAX,
    context::Context,
    network::{
        Network,
        audit::Audit,
        channel::Act,
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::Event,
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
            // Several channels: a nick for each.
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
        let (channel, nick) = (channel.to_owned(), nick.to_owned());
        context.propose(EntryCommand::Kick(entry::Kick { channel, nick, reason: reason.clone() }));
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
    let (by, by_nick, who) = (user.source().to_owned(), user.nick().to_string(), user.for_record());
    let (channel_id, channel) = network.visible_channel(actor, &kick.channel)?;
    // Who may not kick at all need not learn who is there.
    channel.rank(actor)?;
    let target = network.find_user(&kick.nick);
    let target = target.map(|(id, user)| (id, user.nick().to_string(), user.source().to_owned()));
    let Some(channel) = network.channel_mut(channel_id) else { return Err(Refusal::Gone) };
    let name = channel.may(actor, Act::Kick)?.name().clone();
    let (target, nick, source) = target?;
    let member = channel.eviction(actor, target, &nick)?.member;
    let rank = channel.rank(member)?;
    network.leave(member, channel_id, effects);
    let members = network.channel(channel_id).map(|channel| channel.audience(rank).collect());
    // What everyone is told fits in the line.
    let head = Line::from(&by).command("KICK").param(&name).param(&nick).len();
    let whom = format!("{name} {source}");
    let why = kick.reason.clone().unwrap_or_default();
    effects.moderation.push(Audit { who, action: "KICK", whom, why });
    let reason = kick.reason.unwrap_or(by_nick);
    let reason = fitting(&reason, LINE_BYTES_MAX.saturating_sub(head + " :\r\n".len())).to_owned();
    effects.events.push(Event::Kicked {
        by,
        user: member,
        nick,
        channel: name,
        members: members.unwrap_or_default(),
        reason,
    });
    Ok(())
}

/// Tells the member who is put out, and those who stay and saw them.
pub(crate) fn publish(publisher: &mut Publisher<'_>, event: &Event) {
    let Event::Kicked { by, user, nick, channel, members, reason } = event else { return };
    let line = Line::from(by).command("KICK").param(channel).param(nick).text(reason).finish();
    publisher.announce(members.iter().copied().chain([*user]), line);
}
