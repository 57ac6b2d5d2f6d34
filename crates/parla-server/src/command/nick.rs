//! NICK: a session chooses its nick, or a user changes theirs. <https://modern.ircdocs.horse/#nick-message>

use parla_proto::{Line, Nick, command};

use super::monitor;
use crate::{
    context::Context,
    network::{
        Network, UserRef,
        effects::Effects,
        entry::{EntryCommand, Meta},
        event::{Event, Renamed},
        refusal::Refusal,
    },
    publish::Publisher,
};

/// Names that people would trust with their passwords, whether or not the network has such a service.
const RESERVED: [&str; 8] =
    ["botserv", "chanserv", "histserv", "hostserv", "memoserv", "nickserv", "operserv", "saslserv"];

pub(crate) fn run(context: &mut Context<'_>, nick: &command::Nick<'_>) -> Result<(), Refusal> {
    let wanted = nick.nick.ok_or(Refusal::NoNickGiven)?;
    let nick = context.nick(wanted)?;
    if RESERVED.contains(&nick.as_str().to_ascii_lowercase().as_str()) {
        return Err(Refusal::NickReserved(wanted.to_owned()));
    }
    context.network.free_nick(&nick, context.session.user())?;
    match context.session.registration() {
        Some(registration) => registration.nick = Some(nick),
        None => context.propose(EntryCommand::Nick(nick)),
    }
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    nick: Nick,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, user) = network.actor(meta)?;
    network.free_nick(&nick, Some(id))?;
    if user.nick().as_str() == nick.as_str() {
        return Ok(());
    }
    let channels = user.channels.iter().filter_map(|channel| network.channel(*channel));
    if let Some(channel) =
        channels.into_iter().find(|channel| channel.holds_back(UserRef { id, user }, network.casemapping()))
    {
        return Err(Refusal::NickHeld { nick: nick.to_string(), channel: channel.name().clone() });
    }
    let (old_nick, old_source) = (user.nick().clone(), user.source().to_owned());
    network.rename_user(id, nick);
    effects.events.push(Event::Renamed(Renamed { user: id, old_nick, old_source }));
    Ok(())
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, renamed: &Renamed) {
    let Renamed { user: id, old_nick, old_source } = renamed;
    let network = publisher.network;
    let Some(user) = network.user(*id) else { return };
    let line = Line::from(old_source).command("NICK").text(user.nick()).finish();
    let peers = network.peers(*id, user);
    publisher.announce(peers.into_iter().chain([*id]), line);
    // If only the case has changed, nobody has left the old nick.
    if old_nick != user.nick() {
        monitor::tell_offline(publisher, old_nick);
        monitor::tell_online(publisher, user);
    }
}
