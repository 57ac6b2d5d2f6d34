//! What the page's script reports to the interface: JSON in the value of the hidden input `#page-signal`.
//!
//! One object with one key: `{"attentive":bool}`, `{"selection":[first,last]|null}`, `{"composer":{"text":…,"caret":…}}`
//! or `{"view":{"room":…,"top":…,"height":…,"width":…,"total":…,"end":bool,"row":…,"above":…}}`.
//! Row ids are numbers. What cannot be read is left alone: the page is ours, but extensions of a browser are not.

use dioxus::prelude::*;
use parla_client::view::RowId;
use serde::Deserialize;

use crate::state::{ComposerText, LogView, State};

/// The id of the hidden input.
pub const PAGE_SIGNAL_ID: &str = "page-signal";

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageSignal {
    /// Whether the window is in front and visible.
    Attentive(bool),
    /// The rows in which the selection starts and ends; none if nothing is selected.
    Selection(Option<[u64; 2]>),
    /// What stands in the composer.
    Composer {
        /// The text.
        text: String,
        /// Where the caret is, in UTF-16 units.
        caret: usize,
    },
    /// Which part of the log is visible.
    View(LogView),
}

impl PageSignal {
    /// Reads a report.
    pub fn parse(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

/// Takes a report in. Each signal is written only if it changes.
pub fn take_in(mut state: State, signal: PageSignal) {
    match signal {
        PageSignal::Attentive(attentive) => {
            if *state.attentive.peek() != attentive {
                state.attentive.set(attentive);
            }
        }
        PageSignal::Selection(rows) => {
            let rows = rows.map(|[first, last]| (RowId(first), RowId(last)));
            if *state.selection.peek() != rows {
                state.selection.set(rows);
            }
        }
        PageSignal::Composer { text, caret } => {
            let composer = ComposerText { text, caret };
            if *state.composer.peek() != composer {
                state.composer.set(composer);
            }
        }
        PageSignal::View(view) => {
            if *state.view.peek() != view {
                state.view.set(view);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read() {
        assert_eq!(PageSignal::parse(r#"{"attentive":false}"#), Some(PageSignal::Attentive(false)));
        assert_eq!(PageSignal::parse(r#"{"selection":[3,9]}"#), Some(PageSignal::Selection(Some([3, 9]))));
        assert_eq!(PageSignal::parse(r#"{"selection":null}"#), Some(PageSignal::Selection(None)));
        let composer = PageSignal::Composer { text: "hé".into(), caret: 2 };
        assert_eq!(PageSignal::parse(r#"{"composer":{"text":"hé","caret":2}}"#), Some(composer));
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for bad in ["", "{}", "{\"attentive\":1}", "{\"selection\":[1]}", "[]", "{\"other\":true}"] {
            assert_eq!(PageSignal::parse(bad), None, "{bad}");
        }
    }
}
