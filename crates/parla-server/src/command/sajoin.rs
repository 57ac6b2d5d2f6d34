//! SAJOIN: an operator of the server brings a user into a channel, whatever its modes say.
//!
//! It does not create a channel that does not exist; JOIN does that.

use parla_proto::{CommandName, command::Sajoin};

use super::room;
use crate::{
    context::Context,
    network::{
        Network,
        effects::Effects,
        entry::{self, Authority, EntryCommand, Meta},
        refusal::Refusal,
    },
};

pub(crate) fn run(context: &mut Context<'_>, sajoin: &Sajoin<'_>) -> Result<(), Refusal> {
    for channel in context.names(sajoin.channels, CommandName::Sajoin)? {
        match room::ForcedMove::parse(context, channel, sajoin.nick) {
            Ok(room::ForcedMove { channel, nick }) => {
                context.propose(EntryCommand::Sajoin(entry::Sajoin { nick, channel }));
            }
            Err(refusal) => context.refuse(&refusal),
        }
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    sajoin: &entry::Sajoin,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let right = network.oversight(meta, Authority::Operator)?;
    let (channel_id, channel) = network.overseen_channel(&right, &sajoin.channel)?;
    network.open_channel(channel.name())?;
    let (user_id, user) = room::whom(network, meta, sajoin.nick.as_ref())?;
    let (name, nick, source) = (channel.name().clone(), user.nick().to_string(), user.source().to_owned());
    if channel.is_member(user_id) {
        return Err(Refusal::UserOnChannel { nick, channel: name });
    }
    if user.channels.len() >= network.settings.limits.channels_per_client {
        return Err(Refusal::TooManyChannels { channel: name, why: "They have joined too many channels" });
    }
    let account = network.account_id_of(user_id);
    let channel = network.found_channel(channel_id)?;
    channel.overseen_entrant(&right, user_id, account).enter(meta.seq);
    network.came_in(user_id, channel_id, effects);
    let text = match sajoin.nick {
        Some(_) => format!("{} has put {nick} into this room", right.shown),
        None => format!("{} has entered this room", right.shown),
    };
    room::announce(network, channel_id, text, effects);
    effects.audits.push(right.audit("SAJOIN", name.to_string(), source));
    Ok(())
}
