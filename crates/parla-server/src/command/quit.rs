//! QUIT: ends a session; when their last session ends, a user is gone.
//! <https://modern.ircdocs.horse/#quit-message>

use parla_proto::{Line, command::Quit, line::fitting};

use crate::{
    base::limits::REASON_BYTES_MAX,
    context::Context,
    network::{
        Network, UserId, UserRef,
        effects::Effects,
        entry::{EndReason, Meta, SessionEnded},
        event::Event,
        refusal::Refusal,
        texts::OwnText,
    },
    publish::Publisher,
};

/// The reason to show if none was given or it may not be shown.
const NO_REASON: &str = "Leaving";

/// Requests the end of the connection; the server proposes the entry when it closes it.
#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) fn run(context: &mut Context<'_>, quit: &Quit<'_>) -> Result<(), Refusal> {
    *context.close = Some(in_own_words(fitting(quit.reason.unwrap_or(NO_REASON), REASON_BYTES_MAX)));
    Ok(())
}

/// The prefix prevents users from forging reasons that the server itself gives.
fn in_own_words(reason: &str) -> String {
    format!("Quit: {reason}")
}

/// Removes the session from its user. Others are told only if that removes the user.
pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    ended: SessionEnded,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, _) = network.actor(meta)?;
    if network.end_sessions(id, |session| *session == ended.session) {
        remove(network, id, ended.why, effects);
    } else {
        network.left_alone(id, effects);
    }
    Ok(())
}

/// Removes a user from every channel and from the network, with all sessions that they still have.
pub(crate) fn remove(network: &mut Network, id: UserId, why: EndReason, effects: &mut Effects) {
    let Some(user) = network.user(id) else { return };
    let (nick, source) = (user.nick().clone(), user.source().to_owned());
    let reason = match why {
        EndReason::Own(reason) => network.own_text(UserRef { id, user }, reason),
        EndReason::Servers(reason) => OwnText::for_all(Some(reason), network.peers(id, user)),
    };
    let channels = user.channels.clone();
    network.forget_presence(id, effects);
    for channel in channels {
        network.leave(id, channel, effects);
    }
    network.remove_user(id);
    effects.events.push(Event::Quit { user: id, nick, source, reason });
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, source: &str, reason: &OwnText<UserId>) {
    let unheard = in_own_words(NO_REASON);
    publisher.relay(reason, |reason| {
        Some(Line::from(&source).command("QUIT").text(reason.unwrap_or(&unheard)).finish())
    });
}
