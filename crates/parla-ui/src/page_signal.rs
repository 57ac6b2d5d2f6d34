//! The reports of the page's script to the interface, as texts in the hidden input `#page-signal`.
//!
//! - `attentive 1`, or `0`
//! - `narrow 1`, or `0`
//! - `file`: a file was dropped or pasted
//! - `selection 3 9`: the first and the last selected row; `selection` alone if nothing is selected
//! - `composer 2 text`: the caret, and the text as it is, except that `\n` and `\\` stand for line feed and
//!   backslash, because the value of an input is a single line
//! - `stored KEY`: another tab changed what the browser stores under this key; `stored` alone: it may have
//!   changed anything
//! - `view ROOM TOP HEIGHT WIDTH TOTAL END ROW ABOVE`, see [`LogView`]; without the last two if no row is in
//!   view
//!
//! Reports that cannot be parsed are ignored: the page is ours, but browser extensions are not.

use std::str::{FromStr, SplitAsciiWhitespace};

use dioxus::prelude::*;
use parla_client::view::RowId;

use crate::state::{ComposerText, LogView, Side, State};

/// The id of the hidden input.
pub const PAGE_SIGNAL_ID: &str = "page-signal";

/// A report of the page's script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageSignal {
    /// Whether the window is in front and visible.
    Attentive(bool),
    /// Whether the window is too narrow to show the sides beside the conversation.
    Narrow(bool),
    /// A file was dropped or pasted.
    File,
    /// The rows in which the selection starts and ends; `None` if nothing is selected.
    Selection(Option<(RowId, RowId)>),
    /// The text of the composer.
    Composer(ComposerText),
    /// Another tab has changed what is stored under this key; empty if it may have changed anything.
    Stored(String),
    /// Which part of the log is visible.
    View(LogView),
}

impl PageSignal {
    /// Parses a report; `None` if it cannot be read.
    pub fn parse(report: &str) -> Option<Self> {
        let (kind, rest) = report.split_once(' ').unwrap_or((report, ""));
        let words = &mut rest.split_ascii_whitespace();
        match kind {
            "attentive" => flag(words).map(Self::Attentive),
            "narrow" => flag(words).map(Self::Narrow),
            "file" if rest.is_empty() => Some(Self::File),
            "selection" if rest.is_empty() => Some(Self::Selection(None)),
            "selection" => Some(Self::Selection(Some((RowId(number(words)?), RowId(number(words)?))))),
            "composer" => {
                let (caret, text) = rest.split_once(' ')?;
                Some(Self::Composer(ComposerText { text: unescape(text), caret: caret.parse().ok()? }))
            }
            "stored" => Some(Self::Stored(rest.to_owned())),
            "view" => view(words).map(Self::View),
            _ => None,
        }
    }
}

fn view(words: &mut SplitAsciiWhitespace<'_>) -> Option<LogView> {
    Some(LogView {
        room: words.next()?.to_owned(),
        top: number(words)?,
        height: number(words)?,
        width: number(words)?,
        total: number(words)?,
        end: flag(words)?,
        row: number(words),
        above: number(words).unwrap_or_default(),
    })
}

fn number<T: FromStr>(words: &mut SplitAsciiWhitespace<'_>) -> Option<T> {
    words.next()?.parse().ok()
}

fn flag(words: &mut SplitAsciiWhitespace<'_>) -> Option<bool> {
    match words.next()? {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        plain.push(match char {
            '\\' => chars.next().map_or(char, |escaped| if escaped == 'n' { '\n' } else { escaped }),
            _ => char,
        });
    }
    plain
}

/// Applies a report. Each signal is written only if it changes.
pub fn take_in(mut state: State, signal: PageSignal) {
    match signal {
        PageSignal::Attentive(attentive) => {
            if *state.page.attentive.peek() != attentive {
                state.page.attentive.set(attentive);
                state.page.is_written_here.set(false);
            }
        }
        PageSignal::Narrow(narrow) => {
            if *state.page.narrow.peek() != narrow {
                state.page.narrow.set(narrow);
                state.open.side.set(Side::None);
            }
        }
        PageSignal::File => state.refuse_file(),
        PageSignal::Selection(rows) => {
            if *state.page.selection.peek() != rows {
                state.page.selection.set(rows);
            }
        }
        PageSignal::Composer(composer) => {
            if *state.page.composer.peek() != composer {
                if state.page.composer.peek().text != composer.text {
                    state.page.is_written_here.set(true);
                }
                state.page.composer.set(composer);
            }
        }
        // It is about stored data and not about what is shown.
        PageSignal::Stored(_) => {}
        PageSignal::View(view) => {
            if *state.page.view.peek() != view {
                state.page.view.set(view);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_read() {
        assert_eq!(PageSignal::parse("attentive 0"), Some(PageSignal::Attentive(false)));
        assert_eq!(PageSignal::parse("file"), Some(PageSignal::File));
        assert_eq!(PageSignal::parse("narrow 1"), Some(PageSignal::Narrow(true)));
        assert_eq!(
            PageSignal::parse("selection 3 9"),
            Some(PageSignal::Selection(Some((RowId(3), RowId(9)))))
        );
        assert_eq!(PageSignal::parse("selection"), Some(PageSignal::Selection(None)));
        let composer = ComposerText { text: " h\u{e9}\n \\n ".into(), caret: 2 };
        assert_eq!(PageSignal::parse("composer 2  h\u{e9}\\n \\\\n "), Some(PageSignal::Composer(composer)));
        let empty = ComposerText { text: String::new(), caret: 0 };
        assert_eq!(PageSignal::parse("composer 0 "), Some(PageSignal::Composer(empty)));
        let key = "parla/draft 1 #r".to_owned();
        assert_eq!(PageSignal::parse("stored parla/draft 1 #r"), Some(PageSignal::Stored(key)));
        assert_eq!(PageSignal::parse("stored"), Some(PageSignal::Stored(String::new())));
        let mut view = LogView {
            room: "1-2".into(),
            top: -3,
            height: 4,
            width: 5,
            total: 6,
            end: true,
            ..LogView::default()
        };
        assert_eq!(PageSignal::parse("view 1-2 -3 4 5 6 1"), Some(PageSignal::View(view.clone())));
        (view.row, view.above) = (Some(7), -8);
        assert_eq!(PageSignal::parse("view 1-2 -3 4 5 6 1 7 -8"), Some(PageSignal::View(view)));
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        for bad in [
            "",
            "attentive",
            "attentive yes",
            "selection 1",
            "selection 1 -1",
            "composer",
            "composer 1",
            "composer x y",
            "view",
            "view 1-2 0.5 4 5 6 1",
            "{\"attentive\":false}",
        ] {
            assert_eq!(PageSignal::parse(bad), None, "{bad}");
        }
    }
}
