//! Telling the server who one is, until it takes us in.
//!
//! <https://modern.ircdocs.horse/#connection-registration>, <https://ircv3.net/specs/extensions/capability-negotiation>

pub(crate) mod sign_in;

use std::sync::Arc;

use parla_proto::{Capabilities, Line, Message, Timestamp, capability::VERSION, isupport::Token};

use crate::{
    buffer::Buffer,
    buffers::Buffers,
    client::Client,
    display_names,
    limits::ISUPPORT_TOKENS_MAX,
    markers, naming,
    problem::ProblemKind,
    session::Asks,
    state::State,
    turn::Turn,
    view::{BufferKind, Presence},
};

/// Rooms in one JOIN ...
const JOIN_ROOMS_MAX: usize = 10;
/// ... and bytes of their names and keys, so that it is one line.
const JOIN_BYTES_MAX: usize = 400;
/// Nicks that are tried after the wanted one. A network that comes and goes leaves several connections behind, each with a nick.
const NICKS_TRIED_MAX: usize = 12;
/// Underscores behind a nick; further ones are counted in figures.
const UNDERSCORES_MAX: usize = 3;

/// The connection is there.
pub(crate) fn begin(client: &mut Client, turn: &mut Turn<'_>) {
    if !client.state.link.opened(turn.now) {
        return;
    }
    client.state.changes.network = true;
    if sign_in::begin(client, turn) {
        turn.send(Line::bare("CAP").param("LS").param(VERSION));
        sign_in::introduce_in_time(&mut client.state, turn);
    }
}

/// Servers want plain letters there.
pub(crate) fn username(nick: &str) -> String {
    let plain: String =
        nick.chars().filter(char::is_ascii_alphanumeric).take(10).collect::<String>().to_ascii_lowercase();
    if plain.is_empty() { "parla".to_owned() } else { plain }
}

/// CAP, in all its forms.
pub(crate) fn cap(client: &mut Client, message: &Message<'_>, turn: &mut Turn<'_>) {
    let list = message.params.last().copied().unwrap_or_default();
    match message.param(1).unwrap_or_default() {
        "LS" => {
            client.state.session.offer(list);
            if message.param(2) != Some("*") || message.params.len() < 4 {
                sign_in::introduce(&mut client.state, turn);
                request(client, turn);
            }
        }
        "NEW" => {
            client.state.session.offer(list);
            request(client, turn);
        }
        "ACK" => {
            for word in list.split_ascii_whitespace() {
                let session = &mut client.state.session;
                if word == "sasl" {
                    session.sign_in.answered(true);
                }
                match (word.strip_prefix('-'), Capabilities::named(word.trim_start_matches(['-', '~', '='])))
                {
                    (Some(_), Some(capability)) => session.capabilities -= capability,
                    (None, Some(capability)) => session.capabilities |= capability,
                    (_, None) => {}
                }
            }
            answered(client, turn);
        }
        "NAK" => {
            if list.split_ascii_whitespace().any(|word| word == "sasl") {
                client.state.session.sign_in.answered(false);
            }
            request_singly(client, list, turn);
            answered(client, turn);
        }
        "DEL" => {
            for name in list.split_ascii_whitespace() {
                if name == "sasl" {
                    client.state.session.sign_in.withdrawn();
                }
                if let Some(capability) = Capabilities::named(name) {
                    client.state.session.offered -= capability;
                    client.state.session.capabilities -= capability;
                }
            }
        }
        _ => {}
    }
    client.state.changes.network = true;
}

fn request(client: &mut Client, turn: &mut Turn<'_>) {
    let wanted = client.state.session.to_request();
    if !wanted.is_empty() {
        let names: Vec<&str> = wanted.names().collect();
        client.state.session.requests_open += 1;
        turn.send(Line::bare("CAP").param("REQ").text(names.join(" ")));
    }
    sign_in::request(client, turn);
    if client.state.session.requests_open == 0 {
        end(client, turn);
    }
}

