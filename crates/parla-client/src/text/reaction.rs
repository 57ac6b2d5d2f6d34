//! Reactions as they are shown: an emoji or a word or two.

use std::sync::Arc;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::{deceptive::is_deceptive, limits::REACTION_CHARS_MAX, text::clean::Cleaner};

/// A reaction without anything that could hide or spill over; `None` if nothing is left. A long one is cut.
pub(crate) fn shown_reaction(wire: &str) -> Option<Arc<str>> {
    let mut cleaner = Cleaner::default();
    // The raw characters are limited as well, because one visible character can consist of any number of
    // them.
    for char in wire.chars().take(REACTION_CHARS_MAX * 12) {
        // Joiners and flag tags are parts of emoji; other invisible characters are removed.
        if !is_deceptive(char) || is_part_of_emoji(char) {
            cleaner.push(char);
        }
    }
    let clean = cleaner.finish();
    let clean = clean.trim();
    let shown: String = clean.graphemes(true).take(REACTION_CHARS_MAX).collect();
    let is_visible = shown.chars().any(|char| !is_deceptive(char) && !char.is_whitespace());
    let is_cut = shown.len() < clean.len();
    is_visible.then(|| if is_cut { format!("{shown}…").into() } else { shown.into() })
}

fn is_part_of_emoji(char: char) -> bool {
    char == '\u{200D}' || matches!(char, '\u{E0020}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_short_and_harmless() {
        for (wire, expected) in [
            ("👍", Some("👍")),
            ("👩\u{200d}💻", Some("👩\u{200d}💻")),
            ("❤\u{fe0f}", Some("❤\u{fe0f}")),
            (
                "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
                Some("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}"),
            ),
            (" lol ", Some("lol")),
            ("\u{202e}lol\n", Some("lol")),
            ("\u{200b}\u{200d}", None),
            ("", None),
            ("a very long reaction indeed", Some("a very long reac…")),
        ] {
            assert_eq!(shown_reaction(wire).as_deref(), expected, "{wire:?}");
        }
        let pile = format!("a{}", "\u{301}".repeat(5_000));
        assert!(shown_reaction(&pile).unwrap().len() < 50);
    }
}
