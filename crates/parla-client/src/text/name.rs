//! Names as they are shown, and their colours.

use std::sync::Arc;

use crate::{
    deceptive::is_deceptive,
    limits::SHOWN_NAME_CHARS_MAX,
    text::clean::{MARKS_MAX, is_mark},
};

/// The hue of a colour, 0 to 359 degrees. The theme decides lightness and saturation.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Hue(pub u16);

/// The colour of a nick, which is the same on every machine and every day.
pub fn hue(name: &str) -> Hue {
    // FNV-1a; the low bits alone would give names that differ in one letter almost the same colour.
    let mut hash: u32 = 0x811c_9dc5;
    for char in name.chars().map(|char| char.to_ascii_lowercase()) {
        hash = (hash ^ u32::from(char)).wrapping_mul(0x0100_0193);
    }
    let hash = hash ^ (hash >> 15);
    Hue(u16::try_from(hash % 360).unwrap_or_default())
}

/// A name as it can be shown: invisible characters and those that change the writing direction become `�`;
/// long names and piles of marks on one letter are cut.
pub fn shown_name(name: &str) -> Arc<str> {
    if name.len() <= SHOWN_NAME_CHARS_MAX && name.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return name.into();
    }
    let mut shown = String::with_capacity(name.len().min(SHOWN_NAME_CHARS_MAX));
    let mut marks = 0;
    for (place, char) in name.chars().enumerate() {
        if place == SHOWN_NAME_CHARS_MAX {
            shown.push('…');
            break;
        }
        marks = if is_mark(char) { marks + 1 } else { 0 };
        if is_deceptive(char) || is_blank(char) {
            shown.push(char::REPLACEMENT_CHARACTER);
        } else if marks <= MARKS_MAX {
            shown.push(char);
        }
    }
    shown.into()
}

/// Whether it looks like a space but is not one. No name contains a space, but many servers accept these.
fn is_blank(char: char) -> bool {
    char != ' ' && char.is_whitespace() || char == '\u{2800}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shows_what_it_is() {
        assert_eq!(&*shown_name("alice"), "alice");
        assert_eq!(&*shown_name("حسن"), "حسن");
        assert_eq!(&*shown_name("al\u{200b}ice"), "al�ice");
        assert_eq!(&*shown_name("\u{202e}ecila\n"), "�ecila�");
        assert_eq!(&*shown_name("+o alice"), "+o alice");
        assert_eq!(&*shown_name("#ru\u{a0}st"), "#ru�st");
        assert_eq!(
            &*shown_name(&format!("a{}b", "\u{301}".repeat(40))),
            &format!("a{}b", "\u{301}".repeat(MARKS_MAX))
        );
        assert_eq!(&*shown_name(""), "");
        assert_eq!(shown_name(&"x".repeat(10_000)).chars().count(), SHOWN_NAME_CHARS_MAX + 1);
    }

    #[test]
    fn colours_are_spread_over_the_wheel() {
        let mut sixths = [0; 6];
        for n in 0..600 {
            sixths[usize::from(hue(&format!("user{n}")).0 / 60)] += 1;
        }
        assert!(sixths.iter().all(|count| (60..=140).contains(count)), "{sixths:?}");
        assert_eq!(hue("Alice"), hue("alice"));
    }
}
