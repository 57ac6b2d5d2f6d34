//! A SASL exchange that a client has begun. <https://ircv3.net/specs/extensions/sasl-3.1>

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parla_proto::Line;

use crate::{
    base::{
        limits::{SASL_BYTES_MAX, SASL_CHUNK_BYTES},
        scram::Challenge,
        settings::Mechanism,
    },
    network::account::AccountId,
};

/// A SASL exchange that has not ended.
pub(crate) struct Sasl {
    pub(crate) mechanism: Mechanism,
    pub(crate) step: Step,
    /// The part of the client's message that has arrived, in base64.
    received: String,
}

/// How far the exchange has got.
#[derive(Debug)]
pub(crate) enum Step {
    /// The client is to send its first message.
    First,
    /// SCRAM: the client is to prove that it knows the password.
    Challenged {
        /// The account's name, as the client wrote it.
        account: String,
        /// What the client calls itself.
        device: Option<String>,
        /// `None` if there is no such account, in which case no proof is right.
        id: Option<AccountId>,
        challenge: Box<Challenge>,
    },
    /// SCRAM: the client has proved it, and is to answer the server's own proof.
    Proved { id: AccountId, device: Option<String>, challenge: Box<Challenge> },
}

impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What was received may contain a password.
        write!(f, "Sasl({:?})", self.mechanism)
    }
}

/// What a line with a part of a message does.
#[derive(PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Received {
    /// More is to come.
    Part,
    /// This is the whole message.
    Whole(Vec<u8>),
    /// The part is longer than it may be.
    PartTooLong,
    /// The message is not in base64, or longer than it may be.
    Malformed,
}

impl Sasl {
    pub(crate) const fn new(mechanism: Mechanism) -> Self {
        Self::at(mechanism, Step::First)
    }

    /// An exchange that has got this far.
    pub(crate) const fn at(mechanism: Mechanism, step: Step) -> Self {
        Self { mechanism, step, received: String::new() }
    }

    /// Adds a part of the client's message.
    pub(crate) fn receive(&mut self, part: &str) -> Received {
        if part.len() > SASL_CHUNK_BYTES {
            return Received::PartTooLong;
        }
        if part != "+" {
            if self.received.len() + part.len() > SASL_BYTES_MAX {
                return Received::Malformed;
            }
            self.received.push_str(part);
            if part.len() == SASL_CHUNK_BYTES {
                return Received::Part;
            }
        }
        let message = STANDARD.decode(std::mem::take(&mut self.received));
        message.map_or(Received::Malformed, Received::Whole)
    }
}

/// The lines by which the server sends a message.
pub(crate) fn lines(message: &str) -> impl Iterator<Item = Vec<u8>> {
    parts(message).into_iter().map(|part| Line::bare("AUTHENTICATE").param(part).finish())
}

/// The parts in which the server sends a message.
fn parts(message: &str) -> Vec<String> {
    let encoded = STANDARD.encode(message);
    let mut parts: Vec<String> = encoded
        .as_bytes()
        .chunks(SASL_CHUNK_BYTES)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    if encoded.len().is_multiple_of(SASL_CHUNK_BYTES) {
        parts.push("+".to_owned());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(parts: &[&str]) -> Vec<Received> {
        let mut sasl = Sasl::new(Mechanism::Plain);
        parts.iter().map(|part| sasl.receive(part)).collect()
    }

    #[test]
    fn a_message_ends_with_a_part_that_is_not_full() {
        let full = "A".repeat(400);
        assert_eq!(received(&["+"]), [Received::Whole(vec![])]);
        assert_eq!(received(&["YWI="]), [Received::Whole(b"ab".to_vec())]);
        assert_eq!(received(&[&full, "+"]), [Received::Part, Received::Whole(vec![0; 300])]);
        assert_eq!(received(&[&full, "AAAA"]), [Received::Part, Received::Whole(vec![0; 303])]);
        assert_eq!(received(&["YWI"]), [Received::Malformed]);
        assert_eq!(received(&["!!!"]), [Received::Malformed]);
        assert_eq!(received(&[&"A".repeat(401)]), [Received::PartTooLong]);
        let endless = received(&[full.as_str(); 11]);
        assert_eq!(endless.last(), Some(&Received::Malformed));
    }

    #[test]
    fn the_server_sends_parts_as_clients_do() {
        assert_eq!(parts("v=x"), ["dj14"]);
        assert_eq!(parts(""), ["+"]);
        let lengths = |bytes: usize| parts(&"x".repeat(bytes)).iter().map(String::len).collect::<Vec<_>>();
        assert_eq!(lengths(300), [400, 1]);
        assert_eq!(lengths(301), [400, 4]);
    }
}
