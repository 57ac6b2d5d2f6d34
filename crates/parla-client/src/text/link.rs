//! Links to web pages and channels in a text.
//!
//! A link leads where it seems to lead, or its real host is shown: the host is converted to ASCII here and
//! the address is rebuilt from it, so that a browser cannot find another host in it than we did. Never
//! fetches anything.

use std::ops::Range;

use parla_proto::name::CHANNEL_PREFIX;

use crate::{
    deceptive::is_deceptive,
    endpoint::{ascii_host, parse_port},
    limits::{LINKS_MAX, NAME_BYTES_MAX, SPANS_MAX},
    text::{Link, Span},
};

/// Something found in a text, with its position.
type Found = (Range<usize>, Link);

/// The spans, with links.
pub(super) fn link(plain: &str, spans: Vec<Span>) -> Vec<Span> {
    let found = find(plain);
    if found.is_empty() {
        return spans;
    }
    overlay(&spans, &found, |span, link| span.link = Some(link.clone()))
}

/// Splits spans where marks begin and end, and changes those inside. Marks must be in order and must not
/// overlap.
pub(super) fn overlay<T>(
    spans: &[Span],
    marks: &[(Range<usize>, T)],
    change: impl Fn(&mut Span, &T),
) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::with_capacity(spans.len() + 2 * marks.len());
    let mut marks = marks.iter().peekable();
    for span in spans {
        let mut start = span.range.start;
        while start < span.range.end {
            while marks.next_if(|(range, _)| range.end <= start).is_some() {}
            let (end, mark) = match marks.peek() {
                Some((range, mark)) if range.start <= start => (range.end, Some(mark)),
                Some((range, _)) => (range.start, None),
                None => (span.range.end, None),
            };
            let mut piece = Span { range: start..end.min(span.range.end), ..span.clone() };
            start = piece.range.end;
            if let Some(mark) = mark {
                change(&mut piece, mark);
            }
            let is_full = out.len() >= SPANS_MAX;
            match out.last_mut() {
                Some(last) if is_full => (last.range.end, last.link) = (start, None),
                _ => out.push(piece),
            }
        }
    }
    out
}

/// The links of a text, in order.
fn find(plain: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for (start, word) in words(plain) {
        let pages = pages(word);
        let rooms =
            rooms(word).into_iter().filter(|(room, _)| !pages.iter().any(|(page, _)| overlap(room, page)));
        let mut in_word: Vec<Found> = rooms.chain(pages.iter().cloned()).collect();
        in_word.sort_unstable_by_key(|(range, _)| range.start);
        found.extend(in_word.into_iter().map(|(range, link)| (range.start + start..range.end + start, link)));
        if found.len() >= LINKS_MAX {
            break;
        }
    }
    found.truncate(LINKS_MAX);
    found
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// The pieces of a text that can contain a link, and where they start.
fn words(plain: &str) -> impl Iterator<Item = (usize, &str)> {
    let pieces = plain.split_inclusive(ends_link).scan(0, |end, piece| {
        let start = *end;
        *end += piece.len();
        Some((start, piece.trim_end_matches(ends_link)))
    });
    pieces.filter(|(_, word)| word.contains([':', CHANNEL_PREFIX]))
}

/// Whether a link ends before this character: a space, an invisible character, or the punctuation of scripts
/// without spaces.
fn ends_link(char: char) -> bool {
    char.is_whitespace()
        || is_deceptive(char)
        || matches!(char,
            '\u{2018}'..='\u{201F}' | '\u{2026}' | '\u{2039}' | '\u{203A}' | '«' | '»' | '\u{3001}'..='\u{3003}'
            | '\u{3008}'..='\u{301F}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF40}'
            | '\u{FF5B}'..='\u{FF65}' | char::REPLACEMENT_CHARACTER)
}

/// The addresses of web pages in a word.
fn pages(word: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (scheme_end, separator) in word.match_indices("://").take(LINKS_MAX) {
        let (before, rest) = word.split_at(scheme_end);
        let Some(scheme) = scheme_at_end(before) else { continue };
        let start = scheme_end - scheme.len();
        if found.last().is_some_and(|(last, _)| start < last.end) {
            continue;
        }
        let rest = enclosed(rest.strip_prefix(separator).unwrap_or(rest), &['"', '<', '>', '`', '|']);
        // In a list without spaces the next address begins after a comma.
        let rest = [",https://", ",http://"]
            .into_iter()
            .fold(rest, |rest, next| rest.split(next).next().unwrap_or(rest));
        let rest = rest.trim_end_matches(ends_sentence);
        if let Some(page) = page(scheme, rest) {
            found.push((start..scheme_end + separator.len() + rest.len(), page));
        }
    }
    found
}

/// The scheme that precedes `://`, if it is that of a web page.
fn scheme_at_end(before: &str) -> Option<&'static str> {
    ["https", "http"].into_iter().find(|scheme| {
        before.len().checked_sub(scheme.len()).and_then(|start| before.split_at_checked(start)).is_some_and(
            |(before, written)| {
                written.eq_ignore_ascii_case(scheme)
                    && !before.ends_with(|char| is_letter(char) || char == '+')
            },
        )
    })
}

