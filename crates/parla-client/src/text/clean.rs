//! Decides which characters of a text are shown. Those that could hide something, spill into other rows or
//! imitate something else are not.
//!
//! Bidirectional controls: <https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings>.
//! Subdivision flags: <https://www.unicode.org/reports/tr51/#Emoji_Tag_Sequences>.

/// The most combining marks and joiners on one character. Languages need four; with hundreds of them a line
/// covers its neighbours.
pub(super) const MARKS_MAX: usize = 8;
/// The number of letters in a flag's tags: a country and a part of it.
const FLAG_TAGS: std::ops::RangeInclusive<usize> = 4..=6;
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';
const POP_EMBEDDING: char = '\u{202C}';
const POP_ISOLATE: char = '\u{2069}';

/// A text that is being built, character by character.
#[derive(Debug, Default)]
pub(super) struct Cleaner {
    plain: String,
    /// The direction controls that were opened and not closed yet.
    open: Vec<Direction>,
    /// How many of `open` are isolates.
    isolates: usize,
    /// The number of marks since the last base character.
    marks: usize,
    /// The tags after a black flag, which are written when the flag is complete.
    flag: Option<Vec<char>>,
}

/// What a control for the writing direction has opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Embedding,
    /// An override, which would show letters in another order. It is left out, and so is the control that
    /// closes it.
    Override,
    Isolate,
}

impl Cleaner {
    /// Adds a character, or what is shown in its place.
    pub(super) fn push(&mut self, char: char) {
        if matches!(char, '\u{E0020}'..='\u{E007F}') {
            return self.push_tag(char);
        }
        self.flag = None;
        match char {
            ' '..='~' => self.push_base(char),
            '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => self.push_base(' '),
            _ if char.is_control() => self.push_base(char::REPLACEMENT_CHARACTER),
            '\u{202A}' | '\u{202B}' => self.open(Direction::Embedding, char),
            '\u{202D}' | '\u{202E}' => self.open.push(Direction::Override),
            '\u{2066}'..='\u{2068}' => self.open(Direction::Isolate, char),
            POP_EMBEDDING => self.close_embedding(),
            POP_ISOLATE => self.close_isolate(),
            _ if is_never_shown(char) => {}
            '\u{E0100}'..='\u{E01EF}' => {
                if self.marks == 0 && self.plain.ends_with(is_ideograph) {
                    self.push_mark(char);
                }
            }
            _ if is_mark(char) || is_joiner(char) => self.push_mark(char),
            BLACK_FLAG => {
                self.push_base(char);
                self.flag = Some(Vec::new());
            }
            _ => self.push_base(char),
        }
    }

    /// The length of the text in bytes.
    pub(super) fn len(&self) -> usize {
        self.plain.len()
    }

    /// The text, with everything closed that was opened.
    pub(super) fn finish(mut self) -> String {
        while let Some(direction) = self.open.pop() {
            self.write_closer(direction);
        }
        self.plain
    }

    fn push_base(&mut self, char: char) {
        self.marks = 0;
        self.plain.push(char);
    }

    fn push_mark(&mut self, char: char) {
        if self.marks < MARKS_MAX {
            self.marks += 1;
            self.plain.push(char);
        }
    }

    /// A tag is invisible and can carry any text, so tags are kept only in a flag.
    fn push_tag(&mut self, tag: char) {
        let Some(mut tags) = self.flag.take() else { return };
        let is_letter = matches!(tag, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}');
        if tag == CANCEL_TAG && FLAG_TAGS.contains(&tags.len()) {
            self.plain.extend(tags);
            self.plain.push(tag);
        } else if is_letter && tags.len() < *FLAG_TAGS.end() {
            tags.push(tag);
            self.flag = Some(tags);
        }
    }

    fn open(&mut self, direction: Direction, char: char) {
        self.isolates += usize::from(direction == Direction::Isolate);
        self.open.push(direction);
        self.plain.push(char);
    }

