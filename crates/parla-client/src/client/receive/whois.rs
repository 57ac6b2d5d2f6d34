//! The answers to WHOIS: who somebody is.

use parla_proto::Numeric;

use crate::{
    client::Client,
    incoming::Incoming,
    limits::ROOMS_IN_WHOIS_MAX,
    session::Session,
    text::{Text, shown_name},
    turn::Turn,
    view::{Person, Rank, RoomOf},
};

/// Whether a numeric is a part of the answer to WHOIS.
pub(super) const fn is_part(numeric: Numeric) -> bool {
    matches!(
        numeric,
        Numeric::Away
            | Numeric::WhoisRegisteredNick
            | Numeric::WhoisUser
            | Numeric::WhoisServer
            | Numeric::WhoisOperator
            | Numeric::WhoisIdle
            | Numeric::WhoisChannels
            | Numeric::WhoisSpecial
            | Numeric::WhoisAccount
            | Numeric::WhoisBot
            | Numeric::WhoisActually
            | Numeric::WhoisHost
            | Numeric::WhoisModes
            | Numeric::WhoisSecure
    )
}

impl Client {
    /// One numeric about somebody, who may be the subject of an open WHOIS.
    pub(super) fn whois(&mut self, numeric: Numeric, incoming: &Incoming<'_>) {
        let nick = incoming.param(1);
        let Some(person) = self.asked_people.told(&self.session, nick) else { return };
        person.whois(&self.session, numeric, incoming);
        if numeric == Numeric::WhoisUser {
            for buffer in self.buffers.iter_mut() {
                buffer.members_mut().set_host(&self.session, nick, incoming.param(3));
            }
        }
    }

    /// RPL_ENDOFWHOIS: shows what the server has said about somebody.
    pub(super) fn end_of_whois(&mut self, nick: &str, turn: &mut Turn<'_>) {
        let Some(mut person) = self.asked_people.take(&self.session, nick) else { return };
        person.called = self.display_names.of(&self.session, nick);
        // Somebody without RPL_AWAY is here. What a conversation with them says may be outdated.
        if !person.missing
            && let Some(buffer) = self.buffers.direct_mut(&self.session, nick)
        {
            buffer.set_away(person.away.clone());
        }
        turn.tell_of(person);
    }
}

impl Session {
    /// Reads a word of RPL_WHOISCHANNELS: a channel's name behind prefixes, which stand for the user's ranks
    /// there or for something that only this server knows.
    fn room_of(&self, word: &str) -> RoomOf {
        let mut name = word;
        while let Some((sign, rest)) = split_first(name)
            // `&` is a rank prefix on some servers and begins channel names on others.
            && (!self.is_room(name) || (self.is_sign(sign) && self.is_room(rest)))
        {
            name = rest;
        }
        let name = if name.is_empty() { word } else { name };
        let signs = word.strip_suffix(name).unwrap_or_default();
        let rank = signs.chars().filter(|sign| self.is_sign(*sign)).map(Rank::of_sign).min();
        RoomOf { shown: shown_name(name), name: name.into(), rank: rank.unwrap_or_default() }
    }
}

fn split_first(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    chars.next().map(|first| (first, chars.as_str()))
}

impl Person {
    fn whois(&mut self, session: &Session, numeric: Numeric, incoming: &Incoming<'_>) {
        match numeric {
            Numeric::WhoisUser => {
                self.nick = shown_name(incoming.param(1));
                self.name = incoming.param(1).into();
                self.host = shown_name(&format!("{}@{}", incoming.param(2), incoming.param(3)));
                self.realname = Text::parse(incoming.param(5)).plain;
            }
            Numeric::WhoisOperator => self.operator = true,
            Numeric::WhoisBot => self.bot = true,
            Numeric::WhoisIdle => {
                self.idle_seconds = incoming.param(2).parse().ok();
                self.since = incoming.seconds(3);
            }
            Numeric::WhoisChannels => {
                let left = ROOMS_IN_WHOIS_MAX.saturating_sub(self.rooms.len());
                let rooms = incoming.param(2).split_ascii_whitespace().take(left);
                self.rooms.extend(rooms.map(|room| session.room_of(room)));
            }
            Numeric::WhoisAccount => self.account = Some(shown_name(incoming.param(2))),
            Numeric::Away => self.away = Some(Text::parse(incoming.param(2)).plain),
            _ => {}
        }
    }
}
