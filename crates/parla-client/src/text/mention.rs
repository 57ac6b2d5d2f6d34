//! The person's own nick in a text.
//!
//! Unicode decides where words begin and end (<https://www.unicode.org/reports/tr29/#Word_Boundaries>): `t`
//! is not a word in `don't`, nor is `e` in `e.g.`. The network decides which letters are equal: CASEMAPPING.
//! IRC decides what nicks may contain besides letters: `bob` is not mentioned by `bob|away`.

use std::{borrow::Cow, ops::Range};

use parla_proto::Casemapping;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::{
    limits::NAME_BYTES_MAX,
    text::{
        Letters, Span, Style, Text,
        link::{is_letter, overlay},
    },
};

/// The possessive endings that may follow a nick within a word.
const POSSESSIVES: [&str; 4] = ["'s", "’s", "'S", "’S"];

/// Marks every occurrence of the nick as a word outside links; also returns whether there is one.
pub(super) fn mark_nick(text: Text, nick: &str, letters: Letters) -> (Text, bool) {
    let named = mentions(&text, nick, letters);
    if named.is_empty() {
        return (text, false);
    }
    let spans = overlay(&text.spans, &named, |span, ()| span.style |= Style::MENTION);
    (Text { plain: text.plain, spans: spans.into() }, true)
}

/// Where the nick occurs as a word outside links.
fn mentions(text: &Text, nick: &str, letters: Letters) -> Vec<(Range<usize>, ())> {
    if nick.is_empty() || nick.len() > NAME_BYTES_MAX {
        return Vec::new();
    }
    let plain = &*text.plain;
    let found = occurrences(plain, nick, letters);
    if found.is_empty() {
        return Vec::new();
    }
    let mut borders: Vec<usize> = plain.split_word_bound_indices().map(|(start, _)| start).collect();
    borders.push(plain.len());
    let is_border = |at: usize| borders.binary_search(&at).is_ok();
    let is_named = |range: &Range<usize>| {
        let (Some(before), Some(after)) = (plain.get(..range.start), plain.get(range.end..)) else {
            return false;
        };
        begins(before, plain.get(range.clone()).unwrap_or_default(), is_border(range.start))
            && ends(after, range.end, &is_border)
            && !is_linked(&text.spans, range.clone())
            && !is_in_address(before, after)
    };
    found.into_iter().filter(is_named).map(|range| (range, ())).collect()
}

/// Where the characters of the nick occur, as a word or not. The ranges do not overlap.
fn occurrences(plain: &str, nick: &str, letters: Letters) -> Vec<Range<usize>> {
    let nick: Vec<Cow<'_, str>> = nick.graphemes(true).map(|seen| folded(seen, letters)).collect();
    let seen: Vec<(usize, Cow<'_, str>)> =
        plain.grapheme_indices(true).map(|(at, seen)| (at, folded(seen, letters))).collect();
    let end_of = |index: usize| seen.get(index).map_or(plain.len(), |(at, _)| *at);
    let (mut found, mut index) = (Vec::new(), 0);
    while let Some(window) = seen.get(index..index + nick.len()) {
        if window.iter().map(|(_, seen)| seen).eq(&nick) {
            found.push(end_of(index)..end_of(index + nick.len()));
            index += nick.len();
        } else {
            index += 1;
        }
    }
    found
}

/// A character as it is seen, in the one form that all its encodings share. Where nicks are ASCII, other
/// letters equal only themselves.
fn folded(seen: &str, letters: Letters) -> Cow<'_, str> {
    let casemapping = letters.casemapping;
    if casemapping != Casemapping::Precis || seen.is_ascii() {
        return casemapping.fold(seen);
    }
    Cow::Owned(casemapping.fold(&(letters.compose)(seen)).into_owned())
}

/// Whether a nick can begin after this.
fn begins(before: &str, nick: &str, is_border: bool) -> bool {
    let is_joined = |char: char| is_nick_sign(char) || (nick.starts_with(is_nick_sign) && is_letter(char));
    is_border && !before.ends_with(is_joined)
}

/// Whether a nick can end before this, which is at `end`.
fn ends(after: &str, end: usize, is_border: &impl Fn(usize) -> bool) -> bool {
    let whose = POSSESSIVES.iter().find(|ending| after.starts_with(**ending));
    if let Some(whose) = whose {
        let rest = after.get(whose.len()..).unwrap_or_default();
        return is_border(end + whose.len()) && !rest.starts_with(is_nick_sign);
    }
    // `bob:hello` mentions bob, although Swedish words can contain colons.
    (is_border(end) || after.starts_with(':'))
        && !after.starts_with(|char| is_nick_sign(char) || is_letter(char))
}

/// Whether it is part of a web or mail address, which need not be a link.
fn is_in_address(before: &str, after: &str) -> bool {
    let before = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let after = after.split(char::is_whitespace).next().unwrap_or_default();
    let is_host =
        |word: &str| word.split('/').next().is_some_and(|host| host.trim_matches('.').contains('.'));
    let is_mail = after.strip_prefix('@').is_some_and(|rest| rest.starts_with(is_letter))
        || before.strip_suffix('@').is_some_and(|rest| rest.ends_with(is_letter));
    before.contains("://") || is_mail || (before.ends_with(['/', '=', '?', '&', '#']) && is_host(before))
}

