//! What a word is, for the index and for those who search it.
//!
//! SQLite's `unicode61` tokenizer takes each run of letters and digits as a word, folds case and drops diacritics. Scripts
//! that put no spaces between words would become one word a sentence, so here each of their letters is set apart and
//! a word of them is searched as letters in a row: 日本 is found in 日本語. Hangul too: its words carry suffixes.
//!
//! A change here asks for a migration that empties `messages_search` and `message_places` and sets
//! `messages_indexed.last_id` to -1.

use std::borrow::Cow;

/// The text as it goes into the index.
pub(crate) fn searchable(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(stands_alone) {
        return Cow::Borrowed(text);
    }
    let mut spaced = String::with_capacity(text.len() * 2);
    for letter in text.chars() {
        if stands_alone(letter) {
            spaced.extend([' ', letter, ' ']);
        } else {
            spaced.push(letter);
        }
    }
    Cow::Owned(spaced)
}

/// Letters of scripts that are written without spaces between words, or with suffixes grown onto them.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0EFF}'       // Thai, Lao
        | '\u{1000}'..='\u{109F}'     // Myanmar
        | '\u{1780}'..='\u{17FF}'     // Khmer
        | '\u{3005}'..='\u{3007}'     // 々〆〇
        | '\u{3040}'..='\u{312F}'     // Hiragana, Katakana, Bopomofo
        | '\u{31A0}'..='\u{31FF}'     // more Bopomofo and Katakana
        | '\u{3400}'..='\u{4DBF}'     // Han, extension A
        | '\u{4E00}'..='\u{9FFF}'     // Han
        | '\u{AC00}'..='\u{D7AF}'     // Hangul
        | '\u{F900}'..='\u{FAFF}'     // Han, compatibility
        | '\u{FF66}'..='\u{FF9F}'     // half-width Katakana
        | '\u{20000}'..='\u{3FFFF}'   // Han, the other extensions
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_apart_what_is_written_without_spaces() {
        for (text, expected) in [
            ("plain words", "plain words"),
            ("naïve café, привет", "naïve café, привет"),
            ("日本語", " 日  本  語 "),
            ("Rust言語!", "Rust 言  語 !"),
        ] {
            assert_eq!(searchable(text), expected);
        }
    }
}
