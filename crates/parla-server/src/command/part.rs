//! PART: users leave channels. <https://modern.ircdocs.horse/#part-message>

use parla_proto::{command::Part, line::fitting};

use crate::{
    context::Context,
    effects::Effects,
    entry::{self, EntryCommand, Meta},
    event::Event,
    limits::REASON_BYTES_MAX,
    network::{Network, texts::OwnText},
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, part: &Part<'_>) -> Result<(), Refusal> {
    let reason = part.reason.map(|reason| fitting(reason, REASON_BYTES_MAX).to_owned());
    for channel in context.names(part.channels, "PART")? {
        context
            .propose(EntryCommand::Part(entry::Part { channel: channel.to_owned(), reason: reason.clone() }));
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    part: entry::Part,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (user_id, user) = network.actor(meta)?;
    let source = user.source().to_owned();
    let (channel_id, channel) = network.find_channel(&part.channel)?;
    let rank = channel.rank(user_id)?;
    let name = channel.name().clone();
    let others = channel.audience(rank).filter(|member| *member != user_id);
    let told = others.chain([user_id]);
    let reason = match part.reason {
        Some(reason) => channel.voice((user_id, user), &reason, network.casemapping()).among(reason, told),
        None => OwnText::for_all(None, told.collect()),
    };
    network.leave(user_id, channel_id, effects);
    effects.events.push(Event::Parted { source, channel: name, reason });
    Ok(())
}
