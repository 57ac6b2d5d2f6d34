//! Nicks, channel names and account names. Only parsing can create them, and they compare as IRC does.
//!
//! <https://modern.ircdocs.horse/#casemapping-parameter>

use std::{borrow::Cow, cmp::Ordering, fmt, hash};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

/// Which characters count as the same letter. Each network has one casemapping and announces it in ISUPPORT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Casemapping {
    /// `a` to `z` are the lower case of `A` to `Z`.
    #[default]
    Ascii,
    /// Like [`Self::Ascii`], and `{}|~` are the lower case of `[]\^`.
    Rfc1459,
    /// Like [`Self::Rfc1459`] without `~` and `^`.
    Rfc1459Strict,
    /// Names may use all scripts; each letter is folded to its lower case.
    Precis,
}

/// The rules by which a network accepts and compares names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameRules {
    /// How names are compared.
    pub casemapping: Casemapping,
    /// The maximum length of a nick, in bytes.
    pub nick_bytes_max: usize,
    /// The maximum length of a channel name, in bytes, with its `#`.
    pub channel_bytes_max: usize,
}

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadName {
    /// The text is empty.
    #[error("the name is empty")]
    Empty,
    /// The text is longer than the network allows.
    #[error("the name is too long")]
    TooLong,
    /// The text contains or starts with a character that is not allowed there.
    #[error("the name has a character that is not allowed")]
    Character,
}

impl Casemapping {
    /// The value of CASEMAPPING in ISUPPORT.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Rfc1459 => "rfc1459",
            Self::Rfc1459Strict => "rfc1459-strict",
            Self::Precis => "precis",
        }
    }

    /// Parses the value of CASEMAPPING in ISUPPORT.
    pub fn from_token(token: &str) -> Option<Self> {
        [Self::Ascii, Self::Rfc1459, Self::Rfc1459Strict, Self::Precis]
            .into_iter()
            .find(|mapping| mapping.token() == token)
    }

    /// The folded form, in which equal names are the same text.
    pub fn fold(self, text: &str) -> Cow<'_, str> {
        if text.chars().all(|char| self.fold_char(char) == char) {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.chars().map(|char| self.fold_char(char)).collect())
        }
    }

    /// The lower case of one character.
    pub fn fold_char(self, char: char) -> char {
        match (char, self) {
            ('A'..='Z', _) => char.to_ascii_lowercase(),
            (_, Self::Precis) if !char.is_ascii() => {
                // A few characters whose lower case has two characters are left as they are.
                let mut lower = char.to_lowercase();
                if lower.len() == 1 { lower.next().unwrap_or(char) } else { char }
            }
            ('[', Self::Rfc1459 | Self::Rfc1459Strict) => '{',
            (']', Self::Rfc1459 | Self::Rfc1459Strict) => '}',
            ('\\', Self::Rfc1459 | Self::Rfc1459Strict) => '|',
            ('^', Self::Rfc1459) => '~',
            _ => char,
        }
    }
}

/// A text and its folded form, which is stored only if it differs.
#[derive(Clone, Serialize, Deserialize)]
struct Folded {
    text: Box<str>,
    folded: Option<Box<str>>,
}

/// Whose rules a stored name must follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NameKind {
    /// Those for nicks.
    Nick,
    /// Those for channels.
    Channel,
}

impl Folded {
    fn new(text: &str, casemapping: Casemapping) -> Self {
        let folded = match casemapping.fold(text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(folded) => Some(folded.into_boxed_str()),
        };
        Self { text: text.into(), folded }
    }

    fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.text)
    }

    /// The stored text, if it can be a name in a line. Which casemapping folded it is no longer known.
    fn checked(self, kind: NameKind) -> Result<Self, BadName> {
        let is_channel = kind == NameKind::Channel;
        for text in [&*self.text, self.folded()] {
            let name = text.strip_prefix(CHANNEL_PREFIX);
            let rest = if is_channel { name.ok_or(BadName::Character)? } else { text };
            if rest.is_empty() {
                return Err(BadName::Empty);
            }
            let breaks = |char: char| matches!(char, ' ' | ',') || char.is_control();
            if name.is_some() != is_channel || rest.starts_with(':') && !is_channel || rest.contains(breaks) {
                return Err(BadName::Character);
            }
        }
        Ok(self)
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Folded);

        impl $name {
            /// The name as it was written.
            pub fn as_str(&self) -> &str {
                &self.0.text
            }

            /// The folded form, in which equal names are the same text.
            pub fn folded(&self) -> &str {
                self.0.folded()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.folded() == other.folded()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.folded().cmp(other.folded())
            }
        }

        impl hash::Hash for $name {
            fn hash<H: hash::Hasher>(&self, state: &mut H) {
                self.folded().hash(state);
            }
        }
    };
}

