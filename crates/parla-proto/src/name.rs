//! Nicks, channel names and names of accounts. They are made by parsing and by nothing else, and they compare as IRC compares
//! them.
//!
//! <https://modern.ircdocs.horse/#casemapping-parameter>

use std::{borrow::Cow, cmp::Ordering, fmt, hash};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

/// Which characters are the same letter. A network has one and says it in ISUPPORT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Casemapping {
    /// `a` to `z` are the lower case of `A` to `Z`.
    #[default]
    Ascii,
    /// The same, and `{}|~` are the lower case of `[]\^`.
    Rfc1459,
    /// The same as [`Self::Rfc1459`] without `~` and `^`.
    Rfc1459Strict,
    /// Names of all scripts; each letter is folded to its lower case.
    Precis,
}

/// What names a network takes, and how they compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameRules {
    /// How case is folded.
    pub casemapping: Casemapping,
    /// The longest nick, in bytes.
    pub nick_bytes_max: usize,
    /// The longest channel name, in bytes, with its `#`.
    pub channel_bytes_max: usize,
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadName {
    /// Nothing is there.
    #[error("the name is empty")]
    Empty,
    /// It is longer than the network allows.
    #[error("the name is too long")]
    TooLong,
    /// It holds or starts with a character that it must not.
    #[error("the name has a character that is not allowed")]
    Character,
}

impl Casemapping {
    /// The token in ISUPPORT.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::Rfc1459 => "rfc1459",
            Self::Rfc1459Strict => "rfc1459-strict",
            Self::Precis => "precis",
        }
    }

    /// Reads the token of ISUPPORT.
    pub fn from_token(token: &str) -> Option<Self> {
        [Self::Ascii, Self::Rfc1459, Self::Rfc1459Strict, Self::Precis]
            .into_iter()
            .find(|mapping| mapping.token() == token)
    }

    /// The form in which names that mean the same are equal.
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
                // The few whose lower case is two characters stay as they are.
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

/// A text and its folded form, which is kept only where it differs.
#[derive(Clone, Serialize, Deserialize)]
struct Folded {
    text: Box<str>,
    folded: Option<Box<str>>,
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

    /// What was kept, if it can stand in a line as a name. By which casemapping it was folded is not known any more.
    fn checked(self, is_channel: bool) -> Result<Self, BadName> {
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
            /// The name as its owner wrote it.
            pub fn as_str(&self) -> &str {
                &self.0.text
            }

            /// The form in which equal names are the same text.
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
    /// The name of a user. Two that differ only in case are the same.
    Nick
}

name! {
    /// The name of a channel, with its `#`. Two that differ only in case are the same.
    ChannelName
}

name! {
    /// The name of an account, which is what its owner is called while signed in. Two are the same if some casemapping takes
    /// them for one nick: accounts outlive the settings, and no two may become one when the network gets another casemapping.
    AccountName
}

/// Writes a name as it is, together with its folded form.
macro_rules! written_with_its_folded_form {
    ($name:ident, $is_channel:expr) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Folded::deserialize(deserializer)?.checked($is_channel).map(Self).map_err(D::Error::custom)
            }
        }
    };
}

written_with_its_folded_form!(Nick, false);
written_with_its_folded_form!(ChannelName, true);

impl Nick {
    /// Reads a nick: ASCII letters, digits, `-` and ``[]\`_^{|}``, not starting with a digit or `-`; with
    /// [`Casemapping::Precis`] letters and digits of all scripts too, which the server checks further.
    ///
    /// # Errors
    /// It is empty, too long, or has another character.
    pub fn parse(text: &str, rules: &NameRules) -> Result<Self, BadName> {
        check_nick(text, rules)?;
        Ok(Self(Folded::new(text, rules.casemapping)))
    }
}

/// Whether a person can be called so.
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
    /// Reads the name of an account. It is what a nick can be, as its owner is called so.
    ///
    /// # Errors
    /// As for [`Nick::parse`].
    pub fn parse(text: &str, rules: &NameRules) -> Result<Self, BadName> {
        check_nick(text, rules)?;
        Ok(Self(Self::fold(text)))
    }

    /// Reads a name that was written down, whatever names the network takes by now.
    ///
    /// # Errors
    /// It cannot stand in a line as a name.
    pub fn kept(text: &str) -> Result<Self, BadName> {
        Self::fold(text).checked(false).map(Self)
    }

    /// Folds as all casemappings together.
    fn fold(text: &str) -> Folded {
        let folded = Casemapping::Precis.fold(&Casemapping::Rfc1459.fold(text)).into_owned();
        Folded { text: text.into(), folded: (folded != text).then(|| folded.into()) }
    }
}

/// An account is written down as its name alone: how it is folded does not depend on the network.
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

/// What channel names start with; CHANTYPES.
pub const CHANNEL_PREFIX: char = '#';

impl ChannelName {
    /// Reads a channel name: `#` and at least one more character, no space, comma or control character.
    ///
    /// # Errors
    /// It is too short, too long, does not start with `#`, or has a character that it must not.
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

/// Whether a target of a message names a channel rather than a user.
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
