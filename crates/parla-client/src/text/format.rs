//! Turns IRC formatting codes into spans.
//!
//! <https://modern.ircdocs.horse/formatting>. [`super::clean`] decides which characters are kept, and
//! [`super::link`] finds links.

use std::{iter::Peekable, str::Chars};

use crate::{
    limits::SPANS_MAX,
    text::{Colour, Span, Style, Text, clean::Cleaner, link},
};

const BOLD: char = '\u{02}';
const COLOUR: char = '\u{03}';
const HEX_COLOUR: char = '\u{04}';
const RESET: char = '\u{0F}';
const MONOSPACE: char = '\u{11}';
const REVERSE: char = '\u{16}';
const ITALIC: char = '\u{1D}';
const STRIKETHROUGH: char = '\u{1E}';
const UNDERLINE: char = '\u{1F}';

/// The number that means no colour.
const DEFAULT_COLOUR: u8 = 99;

pub(super) fn parse(wire: &str) -> Text {
    let mut cleaner = Cleaner::default();
    let mut look = Look::default();
    let mut spans = Vec::new();
    let mut chars = wire.chars().peekable();
    while let Some(char) = chars.next() {
        if let Some(style) = toggled(char) {
            look.style.toggle(style);
            continue;
        }
        match char {
            COLOUR => look.recolour(&mut chars, palette_colour),
            HEX_COLOUR => look.recolour(&mut chars, hex_colour),
            RESET => look = Look::default(),
            _ => {
                cleaner.push(char);
                look.extend_to(cleaner.len(), &mut spans);
            }
        }
    }
    let plain = cleaner.finish();
    if let Some(last) = spans.last_mut() {
        last.range.end = plain.len();
    }
    let spans = link::link(&plain, spans);
    Text { plain: plain.into(), spans: spans.into() }
}

/// The style that a code toggles.
fn toggled(char: char) -> Option<Style> {
    Some(match char {
        BOLD => Style::BOLD,
        ITALIC => Style::ITALIC,
        UNDERLINE => Style::UNDERLINE,
        STRIKETHROUGH => Style::STRIKETHROUGH,
        MONOSPACE => Style::MONOSPACE,
        REVERSE => Style::REVERSE,
        _ => return None,
    })
}

/// The style of the text that follows.
#[derive(Clone, Copy, Default)]
struct Look {
    style: Style,
    colour: Option<Colour>,
    background: Option<Colour>,
}

type Rest<'a> = Peekable<Chars<'a>>;

impl Look {
    /// Reads what follows a colour code: nothing, which ends both colours; or one colour; or two with a
    /// comma.
    fn recolour(&mut self, rest: &mut Rest<'_>, read: fn(&mut Rest<'_>) -> Option<Option<Colour>>) {
        let Some(colour) = read(rest) else {
            (self.colour, self.background) = (None, None);
            return;
        };
        self.colour = colour;
        let mut ahead = rest.clone();
        if ahead.next() == Some(',')
            && let Some(background) = read(&mut ahead)
        {
            self.background = background;
            *rest = ahead;
        }
    }

    /// Gives this style to everything from the end of the last span.
    fn extend_to(self, end: usize, spans: &mut Vec<Span>) {
        let start = spans.last().map_or(0, |last| last.range.end);
        if start == end {
            return;
        }
        let is_full = spans.len() >= SPANS_MAX;
        match spans.last_mut() {
            Some(last) if is_full || self.is_that_of(last) => last.range.end = end,
            _ => spans.push(Span {
                range: start..end,
                style: self.style,
                colour: self.colour,
                background: self.background,
                link: None,
            }),
        }
    }

    fn is_that_of(self, span: &Span) -> bool {
        self.style == span.style && self.colour == span.colour && self.background == span.background
    }
}

/// One or two digits. `Some(None)` is the theme's own colour.
fn palette_colour(rest: &mut Rest<'_>) -> Option<Option<Colour>> {
    let mut digit = || rest.next_if(char::is_ascii_digit).and_then(|char| char.to_digit(10));
    let first = digit()?;
    let number = digit().map_or(first, |second| first * 10 + second);
    let number = u8::try_from(number).ok()?;
    Some((number != DEFAULT_COLOUR).then_some(Colour::Palette(number)))
}

