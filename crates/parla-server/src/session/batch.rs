//! A batch that a client has open: a message of several lines, until its end arrives.
//!
//! <https://ircv3.net/specs/extensions/client-batch>, <https://ircv3.net/specs/extensions/multiline>

use parla_proto::{Capabilities, CommandName, FailCode, Timestamp};

use crate::{
    base::{
        limits::BATCH_TIMEOUT,
        multiline::{Piece, push},
        settings::Limits,
    },
    network::{
        entry::Verb,
        refusal::{Failure, Refusal},
    },
    session::response::Response,
};

/// One batch. A client can have only one open at a time.
#[derive(Debug)]
pub(crate) struct ClientBatch {
    /// The reference that the client chose.
    pub(crate) reference: String,
    /// The labelled answer to the line that opened it.
    pub(crate) response: Option<Box<Response>>,
    /// When it times out if no further line arrives.
    pub(crate) ends_at: Timestamp,
    /// The lines so far; `None` if the batch was refused, and its remaining lines are ignored.
    pub(crate) message: Option<Box<Collected>>,
}

/// A message whose lines are still arriving.
#[derive(Debug)]
pub(crate) struct Collected {
    /// A channel or a nick.
    pub(crate) target: String,
    /// Client-only tags.
    pub(crate) tags: String,
    pub(crate) verb: Option<Verb>,
    pub(crate) text: String,
    pub(crate) cuts: Vec<u32>,
    pub(crate) lines: usize,
}

impl ClientBatch {
    /// A batch that has no lines yet.
    pub(crate) fn new(reference: &str, now: Timestamp) -> Self {
        let reference = reference.to_owned();
        Self { reference, response: None, ends_at: now + BATCH_TIMEOUT, message: None }
    }

    /// When it times out; never if it was refused.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.message.as_ref().map(|_| self.ends_at)
    }

    /// Adapts to changed capabilities: without these two, labelled answers are dropped.
    pub(super) fn change_capabilities(&mut self, capabilities: Capabilities) {
        if !capabilities.contains(Capabilities::LABELED_RESPONSE | Capabilities::BATCH) {
            self.response = None;
        }
    }
}

impl Collected {
    /// A message without any lines yet.
    pub(crate) fn new(target: &str, tags: String) -> Self {
        Self { target: target.to_owned(), tags, verb: None, text: String::new(), cuts: Vec::new(), lines: 0 }
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, verb: Verb, piece: Piece<'_>, limits: &Limits) -> Result<(), Refusal> {
        if self.verb.is_some_and(|before| before != verb) {
            return Err(invalid("PRIVMSG and NOTICE cannot be in one batch"));
        }
        if piece.goes_on && piece.text.is_empty() {
            return Err(invalid("Invalid multiline batch with concatenated blank line"));
        }
        if self.lines >= limits.multiline_lines {
            let limit = limits.multiline_lines.to_string();
            let why = "Multiline batch max-lines exceeded";
            return Err(Failure::of(CommandName::Batch, FailCode::MultilineMaxLines, &[&limit], why));
        }
        if self.lines == 0 {
            self.text.push_str(piece.text);
        } else {
            push(&mut self.text, &mut self.cuts, piece);
        }
        if self.text.len() > limits.multiline_bytes {
            let limit = limits.multiline_bytes.to_string();
            let why = "Multiline batch max-bytes exceeded";
            return Err(Failure::of(CommandName::Batch, FailCode::MultilineMaxBytes, &[&limit], why));
        }
        self.verb = Some(verb);
        self.lines += 1;
        Ok(())
    }
}

/// The refusal of a batch that is invalid in a way that has no code of its own.
pub(crate) fn invalid(why: &'static str) -> Refusal {
    Failure::of(CommandName::Batch, FailCode::MultilineInvalid, &[], why)
}
