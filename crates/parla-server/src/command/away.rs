//! AWAY: a user is away, or back. <https://ircv3.net/specs/extensions/away-notify>

use parla_proto::{Capabilities, Line, Reply, command::Away, line::fitting};

use crate::{
    context::Context,
    network::{
        Network, UserId, UserRef,
        channel::Channel,
        effects::Effects,
        entry::{EntryCommand, Meta},
        event::{AwayNews, Event},
        refusal::Refusal,
        user::User,
    },
    publish::Publisher,
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
    let news = match (&user.away, &reason) {
        (before, now) if before == now => AwayNews::Nothing,
        (Some(_), Some(_)) => AwayNews::Reason,
        _ => AwayNews::Presence,
    };
    user.away = reason;
    user.is_away_alone = false;
    network.note_changed(id);
    effects.events.push(Event::AwayChanged { user: id, news });
    Ok(())
}

/// Shown to those who may not see the reason; without any text the line would mean that the user is back.
const UNHEARD: &str = "Away";

fn line(user: &User, reason: Option<&str>) -> Vec<u8> {
    let line = Line::from(&user.source()).command("AWAY");
    reason.iter().fold(line, |line, reason| line.text(reason)).finish()
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, id: UserId, news: AwayNews) {
    let network = publisher.network;
    let Some(user) = network.user(id) else { return };
    let reply = if user.away.is_some() { Reply::NowAway {} } else { Reply::UnAway {} };
    let answer = reply.encode(&network.settings.name, user.nick().as_str());
    if news == AwayNews::Nothing {
        return publisher.answer(answer);
    }
    publisher.tell_user(id, answer);
    let own = publisher.sessions.receivers(id);
    match &user.away {
        None => {
            let readers = publisher.interested_in(id, Capabilities::AWAY_NOTIFY).into_iter();
            publisher.announce_to(readers.filter(|reader| !own.contains(reader)), line(user, None));
        }
        Some(reason) => {
            let mut reason = publisher.own_text(id, Capabilities::AWAY_NOTIFY, reason);
            reason.retain(|reader| !own.contains(&reader));
            // A changed reason does not concern those who do not see it.
            let unheard = (news == AwayNews::Presence).then_some(UNHEARD);
            publisher.relay_to(&reason, |reason| Some(line(user, Some(reason.or(unheard)?))));
        }
    }
}

/// Tells interested members of a channel that a user who has just entered is away.
pub(crate) fn announce_to(
    publisher: &mut Publisher<'_>,
    channel: &Channel,
    members: &[UserId],
    of: UserRef<'_>,
) {
    let user = of.user;
    let Some(reason) = &user.away else { return };
    let others = members.iter().copied().filter(|member| *member != of.id);
    let reach = channel.text_reach(of, reason, publisher.network.casemapping());
    let reason = reach.among(reason.to_string(), others);
    let reason = publisher.among_sessions(reason, Capabilities::AWAY_NOTIFY);
    publisher.relay_to(&reason, |reason| Some(line(user, Some(reason.unwrap_or(UNHEARD)))));
}

/// Tells the sender of a message that its receiver is away.
pub(crate) fn tell_sender(publisher: &mut Publisher<'_>, nick: &str, reason: &str) {
    let network = publisher.network;
    let Some(session) = publisher.origin.and_then(|origin| publisher.sessions.get(origin)) else { return };
    let target = session.target(network);
    publisher.answer(Reply::Away { nick, reason }.encode(&network.settings.name, &target));
}
