//! Masks over users, `nick!user@host` with `*` and `?`, as bans use them.
//!
//! What a person types is completed to a mask that can match somebody, or refused. The host may be an address
//! or an address range, in any notation.
//!
//! <https://modern.ircdocs.horse/#ban-channel-mode>

mod address_range;
mod glob;

use std::fmt;

use thiserror::Error;

pub use self::{
    address_range::AddressRange,
    glob::{glob, glob_counted},
};
use crate::{name::Casemapping, source::Source};

/// A mask of three parts. Parts that a person left out are `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mask {
    /// The whole mask, with each part in its canonical form.
    text: Box<str>,
    /// The address range that the host must be in, if it is written as one.
    range: Option<AddressRange>,
}

/// Why a text is not a mask: no user can match it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each is the part that its name says")]
pub enum BadMask {
    #[error("{}", self.why())]
    Nick,
    #[error("{}", self.why())]
    User,
    #[error("{}", self.why())]
    Host,
    #[error("{}", self.why())]
    Range,
    /// The single word can be neither a nick nor a host.
    #[error("{}", self.why())]
    Word,
}

/// The maximum length of a mask in bytes, with its `!` and `@`.
pub const MASK_BYTES_MAX: usize = PART_BYTES_MAX * 3 + 2;

/// The maximum length of one part of a mask, in bytes.
pub(crate) const PART_BYTES_MAX: usize = 66;

/// The longest names that parlad gives users, in bytes. A mask part that is longer without its stars cannot
/// match anybody.
const NICK_BYTES_MAX: usize = 64;
const USER_BYTES_MAX: usize = 32;
const HOST_BYTES_MAX: usize = 63;

impl BadMask {
    /// The reason as a sentence for people.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Nick => "No nick looks like that",
            Self::User => "No user name looks like that",
            Self::Host => "No host looks like that",
            Self::Range => "A range of addresses looks like 203.0.113.0/24 or 2001:db8::/32",
            Self::Word => "No nick or host looks like that",
        }
    }
}

impl Mask {
    /// Parses what a person typed: `nick`, `host`, `user@host`, `nick!user` or all three.
    ///
    /// A single word that no nick can match is taken as a host; so is the nick in `word!*@*`, which some
    /// clients make of it. A host that is an address or an address range is brought to its canonical form.
    /// Characters that are not allowed in a parameter are dropped.
    ///
    /// # Errors
    /// No user can match it.
    pub fn parse(text: &str) -> Result<Self, BadMask> {
        let text = without_gaps(text);
        let source = Source::parse(&text);
        let (nick, user) = match (source.user, source.host) {
            (None, Some(_)) => ("", source.name),
            (user, _) => (source.name, user.unwrap_or_default()),
        };
        let [nick, user, host] = [nick, user, source.host.unwrap_or_default()].map(without_needless_stars);
        if user == "*" && host == "*" && !is_nick(&nick) {
            let host = Host::parse(&nick).map_err(|bad| match bad {
                BadMask::Host => BadMask::Word,
                other => other,
            })?;
            return Ok(host.of("*!*"));
        }
        if !is_nick(&nick) {
            return Err(BadMask::Nick);
        }
        let plain = |char: char| char.is_ascii_alphanumeric() || "-_.[]{}\\`^|~".contains(char);
        if !fits(&user, USER_BYTES_MAX, plain) {
            return Err(BadMask::User);
        }
        Ok(Host::parse(&host)?.of(&format!("{nick}!{user}")))
    }

    /// The three parts as one text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the two masks are equal when case is folded.
    pub fn is_same(&self, other: &Self, casemapping: Casemapping) -> bool {
        casemapping.fold(&self.text) == casemapping.fold(&other.text)
    }

    /// Whether the mask matches a user's source.
    pub fn matches(&self, source: &str, casemapping: Casemapping) -> bool {
        self.matches_counted(source, casemapping, &mut 0)
    }

    /// Like [`Self::matches`]; adds the number of characters that were compared to `steps`.
    pub fn matches_counted(&self, source: &str, casemapping: Casemapping, steps: &mut usize) -> bool {
        let Some(range) = &self.range else { return glob_counted(&self.text, source, casemapping, steps) };
        let (Some((pattern, _)), Some((name, host))) = (self.text.rsplit_once('@'), source.rsplit_once('@'))
        else {
            return false;
        };
        *steps += host.len();
        range.has_host(host) && glob_counted(pattern, name, casemapping, steps)
    }

    /// Whether the mask can only match hosts that are addresses.
    pub fn is_over_addresses(&self) -> bool {
        let host = self.text.rsplit_once('@').map_or("", |(_, host)| host);
        let has = |what: fn(&u8) -> bool| host.bytes().any(|byte| what(&byte));
        let is_part = |byte: u8| byte.is_ascii_digit() || b".*?".contains(&byte);
        let is_part_of_6 = |byte: u8| byte.is_ascii_hexdigit() || b":.*?".contains(&byte);
        self.range.is_some()
            || (host.bytes().all(is_part) && has(u8::is_ascii_digit) && host.contains('.'))
            || (host.bytes().all(is_part_of_6) && host.contains(':'))
    }
}

