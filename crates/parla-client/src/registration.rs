//! Telling the server who one is, until it takes us in.
//!
//! <https://modern.ircdocs.horse/#connection-registration>, <https://ircv3.net/specs/extensions/capability-negotiation>

use std::sync::Arc;

use parla_proto::{Line, Message, isupport::Token};

use crate::{
    client::{Client, Turn},
    limits::{ISUPPORT_TOKENS_MAX, NICK_RECLAIM},
    outbox,
    problem::ProblemKind,
    view::{BufferKind, Presence, Stage},
};

/// The connection is there.
pub(crate) fn begin(client: &mut Client, turn: &mut Turn<'_>) {
    client.link.heard(turn.now);
    client.link.progress(Stage::SigningIn);
    client.changes.network = true;
    let nick = Arc::clone(&client.session.nick);
    turn.send(Line::bare("CAP").param("LS").param("302"));
    turn.send(Line::bare("NICK").param(&nick));
    turn.send(Line::bare("USER").param(username(&nick)).param("0").param("*").text(&nick));
}

/// Servers want plain letters there.
fn username(nick: &str) -> String {
    let plain: String =
        nick.chars().filter(char::is_ascii_alphanumeric).take(10).collect::<String>().to_ascii_lowercase();
    if plain.is_empty() { "parla".to_owned() } else { plain }
}

/// CAP, in all its forms.
pub(crate) fn cap(client: &mut Client, message: &Message<'_>, turn: &mut Turn<'_>) {
    let list = message.params.last().copied().unwrap_or_default();
    match message.param(1).unwrap_or_default() {
        "LS" => {
            client.session.offer(list);
            if message.param(2) != Some("*") || message.params.len() < 4 {
                request(client, turn);
            }
        }
        "NEW" => {
            client.session.offer(list);
            request(client, turn);
        }
        "ACK" => {
            if let Some((added, removed)) = parla_proto::Capabilities::requested(list) {
                client.session.capabilities = (client.session.capabilities | added) - removed;
            }
            end(client, turn);
        }
        "DEL" => {
            for name in list.split_ascii_whitespace() {
                client.session.offered.remove(name);
                if let Some(capability) = parla_proto::Capabilities::named(name) {
                    client.session.capabilities -= capability;
                }
            }
        }
        "NAK" => end(client, turn),
        _ => {}
    }
    client.changes.network = true;
}

fn request(client: &mut Client, turn: &mut Turn<'_>) {
    let wanted = client.session.to_request();
    if wanted.is_empty() {
        return end(client, turn);
    }
    let names: Vec<&str> = wanted.names().collect();
    turn.send(Line::bare("CAP").param("REQ").text(names.join(" ")));
}

fn end(client: &Client, turn: &mut Turn<'_>) {
    if !client.session.is_registered {
        turn.send(Line::bare("CAP").param("END"));
    }
}

/// RPL_WELCOME: the server has taken us in, and says under which name.
pub(crate) fn welcome(client: &mut Client, message: &Message<'_>, turn: &mut Turn<'_>) {
    if client.session.is_registered {
        return;
    }
    client.session.is_registered = true;
    if let Some(nick) = message.param(0).filter(|nick| !nick.is_empty() && *nick != "*") {
        client.session.nick = nick.into();
    }
    client.link.registered(turn.now);
    if !client.session.is_own(&client.settings.nick) {
        client.reclaim_at = Some(turn.now + NICK_RECLAIM);
    }
    client.changes.network = true;
}

/// RPL_ISUPPORT.
pub(crate) fn support(client: &mut Client, message: &Message<'_>) {
    let folds_by = client.session.casemapping;
    let tokens = message.params.iter().skip(1).take(ISUPPORT_TOKENS_MAX);
    for token in tokens.filter(|token| !token.contains(' ')) {
        client.session.support(&Token::parse(token));
    }
    if client.session.casemapping != folds_by {
        client.buffers.refold(&client.session);
    }
    client.changes.network = true;
}

/// The end of the greeting: the server's limits are known now. Goes back to where the person was.
pub(crate) fn greeted(client: &mut Client, turn: &mut Turn<'_>) {
    let rooms: Vec<(Arc<str>, Option<Arc<str>>)> = client
        .buffers
        .iter()
        .filter(|buffer| buffer.kind == BufferKind::Room && buffer.presence == Presence::Joining)
        .map(|buffer| (Arc::clone(&buffer.name), buffer.key.clone()))
        .collect();
    for (room, key) in rooms {
        join(&room, key.as_deref(), turn);
    }
    outbox::settle_direct(client);
}

/// Asks the server for a room.
pub(crate) fn join(room: &str, key: Option<&str>, turn: &mut Turn<'_>) {
    let line = Line::bare("JOIN").param(room);
    turn.send(match key {
        Some(key) => line.param(key),
        None => line,
    });
}

/// The wanted name cannot be had. The first time the person is asked for another; later the client finds one itself, so that
/// a connection that was lost comes back without a click, and tries to get the right one again from time to time.
pub(crate) fn nick_refused(client: &mut Client, kind: ProblemKind, details: &str, turn: &mut Turn<'_>) {
    let wanted = Arc::clone(&client.session.nick);
    if !client.link.was_online || kind == ProblemKind::NickInvalid {
        let why = client.problem(kind, &wanted, details);
        let suggestion = other_nick(&wanted, kind, client.session.nick_bytes_max);
        return client.stop(Some(why), Some(suggestion), turn);
    }
    let longest = client.settings.nick.len() + 4;
    if wanted.len() >= longest {
        let why = client.problem(kind, &wanted, details);
        let suggestion = other_nick(&client.settings.nick, kind, client.session.nick_bytes_max);
        return client.stop(Some(why), Some(suggestion), turn);
    }
    let next: Arc<str> = format!("{wanted}_").into();
    turn.send(Line::bare("NICK").param(&next));
    client.session.nick = next;
}

/// A name that is likely free, or allowed.
fn other_nick(nick: &str, kind: ProblemKind, bytes_max: Option<usize>) -> Arc<str> {
    let bytes_max = bytes_max.unwrap_or(16).max(2);
    if kind == ProblemKind::NickInvalid {
        let plain: String =
            nick.chars().filter(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-')).collect();
        let plain = plain.trim_start_matches(|char: char| char.is_ascii_digit() || char == '-');
        let plain = if plain.is_empty() { "guest" } else { plain };
        return parla_proto::line::fitting(plain, bytes_max).into();
    }
    let stem = nick.trim_end_matches(|char: char| char.is_ascii_digit());
    let digits = nick.get(stem.len()..).unwrap_or_default();
    let number = digits.parse::<u32>().unwrap_or(1).saturating_add(1).to_string();
    let stem = parla_proto::line::fitting(stem, bytes_max.saturating_sub(number.len()));
    format!("{stem}{number}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_is_near_the_wanted_one() {
        let taken = |nick| other_nick(nick, ProblemKind::NickTaken, Some(9)).to_string();
        assert_eq!(taken("alice"), "alice2");
        assert_eq!(taken("alice9"), "alice10");
        assert_eq!(taken("abcdefghi"), "abcdefgh2");
        let invalid = |nick| other_nick(nick, ProblemKind::NickInvalid, None).to_string();
        assert_eq!(invalid("Ann Marie!"), "AnnMarie");
        assert_eq!(invalid("123"), "guest");
        assert_eq!(invalid("حسن"), "guest");
    }

    #[test]
    fn a_username_is_plain() {
        assert_eq!(username("Alice_[]"), "alice");
        assert_eq!(username("حسن"), "parla");
    }
}