name! {
    /// The nick of a user. Nicks that differ only in case are equal.
    Nick
}

name! {
    /// The name of a channel, with its `#`. Names that differ only in case are equal.
    ChannelName
}

name! {
    /// The name of an account, which is also its owner's nick while they are logged in. Two are equal if any
    /// casemapping considers them the same nick: accounts outlive the settings, and no two may become one
    /// when the network changes its casemapping.
    AccountName
}

/// Serializes a name together with its folded form.
macro_rules! written_with_its_folded_form {
    ($name:ident, $kind:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Folded::deserialize(deserializer)?
                    .checked(NameKind::$kind)
                    .map(Self)
                    .map_err(D::Error::custom)
            }
        }
    };
}

written_with_its_folded_form!(Nick, Nick);
written_with_its_folded_form!(ChannelName, Channel);

impl Nick {
    /// Parses a nick: ASCII letters, digits, `-` and ``[]\`_^{|}``, not starting with a digit or `-`; with
    /// [`Casemapping::Precis`] also letters and digits of all scripts, which the server checks further.
    ///
    /// # Errors
    /// It is empty, too long, or contains another character.
    pub fn parse(text: &str, rules: &NameRules) -> Result<Self, BadName> {
        check_nick(text, rules)?;
        Ok(Self(Folded::new(text, rules.casemapping)))
    }
}

