//! The batches that a server has opened. Pages of history and messages of several lines are kept until they
//! are complete; of other batches we only remember which request they answer.
//!
//! <https://ircv3.net/specs/extensions/batch>

mod multiline;

use parla_proto::{CommandName, Message};

pub(crate) use self::multiline::{Multiline, PageItem, joined};
use crate::{
    limits::{BATCH_BYTES_MAX, BATCH_LINES_MAX, BATCHES_MAX},
    sorted_map::SortedMap,
};

/// The open batches by their reference.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    open: SortedMap<String, OpenBatch>,
}

#[derive(Debug)]
pub(crate) enum OpenBatch {
    /// A page of history that is still arriving.
    History(OpenPage),
    /// A batch inside the batch with this reference.
    Within(String),
    /// A batch that answers the request with this label.
    Answer(String),
    /// A live message of several lines, and the label of the request that it answers, if any.
    Message(Multiline, Option<String>),
}

/// The lines of a page of history.
#[derive(Debug)]
pub(crate) struct OpenPage {
    /// The conversation, as the server names it.
    pub(crate) target: String,
    /// The label of the request that it answers, if any.
    pub(crate) label: Option<String>,
    /// All lines, including those that open and close nested batches.
    pub(crate) lines: Vec<Vec<u8>>,
    bytes: usize,
}

impl OpenPage {
    /// A page without lines.
    pub(crate) const fn new(target: String, label: Option<String>) -> Self {
        Self { target, label, lines: Vec::new(), bytes: 0 }
    }
}

/// What became of a line that names a batch.
pub(crate) enum Collected {
    /// It does not belong to a batch that is kept, and takes effect at once.
    No,
    /// It was added to its batch.
    Kept,
    /// It was added, and completes the batch with this reference.
    Ended(String),
}

impl Batches {
    /// The label of the request that a batch answers.
    pub(crate) fn label(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            OpenBatch::Answer(label) => Some(label.clone()),
            OpenBatch::Within(_) | OpenBatch::History(_) | OpenBatch::Message(..) => None,
        }
    }

    /// Begins a batch if there is room for another one.
    pub(crate) fn open(&mut self, reference: &str, batch: OpenBatch) {
        if !self.is_full() {
            self.open.insert(reference.to_owned(), batch);
        }
    }

    /// Whether no further batch can be kept.
    pub(crate) fn is_full(&self) -> bool {
        self.open.len() >= BATCHES_MAX
    }

    /// The references of all open batches.
    pub(crate) fn references(&self) -> Vec<String> {
        self.open.keys().cloned().collect()
    }

    /// Removes a batch and the batches inside it, and returns it.
    pub(crate) fn take(&mut self, reference: &str) -> Option<OpenBatch> {
        let batch = self.open.remove(reference)?;
        if matches!(batch, OpenBatch::History(_)) {
            self.open.retain(|_, other| !matches!(other, OpenBatch::Within(outer) if outer == reference));
        }
        Some(batch)
    }

    /// Adds a line to its batch, if that is kept until it is complete.
    pub(crate) fn collect(&mut self, reference: &str, message: &Message<'_>, line: &[u8]) -> Collected {
        if let Some(OpenBatch::Message(multiline, _)) = self.open.get_mut(reference) {
            return if multiline.push(message) { Collected::Kept } else { Collected::No };
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

    /// Ends a nested batch, if this is one; the line that ends it need not say which batch it is in.
    pub(crate) fn close_part(&mut self, reference: &str) -> bool {
        let Some(OpenBatch::Within(outer)) = self.open.get(reference) else { return false };
        let outer = outer.clone();
        self.open.remove(reference);
        if let Some(OpenBatch::History(page)) = self.open.get_mut(&outer) {
            page.lines.push(format!("BATCH -{reference}").into_bytes());
        }
        true
    }

    /// The reference of the page that a reference belongs to.
    fn outermost(&self, reference: &str) -> Option<String> {
        match self.open.get(reference)? {
            // Nested batches are recorded only inside an open page, so one step is enough.
            OpenBatch::Within(outer) => Some(outer.clone()),
            OpenBatch::History(_) => Some(reference.to_owned()),
            OpenBatch::Answer(_) | OpenBatch::Message(..) => None,
        }
    }
}
