//! What counts as a word, for the index and for searches.
//!
//! SQLite's `unicode61` tokenizer takes each run of letters and digits as a word, folds case and drops
//! diacritics. In scripts without spaces between words, a whole sentence would become one word. So here each
//! of their letters is separated, and a word in such a script is searched as a sequence of letters: 日本 is
//! found in 日本語. The same applies to Hangul, whose words carry suffixes.
//!
//! A change here requires a migration that empties `messages_search` and `message_places` and sets
//! `messages_indexed.last_id` to -1.

use std::borrow::Cow;

/// The text in the form in which it is indexed.
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

/// Whether a letter belongs to a script that has no spaces between words, or whose words carry suffixes.
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
