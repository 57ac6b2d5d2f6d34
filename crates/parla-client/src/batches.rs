//! The batches that a server has opened: a page of history is kept until it is whole, and so is a message of several lines; of
//! others it is known what they answer.
//!
//! <https://ircv3.net/specs/extensions/batch>

mod multiline;

use parla_proto::{CommandName, Message};

pub(crate) use self::multiline::{Multiline, Part, joined};
use crate::{
    limits::{BATCH_BYTES_MAX, BATCH_LINES_MAX, BATCHES_MAX},
    sorted_map::SortedMap,
};

/// The batches that are open, by their reference.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    open: SortedMap<String, OpenBatch>,
}

#[derive(Debug)]
pub(crate) enum OpenBatch {
    /// A page of history that is coming in.
    History(OpenPage),
    /// A part of another batch.
    Within(String),
    /// The answer to the request of this label.
    Answer(String),
    /// A message of several lines that is said now, and the request that it answers.
    Message(Multiline, Option<String>),
}

/// The lines of a page of history.
#[derive(Debug)]
pub(crate) struct OpenPage {
    /// The conversation, as the server names it.
    pub(crate) target: String,
    /// The request that it answers.
    pub(crate) label: Option<String>,
    /// With those that open and close its parts.
    pub(crate) lines: Vec<Vec<u8>>,
    bytes: usize,
}

impl OpenPage {
    /// A page that begins.
    pub(crate) const fn new(target: String, label: Option<String>) -> Self {
        Self { target, label, lines: Vec::new(), bytes: 0 }
    }
}

/// What became of a line that names a batch.
pub(crate) enum Collected {
    /// It counts at once.
    No,
    /// It is kept with the others of its batch.
    Kept,
    /// It is kept, and the batch of this reference is over with it.
    Ended(String),
}

impl Batches {
    /// The request that a batch answers.
    pub(crate) fn label(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            OpenBatch::Answer(label) => Some(label.clone()),
            OpenBatch::Within(_) | OpenBatch::History(_) | OpenBatch::Message(..) => None,
        }
    }

    /// Begins a batch, if there is room for it.
    pub(crate) fn open(&mut self, reference: &str, batch: OpenBatch) {
        if !self.is_full() {
            self.open.insert(reference.to_owned(), batch);
        }
    }

    /// Whether a server has opened as many as are kept.
    pub(crate) fn is_full(&self) -> bool {
        self.open.len() >= BATCHES_MAX
    }

    /// All that are open.
    pub(crate) fn references(&self) -> Vec<String> {
        self.open.keys().cloned().collect()
    }

    /// Takes a batch out, with its parts.
    pub(crate) fn take(&mut self, reference: &str) -> Option<OpenBatch> {
        let batch = self.open.remove(reference)?;
        if matches!(batch, OpenBatch::History(_)) {
            self.open.retain(|_, other| !matches!(other, OpenBatch::Within(outer) if outer == reference));
        }
        Some(batch)
    }

    /// Keeps a line for its batch, if that is kept until it is whole.
    pub(crate) fn collect(&mut self, reference: &str, message: &Message<'_>, line: &[u8]) -> Collected {
        if let Some(OpenBatch::Message(said, _)) = self.open.get_mut(reference) {
            return if said.push(message) { Collected::Kept } else { Collected::No };
        }
        let Some(outermost) = self.outermost(reference) else { return Collected::No };
        let Some(OpenBatch::History(page)) = self.open.get_mut(&outermost) else { return Collected::No };
        page.lines.push(line.to_vec());
        page.bytes += line.len();
        let is_full = page.lines.len() >= BATCH_LINES_MAX || page.bytes >= BATCH_BYTES_MAX;
        if CommandName::of(message) != Some(CommandName::Batch) {
            if is_full {
                return Collected::Ended(outermost);
            }
        } else if let Some(inner) = message.param(0).and_then(|param| param.strip_prefix('+')) {
            if !self.open.contains_key(inner) {
                self.open(inner, OpenBatch::Within(outermost));
            }
        } else if let Some(inner) = message.param(0).and_then(|param| param.strip_prefix('-')) {
            match self.open.get(inner) {
                Some(OpenBatch::Within(_)) => drop(self.open.remove(inner)),
                Some(OpenBatch::History(_)) => return Collected::Ended(inner.to_owned()),
                Some(OpenBatch::Answer(_) | OpenBatch::Message(..)) | None => {}
            }
        }
        Collected::Kept
    }

    /// Ends a part of a page, if it is one: the line that does so need not say where it belongs.
    pub(crate) fn close_part(&mut self, reference: &str) -> bool {
        let Some(OpenBatch::Within(outer)) = self.open.get(reference) else { return false };
        let outer = outer.clone();
        self.open.remove(reference);
        if let Some(OpenBatch::History(page)) = self.open.get_mut(&outer) {
            page.lines.push(format!("BATCH -{reference}").into_bytes());
        }
        true
    }

    /// The page that a reference leads to.
    fn outermost(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            // A part was made only inside a page that was open, so one step is enough.
            OpenBatch::Within(outer) => Some(outer.clone()),
            OpenBatch::History(_) => Some(reference.to_owned()),
            OpenBatch::Answer(_) | OpenBatch::Message(..) => None,
        }
    }
}