/// All were refused because of one. Which one, the server does not say.
fn request_singly(client: &mut Client, refused: &str, turn: &mut Turn<'_>) {
    let refused = refused.split_ascii_whitespace().filter_map(Capabilities::named);
    let refused =
        refused.fold(Capabilities::empty(), |set, one| set | one) & client.state.session.to_request();
    if refused.iter().count() < 2 || std::mem::replace(&mut client.state.session.asks_singly, true) {
        return;
    }
    for name in refused.names() {
        client.state.session.requests_open += 1;
        turn.send(Line::bare("CAP").param("REQ").text(name));
    }
}

fn answered(client: &mut Client, turn: &mut Turn<'_>) {
    let Some(left) = client.state.session.requests_open.checked_sub(1) else { return };
    client.state.session.requests_open = left;
    if left == 0 {
        end(client, turn);
    }
}

/// Nothing more is to be agreed on.
pub(crate) fn end(client: &mut Client, turn: &mut Turn<'_>) {
    if client.state.link.is_open()
        && !sign_in::is_under_way(&mut client.state, turn)
        && !client.state.session.is_registered
    {
        if client.state.session.asks_why == Asks::Soon {
            client.state.session.asks_why = Asks::Done;
            turn.send(Line::bare("NICK").param(&client.state.session.nick));
        }
        turn.send(Line::bare("CAP").param("END"));
    }
}

/// RPL_WELCOME: the server has taken us in, and says under which name.
pub(crate) fn welcome(client: &mut Client, message: &Message<'_>, turn: &mut Turn<'_>) {
    if client.state.session.is_registered {
        return;
    }
    client.state.session.is_registered = true;
    if let Some(nick) = message.param(0).filter(|nick| client.state.session.is_nick(nick) && *nick != "*") {
        client.state.session.nick = nick.into();
    }
    client.state.link.registered(turn.now);
    // A name that the server has only cut short is the person's.
    if client.state.session.nicks_tried > 0 && !client.state.session.is_own(&client.state.settings.nick) {
        client.state.regain.begin(&client.state.settings.nick, turn.now);
    }
    client.state.changes.network = true;
}

/// RPL_ISUPPORT.
pub(crate) fn support(state: &mut State, message: &Message<'_>) {
    let folds_by = state.session.casemapping;
    let tokens = message.params.iter().skip(1).take(ISUPPORT_TOKENS_MAX);
    for token in tokens.filter(|token| !token.contains(' ')) {
        state.session.support(&Token::parse(token));
    }
    if state.session.casemapping != folds_by {
        state.buffers.refold(&state.session);
    }
    state.changes.network = true;
}

/// The end of the greeting: the server's limits are known now. Goes back to where the person was.
pub(crate) fn greeted(client: &mut Client, turn: &mut Turn<'_>) {
    if !client.state.session.is_registered || std::mem::replace(&mut client.state.session.is_greeted, true) {
        return;
    }
    let Client { state, outbox, .. } = client;
    if let Some(reason) = &state.away_asked {
        turn.send(Line::bare("AWAY").text(reason));
    }
    display_names::subscribe(&state.session, turn);
    state.regain.watch(&state.session, turn);
    rejoin(&state.buffers, turn);
    markers::ask_direct(&state.buffers, (&state.link, &state.session), turn);
    outbox.settle_direct(state);
}

/// When the greeting is over at the latest. Some servers never say so.
pub(crate) fn greeted_by(state: &State) -> Option<Timestamp> {
    let is_greeting = state.session.is_registered && !state.session.is_greeted;
    state.link.greeted_by().filter(|_| is_greeting)
}