/// Parses what follows `://`, as a browser does. A user name is removed, because it only serves to imitate a
/// host.
fn page(scheme: &str, rest: &str) -> Option<Link> {
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    if path.starts_with('\\') {
        return None;
    }
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    let true_host = ascii_host(host)?;
    let is_plain =
        user.is_none() && host.is_ascii() && !true_host.split('.').any(|label| label.starts_with("xn--"));
    let mut href = format!("{scheme}://{true_host}");
    if let Some(port) = port {
        href.push_str(&format!(":{}", parse_port(port)?));
    }
    push_escaped(&mut href, path);
    Some(Link::Page { href: href.into(), real_host: (!is_plain).then(|| true_host.into()) })
}

/// Appends a path, with everything escaped that an address may not contain.
fn push_escaped(href: &mut String, path: &str) {
    for char in path.chars() {
        if char.is_ascii_graphic() && !matches!(char, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}') {
            href.push(char);
        } else {
            href.extend(char.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")));
        }
    }
}

/// The channels in a word: a `#` where a word could begin, and a letter.
fn rooms(word: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut searched = 0;
    while let Some(offset) = word.get(searched..).and_then(|rest| rest.find(CHANNEL_PREFIX)) {
        let start = searched + offset;
        let (before, rest) = word.split_at(start);
        let bare = rest.trim_start_matches(CHANNEL_PREFIX);
        if before.ends_with(continues_room) || !bare.starts_with(char::is_alphabetic) {
            searched = start + rest.len() - bare.len();
            continue;
        }
        let name = enclosed(rest, &[',', '"', '\'', '<', '>', '`']);
        searched = start + name.len();
        let name = name.trim_end_matches(ends_sentence);
        if name.len() <= NAME_BYTES_MAX && !is_hex_colour(name) {
            found.push((start..start + name.len(), Link::Room(name.into())));
        }
    }
    found
}

/// The text up to one of these characters, or to a closing bracket that was not opened in it.
fn enclosed<'a>(text: &'a str, ends: &[char]) -> &'a str {
    let mut open = [0_usize; 3];
    let end = text.find(|char| {
        let opened = ['(', '[', '{'].iter().position(|bracket| *bracket == char);
        if let Some(open) = opened.and_then(|kind| open.get_mut(kind)) {
            *open += 1;
        }
        let closed = [')', ']', '}'].iter().position(|bracket| *bracket == char);
        let is_outside = match closed.and_then(|kind| open.get_mut(kind)) {
            Some(open) if *open > 0 => {
                *open -= 1;
                false
            }
            Some(_) => true,
            None => false,
        };
        is_outside || ends.contains(&char)
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Punctuation that, at the end, belongs to the sentence and not to the link.
fn ends_sentence(char: char) -> bool {
    matches!(char, '.' | ',' | ';' | ':' | '!' | '?' | '*' | '\'' | '(' | '[' | '{')
}

/// Whether a `#` after this character is in the middle of something.
fn continues_room(char: char) -> bool {
    is_letter(char) || matches!(char, '_' | '/' | '&' | '#' | '-' | '.' | '?' | '=' | '%')
}

/// Whether it is more likely a colour of a web page: `#ff8800`, `#fff`.
fn is_hex_colour(name: &str) -> bool {
    let digits = name.trim_start_matches(CHANNEL_PREFIX);
    matches!(digits.len(), 3 | 6 | 8)
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && (digits.bytes().any(|byte| byte.is_ascii_digit())
            || digits.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'f')))
}

