//! What a client was told about users that it watches with MONITOR.

use std::collections::BTreeSet;

use parla_proto::{Capabilities, Message, Source, limits};

use super::{Client, Scene};
use crate::simulator::checkers::{Checked, ensure};

/// Notes a MONITOR by the client, which is told nothing more about nicks that it removes.
pub(super) fn line_taken(client: &mut Client, line: &[u8], scene: &Scene) {
    let Ok(message) = Message::parse(line) else { return };
    let tags = if line.starts_with(b"@") { message.tags.as_str().len() + 2 } else { 0 };
    let is_too_long = tags > limits::CLIENT_TAGS_BYTES_MAX || line.len() - tags + 2 > limits::LINE_BYTES_MAX;
    let is_monitor = message.command.eq_ignore_ascii_case("MONITOR");
    // A line of a batch that is not open is refused, whatever it contains, from a client that may open
    // batches.
    let batches = Capabilities::MULTILINE.union(Capabilities::BATCH);
    let is_refused = message.tags.get("batch").is_some() && client.capabilities.contains(batches);
    if is_too_long || client.nick.is_none() || !is_monitor || is_refused {
        return;
    }
    match (message.param(0), message.param(1)) {
        (Some("-"), Some(nicks)) => {
            for nick in nicks.split(',') {
                client.watched.remove(&scene.fold(nick));
            }
        }
        (Some("C" | "c"), _) => client.watched.clear(),
        _ => {}
    }
}

/// Handles RPL_MONONLINE or RPL_MONOFFLINE, which may be an answer to MONITOR or news.
pub(super) fn hear(client: &mut Client, message: &Message<'_>, scene: &Scene) -> Checked {
    let is_here = message.command == "730";
    let is_news = message.param(0) == Some("*");
    if !is_news {
        let current = client.current.as_ref();
        ensure(current.is_some_and(|current| current.is_to("MONITOR")), "monitor", || {
            "an answer without a question".to_owned()
        })?;
    }
    for target in message.param(1).unwrap_or_default().split(',') {
        let nick = scene.fold(Source::parse(target).name);
        let known = client.watched.insert(nick.clone(), is_here);
        if is_news {
            ensure(known == Some(!is_here), "monitor", || format!("news of {nick}, which was {known:?}"))?;
        } else {
            ensure(known.is_none_or(|known| known == is_here), "monitor", || {
                format!("{nick} has changed unheard")
            })?;
        }
    }
    Ok(())
}

/// Checks, when nothing is on its way, that what the client was told about the users it watches is true.
pub(crate) fn is_true(client: &Client, here: &BTreeSet<String>) -> Checked {
    for (nick, is_here) in &client.watched {
        ensure(here.contains(nick) == *is_here, "monitor", || {
            format!("{} believes that {nick} is here: {is_here}", client.name())
        })?;
    }
    Ok(())
}
