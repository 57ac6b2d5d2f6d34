//! One's own name in a text.

use std::ops::Range;

use parla_proto::Casemapping;

use crate::{
    limits::NAME_BYTES_MAX,
    text::{
        Span, Style, Text,
        link::{is_letter, overlay},
    },
};

/// Every occurrence of the nick as a word outside of links, marked; and whether there is one.
pub(super) fn mark_nick(text: Text, nick: &str) -> (Text, bool) {
    let named = mentions(&text, nick);
    if named.is_empty() {
        return (text, false);
    }
    let spans = overlay(&text.spans, &named, |span, ()| span.style |= Style::MENTION);
    (Text { plain: text.plain, spans: spans.into() }, true)
}

/// Where the nick is a word outside of links.
fn mentions(text: &Text, nick: &str) -> Vec<(Range<usize>, ())> {
    if nick.is_empty() || nick.len() > NAME_BYTES_MAX {
        return Vec::new();
    }
    // Folding changes no lengths: only ASCII is folded, to ASCII.
    let plain = Casemapping::Rfc1459.fold(&text.plain);
    let nick = Casemapping::Rfc1459.fold(nick);
    let found = plain.match_indices(&*nick).filter_map(|(start, _)| {
        let end = start + nick.len();
        let is_word =
            !plain.get(..start)?.ends_with(is_nick_char) && !plain.get(end..)?.starts_with(is_nick_char);
        (is_word && !is_linked(&text.spans, start..end)).then_some((start..end, ()))
    });
    found.collect()
}

fn is_linked(spans: &[Span], range: Range<usize>) -> bool {
    let first = spans.partition_point(|span| span.range.end <= range.start);
    spans.iter().skip(first).take_while(|span| span.range.start < range.end).any(|span| span.link.is_some())
}

/// Whether next to this character a nick would be another nick.
fn is_nick_char(char: char) -> bool {
    is_letter(char) || "-[]\\`_^{|}~".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with brackets around what is marked.
    fn check_naming(wire: &str, nick: &str, expected: &str) {
        let (text, named) = Text::parse_naming(wire, nick);
        let marked: String = text
            .spans
            .iter()
            .map(|span| match span.style.contains(Style::MENTION) {
                true => format!("<{}>", text.slice(span)),
                false => text.slice(span).to_owned(),
            })
            .collect();
        assert_eq!((marked.as_str(), named), (expected, expected != &*text.plain), "{wire}");
    }

    #[test]
    fn a_nick_is_found_as_a_word() {
        for (wire, nick, expected) in [
            ("alice", "alice", "<alice>"),
            ("hi ALICE, alice: alice's", "alice", "hi <ALICE>, <alice>: <alice>'s"),
            (
                "malice alice_ alice[m] alice2 alicé aliceé",
                "alice",
                "malice alice_ alice[m] alice2 alicé aliceé",
            ),
            ("a[b]! A{B}", "a[b]", "<a[b]>! <A{B}>"),
            ("al\x02ice\x02!", "alice", "<al><ice>!"),
            ("al\u{200b}ice", "alice", "al\u{200b}ice"),
            ("https://example.org/alice alice", "alice", "https://example.org/alice <alice>"),
            ("#alice", "alice", "#alice"),
            ("你好alice你好", "alice", "你好<alice>你好"),
            ("alice", "", "alice"),
        ] {
            check_naming(wire, nick, expected);
        }
    }
}
