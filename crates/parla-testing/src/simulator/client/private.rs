//! Private messages: each reaches its receiver once, and comes back only to a sender who wants echoes.

use parla_proto::{Capabilities, Message};

use super::{Client, Scene};
use crate::simulator::checkers::{Checked, ensure};

/// Handles a private message to the client, or one of its own.
pub(super) fn hear(
    client: &mut Client,
    message: &Message<'_>,
    from: &str,
    (labelled, scene): (bool, &mut Scene),
) -> Checked {
    let target = scene.fold(message.param(0).unwrap_or_default());
    let me = client.folded_nick(scene);
    let text = message.param(1).unwrap_or_default().to_owned();
    let is_text = message.command != "TAGMSG";
    if scene.fold(from) == me {
        if let Some(current) = &mut client.current {
            current.hear_own(&target, &text, labelled);
        }
        let is_for_another = is_text && target != me && scene.texts_differ;
        client.confirmed = is_for_another.then(|| (text, target.clone()));
        let is_wanted = target == me || client.capabilities.contains(Capabilities::ECHO_MESSAGE);
        return ensure(is_wanted, "echo", || "a client got its own message without echo-message".to_owned());
    }
    ensure(target == me, "outside", || "a private message to someone else".to_owned())?;
    if is_text {
        let first = scene.private.insert((text, target));
        ensure(first || !scene.texts_differ, "twice", || "a private message came twice".to_owned())?;
    }
    Ok(())
}

impl Client {
    /// Takes the text and the folded receiver of a private message that has just come back to the client.
    pub(crate) const fn take_confirmed(&mut self) -> Option<(String, String)> {
        self.confirmed.take()
    }
}