fn is_linked(spans: &[Span], range: Range<usize>) -> bool {
    let first = spans.partition_point(|span| span.range.end <= range.start);
    spans.iter().skip(first).take_while(|span| span.range.start < range.end).any(|span| span.link.is_some())
}

/// Whether a nick with this character beside it would be another nick; it is not a letter.
fn is_nick_sign(char: char) -> bool {
    "-[]\\`_^{|}~".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with angle brackets around what is marked.
    fn check_naming(wire: &str, nick: &str, casemapping: Casemapping, expected: &str) {
        let letters = Letters { casemapping, compose: crate::testing::composed };
        let (text, named) = Text::parse_naming(wire, nick, letters);
        let marked: String = text
            .spans
            .iter()
            .map(|span| match span.style.contains(Style::MENTION) {
                true => format!("<{}>", text.slice(span)),
                false => text.slice(span).to_owned(),
            })
            .collect();
        assert_eq!((marked.as_str(), named), (expected, expected != &*text.plain), "{nick} in {wire}");
    }

    #[test]
    fn a_nick_is_found_as_a_word() {
        for (nick, wire, expected) in [
            ("alice", "alice", "<alice>"),
            ("alice", "hi ALICE, alice: alice's", "hi <ALICE>, <alice>: <alice>'s"),
            (
                "alice",
                "malice alice_ alice[m] alice2 alicé aliceé",
                "malice alice_ alice[m] alice2 alicé aliceé",
            ),
            ("alice", "al\x02ice\x02!", "<al><ice>!"),
            ("alice", "al\u{200b}ice", "al\u{200b}ice"),
            ("alice", "#alice", "#alice"),
            ("alice", "你好alice你好", "你好<alice>你好"),
            ("", "alice", "alice"),
            // Words that contain signs.
            ("t", "don't", "don't"),
            ("e", "e.g. this", "e.g. this"),
            ("g", "e.g. this", "e.g. this"),
            ("don", "don't", "don't"),
            ("man", "man\u{303}ana", "man\u{303}ana"),
            ("ma", "ma\u{303}nana", "ma\u{303}nana"),
            ("man", "a man, a plan", "a <man>, a plan"),
            ("3", "at 3.14 or 3", "at 3.14 or <3>"),
            // What can surround a nick.
            (
                "bob",
                "bob: bob, bob. (bob) \"bob\" 'bob' bob!",
                "<bob>: <bob>, <bob>. (<bob>) \"<bob>\" '<bob>' <bob>!",
            ),
            ("bob", "@bob hi@bob", "@<bob> hi@bob"),
            ("bob", "bob:hello bob/alice alice/bob", "<bob>:hello <bob>/alice alice/<bob>"),
            ("bob", "bob's bob’s BOB'S bobs", "<bob>'s <bob>’s <BOB>'S bobs"),
            ("james", "james' hat", "<james>' hat"),
            ("bob", "bob…bob—bob", "<bob>…<bob>—<bob>"),
            // Nicks with other characters than letters.
            ("[bob]", "[bob]: x[bob] [bob]_ [BOB]'s", "<[bob]>: x[bob] [bob]_ <[BOB]>'s"),
            ("bob|away", "bob|away: bob", "<bob|away>: bob"),
            ("bob", "bob|away bob_ [bob] bob-", "bob|away bob_ [bob] bob-"),
            ("bob_", "bob_: bob_, bob__ bob", "<bob_>: <bob_>, bob__ bob"),
            ("bob_", "bob_'s", "<bob_>'s"),
            // Addresses.
            ("alice", "https://example.org/alice alice", "https://example.org/alice <alice>"),
            (
                "bob",
                "example.org/bob www.example.org/~x/bob bob@example.org me@bob",
                "example.org/bob www.example.org/~x/bob bob@example.org me@bob",
            ),
            ("bob", "irc://host/bob,isnick", "irc://host/bob,isnick"),
            ("bob", "http://example.org/?u=bob", "http://example.org/?u=bob"),
        ] {
            check_naming(wire, nick, Casemapping::Ascii, expected);
        }
    }

    #[test]
    fn the_network_says_which_letters_are_the_same() {
        use Casemapping::{Ascii, Precis, Rfc1459, Rfc1459Strict};
        for (casemapping, nick, wire, expected) in [
            (Rfc1459, "a[b]^", "A{B}~ a[b]^", "<A{B}~> <a[b]^>"),
            (Rfc1459Strict, "a[b]^", "A{B}~ A{B}^", "A{B}~ <A{B}^>"),
            (Ascii, "a[b]", "A{B} A[B]", "A{B} <A[B]>"),
            (Ascii, "zoë", "ZOË zoë", "ZOË <zoë>"),
            (Precis, "zoë", "ZOË Zoe\u{308} zoe", "<ZOË> <Zoe\u{308}> zoe"),
            (Precis, "владимир", "Владимир, ВЛАДИМИРа", "<Владимир>, ВЛАДИМИРа"),
            (Precis, "王小明", "你好王小明你好", "你好<王小明>你好"),
            (Precis, "ⱥx", "ȺX ⱥx", "<ȺX> <ⱥx>"),
        ] {
            check_naming(wire, nick, casemapping, expected);
        }
    }

    #[test]
    fn a_long_text_is_no_work() {
        let text = "a".repeat(60_000);
        check_naming(&text, "aaaaaaaaaaaaaaab", Casemapping::Precis, &text);
    }
}
