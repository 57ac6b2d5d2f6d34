//! ROOM: repairs a channel, on behalf of an operator of the server or of the administrator.

mod repair;

use parla_proto::{ChannelName, CommandName, FailCode, Line, Nick, command::Room, line::fitting};

pub(crate) use self::repair::commit;
use crate::{
    base::{limits::REASON_BYTES_MAX, settings::Privileges},
    context::Context,
    network::{
        ChannelId, Network, UserId,
        channel::Channel,
        effects::Effects,
        entry::{self, Authority, EntryCommand, Meta, Repair},
        event::Event,
        refusal::{Failure, Refusal},
        user::User,
    },
    publish::Publisher,
};

pub(crate) fn run(context: &mut Context<'_>, room: &Room<'_>) -> Result<(), Refusal> {
    let argument = room.argument.filter(|argument| !argument.is_empty());
    let repair = match room.subcommand.to_ascii_uppercase().as_str() {
        "DELETE" => Repair::Delete(argument.map(|reason| fitting(reason, REASON_BYTES_MAX).to_owned())),
        "RESET" => Repair::Reset,
        "GIVE" => {
            let nick = argument.ok_or(Refusal::NeedMoreParams(CommandName::Room))?;
            Repair::Give(read_nick(context, room.channel, nick)?)
        }
        _ => {
            let why = "It is ROOM DELETE, ROOM RESET or ROOM GIVE";
            return Err(Failure::of(CommandName::Room, FailCode::InvalidParams, &[room.subcommand], why));
        }
    };
    let (authority, channel) = (Authority::Operator, read_channel(context, room.channel)?);
    context.propose(EntryCommand::Room(entry::Room { authority, channel, repair }));
    Ok(())
}

/// The channel that a client names, if the client is an operator who oversees channels; such operators see
/// secret ones.
pub(super) fn overseen<'n>(context: &Context<'n>, channel: &str) -> Result<&'n Channel, Refusal> {
    let (me, user) = context.me()?;
    user.privileged(Privileges::CHANNELS)?;
    context.network.visible_channel(me, channel).map(|(_, channel)| channel)
}

/// Parses a channel name for an operator. Somebody who may not oversee channels is told that first.
fn read_channel(context: &Context<'_>, channel: &str) -> Result<ChannelName, Refusal> {
    let name = context.network.read_channel_name(channel);
    name.map_err(|refusal| overseen(context, channel).err().unwrap_or(refusal))
}

/// Parses the nick of somebody in a channel for an operator. Anything wrong with the channel is reported
/// first.
fn read_nick(context: &Context<'_>, channel: &str, nick: &str) -> Result<Nick, Refusal> {
    let nick = context.network.read_nick(nick);
    nick.map_err(|refusal| overseen(context, channel).err().unwrap_or(refusal))
}

/// The channel of a SAJOIN or SAPART, and the user to be moved.
pub(super) struct ForcedMove {
    pub(super) channel: ChannelName,
    /// The user; `None` for the operator themselves.
    pub(super) nick: Option<Nick>,
}

impl ForcedMove {
    /// Parses what an operator typed.
    ///
    /// # Errors
    /// The channel name or the nick is invalid.
    pub(super) fn parse(context: &Context<'_>, channel: &str, nick: Option<&str>) -> Result<Self, Refusal> {
        let nick = nick.map(|nick| read_nick(context, channel, nick)).transpose();
        Ok(Self { channel: read_channel(context, channel)?, nick: nick? })
    }
}

/// The user with this nick or, without one, the actor.
pub(super) fn whom<'n>(
    network: &'n Network,
    meta: &Meta,
    nick: Option<&Nick>,
) -> Result<(UserId, &'n User), Refusal> {
    nick.map_or_else(|| network.actor(meta), |nick| network.user_named(nick))
}

/// Has the members of a channel told what was done there.
pub(super) fn announce(network: &Network, channel: ChannelId, text: String, effects: &mut Effects) {
    let Some(channel) = network.channel(channel) else { return };
    let (members, channel) = (channel.members.keys().copied().collect(), channel.name().clone());
    effects.events.push(Event::ChannelTold { channel, members, text });
}

/// Tells the members of a channel, and the actor even if they are elsewhere.
pub(crate) fn tell(publisher: &mut Publisher<'_>, channel: &ChannelName, members: &[UserId], text: &str) {
    let server = &publisher.network.settings.name;
    let actor = publisher.meta.actor;
    if let Some(actor) = actor.filter(|actor| !members.contains(actor))
        && let Some(user) = publisher.network.user(actor)
    {
        let line = Line::from(server).command("NOTICE").param(user.nick());
        publisher.answer(line.text(format_args!("{channel}: {text}")).finish());
    }
    let line = Line::from(server).command("NOTICE").param(channel).text(text).finish();
    publisher.announce(members.iter().copied(), line);
}

/// Removes the members of a deleted channel. Each is told only about themselves, because nobody stays behind.
pub(crate) fn publish_deletion(
    publisher: &mut Publisher<'_>,
    channel: &ChannelName,
    members: &[UserId],
    reason: &str,
) {
    let network = publisher.network;
    for member in members {
        let Some(user) = network.user(*member) else { continue };
        let line = Line::from(&network.settings.name).command("KICK").param(channel).param(user.nick());
        publisher.announce([*member].into_iter(), line.text(reason).finish());
    }
}