/// Six hexadecimal digits; fewer are text.
fn hex_colour(rest: &mut Rest<'_>) -> Option<Option<Colour>> {
    let mut ahead = rest.clone();
    let mut byte = || {
        let high = ahead.next()?.to_digit(16)?;
        let low = ahead.next()?.to_digit(16)?;
        u8::try_from(high * 16 + low).ok()
    };
    let colour = Colour::Rgb(byte()?, byte()?, byte()?);
    *rest = ahead;
    Some(Some(colour))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    /// The pieces of a text, one per line, with what is special about them.
    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(wire: &str, expected: Expect) {
        let text = parse(wire);
        let pieces = text.spans.iter().map(|span| {
            let mut line = format!("{:?}", text.slice(span));
            for (name, _) in span.style.iter_names() {
                line.push_str(&format!(" {}", name.to_lowercase()));
            }
            if let Some(colour) = span.colour {
                line.push_str(&format!(" {colour:?}"));
            }
            if let Some(background) = span.background {
                line.push_str(&format!(" on {background:?}"));
            }
            line.push('\n');
            line
        });
        expected.assert_eq(&pieces.collect::<String>());
    }

    #[test]
    fn codes_turn_styles_on_and_off() {
        check("", expect![""]);
        check(
            "plain",
            expect![[r#"
            "plain"
        "#]],
        );
        check(
            "a\x02b\x1dc\x02d\x0fe",
            expect![[r#"
            "a"
            "b" bold
            "c" bold italic
            "d" italic
            "e"
        "#]],
        );
        check(
            "\x1fu\x1f\x1es\x1e\x11m\x11\x16r",
            expect![[r#"
            "u" underline
            "s" strikethrough
            "m" monospace
            "r" reverse
        "#]],
        );
        check(
            "\x02\x02a\x02",
            expect![[r#"
            "a"
        "#]],
        );
    }

    #[test]
    fn colours() {
        check(
            "\x034red\x03 none",
            expect![[r#"
            "red" Palette(4)
            " none"
        "#]],
        );
        check(
            "\x0304,12both\x0305one\x0399,99default",
            expect![[r#"
            "both" Palette(4) on Palette(12)
            "one" Palette(5) on Palette(12)
            "default"
        "#]],
        );
        check(
            "\x03,5comma",
            expect![[r#"
            ",5comma"
        "#]],
        );
        check(
            "\x034,comma",
            expect![[r#"
            ",comma" Palette(4)
        "#]],
        );
        check(
            "\x03123three digits, \x034,123",
            expect![[r#"
            "3three digits, " Palette(12)
            "3" Palette(4) on Palette(12)
        "#]],
        );
        check(
            "\x04ff8000orange\x0400ff00,0000FFgreen\x04",
            expect![[r#"
            "orange" Rgb(255, 128, 0)
            "green" Rgb(0, 255, 0) on Rgb(0, 0, 255)
        "#]],
        );
        check(
            "\x04ff80zz \x04ff8000,xx",
            expect![[r#"
            "ff80zz "
            ",xx" Rgb(255, 128, 0)
        "#]],
        );
    }

    #[test]
    fn other_controls_are_seen_or_gone() {
        check(
            "a\tb\nc\0d\x1b[31m\u{9b}",
            expect![[r#"
            "a b c�d�[31m�"
        "#]],
        );
    }

    #[test]
    fn there_are_never_too_many_pieces() {
        let text = parse(&"\x02a".repeat(10_000));
        assert_eq!(text.spans.len(), SPANS_MAX);
        assert_eq!(text.spans.last().unwrap().range.end, 10_000);
    }

    proptest! {
        #[test]
        fn whatever_is_sent_can_be_shown(wire in "([\\x00-\\x1f]|[0-9a-f,]|\\PC|[\u{202a}-\u{202e}\u{2066}-\u{2069}\u{e0061}\u{301}]){0,80}") {
            let text = parse(&wire);
            prop_assert!(!text.plain.chars().any(char::is_control));
            let mut end = 0;
            for span in text.spans.iter() {
                prop_assert_eq!(span.range.start, end);
                prop_assert!(!text.slice(span).is_empty());
                end = span.range.end;
            }
            prop_assert_eq!(end, text.plain.len());
            prop_assert_eq!(&parse(&text.plain).plain, &text.plain);
        }
    }
}
