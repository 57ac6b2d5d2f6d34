//! The texts that were sent from the composer, to be recalled with the arrow keys. They are kept until the
//! app is closed.

use std::collections::VecDeque;

/// The most entries that are kept; the oldest are dropped first.
const ENTRIES_MAX: usize = 100;

/// What was sent, and which entry is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The entries, newest first.
    entries: VecDeque<String>,
    /// The index of the entry that is in the composer.
    at: Option<usize>,
    /// The text that was in the composer before.
    unsent: String,
}

impl History {
    /// Adds a text that was sent.
    pub(crate) fn push(&mut self, text: &str) {
        self.at = None;
        self.unsent.clear();
        if self.entries.front().is_some_and(|last| last == text) {
            return;
        }
        self.entries.push_front(text.to_owned());
        self.entries.truncate(ENTRIES_MAX);
    }

    /// Whether this is an entry that was recalled and not changed.
    pub(crate) fn is_showing(&self, text: &str) -> bool {
        self.at.and_then(|at| self.entries.get(at)).is_some_and(|entry| entry == text)
    }

    /// The previous entry, if there is one. `text` is what the composer contains now.
    pub(crate) fn back(&mut self, text: &str) -> Option<String> {
        let next = if self.is_showing(text) { self.at.map_or(0, |at| at + 1) } else { 0 };
        let entry = self.entries.get(next)?.clone();
        if next == 0 {
            text.clone_into(&mut self.unsent);
        }
        self.at = Some(next);
        Some(entry)
    }

    /// The next entry; after the newest, the text that was there before.
    pub(crate) fn on(&mut self, text: &str) -> Option<String> {
        if !self.is_showing(text) {
            return None;
        }
        self.at = self.at?.checked_sub(1);
        match self.at {
            Some(at) => self.entries.get(at).cloned(),
            None => Some(std::mem::take(&mut self.unsent)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_back_and_comes_again() {
        let mut history = History::default();
        assert_eq!(history.back(""), None);
        for text in ["one", "two", "two"] {
            history.push(text);
        }
        assert_eq!(history.on(""), None);
        assert_eq!(history.back("draft").as_deref(), Some("two"));
        assert_eq!(history.back("two").as_deref(), Some("one"));
        assert_eq!(history.back("one"), None);
        assert!(history.is_showing("one") && !history.is_showing("one!"));
        assert_eq!(history.on("one").as_deref(), Some("two"));
        assert_eq!(history.on("two").as_deref(), Some("draft"));
        assert_eq!(history.on("draft"), None);
    }

    #[test]
    fn keeps_so_many() {
        let mut history = History::default();
        for n in 0..=ENTRIES_MAX {
            history.push(&n.to_string());
        }
        let mut text = String::new();
        while let Some(entry) = history.back(&text) {
            text = entry;
        }
        assert_eq!(text, "1");
    }
}
