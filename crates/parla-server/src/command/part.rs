//! PART: users leave channels. <https://modern.ircdocs.horse/#part-message>

use parla_proto::{ChannelName, CommandName, Line, command::Part, line::fitting};

use crate::{
    base::limits::REASON_BYTES_MAX,
    context::Context,
    network::{
        ChannelId, Network, UserId, UserRef,
        effects::Effects,
        entry::{self, EntryCommand, Meta},
        event::Event,
        refusal::Refusal,
        texts::OwnText,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, part: &Part<'_>) -> Result<(), Refusal> {
    let reason = part.reason.map(|reason| fitting(reason, REASON_BYTES_MAX).to_owned());
    for channel in context.names(part.channels, CommandName::Part)? {
        match context.network.read_channel_name(channel) {
            Ok(channel) => {
                context.propose(EntryCommand::Part(entry::Part { channel, reason: reason.clone() }));
            }
            Err(refusal) => context.refuse(&refusal),
        }
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
    let (channel_id, _) = network.visible_channel_named(user_id, &part.channel)?;
    let leaving = Leaving { user: user_id, channel: channel_id, why: Why::Own(part.reason) };
    leave(network, leaving, effects)
}

/// The reason for leaving, which decides who gets to read it.
pub(crate) enum Why {
    /// In the member's own words, which mutes filter like any other text.
    Own(Option<String>),
    /// In the words of an operator of the server.
    Operators(Option<String>),
}

/// A user's departure from a channel.
pub(crate) struct Leaving {
    pub(crate) user: UserId,
    pub(crate) channel: ChannelId,
    pub(crate) why: Why,
}

/// Removes a member from a channel.
///
/// # Errors
/// The user is not in the channel.
pub(crate) fn leave(network: &mut Network, leaving: Leaving, effects: &mut Effects) -> Result<(), Refusal> {
    let Leaving { user: user_id, channel: channel_id, why } = leaving;
    let casemapping = network.casemapping();
    let (user, channel) = network.user_at_channel(user_id, channel_id)?;
    let rank = channel.rank(user_id)?;
    let (source, name) = (user.source().to_owned(), channel.name().clone());
    let others = channel.audience(rank).filter(|member| *member != user_id);
    let told = others.chain([user_id]).collect::<Vec<_>>();
    let reason = match why {
        Why::Own(Some(reason)) => {
            let reach = channel.text_reach(UserRef { id: user_id, user }, &reason, casemapping);
            reach.among(reason, told.into_iter())
        }
        Why::Own(None) => OwnText::for_all(None, told),
        Why::Operators(reason) => OwnText::for_all(reason, told),
    };
    network.forget_member(user_id, channel_id, effects);
    network.leave(user_id, channel_id, effects);
    effects.events.push(Event::Parted { source, channel: name, reason });
    Ok(())
}

/// Tells the departing member and those who stay.
pub(crate) fn publish(
    publisher: &mut Publisher<'_>,
    source: &str,
    channel: &ChannelName,
    reason: &OwnText<UserId>,
) {
    publisher.relay(reason, |reason| {
        let line = Line::from(&source).command("PART").param(channel);
        Some(reason.iter().fold(line, |line, reason| line.text(reason)).finish())
    });
}
