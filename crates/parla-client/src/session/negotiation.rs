//! Negotiates capabilities with the server: all forms of CAP.
//! <https://ircv3.net/specs/extensions/capability-negotiation>

use parla_proto::{Capabilities, Line, Message};

use super::{Asks, Session, WANTED, ZNC, sign_in::Stage};
use crate::{credentials::Credentials, problem::Problem, turn::Turn, view::Several};

impl Session {
    /// CAP. Returns a problem if the person cannot be signed in here in any way that the server accepts.
    pub(crate) fn cap(
        &mut self,
        credentials: &Credentials,
        message: &Message<'_>,
        turn: &mut Turn<'_>,
    ) -> Result<(), Problem> {
        let list = message.params.last().copied().unwrap_or_default();
        match message.param(1).unwrap_or_default() {
            "LS" => {
                self.offer(list);
                if message.param(2) != Some("*") || message.params.len() < 4 {
                    self.introduce(credentials, turn);
                    return self.request(credentials, turn);
                }
            }
            "NEW" => {
                self.offer(list);
                return self.request(credentials, turn);
            }
            "ACK" => {
                self.agree(list);
                self.answered(credentials, turn);
            }
            "NAK" => {
                if list.split_ascii_whitespace().any(|word| word == "sasl") {
                    self.sign_in.declined();
                }
                self.request_singly(list, turn);
                self.answered(credentials, turn);
            }
            "DEL" => self.withdraw(list),
            _ => {}
        }
        Ok(())
    }

    /// Remembers the known capabilities of a CAP LS or CAP NEW.
    pub(super) fn offer(&mut self, list: &str) {
        self.sign_in.offer(list);
        self.is_bouncer |= list.split_ascii_whitespace().any(|word| word.starts_with(ZNC));
        for word in list.split_ascii_whitespace() {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            self.has_accounts |= name == "sasl";
            let capability = Capabilities::named(name).unwrap_or_default();
            self.offered |= capability;
            if capability == Capabilities::MULTILINE {
                self.several = Several::of(value);
            }
        }
    }

    fn agree(&mut self, list: &str) {
        for word in list.split_ascii_whitespace() {
            if word == "sasl" {
                self.sign_in.agreed();
            }
            match (word.strip_prefix('-'), Capabilities::named(word.trim_start_matches(['-', '~', '=']))) {
                (Some(_), Some(capability)) => self.capabilities -= capability,
                (None, Some(capability)) => self.capabilities |= capability,
                (_, None) => {}
            }
        }
    }

    fn withdraw(&mut self, list: &str) {
        for name in list.split_ascii_whitespace() {
            if name == "sasl" {
                self.sign_in.withdrawn();
            }
            if let Some(capability) = Capabilities::named(name) {
                self.offered -= capability;
                self.capabilities -= capability;
            }
        }
    }

    /// The capabilities to request: wanted, offered and not enabled yet. If an extension exists in two
    /// versions, only one is requested.
    pub(super) fn to_request(&self) -> Capabilities {
        const METADATA: Capabilities = Capabilities::METADATA.union(Capabilities::METADATA_2);
        let wanted = self.offered & (WANTED - self.capabilities);
        if self.capabilities.intersects(METADATA) {
            wanted - METADATA
        } else if wanted.contains(Capabilities::METADATA) {
            wanted - Capabilities::METADATA_2
        } else {
            wanted
        }
    }

    fn request(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) -> Result<(), Problem> {
        let wanted = self.to_request();
        if !wanted.is_empty() {
            let names: Vec<&str> = wanted.names().collect();
            self.requests_open += 1;
            turn.send(Line::bare("CAP").param("REQ").text(names.join(" ")));
        }
        self.request_sign_in(credentials, turn)?;
        if self.requests_open == 0 {
            self.end_negotiation(credentials, turn);
        }
        Ok(())
    }

    /// A CAP REQ was refused because of one capability, and the server does not say which, so each is
    /// requested by itself.
    fn request_singly(&mut self, refused: &str, turn: &mut Turn<'_>) {
        let refused = refused.split_ascii_whitespace().filter_map(Capabilities::named);
        let refused = refused.fold(Capabilities::empty(), |set, one| set | one) & self.to_request();
        if refused.iter().count() < 2 || std::mem::replace(&mut self.asks_singly, true) {
            return;
        }
        for name in refused.names() {
            self.requests_open += 1;
            turn.send(Line::bare("CAP").param("REQ").text(name));
        }
    }

    /// A CAP REQ was answered.
    fn answered(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) {
        let Some(left) = self.requests_open.checked_sub(1) else { return };
        self.requests_open = left;
        if left == 0 {
            self.end_negotiation(credentials, turn);
        }
    }

    /// The negotiation is complete. The person must be signed in before CAP END.
    pub(super) fn end_negotiation(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) {
        if self.is_signing_in(credentials, turn) || self.is_registered {
            return;
        }
        if self.asks_why == Asks::Soon {
            self.asks_why = Asks::Done;
            turn.send(Line::bare("NICK").param(&self.nick));
        }
        turn.send(Line::bare("CAP").param("END"));
    }

    /// Whether the person is being signed in; begins that if SASL is enabled.
    fn is_signing_in(&mut self, credentials: &Credentials, turn: &mut Turn<'_>) -> bool {
        match self.sign_in.state {
            Stage::Agreed => {
                let mechanism = self.sign_in.first_mechanism(credentials);
                mechanism.into_iter().for_each(|mechanism| self.attempt(mechanism, turn));
                mechanism.is_some()
            }
            Stage::Trying(_) => true,
            Stage::Idle | Stage::Requested | Stage::Over => false,
        }
    }
}