    fn close_embedding(&mut self) {
        if let Some(direction) = self.open.pop_if(|direction| *direction != Direction::Isolate) {
            self.write_closer(direction);
        }
    }

    /// Closes the last isolate and everything that was opened inside it.
    fn close_isolate(&mut self) {
        if self.isolates == 0 {
            return;
        }
        while let Some(direction) = self.open.pop() {
            self.write_closer(direction);
            if direction == Direction::Isolate {
                self.isolates -= 1;
                return;
            }
        }
    }

    fn write_closer(&mut self, direction: Direction) {
        match direction {
            Direction::Embedding => self.plain.push(POP_EMBEDDING),
            Direction::Isolate => self.plain.push(POP_ISOLATE),
            Direction::Override => {}
        }
    }
}

/// Characters that nobody sees and no language needs: fillers, and controls for things that a chat does not
/// have.
fn is_never_shown(char: char) -> bool {
    matches!(char,
        '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{2061}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

/// Invisible characters that languages, emoji and bots need: where a word may break, and which neighbours
/// belong together.
fn is_joiner(char: char) -> bool {
    matches!(char, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
}

/// Characters that may be followed by a variation selector.
fn is_ideograph(char: char) -> bool {
    matches!(char, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether the character is a mark above, below or inside the previous one. This is not exact: where a script
/// has its marks in one block, other characters in between count too.
pub(crate) fn is_mark(char: char) -> bool {
    match u32::from(char) {
        0x0000..0x0300 => false,
        // Latin, Greek, Cyrillic; symbols; half marks and variation selectors.
        0x0300..=0x036F | 0x0483..=0x0489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF => true,
        0x302A..=0x302F | 0x3099..=0x309A | 0xA66F..=0xA672 | 0xA674..=0xA67D | 0xFE00..=0xFE0F => true,
        0xFE20..=0xFE2F => true,
        // Hebrew, Arabic, Syriac, Thaana, N'Ko, Samaritan, Mandaic.
        0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7 | 0x0610..=0x061A => true,
        0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06E8 | 0x06EA..=0x06ED => {
            true
        }
        0x0711 | 0x0730..=0x074A | 0x07A6..=0x07B0 | 0x07EB..=0x07F3 | 0x0816..=0x082D | 0x0859..=0x085B => {
            true
        }
        0x0897..=0x089F | 0x08CA..=0x08FF => true,
        // The scripts of India, which share one layout.
        code @ 0x0900..=0x0DFF => {
            matches!(code & 0x7F, 0x00..=0x02 | 0x3C | 0x41..=0x48 | 0x4D | 0x51..=0x57 | 0x62..=0x63)
        }
        // Thai, Lao, Tibetan, Burmese, Khmer, Mongolian, Limbu, Tai Tham, Balinese and the blocks after it.
        0x0E31 | 0x0E34..=0x0E3A | 0x0E47..=0x0E4E | 0x0EB1 | 0x0EB4..=0x0EBC | 0x0EC8..=0x0ECE => true,
        0x0F18..=0x0F19 | 0x0F35 | 0x0F37 | 0x0F39 | 0x0F71..=0x0F84 | 0x0F86..=0x0FBC | 0x0FC6 => true,
        0x102D..=0x103E | 0x1058..=0x1059 | 0x135D..=0x135F | 0x1712..=0x1714 | 0x1732..=0x1734 => true,
        0x17B7..=0x17D3 | 0x17DD | 0x180B..=0x180F | 0x1920..=0x193B | 0x1A17..=0x1A1B | 0x1A55..=0x1A7F => {
            true
        }
        0x1B00..=0x1B03 | 0x1B34..=0x1B44 | 0x1B6B..=0x1B73 | 0x1BE6..=0x1BF3 | 0x1C24..=0x1C37 => true,
        0x1CD0..=0x1CE8 | 0xA8C4..=0xA8C5 | 0xA8E0..=0xA8F1 | 0xA926..=0xA92D | 0xA947..=0xA951 => true,
        0xA9B3..=0xA9BD | 0xAA29..=0xAA36 | 0xAAB0..=0xAABF | 0xABE5..=0xABED => true,
        // Letters and marks of historic scripts and of musical notation.
        0x10A01..=0x10A0F | 0x10F46..=0x10F50 | 0x1D165..=0x1D169 | 0x1D16D..=0x1D172 => true,
        0x1D17B..=0x1D182 | 0x1D185..=0x1D18B | 0x1E000..=0x1E02A | 0x1E8D0..=0x1E8D6 => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(text: &str) -> String {
        let mut cleaner = Cleaner::default();
        text.chars().for_each(|char| cleaner.push(char));
        cleaner.finish()
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(
            clean(text).escape_unicode().to_string(),
            expected.escape_unicode().to_string(),
            "{text:?}"
        );
    }

    #[test]
    fn languages_and_emoji_stay() {
        for text in [
            "naïve, e\u{301}, حسن, שָׁלוֹם, ไทย, नमस्ते, 日本語, 葛\u{e0100}",
            "می\u{200c}خواهم",
            "👩🏽\u{200d}💻 👨\u{200d}👩\u{200d}👧\u{200d}👦 1\u{fe0f}\u{20e3} 🇩🇪",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🏴\u{200d}☠\u{fe0f}",
            "\u{2067}שלום\u{2069} \u{202b}x\u{202c}",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn what_is_opened_is_closed() {
        for (text, expected) in [
            ("\u{202b}a", "\u{202b}a\u{202c}"),
            ("\u{2067}\u{202a}a", "\u{2067}\u{202a}a\u{202c}\u{2069}"),
            ("\u{2067}\u{202a}a\u{2069}b", "\u{2067}\u{202a}a\u{202c}\u{2069}b"),
            ("a\u{202c}\u{2069}b", "ab"),
            ("\u{2067}a\u{202c}b\u{2069}", "\u{2067}ab\u{2069}"),
            // An override is removed together with the control that closes it.
            ("\u{202a}a\u{202e}b\u{202c}c\u{202c}d", "\u{202a}abc\u{202c}d"),
            ("\u{202e}exe.gpj", "exe.gpj"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn what_only_hides_goes() {
        for (text, expected) in [
            ("a\u{3164}\u{ffa0}\u{206a}\u{2063}b", "ab"),
            ("a\u{e0041}\u{e0042}b", "ab"),
            ("🏴\u{e0067}\u{e0062}", "🏴"),
            ("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}x\u{e007f}", "🏴x"),
            ("a\u{e0100}葛\u{e0100}\u{e0101}", "a葛\u{e0100}"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn marks_do_not_pile_up() {
        for mark in ['\u{301}', '\u{489}', '\u{e49}', '\u{20dd}', '\u{fe0f}', '\u{200d}'] {
            let (few, many) = (mark.to_string().repeat(MARKS_MAX), mark.to_string().repeat(1_000));
            check(&format!("a{many}b{many}"), &format!("a{few}b{few}"));
        }
    }

    /// How many are open at the end; `None` if something is closed that was not open.
    fn depth(text: &str) -> Option<usize> {
        let mut open = Vec::new();
        for char in text.chars() {
            match char {
                '\u{202A}' | '\u{202B}' => open.push(POP_EMBEDDING),
                '\u{2066}'..='\u{2068}' => open.push(POP_ISOLATE),
                POP_EMBEDDING | POP_ISOLATE if open.pop() != Some(char) => return None,
                _ => {}
            }
        }
        Some(open.len())
    }

    proptest! {
        #[test]
        fn whatever_comes_the_direction_is_balanced(text in "[a\u{202a}-\u{202e}\u{2066}-\u{2069}]{0,40}|\\PC*") {
            let cleaned = clean(&text);
            prop_assert_eq!(depth(&cleaned), Some(0));
            prop_assert_eq!(clean(&cleaned), cleaned);
        }
    }
}
