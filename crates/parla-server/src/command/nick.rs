//! NICK: a session chooses its nick, or a user changes theirs. <https://modern.ircdocs.horse/#nick-message>

use parla_proto::{Line, Nick, command};

use super::monitor;
use crate::{
    base::names,
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

pub(crate) fn run(context: &mut Context<'_>, nick: &command::Nick<'_>) -> Result<(), Refusal> {
    let wanted = nick.nick.ok_or(Refusal::NoNickGiven)?;
    let nick = context.nick(wanted)?;
    if names::is_service(&nick, context.settings.casemapping) {
        return Err(Refusal::NickReserved(wanted.to_owned()));
    }
    let network = context.network;
    let me = context.session.user().and_then(|id| Some((id, network.user(id)?)));
    let account = me.and_then(|(_, me)| me.account());
    let is_free = network.free_nick(&nick, me.map(|(id, _)| id));
    let is_mine = network.permitted_nick(&nick, account);
    let Some(registration) = context.session.registration() else {
        is_free.and(is_mine)?;
        context.propose(EntryCommand::Nick(nick));
        return Ok(());
    };
    // A client that still negotiates may be about to sign in to the account that has this nick, or whose person
    // uses it; one that has signed in may become that person.
    let holder = network.user_named(&nick).ok().and_then(|(_, holder)| holder.account());
    let owner = network.owner_of_nick(&nick).map(|owner| &owner.name);
    let may_become_theirs = match &registration.account {
        Some(id) => holder.or(owner) == network.account_by_id(*id).map(|account| &account.name),
        None => registration.negotiating && holder.or(owner).is_some(),
    };
    match is_free.and(is_mine).err().filter(|_| !may_become_theirs) {
        None => (registration.nick, registration.nick_in_use) = (Some(nick), None),
        Some(refusal) => {
            registration.nick_in_use = Some(nick);
            return Err(refusal);
        }
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
    network.permitted_nick(&nick, user.account())?;
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
