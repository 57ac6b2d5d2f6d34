//! AWAY: a user is away, or back. <https://ircv3.net/specs/extensions/away-notify>

use parla_proto::{Capabilities, Line, Reply, command::Away, line::fitting};

use crate::{
    context::{Context, target},
    effects::Effects,
    entry::{EntryCommand, Meta},
    event::Event,
    network::{Network, UserId, user::User},
    publish::Publisher,
    refusal::Refusal,
};

pub(crate) fn run(context: &mut Context<'_>, away: &Away<'_>) -> Result<(), Refusal> {
    context.me()?;
    let reason = away.reason.map(|reason| fitting(reason, context.settings.limits.away_bytes).to_owned());
    context.propose(EntryCommand::Away(reason));
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    reason: Option<String>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, _) = network.actor(meta)?;
    let reason = reason.map(String::into_boxed_str);
    let Some(user) = network.user_mut(id) else { return Err(Refusal::Gone) };
    let changes = user.away != reason;
    user.away = reason;
    effects.events.push(Event::AwayChanged { user: id, changes });
    Ok(())
}

/// The line that says whether the user is away.
pub(crate) fn line(user: &User) -> Vec<u8> {
    let line = Line::from(&user.source()).command("AWAY");
    user.away.iter().fold(line, |line, reason| line.text(reason)).finish()
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId, changes: bool) {
    let network = publisher.network;
    let Some(user) = network.user(id) else { return };
    let reply = if user.away.is_some() { Reply::NowAway {} } else { Reply::UnAway {} };
    publisher.answer(reply.encode(&network.settings.name, user.nick().as_str()));
    if changes {
        let readers = publisher.interested_in(id, Capabilities::AWAY_NOTIFY);
        publisher.announce(readers.into_iter().filter(|reader| *reader != id), line(user));
    }
}

/// Tells those of an audience who want to know whether the user is away.
pub(crate) fn announce_to(publisher: &mut Publisher<'_>, audience: Vec<UserId>, user: &User) {
    let readers: Vec<UserId> = audience
        .into_iter()
        .filter(|peer| {
            let receiver = publisher.sessions.receiver(*peer);
            receiver.is_some_and(|receiver| receiver.capabilities.contains(Capabilities::AWAY_NOTIFY))
        })
        .collect();
    publisher.announce(readers.into_iter(), line(user));
}

/// Tells the sender of a message that its receiver is away.
pub(crate) fn tell_sender(publisher: &mut Publisher<'_>, nick: &str, reason: &str) {
    let network = publisher.network;
    let Some(session) = publisher.origin.and_then(|origin| publisher.sessions.get(origin)) else { return };
    let target = target(session, network);
    publisher.answer(Reply::Away { nick, reason }.encode(&network.settings.name, &target));
}
