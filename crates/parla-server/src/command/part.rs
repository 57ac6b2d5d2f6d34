//! PART: users leave channels. <https://modern.ircdocs.horse/#part-message>

use parla_proto::{command::Part, line::fitting};

use crate::{
    context::Context,
    effects::Effects,
    entry::{self, EntryCommand, Meta},
    event::Event,
    limits::REASON_BYTES_MAX,
    network::Network,
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
    let (channel_id, channel) = network.visible_channel(user_id, &part.channel)?;
    let rank = channel.rank(user_id)?;
    let name = channel.name().clone();
    network.leave(user_id, channel_id, effects);
    let members = network.channel(channel_id).map(|channel| channel.audience(rank).collect());
    effects.events.push(Event::Parted {
        user: user_id,
        source,
        channel: name,
        members: members.unwrap_or_default(),
        reason: part.reason,
    });
    Ok(())
}