/// Asks for all rooms of the person, several in a line: one by one they would be taken for a flood.
fn rejoin(buffers: &Buffers, turn: &mut Turn<'_>) {
    let wanted = |buffer: &&Buffer| buffer.kind == BufferKind::Room && buffer.presence == Presence::Joining;
    let mut rooms: Vec<&Buffer> = buffers.iter().filter(wanted).collect();
    // A key belongs to the room that stands in the same place of its list.
    rooms.sort_by_key(|room| room.key.is_none());
    let (mut names, mut keys) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for room in rooms {
        let more = room.name.len() + room.key.as_ref().map_or(0, |key| key.len() + 1) + 1;
        if !names.is_empty() && (bytes + more > JOIN_BYTES_MAX || names.len() >= JOIN_ROOMS_MAX) {
            join(&names.join(","), Some(&keys.join(",")), turn);
            (names, keys, bytes) = (Vec::new(), Vec::new(), 0);
        }
        names.push(&*room.name);
        keys.extend(room.key.as_deref());
        bytes += more;
    }
    if !names.is_empty() {
        join(&names.join(","), Some(&keys.join(",")), turn);
    }
}

/// Asks the server for a room, or for several.
pub(crate) fn join(room: &str, key: Option<&str>, turn: &mut Turn<'_>) {
    let line = Line::bare("JOIN").param(room);
    turn.send(match key.filter(|key| !key.is_empty()) {
        Some(key) => line.param(key),
        None => line,
    });
}

/// The wanted name cannot be had. If nobody was there under it before, the person is asked for another; else the client finds one itself, so that
/// a connection that was lost comes back without a click, and tries to get the right one again from time to time.
pub(crate) fn nick_refused(client: &mut Client, kind: ProblemKind, details: &str, turn: &mut Turn<'_>) {
    let tried = client.state.session.nicks_tried;
    let is_taken =
        matches!(kind, ProblemKind::NickTaken | ProblemKind::NickConfusable | ProblemKind::NickHeld);
    let is_wanted_invalid = !is_taken && tried == 0;
    let is_first = !client.state.link.was_online && !client.state.link.may_have_ghost;
    if is_first || is_wanted_invalid || tried >= NICKS_TRIED_MAX {
        // The reason is asked for before the person is.
        let session = &mut client.state.session;
        let can_say = session.offered.contains(Capabilities::STANDARD_REPLIES) && session.requests_open > 0;
        if can_say && tried == 0 && session.asks_why == Asks::Never {
            session.asks_why = Asks::Soon;
            return;
        }
        let wanted = Arc::clone(&client.state.settings.nick);
        let why = client.state.problem(kind, &wanted, details);
        let kind = if tried == 0 { kind } else { ProblemKind::NickTaken };
        let suggestion =
            naming::suggestion(&client.state.session, &wanted, kind, client.state.settings.transliterate);
        return client.stop(Some(why), Some(suggestion), turn);
    }
    client.state.session.nicks_tried += 1;
    let next = stand_in(&client.state.settings.nick, tried + 1, client.state.session.nick_bytes_max);
    turn.send(Line::bare("NICK").param(&next));
    client.state.session.nick = next.into();
}

/// The wanted nick with something behind it, another one for each number from 1.
fn stand_in(nick: &str, number: usize, bytes_max: Option<usize>) -> String {
    let tail = if number <= UNDERSCORES_MAX { "_".repeat(number) } else { format!("_{number}") };
    let stem = bytes_max.map_or(nick.len(), |max| max.saturating_sub(tail.len()).max(1));
    format!("{}{tail}", parla_proto::line::fitting(nick, stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stand_in_fits() {
        assert_eq!(stand_in("alice", 2, None), "alice__");
        assert_eq!(stand_in("abcdefghi", 1, Some(9)), "abcdefgh_");
        assert_eq!(stand_in("a", 3, Some(1)), "a___");
        assert_eq!(stand_in("alice", 4, None), "alice_4");
        assert_eq!(stand_in("abcdefghi", 12, Some(9)), "abcdef_12");
    }

    #[test]
    fn a_username_is_plain() {
        assert_eq!(username("Alice_[]"), "alice");
        assert_eq!(username("حسن"), "parla");
    }
}
