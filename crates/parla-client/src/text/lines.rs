//! A text of several lines, each with its own formatting, as if it had come alone.

use crate::{
    limits::SPANS_MAX,
    text::{Span, Text, format},
};

/// Parses a text whose lines are separated by line feeds, which stay in it.
pub(super) fn parse(wire: &str) -> Text {
    if !wire.contains('\n') {
        return format::parse(wire);
    }
    let mut plain = String::with_capacity(wire.len());
    let mut spans: Vec<Span> = Vec::new();
    for (index, line) in wire.split('\n').enumerate() {
        if index > 0 {
            plain.push('\n');
        }
        let start = plain.len();
        let line = format::parse(line);
        plain.push_str(&line.plain);
        let moved = line.spans.iter().map(|span| {
            let range = span.range.start + start..span.range.end + start;
            Span { range, ..span.clone() }
        });
        join(&mut spans, moved, start);
    }
    if let Some(last) = spans.last_mut() {
        last.range.end = plain.len();
    }
    Text { plain: plain.into(), spans: spans.into() }
}

/// The first lines of a text and the number of all its lines, if there are more than `lines_max`.
pub(super) fn folded(text: &Text, lines_max: usize) -> Option<(Text, usize)> {
    let (end, _) = text.plain.match_indices('\n').nth(lines_max.checked_sub(1)?)?;
    let spans = text.spans.iter().filter(|span| span.range.start < end);
    let spans = spans.map(|span| Span { range: span.range.start..span.range.end.min(end), ..span.clone() });
    let first = Text { plain: text.plain.get(..end)?.into(), spans: spans.collect() };
    Some((first, text.plain.matches('\n').count() + 1))
}

/// Adds the spans of a line. The line feed before it joins the previous span, or becomes a plain span of its
/// own.
fn join(spans: &mut Vec<Span>, line: impl Iterator<Item = Span>, start: usize) {
    if let Some(before) = spans.last_mut().filter(|before| before.range.end < start) {
        if before.link.is_none() {
            before.range.end = start;
        } else {
            let range = before.range.end..start;
            spans.push(plain_span(range));
        }
    } else if spans.is_empty() && start > 0 {
        spans.push(plain_span(0..start));
    }
    for span in line {
        let is_full = spans.len() >= SPANS_MAX;
        match spans.last_mut() {
            Some(last) if look_alike(last, &span) => last.range.end = span.range.end,
            Some(last) if is_full => (last.range.end, last.link) = (span.range.end, None),
            _ => spans.push(span),
        }
    }
}

/// Whether two neighbouring spans look alike and can be merged.
fn look_alike(last: &Span, next: &Span) -> bool {
    let look = |span: &Span| (span.style, span.colour, span.background);
    last.link.is_none() && next.link.is_none() && look(last) == look(next)
}

const fn plain_span(range: std::ops::Range<usize>) -> Span {
    Span { range, style: crate::text::Style::empty(), colour: None, background: None, link: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_line_has_its_own_look() {
        let text = parse("\u{2}bold\nplain\n\nhttps://a.example/\n#room");
        let shown: Vec<_> =
            text.spans.iter().map(|span| (text.slice(span), span.style, span.link.is_some())).collect();
        use crate::text::Style;
        let none = Style::empty();
        let expected = [
            ("bold\n", Style::BOLD, false),
            ("plain\n\n", none, false),
            ("https://a.example/", none, true),
            ("\n", none, false),
            ("#room", none, true),
        ];
        assert_eq!(shown, expected);
        assert_eq!(&*parse("\n\na").plain, "\n\na");
    }

    #[test]
    fn a_long_text_is_folded() {
        let text = parse("one\n\u{2}two\nthree");
        let (first, lines) = text.folded(2).unwrap();
        assert_eq!((&*first.plain, lines), ("one\ntwo", 3));
        assert_eq!(first.slice(first.spans.last().unwrap()), "two");
        assert_eq!(text.folded(3), None);
        assert_eq!(parse("one").folded(1), None);
        assert_eq!(parse("one").folded(0), None);
    }

    proptest! {
        #[test]
        fn spans_cover_the_text(wire in "([a\n\u{2}\u{3}4#]|https://a.b |\\PC){0,60}") {
            let text = parse(&wire);
            let mut end = 0;
            for span in text.spans.iter() {
                prop_assert_eq!(span.range.start, end);
                prop_assert!(text.plain.get(span.range.clone()).is_some());
                end = span.range.end;
            }
            prop_assert_eq!(end, text.plain.len());
            prop_assert_eq!(text.plain.matches('\n').count(), wire.matches('\n').count());
        }
    }
}