/// Letters and digits of scripts that put spaces between words.
pub(super) fn is_letter(char: char) -> bool {
    char < '\u{2E80}' && char.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;
    use crate::text::{Style, Text};

    /// The links of a text, one per line: as written, where it leads, and its real host if that differs.
    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(wire: &str, expected: Expect) {
        let text = Text::parse(wire);
        let links = text.spans.iter().filter_map(|span| {
            let written = text.slice(span);
            Some(match span.link.as_ref()? {
                Link::Page { href, real_host: None } => format!("{written} -> {href}\n"),
                Link::Page { href, real_host: Some(host) } => format!("{written} -> {href} ({host})\n"),
                Link::Room(room) => format!("{written} -> room {room}\n"),
            })
        });
        expected.assert_eq(&links.collect::<String>());
    }

    #[test]
    fn pages_are_found_in_sentences() {
        check(
            "see https://example.org/a?b=c#d.",
            expect![[r#"
            https://example.org/a?b=c#d -> https://example.org/a?b=c#d
        "#]],
        );
        check(
            "(https://example.org/wiki/Rust_(language)), yes",
            expect![[r#"
            https://example.org/wiki/Rust_(language) -> https://example.org/wiki/Rust_(language)
        "#]],
        );
        check(
            "<https://example.org> \"http://example.org/x\" [http://example.org/y]",
            expect![[r#"
            https://example.org -> https://example.org
            http://example.org/x -> http://example.org/x
            http://example.org/y -> http://example.org/y
        "#]],
        );
        check(
            "HTTPS://EXAMPLE.org:8080/A http://localhost:3000 http://127.0.0.1/x",
            expect![[r#"
            HTTPS://EXAMPLE.org:8080/A -> https://example.org:8080/A
            http://localhost:3000 -> http://localhost:3000
            http://127.0.0.1/x -> http://127.0.0.1/x
        "#]],
        );
        check(
            "看https://example.org/路。再见",
            expect![[r#"
            https://example.org/路 -> https://example.org/%E8%B7%AF
        "#]],
        );
        check(
            "at \x02https://exa\x02mple.org/\x0f!",
            expect![[r#"
            https://exa -> https://example.org/
            mple.org/ -> https://example.org/
        "#]],
        );
        check(
            "https://example.org/a b|c https://example.org/{x}^",
            expect![[r#"
            https://example.org/a -> https://example.org/a
            https://example.org/{x}^ -> https://example.org/%7Bx%7D%5E
        "#]],
        );
        check(
            "https://one.example,https://two.example [x](https://example.org/x),[y](http://example.org)",
            expect![[r#"
                https://one.example -> https://one.example
                https://two.example -> https://two.example
                https://example.org/x -> https://example.org/x
                http://example.org -> http://example.org
            "#]],
        );
        check(
            "https://example.org#top https://web.archive.org/web/2020/https://example.org/",
            expect![[r#"
            https://example.org#top -> https://example.org#top
            https://web.archive.org/web/2020/https://example.org/ -> https://web.archive.org/web/2020/https://example.org/
        "#]],
        );
    }

    #[test]
    fn only_web_pages_are_links() {
        for wire in [
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "xhttps://example.org/",
            "example.org www.example.org",
            "http:// https:// ://x http:///path",
            "https://example.org:99999/",
            "https://good.example\\@evil.example/",
            "http://2130706433/ http://0x7f.1/ http://010.0.0.1/",
            "https://exa%6dple.org/",
            "https://a..example/",
        ] {
            check(wire, expect![""]);
        }
    }

    #[test]
    fn a_link_says_where_it_really_leads() {
        check(
            "https://paypal.com@evil.example/",
            expect![[r#"
            https://paypal.com@evil.example/ -> https://evil.example/ (evil.example)
        "#]],
        );
        check(
            "https://a@b@evil.example/",
            expect![[r#"
            https://a@b@evil.example/ -> https://evil.example/ (evil.example)
        "#]],
        );
        check(
            "https://user:secret@example.org:8443/x",
            expect![[r#"
            https://user:secret@example.org:8443/x -> https://example.org:8443/x (example.org)
        "#]],
        );
        check(
            "https://www.аррӏе.com/ https://xn--80ak6aa92e.com/",
            expect![[r#"
            https://www.аррӏе.com/ -> https://www.xn--80ak6aa92e.com/ (www.xn--80ak6aa92e.com)
            https://xn--80ak6aa92e.com/ -> https://xn--80ak6aa92e.com/ (xn--80ak6aa92e.com)
        "#]],
        );
        check(
            "https://BÜCHER.example/ü?ö",
            expect![[r#"
            https://BÜCHER.example/ü?ö -> https://xn--bcher-kva.example/%C3%BC?%C3%B6 (xn--bcher-kva.example)
        "#]],
        );
        check(
            "https://ｅｖｉｌ．example/",
            expect![[r#"
            https://ｅｖｉｌ -> https://evil (evil)
        "#]],
        );
        check(
            "https://google.com\u{2044}login.evil.example/",
            expect![[r#"
            https://google.com⁄login.evil.example/ -> https://google.xn--comlogin-g03d.evil.example/ (google.xn--comlogin-g03d.evil.example)
        "#]],
        );
        check(
            "https://google.com\u{ff0f}login.evil.example/",
            expect![[r#"
            https://google.com -> https://google.com
        "#]],
        );
    }

    #[test]
    fn a_link_ends_before_what_cannot_be_seen() {
        check(
            "https://example.org/\u{202e}gpj.exe",
            expect![[r#"
            https://example.org/gpj.exe -> https://example.org/gpj.exe
        "#]],
        );
        check(
            "https://exam\u{200b}ple.org/a\u{200d}b",
            expect![[r#"
            https://exam -> https://exam
        "#]],
        );
        check(
            "https://example.org/\u{2066}x\u{2069}",
            expect![[r#"
            https://example.org/ -> https://example.org/
        "#]],
        );
    }

    #[test]
    fn rooms_are_found_in_sentences() {
        check(
            "join #rust, ##c++ and (#Café)! or #rust's",
            expect![[r#"
            #rust -> room #rust
            ##c++ -> room ##c++
            #Café -> room #Café
            #rust -> room #rust
        "#]],
        );
        check(
            "#1 #ff8800 #FFF #face #a #-x a#b x/#y &#x27; ## #",
            expect![[r#"
            #face -> room #face
            #a -> room #a
        "#]],
        );
        check(
            "加入#中文。 #rust: #a,#b #rust_",
            expect![[r#"
            #中文 -> room #中文
            #rust -> room #rust
            #a -> room #a
            #b -> room #b
            #rust_ -> room #rust_
        "#]],
        );
        check(
            "https://example.org/#rust",
            expect![[r#"
            https://example.org/#rust -> https://example.org/#rust
        "#]],
        );
    }

    #[test]
    fn there_are_never_too_many() {
        let text = Text::parse(&"https://example.org ".repeat(1_000));
        assert_eq!(text.spans.iter().filter(|span| span.link.is_some()).count(), LINKS_MAX);
        let (text, named) = Text::parse_naming(
            &"https://example.org \x02alice ".repeat(1_000),
            "alice",
            crate::testing::ASCII,
        );
        assert!(named);
        assert_eq!(text.spans.len(), SPANS_MAX);
        assert_eq!(text.spans.last().unwrap().range.end, text.plain.len());
        assert_eq!(text.spans.last().unwrap().link, None);
    }

    proptest! {
        #[test]
        fn whatever_is_said_the_spans_cover_it(wire in "(https?://[a-zé.@:/]{1,9}|[a-zé .,#()\x02\u{202e}\u{2067}]|#[a-f1]{1,6}|al){0,60}") {
            let (text, named) = Text::parse_naming(&wire, "al", crate::testing::ASCII);
            let mut end = 0;
            for span in text.spans.iter() {
                prop_assert_eq!(span.range.start, end);
                prop_assert!(!text.slice(span).is_empty());
                end = span.range.end;
                if let Some(Link::Page { href, .. }) = &span.link {
                    prop_assert!(href.bytes().all(|byte| byte.is_ascii_graphic()), "{}", href);
                    prop_assert!(!text.slice(span).contains(is_deceptive));
                }
            }
            prop_assert_eq!(end, text.plain.len());
            prop_assert_eq!(named, text.spans.iter().any(|span| span.style.contains(Style::MENTION)));
        }
    }
}
