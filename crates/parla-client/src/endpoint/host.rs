//! Host names in the form that DNS and browsers accept.

use std::{borrow::Cow, net::Ipv4Addr};

use crate::deceptive::is_deceptive;

/// The longest name, without its final dot. RFC 1035, 2.3.4.
pub(super) const HOST_BYTES_MAX: usize = 253;
/// The longest part of a name. RFC 1035, 2.3.4.
const LABEL_BYTES_MAX: usize = 63;
/// Selects the picture form of the character before it. It is never part of a name.
const EMOJI_STYLE: char = '\u{FE0F}';

/// The ASCII form of a host name: `xn--…` for other letters. `None` if the text is not a host name.
///
/// Handles case and full-width letters, but not the rest of UTS 46, whose tables would be half of the page. A
/// name that would need them becomes an `xn--…` that resolvers and browsers refuse, and never the name of
/// another host.
pub(crate) fn ascii_host(host: &str) -> Option<String> {
    // Full-width characters shrink from up to three bytes to one; nothing else gets shorter.
    if host.is_empty()
        || host.len() > 3 * HOST_BYTES_MAX
        || host.chars().any(|char| is_deceptive(char) || char.is_whitespace())
    {
        return None;
    }
    let host: String =
        host.chars().filter(|char| *char != EMOJI_STYLE).map(narrow).flat_map(char::to_lowercase).collect();
    let labels: Option<Vec<_>> =
        host.strip_suffix('.').unwrap_or(&host).split('.').map(ascii_label).collect();
    let labels = labels?;
    let host = labels.join(".");
    // To a browser, a name that ends in a number is an IP address, which can be written in many ways. We
    // accept only one.
    let is_address = labels.last().is_some_and(|label| is_number(label));
    let is_valid = host.len() <= HOST_BYTES_MAX && (!is_address || host.parse::<Ipv4Addr>().is_ok());
    is_valid.then_some(host)
}

/// Replaces full-width letters and dots by the ASCII characters that they look like.
fn narrow(char: char) -> char {
    match char {
        '\u{3002}' | '\u{FF61}' => '.',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(char) - 0xFEE0).unwrap_or(char),
        _ => char,
    }
}

fn ascii_label(label: &str) -> Option<Cow<'_, str>> {
    let ascii = if label.is_ascii() {
        Cow::Borrowed(label)
    } else if label.starts_with("xn--") || label.chars().count() > LABEL_BYTES_MAX {
        return None;
    } else {
        Cow::Owned(format!("xn--{}", idna::punycode::encode_str(label)?))
    };
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ((1..=LABEL_BYTES_MAX).contains(&ascii.len()) && ascii.bytes().all(is_label)).then_some(ascii)
}

fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x");
    hex.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || label.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hosts() {
        for (host, expected) in [
            ("example.org", Some("example.org")),
            ("EXAMPLE.org.", Some("example.org")),
            ("localhost", Some("localhost")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("a_b.example", Some("a_b.example")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("BÜCHER.example", Some("xn--bcher-kva.example")),
            ("straße.example", Some("xn--strae-oqa.example")),
            ("i❤\u{fe0f}.ws", Some("xn--i-7iq.ws")),
            ("日本語。jp", Some("xn--wgv71a119e.jp")),
            ("ｅｖｉｌ．example", Some("evil.example")),
            ("xn--bcher-kva.example", Some("xn--bcher-kva.example")),
            ("", None),
            (".", None),
            ("a..b", None),
            ("a b", None),
            ("a/b", None),
            ("a／b", None),
            ("a\u{200b}b", None),
            ("a%62", None),
            ("127.1", None),
            ("127.0.0.01", None),
            ("0x7f000001", None),
            ("xn--ü.example", None),
        ] {
            assert_eq!(ascii_host(host).as_deref(), expected, "{host}");
        }
        assert_eq!(ascii_host(&"a".repeat(64)), None);
        assert_eq!(ascii_host(&"ü".repeat(64)), None);
        assert_eq!(ascii_host(&"a.".repeat(128)), None);
    }

    proptest! {
        /// A browser reads either the same host or none.
        #[test]
        fn it_is_the_host_that_a_browser_finds(host in "[a-zA-Z0-9.éÄßаΣ中、。．ａＡſ\u{301}-]{1,20}|\\PC{1,20}") {
            if let Some(ascii) = ascii_host(&host) {
                prop_assert!(ascii.len() <= HOST_BYTES_MAX);
                prop_assert_eq!(ascii_host(&ascii), Some(ascii.clone()));
                if let Ok(browser) = idna::domain_to_ascii_cow(ascii.as_bytes(), idna::AsciiDenyList::URL) {
                    prop_assert_eq!(&*browser, &*ascii);
                }
            }
        }
    }
}