/// The host part of a mask.
enum Host<'a> {
    Pattern(&'a str),
    Range(AddressRange),
}

impl<'a> Host<'a> {
    fn parse(text: &'a str) -> Result<Self, BadMask> {
        if let Some(range) = AddressRange::parse(text) {
            return range.map(Self::Range);
        }
        let plain = |char: char| char.is_ascii_alphanumeric() || "-.:/_".contains(char);
        // A host never starts with a colon, because it may be a parameter in the middle of a line.
        let is_good = fits(text, HOST_BYTES_MAX, plain) && !text.starts_with(':');
        if is_good { Ok(Self::Pattern(text)) } else { Err(BadMask::Host) }
    }

    /// The mask of this host and the given `nick!user`.
    fn of(self, name: &str) -> Mask {
        match self {
            Self::Pattern(host) => Mask { text: format!("{name}@{host}").into(), range: None },
            // A single address is compared as text, because it has only one form.
            Self::Range(range) => Mask {
                text: format!("{name}@{range}").into(),
                range: Some(range).filter(|range| !range.is_single()),
            },
        }
    }
}

/// Whether a nick can match the pattern in any of the casemappings.
pub(crate) fn is_nick(pattern: &str) -> bool {
    let plain = |char: char| match u8::try_from(char).ok().filter(u8::is_ascii) {
        Some(byte) => byte.is_ascii_alphanumeric() || b"-[]\\`_^{|}".contains(&byte),
        None => !char.is_control() && !char.is_whitespace(),
    };
    let starts_well = !pattern.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    starts_well && fits(pattern, NICK_BYTES_MAX, plain)
}

/// Whether the pattern consists of these characters besides `*` and `?`, and is short enough to match
/// anybody.
fn fits(pattern: &str, bytes_max: usize, is_plain: impl Fn(char) -> bool) -> bool {
    let stars = pattern.bytes().filter(|byte| *byte == b'*').count();
    !pattern.is_empty()
        && pattern.len() <= PART_BYTES_MAX
        && pattern.len() - stars <= bytes_max
        && pattern.chars().all(|char| matches!(char, '*' | '?') || is_plain(char))
}

