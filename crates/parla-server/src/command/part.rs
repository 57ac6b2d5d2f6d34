//! PART: users leave channels. <https://modern.ircdocs.horse/#part-message>

use parla_proto::{command::Part, line::fitting};

use crate::{
    context::Context,
    effects::Effects,
    entry::{self, EntryCommand, Meta},
    event::Event,
    limits::REASON_BYTES_MAX,
    network::{ChannelId, Network, UserId},
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
    let (user_id, _) = network.actor(meta)?;
    let (channel_id, _) = network.visible_channel(user_id, &part.channel)?;
    leave(network, (user_id, channel_id), part.reason, effects)
}

/// Takes a member out of a channel.
///
/// # Errors
/// They are not in it.
pub(crate) fn leave(
    network: &mut Network,
    (user_id, channel_id): (UserId, ChannelId),
    reason: Option<String>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Some((user, channel)) = network.user_at_channel(user_id, channel_id) else {
        return Err(Refusal::Gone);
    };
    let rank = channel.rank(user_id)?;
    let (source, name) = (user.source().to_owned(), channel.name().clone());
    network.leave(user_id, channel_id, effects);
    let members = network.channel(channel_id).map(|channel| channel.audience(rank).collect());
    effects.events.push(Event::Parted {
        user: user_id,
        source,
        channel: name,
        members: members.unwrap_or_default(),
        reason,
    });
    Ok(())
}
