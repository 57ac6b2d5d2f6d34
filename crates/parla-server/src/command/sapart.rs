//! SAPART: an operator of the server takes a user out of a channel.

use parla_proto::{CommandName, command::Sapart, line::fitting};

use super::{
    part::{self, Leaving, Why},
    room,
};
use crate::{
    base::limits::REASON_BYTES_MAX,
    context::Context,
    network::{
        Network,
        effects::Effects,
        entry::{self, Authority, EntryCommand, Meta},
        refusal::Refusal,
    },
};

pub(crate) fn run(context: &mut Context<'_>, sapart: &Sapart<'_>) -> Result<(), Refusal> {
    let reason = sapart.reason.map(|reason| fitting(reason, REASON_BYTES_MAX).to_owned());
    for channel in context.names(sapart.channels, CommandName::Sapart)? {
        match room::ForcedMove::parse(context, channel, sapart.nick) {
            Ok(room::ForcedMove { channel, nick }) => {
                let reason = reason.clone();
                context.propose(EntryCommand::Sapart(entry::Sapart { nick, channel, reason }));
            }
            Err(refusal) => context.refuse(&refusal),
        }
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    sapart: entry::Sapart,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let right = network.oversight(meta, Authority::Operator)?;
    let (channel_id, channel) = network.overseen_channel(&right, &sapart.channel)?;
    let (user_id, user) = room::whom(network, meta, sapart.nick.as_ref())?;
    let (name, nick, source) = (channel.name().clone(), user.nick().to_string(), user.source().to_owned());
    if !channel.is_member(user_id) {
        return Err(match sapart.nick {
            Some(_) => Refusal::UserNotInChannel { nick, channel: name },
            None => Refusal::NotOnChannel(name),
        });
    }
    let why = sapart.reason.iter().fold(source, |source, reason| format!("{source}: {reason}"));
    effects.audits.push(right.audit("SAPART", name.to_string(), why));
    // This is announced first, so that the user is told as well. If operators take themselves out, everyone
    // sees that anyway.
    if sapart.nick.is_some() {
        let text = format!("{} has taken {nick} out of this room", right.shown);
        room::announce(network, channel_id, text, effects);
    }
    let why = Why::Operators(sapart.reason);
    part::leave(network, Leaving { user: user_id, channel: channel_id, why }, effects)
}
