//! Message tags: the part of a line between `@` and the first space.
//!
//! <https://ircv3.net/specs/extensions/message-tags>

mod denied;

use std::borrow::Cow;

pub use denied::{BadDeniedTags, DENIED_TAGS_BYTES_MAX, DeniedTags};

/// The tags of one message in their wire form, without the `@`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tags<'a>(&'a str);

/// One tag. An empty value is the same as none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The key, with its `+` and its vendor.
    pub key: &'a str,
    /// The value in its wire form.
    pub escaped: &'a str,
}

impl<'a> Tags<'a> {
    /// Wraps the text between `@` and the space.
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text between `@` and the space; empty if the message has no tags.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether there are no tags.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The tags in order. Tags with an invalid key are skipped.
    pub fn iter(self) -> impl Iterator<Item = Tag<'a>> {
        self.0.split(';').filter_map(|piece| {
            let (key, escaped) = piece.split_once('=').unwrap_or((piece, ""));
            is_key(key).then_some(Tag { key, escaped })
        })
    }

    /// The value of `key`; if it occurs several times, the last one, as the specification requires.
    pub fn get(self, key: &str) -> Option<Cow<'a, str>> {
        self.iter().filter(|tag| tag.key == key).last().map(Tag::value)
    }

    /// The client-only tags, which start with a `+`.
    pub fn client_only(self) -> impl Iterator<Item = Tag<'a>> {
        self.iter().filter(|tag| tag.key.starts_with('+'))
    }
}

impl<'a> Tag<'a> {
    /// The unescaped value.
    pub fn value(self) -> Cow<'a, str> {
        unescape(self.escaped)
    }
}

/// Whether `key` is `[+][vendor/]name` of letters, digits, hyphens and, in the vendor, dots.
pub fn is_key(key: &str) -> bool {
    let key = key.strip_prefix('+').unwrap_or(key);
    let (vendor, name) = match key.rsplit_once('/') {
        Some((vendor, name)) => (Some(vendor), name),
        None => (None, key),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !name.is_empty()
        && name.bytes().all(plain)
        && vendor
            .is_none_or(|vendor| !vendor.is_empty() && vendor.bytes().all(|byte| plain(byte) || byte == b'.'))
}

/// Unescapes a value: `\:` is `;`, `\s` a space, `\r` CR, `\n` LF, and any other `\x` is `x`.
pub fn unescape(escaped: &str) -> Cow<'_, str> {
    if !escaped.contains('\\') {
        return Cow::Borrowed(escaped);
    }
    let mut value = String::with_capacity(escaped.len());
    let mut chars = escaped.chars();
    while let Some(char) = chars.next() {
        if char != '\\' {
            value.push(char);
            continue;
        }
        match chars.next() {
            Some(':') => value.push(';'),
            Some('s') => value.push(' '),
            Some('r') => value.push('\r'),
            Some('n') => value.push('\n'),
            Some(other) => value.push(other),
            None => {}
        }
    }
    Cow::Owned(value)
}

/// Escapes a value for use in a tag.
pub fn escape(value: &str) -> Cow<'_, str> {
    if !value.contains([';', ' ', '\\', '\r', '\n']) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 8);
    for char in value.chars() {
        match char {
            ';' => escaped.push_str("\\:"),
            ' ' => escaped.push_str("\\s"),
            '\\' => escaped.push_str("\\\\"),
            '\r' => escaped.push_str("\\r"),
            '\n' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_of_equal_keys_counts() {
        let tags = Tags::new("a=1;b;a=2;+c/d=x\\sy");
        assert_eq!(tags.get("a").as_deref(), Some("2"));
        assert_eq!(tags.get("b").as_deref(), Some(""));
        assert_eq!(tags.get("+c/d").as_deref(), Some("x y"));
        assert_eq!(tags.get("c/d"), None);
        assert_eq!(tags.client_only().map(|tag| tag.key).collect::<Vec<_>>(), ["+c/d"]);
    }

    #[test]
    fn keys() {
        for (key, good) in [
            ("a", true),
            ("+draft/react", true),
            ("+example.org/x-1", true),
            ("", false),
            ("+", false),
            ("/a", false),
            ("a/", false),
            ("a.b", false),
            ("a_b", false),
            ("++a", false),
            ("é", false),
        ] {
            assert_eq!(is_key(key), good, "{key}");
        }
    }

    #[test]
    fn a_lone_backslash_at_the_end_is_dropped() {
        assert_eq!(unescape("a\\"), "a");
        assert_eq!(unescape("\\b\\\\"), "b\\");
    }

    #[test]
    fn a_value_never_breaks_its_line() {
        let (value, escaped) = ("a;b c\\d\r\ne", "a\\:b\\sc\\\\d\\r\\ne");
        assert_eq!(escape(value), escaped);
        assert_eq!(unescape(escaped), value);
    }

    proptest! {
        #[test]
        fn escaping_is_undone(value in any::<String>()) {
            let escaped = escape(&value);
            prop_assert!(!escaped.contains([';', ' ', '\r', '\n']));
            prop_assert_eq!(unescape(&escaped), value.as_str());
        }
    }
}
