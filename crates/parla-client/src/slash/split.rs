//! Splits a line that is too long for one IRC message.

use crate::text::is_mark;

/// Longer than any real character with several parts; a longer one is cut anyway.
const CLUSTER_BYTES_MAX: usize = 64;

/// Splits a line into pieces of at most this many bytes: after a space if possible, otherwise between two
/// characters as they are seen, otherwise between any two. The pieces together are the line. A limit below
/// the four bytes that a character may need counts as four.
pub fn split_text(line: &str, bytes_max: usize) -> Vec<&str> {
    let bytes_max = bytes_max.max(char::MAX.len_utf8());
    let mut pieces = Vec::new();
    let mut rest = line;
    while rest.len() > bytes_max {
        let (piece, after) = rest.split_at(piece_end(rest, rest.floor_char_boundary(bytes_max)));
        pieces.push(piece);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// The best place for a cut at or before `end`, which is between two characters.
fn piece_end(text: &str, end: usize) -> usize {
    let (piece, after) = text.split_at(end);
    if let Some((words, _)) = piece.rsplit_once(' ')
        && !words.trim_start().is_empty()
    {
        return words.len() + 1;
    }
    let mut next = after.chars().next();
    for (start, char) in piece.char_indices().rev() {
        let cut = start + char.len_utf8();
        if end - cut > CLUSTER_BYTES_MAX {
            break;
        }
        if next.is_none_or(|next| !belong_together(text, cut, (char, next))) {
            return cut;
        }
        next = Some(char);
    }
    end
}

/// Whether the two characters at a place are seen as one.
fn belong_together(text: &str, place: usize, (before, after): (char, char)) -> bool {
    if is_flag_half(before) && is_flag_half(after) {
        let halves = text.get(..place).unwrap_or_default().chars().rev().take(CLUSTER_BYTES_MAX);
        return halves.take_while(|char| is_flag_half(*char)).count() % 2 == 1;
    }
    // A joiner, or the sign that joins two consonants of an Indian script.
    before == '\u{200D}' || in_indian_script(before) == Some(0x4D) || extends(after)
}

fn extends(char: char) -> bool {
    // Signs of Indian scripts that are written beside their consonant.
    is_mark(char)
        || in_indian_script(char).is_some_and(|place| (0x3E..=0x4D).contains(&place))
        // Joiners, skin tones, tags and variation selectors, and the later parts of Korean syllables.
        || matches!(char, '\u{200C}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E01EF}' | '\u{1160}'..='\u{11FF}')
}

fn is_flag_half(char: char) -> bool {
    matches!(char, '\u{1F1E6}'..='\u{1F1FF}')
}

/// The position of a character in the layout that the scripts of India share.
fn in_indian_script(char: char) -> Option<u32> {
    matches!(char, '\u{900}'..='\u{DFF}').then(|| u32::from(char) & 0x7F)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_whole_if_they_can() {
        for (line, bytes_max, expected) in [
            ("", 10, &[] as &[&str]),
            ("short", 10, &["short"]),
            ("exactly 10", 10, &["exactly 10"]),
            ("one two three", 10, &["one two ", "three"]),
            ("one two  three", 10, &["one two  ", "three"]),
            ("abcdefghijklmnop", 10, &["abcdefghij", "klmnop"]),
            ("  abcdefghijklmnop", 10, &["  abcdefgh", "ijklmnop"]),
            ("x https://a.example", 18, &["x ", "https://a.example"]),
            ("日本語日本語", 10, &["日本語", "日本語"]),
            ("aae\u{301}x", 4, &["aa", "e\u{301}x"]),
            ("ab👩\u{200d}💻", 11, &["ab", "👩\u{200d}💻"]),
            ("a🇩🇪🇫🇷b", 14, &["a🇩🇪", "🇫🇷b"]),
            ("नमस्ते", 12, &["नम", "स्ते"]),
            ("ééé", 0, &["éé", "é"]),
        ] {
            assert_eq!(split_text(line, bytes_max), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn pieces_together_are_the_line(line in "([a é中\u{301}\u{200d}🇩👩]|\\PC){0,80}", bytes_max in 0_usize..30) {
            let pieces = split_text(&line, bytes_max);
            prop_assert_eq!(pieces.concat(), line.as_str());
            for piece in pieces {
                prop_assert!(!piece.is_empty() && piece.len() <= bytes_max.max(4), "{:?}", piece);
            }
        }
    }
}