/// The part with runs of stars reduced to one; an empty part becomes a star.
fn without_needless_stars(part: &str) -> String {
    let mut kept = String::with_capacity(part.len().max(1));
    for char in part.chars() {
        if char != '*' || !kept.ends_with('*') {
            kept.push(char);
        }
    }
    if kept.is_empty() { "*".to_owned() } else { kept }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text without the characters that are not allowed in a parameter.
pub(crate) fn without_gaps(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && !char.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::name::{NameRules, Nick};

    fn parsed(text: &str) -> Result<String, BadMask> {
        Mask::parse(text).map(|mask| mask.to_string())
    }

    #[test]
    fn what_is_left_out_is_a_star() {
        for (text, full) in [
            ("alice", "alice!*@*"),
            ("alice!", "alice!*@*"),
            ("u@h", "*!u@h"),
            ("@h", "*!*@h"),
            ("a!u", "a!u@*"),
            ("a!u@h", "a!u@h"),
            ("", "*!*@*"),
            ("a b", "ab!*@*"),
            ("**a***b!**@*?*", "*a*b!*@*?*"),
            ("zo\u{eb}", "zo\u{eb}!*@*"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(full), "{text}");
        }
    }

    #[test]
    fn a_word_that_is_no_nick_is_a_host() {
        for (text, full) in [
            ("k3v9q2.x7bd4t.p9s3hq.ip", "*!*@k3v9q2.x7bd4t.p9s3hq.ip"),
            ("*.x7bd4t.p9s3hq.ip", "*!*@*.x7bd4t.p9s3hq.ip"),
            ("203.0.113.51", "*!*@203.0.113.51"),
            ("203.0.113.*", "*!*@203.0.113.*"),
            ("203.0.113.0/24", "*!*@203.0.113.0/24"),
            ("2001:db8::1", "*!*@2001:db8::1"),
            ("user/alice", "*!*@user/alice"),
            ("3com", "*!*@3com"),
            // These are what clients and earlier versions made of such words.
            ("203.0.113.51!*@*", "*!*@203.0.113.51"),
            ("2001:db8::/32!*@*", "*!*@2001:db8::/32"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(full), "{text}");
        }
    }

    #[test]
    fn an_address_has_one_spelling() {
        for (host, shown) in [
            ("2001:DB8:0:0::1", "2001:db8::1"),
            ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
            ("::1", "0::1"),
            ("0::1", "0::1"),
            ("::ffff:203.0.113.51", "203.0.113.51"),
            ("203.0.113.51/24", "203.0.113.0/24"),
            ("203.0.113.51/32", "203.0.113.51"),
            ("2001:DB8::5/32", "2001:db8::/32"),
            ("2001:db8::1/128", "2001:db8::1"),
            ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
            ("::/0", "0::/0"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(parsed(&format!("*!*@{host}")), Ok(format!("*!*@{shown}")), "{host}");
        }
    }

    #[test]
    fn what_nobody_can_be_like_is_refused() {
        let long = "x".repeat(65);
        for (text, why) in [
            ("#chan", BadMask::Word),
            ("~q:alice", BadMask::Word),
            ("a,b", BadMask::Word),
            (":x", BadMask::Word),
            (&long, BadMask::Word),
            ("203.0.113.0/33", BadMask::Range),
            ("*!*@2001:db8::/129", BadMask::Range),
            ("*!*@2001:db8::/x", BadMask::Range),
            ("#chan!*@h", BadMask::Nick),
            ("1a!u@*", BadMask::Nick),
            ("-a!u@*", BadMask::Nick),
            ("a.b!*@h", BadMask::Nick),
            ("a!b:c", BadMask::User),
            ("a!b!c@h", BadMask::User),
            (&format!("a!{long}"), BadMask::User),
            ("*!*@h\u{f6}st", BadMask::Host),
            ("*!*@[2001:db8::1]", BadMask::Host),
            ("*!*@:x", BadMask::Host),
            (&format!("*!*@{long}"), BadMask::Host),
        ] {
            assert_eq!(Mask::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn ranges_match_addresses_however_they_are_written() {
        for (mask, source, matches) in [
            ("*!*@203.0.113.0/24", "a!b@203.0.113.51", true),
            ("*!*@203.0.113.0/24", "a!b@203.0.114.1", false),
            ("*!*@203.0.113.0/24", "a!b@203.0.113.51.example", false),
            ("*!*@203.0.113.0/24", "a!b@2001:db8::1", false),
            ("bad*!*@203.0.113.0/24", "bad1!b@203.0.113.51", true),
            ("bad*!*@203.0.113.0/24", "good!b@203.0.113.51", false),
            ("2001:db8::/32", "a!b@2001:db8:1::7", true),
            ("2001:db8::/32", "a!b@2001:db9::7", false),
            ("::/64", "a!b@0::1", true),
            ("2001:DB8:0:0::1", "a!b@2001:db8::1", true),
            ("203.0.113.51", "a!b@203.0.113.51", true),
            ("203.0.113.51", "203.0.113.51!b@h", false),
        ] {
            assert_eq!(
                Mask::parse(mask).unwrap().matches(source, Casemapping::Ascii),
                matches,
                "{mask} {source}"
            );
        }
    }

    #[test]
    fn some_masks_need_a_shown_address() {
        for (text, is_over_addresses) in [
            ("203.0.113.51", true),
            ("203.0.113.0/24", true),
            ("*!*@203.0.*", true),
            ("2001:db8:*", true),
            ("2001:db8::1", true),
            ("*!*@*", false),
            ("*!*@*.*", false),
            ("k3v9q2.x7bd4t.p9s3hq.ip", false),
            ("*.example.org", false),
            ("alice", false),
            ("*!*@user/1", false),
        ] {
            assert_eq!(Mask::parse(text).unwrap().is_over_addresses(), is_over_addresses, "{text}");
        }
    }

    /// A user whom the mask matches, with `a` in place of its stars.
    fn somebody(mask: &Mask) -> (String, String, String) {
        let source = Source::parse(mask.as_str());
        let filled = |pattern: &str| {
            let first = if pattern.starts_with('*') { "a" } else { "" };
            first.to_owned() + &pattern.replace('*', "").replace('?', "a")
        };
        let host = source.host.unwrap();
        let host =
            host.rsplit_once('/').filter(|_| mask.range.is_some()).map_or(host, |(address, _)| address);
        (filled(source.name), filled(source.user.unwrap()), filled(host))
    }

    proptest! {
        #[test]
        fn what_is_shown_is_the_same_mask(text in "[a-z0-9!@*?é:./]{0,300}|[0-9a-f:.]{2,20}(/[0-9]{1,3})?") {
            if let Ok(mask) = Mask::parse(&text) {
                prop_assert!(mask.as_str().len() <= MASK_BYTES_MAX);
                prop_assert_eq!(Mask::parse(mask.as_str()), Ok(mask));
            }
        }

        #[test]
        fn a_mask_matches_somebody(
            text in "[-a-z0-9!@*?é#:./~,_\\[]{0,70}|([a-z*?0-9-]{0,6}!)?[a-z*?]{0,6}@[a-z0-9*?./:-]{0,70}|[0-9a-f:.]{2,20}(/[0-9]{1,3})?"
        ) {
            if let Ok(mask) = Mask::parse(&text) {
                let (nick, user, host) = somebody(&mask);
                let rules = NameRules {
                    casemapping: Casemapping::Precis,
                    nick_bytes_max: NICK_BYTES_MAX + 1,
                    channel_bytes_max: 64,
                };
                prop_assert!(Nick::parse(&nick, &rules).is_ok(), "{} {}", mask, nick);
                prop_assert!(!user.is_empty() && user.len() <= USER_BYTES_MAX + 1);
                prop_assert!(!host.is_empty() && host.len() <= HOST_BYTES_MAX + 1 && !host.starts_with(':'));
                let source = Source::of_user(&nick, &user, &host).to_string();
                prop_assert!(mask.matches(&source, Casemapping::Precis), "{} {}", mask, source);
            }
        }
    }
}
