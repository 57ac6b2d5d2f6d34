//! QUIT: a user is gone. <https://modern.ircdocs.horse/#quit-message>

use parla_proto::{Line, Timestamp, command::Quit, line::fitting};

use crate::{
    context::Context,
    effects::Effects,
    entry::Meta,
    event::Event,
    limits::REASON_BYTES_MAX,
    network::{Network, UserId},
    publish::Publisher,
    refusal::Refusal,
};

/// Asks for the connection's end; the server proposes the entry when it closes it.
#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) fn run(context: &mut Context<'_>, quit: &Quit<'_>) -> Result<(), Refusal> {
    let reason = fitting(quit.reason.unwrap_or("Leaving"), REASON_BYTES_MAX);
    // The prefix keeps anyone from forging the reasons that the server itself gives.
    *context.close = Some(format!("Quit: {reason}"));
    Ok(())
}

pub(crate) fn commit(
    network: &mut Network,
    meta: &Meta,
    reason: &str,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let (id, _) = network.actor(meta)?;
    remove(network, (id, meta.at), reason, effects);
    Ok(())
}

/// Takes a user out of every channel and out of the network.
pub(crate) fn remove(
    network: &mut Network,
    (id, at): (UserId, Timestamp),
    reason: &str,
    effects: &mut Effects,
) {
    let Some(user) = network.user(id) else { return };
    let (nick, source) = (user.nick().clone(), user.source().to_owned());
    let peers = network.peers(id, user);
    for channel in user.channels.clone() {
        network.leave(id, channel, effects);
    }
    network.remove_user(id, at);
    effects.events.push(Event::Quit { user: id, nick, source, reason: reason.to_owned(), peers });
}

pub(crate) fn publish(publisher: &mut Publisher<'_>, source: &str, reason: &str, peers: &[UserId]) {
    let line = Line::from(&source).command("QUIT").text(reason).finish();
    publisher.announce(peers.iter().copied(), line);
}