/// Checks that a text is a valid nick.
fn check_nick(text: &str, rules: &NameRules) -> Result<(), BadName> {
    let special = |byte: u8| b"[]\\`_^{|}".contains(&byte);
    let first = *text.as_bytes().first().ok_or(BadName::Empty)?;
    if first.is_ascii_digit() || first == b'-' {
        return Err(BadName::Character);
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || special(byte);
    let of_any_script = |char: char| match u8::try_from(char).ok().filter(u8::is_ascii) {
        Some(byte) => plain(byte),
        None => !char.is_control() && !char.is_whitespace(),
    };
    let is_good = match rules.casemapping {
        Casemapping::Precis => text.chars().all(of_any_script),
        _ => text.bytes().all(plain),
    };
    if !is_good {
        return Err(BadName::Character);
    }
    if text.len() > rules.nick_bytes_max {
        return Err(BadName::TooLong);
    }
    Ok(())
}

impl AccountName {
    /// Parses an account name. It follows the rules for nicks, because it is its owner's nick.
    ///
    /// # Errors
    /// As for [`Nick::parse`].
    pub fn parse(text: &str, rules: &NameRules) -> Result<Self, BadName> {
        check_nick(text, rules)?;
        Ok(Self(Self::fold(text)))
    }

    /// Reads a stored name, whatever names the network accepts by now.
    ///
    /// # Errors
    /// It cannot be a name in a line.
    pub fn kept(text: &str) -> Result<Self, BadName> {
        Self::fold(text).checked(NameKind::Nick).map(Self)
    }

    /// Whether a nick is this name in some spelling.
    pub fn is_nick(&self, nick: &Nick) -> bool {
        self.folded().chars().eq(nick.as_str().chars().map(Self::fold_char))
    }

    /// Folds by all casemappings combined.
    fn fold(text: &str) -> Folded {
        let folded: String = text.chars().map(Self::fold_char).collect();
        Folded { text: text.into(), folded: (folded != text).then(|| folded.into()) }
    }

    fn fold_char(char: char) -> char {
        Casemapping::Precis.fold_char(Casemapping::Rfc1459.fold_char(char))
    }
}

/// Serializes the name alone, because its folded form does not depend on the network.
impl Serialize for AccountName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_str().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AccountName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::kept(&Cow::<str>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The character that channel names start with; CHANTYPES in ISUPPORT.
pub const CHANNEL_PREFIX: char = '#';

impl ChannelName {
    /// Parses a channel name: `#` and at least one more character, without spaces, commas and control
    /// characters.
    ///
    /// # Errors
    /// It is too short, too long, does not start with `#`, or contains a forbidden character.
    pub fn parse(text: &str, rules: &NameRules) -> Result<Self, BadName> {
        let name = text.strip_prefix(CHANNEL_PREFIX).ok_or(BadName::Character)?;
        if name.is_empty() {
            return Err(BadName::Empty);
        }
        if name.chars().any(|char| matches!(char, ' ' | ',') || char.is_control()) {
            return Err(BadName::Character);
        }
        if text.len() > rules.channel_bytes_max {
            return Err(BadName::TooLong);
        }
        Ok(Self(Folded::new(text, rules.casemapping)))
    }
}

/// Whether the target of a message is a channel rather than a user.
pub fn is_channel(target: &str) -> bool {
    target.starts_with(CHANNEL_PREFIX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: NameRules =
        NameRules { casemapping: Casemapping::Rfc1459, nick_bytes_max: 8, channel_bytes_max: 8 };

    #[test]
    fn nicks() {
        for (text, expected) in [
            ("alice", Ok(())),
            ("[a]\\`_^", Ok(())),
            ("a-1", Ok(())),
            ("", Err(BadName::Empty)),
            ("1a", Err(BadName::Character)),
            ("-a", Err(BadName::Character)),
            ("a b", Err(BadName::Character)),
            ("a*", Err(BadName::Character)),
            ("#a", Err(BadName::Character)),
            ("zoë", Err(BadName::Character)),
            ("abcdefghi", Err(BadName::TooLong)),
        ] {
            assert_eq!(Nick::parse(text, &RULES).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn channels() {
        for (text, expected) in [
            ("#rust", Ok(())),
            ("##", Ok(())),
            ("#caf\u{e9}", Ok(())),
            ("#", Err(BadName::Empty)),
            ("rust", Err(BadName::Character)),
            ("", Err(BadName::Character)),
            ("#a,b", Err(BadName::Character)),
            ("#a b", Err(BadName::Character)),
            ("#a\u{7}", Err(BadName::Character)),
            ("#abcdefgh", Err(BadName::TooLong)),
        ] {
            assert_eq!(ChannelName::parse(text, &RULES).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn equality_is_that_of_the_network() {
        let nick = |text| Nick::parse(text, &RULES).unwrap();
        assert_eq!(nick("Alice[]"), nick("aLICE{}"));
        assert_eq!(nick("Alice").as_str(), "Alice");
        let ascii = NameRules { casemapping: Casemapping::Ascii, ..RULES };
        assert_ne!(Nick::parse("a[", &ascii).unwrap(), Nick::parse("a{", &ascii).unwrap());
    }

    #[test]
    fn accounts_are_named_as_people_are() {
        let rules = |casemapping| NameRules { casemapping, ..RULES };
        for (text, casemapping, expected) in [
            ("alice", Casemapping::Ascii, Ok(())),
            ("zoë", Casemapping::Precis, Ok(())),
            ("zoë", Casemapping::Ascii, Err(BadName::Character)),
            ("#a", Casemapping::Precis, Err(BadName::Character)),
            ("*", Casemapping::Precis, Err(BadName::Character)),
            ("", Casemapping::Precis, Err(BadName::Empty)),
            ("abcdefghi", Casemapping::Precis, Err(BadName::TooLong)),
        ] {
            assert_eq!(AccountName::parse(text, &rules(casemapping)).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn no_casemapping_makes_one_account_of_two() {
        let account = |text| AccountName::kept(text).unwrap();
        for (one, another) in [("Alice", "aLICE"), ("ZOË", "zoë"), ("a[^", "A{~"), ("a", "b"), ("zoe", "zoë")]
        {
            for casemapping in
                [Casemapping::Ascii, Casemapping::Rfc1459, Casemapping::Rfc1459Strict, Casemapping::Precis]
            {
                let is_one_nick = casemapping.fold(one) == casemapping.fold(another);
                assert!(!is_one_nick || account(one) == account(another), "{one} {another} {casemapping:?}");
            }
        }
        assert_eq!(account("a[^"), account("A{~"));
        assert_ne!(account("zoe"), account("zoë"));
    }

    #[test]
    fn a_kept_account_is_read_whatever_is_allowed_now() {
        let long = "ß".repeat(40);
        for text in ["alice", "Zoë", "7of9", &long] {
            assert_eq!(AccountName::kept(text).unwrap().as_str(), text);
        }
        for text in ["", "a b", "a,b", "#a", ":a", "a\r\n"] {
            assert!(AccountName::kept(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_an_account_twice_is_folding_it_once(text in "[^ ,#:\\p{Cc}][^ ,\\p{Cc}]*") {
            let once = AccountName::kept(&text).unwrap();
            let again = AccountName::kept(once.folded()).unwrap();
            prop_assert_eq!(again.folded(), again.as_str());
            prop_assert_eq!(again, once);
        }

        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            for mapping in [Casemapping::Ascii, Casemapping::Rfc1459, Casemapping::Rfc1459Strict, Casemapping::Precis] {
                let once = mapping.fold(&text).into_owned();
                prop_assert_eq!(mapping.fold(&once), once.as_str());
            }
        }
    }
}
