//! The masks in a channel's lists: ordinary ones, and extended ones that look at the account or only silence.
//!
//! `EXTBAN=,am`: an extended mask starts with a letter and a colon, and has no other sign before it.
//!
//! | written | matches |
//! |---|---|
//! | `nick!user@host` | the source, as [`Mask`] completes it |
//! | `a:name` | who is logged in to that account; `*` and `?` as in masks, so `a:*` is everyone who is logged in |
//! | `m:…` | as what follows, but only silences (in `+b`), or only lets speak (in `+e`) |
//! | `!a:…`, `!m:…` | everyone else, as in InspIRCd |
//!
//! <https://modern.ircdocs.horse/#extban-parameter>, <https://ircv3.net/specs/extensions/account-extban>

use std::fmt;

use thiserror::Error;

use crate::{
    mask::{AddressRange, BadMask, Mask, glob, is_nick, without_gaps},
    name::{AccountName, Casemapping},
};

/// EXTBAN in ISUPPORT: there is no prefix before the letter, and these are the letters.
pub const EXTBAN: &str = ",am";

/// ACCOUNTEXTBAN in ISUPPORT.
pub const ACCOUNT_EXTBAN: &str = "a";

/// What a mask affects for the people it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Entering and speaking.
    Whole,
    /// Speaking only; `m:`.
    Speech,
}

/// One mask in a channel's list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListMask {
    reach: Reach,
    /// Whether the mask matches everyone else instead.
    negated: bool,
    subject: Subject,
}

/// What the mask is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Source(Mask),
    Account(Box<str>),
}

/// Why a text is not a valid list mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadListMask {
    /// There is nothing after the letter.
    #[error("{}", self.why())]
    Empty,
    /// `m:` within `m:`.
    #[error("{}", self.why())]
    MuteInMute,
    /// There is no extended mask with this letter.
    #[error("{}", self.why())]
    UnknownLetter,
    /// No account can have such a name.
    #[error("{}", self.why())]
    Account,
    /// No user can match the mask.
    #[error(transparent)]
    Mask(#[from] BadMask),
}

impl BadListMask {
    /// The reason as a sentence for people.
    pub const fn why(self) -> &'static str {
        match self {
            Self::Empty => "Something must follow the colon of an extended ban",
            Self::MuteInMute => "An m: cannot hold another m:",
            Self::UnknownLetter => "There is no such extended ban; there are a: (account) and m: (mute)",
            Self::Account => "No account has such a name",
            Self::Mask(bad) => bad.why(),
        }
    }
}

impl ListMask {
    /// Parses what a person typed.
    ///
    /// # Errors
    /// It is an extended mask that is empty, has an unknown letter or is nested wrongly; or nobody can match
    /// it.
    pub fn parse(text: &str) -> Result<Self, BadListMask> {
        let text = without_gaps(text);
        let (mut negated, mut rest) = (false, text.as_str());
        let mut reach = Reach::Whole;
        loop {
            let (is_negation, body) = match rest.strip_prefix('!') {
                Some(body) if letter(body).is_some() => (true, body),
                _ => (false, rest),
            };
            negated ^= is_negation;
            match letter(body) {
                Some(('m', _)) if reach == Reach::Speech => return Err(BadListMask::MuteInMute),
                Some((_, "")) => return Err(BadListMask::Empty),
                Some(('m', inner)) => {
                    reach = Reach::Speech;
                    rest = inner;
                }
                // Account names follow the rules for nicks.
                Some((_, account)) if !is_nick(account) => return Err(BadListMask::Account),
                Some((_, account)) => {
                    return Ok(Self { reach, negated, subject: Subject::Account(account.into()) });
                }
                None if is_unknown(body) => return Err(BadListMask::UnknownLetter),
                None => return Ok(Self { reach, negated, subject: Subject::Source(Mask::parse(body)?) }),
            }
        }
    }

    /// What the mask affects.
    pub const fn reach(&self) -> Reach {
        self.reach
    }

    /// Whether the two masks are equal when case is folded.
    pub fn is_same(&self, other: &Self, casemapping: Casemapping) -> bool {
        (self.reach, self.negated) == (other.reach, other.negated)
            && match (&self.subject, &other.subject) {
                (Subject::Source(one), Subject::Source(another)) => one.is_same(another, casemapping),
                (Subject::Account(one), Subject::Account(another)) => {
                    casemapping.fold(one) == casemapping.fold(another)
                }
                (Subject::Source(_), Subject::Account(_)) | (Subject::Account(_), Subject::Source(_)) => {
                    false
                }
            }
    }

    /// Whether the mask is compared with the source and can only match hosts that are addresses.
    pub fn is_over_addresses(&self) -> bool {
        matches!(&self.subject, Subject::Source(mask) if mask.is_over_addresses())
    }

    /// Whether it matches a user with this source and account.
    pub fn matches(&self, source: &str, account: Option<&AccountName>, casemapping: Casemapping) -> bool {
        let fits = match &self.subject {
            Subject::Source(mask) => mask.matches(source, casemapping),
            Subject::Account(pattern) => {
                account.is_some_and(|account| glob(pattern, account.as_str(), casemapping))
            }
        };
        fits != self.negated
    }
}

/// The letter of an extended mask, and the rest after its colon.
fn letter(text: &str) -> Option<(char, &str)> {
    ['a', 'm'].into_iter().find_map(|letter| Some((letter, text.strip_prefix(letter)?.strip_prefix(':')?)))
}

/// Whether the text looks like an extended mask with an unknown letter, and is not an address.
fn is_unknown(text: &str) -> bool {
    let word = text.split(['!', '@']).next().unwrap_or_default();
    let has_letter =
        word.as_bytes().get(1) == Some(&b':') && word.starts_with(|first: char| first.is_ascii_alphabetic());
    has_letter && AddressRange::parse(word).is_none()
}

/// The canonical text, which parses as the same mask.
impl fmt::Display for ListMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let negation = if self.negated { "!" } else { "" };
        let mute = if self.reach == Reach::Speech { "m:" } else { "" };
        match &self.subject {
            Subject::Source(mask) => write!(f, "{negation}{mute}{mask}"),
            Subject::Account(account) => write!(f, "{mute}{negation}a:{account}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_and_what_is_shown() {
        for (text, shown) in [
            ("alice", Ok("alice!*@*")),
            ("", Ok("*!*@*")),
            ("a:bob", Ok("a:bob")),
            ("a:b o\tb", Ok("a:bob")),
            ("m:bob", Ok("m:bob!*@*")),
            ("m:a:bob", Ok("m:a:bob")),
            ("!a:*", Ok("!a:*")),
            ("m:!a:*", Ok("m:!a:*")),
            ("!m:a:*", Ok("m:!a:*")),
            ("!m:!a:*", Ok("m:a:*")),
            ("!m:bob", Ok("!m:bob!*@*")),
            // None of these is an extended mask.
            ("!bob", Ok("*!bob@*")),
            ("*@a:b", Ok("*!*@a:b")),
            ("m:203.0.113.0/24", Ok("m:*!*@203.0.113.0/24")),
            ("b::1", Ok("*!*@b::1")),
            ("fe80::/10", Ok("*!*@fe80::/10")),
            ("x:bob", Err(BadListMask::UnknownLetter)),
            ("z:foo!*@*", Err(BadListMask::UnknownLetter)),
            ("m:z:foo", Err(BadListMask::UnknownLetter)),
            ("M:bob", Err(BadListMask::UnknownLetter)),
            ("a!b:c", Err(BadListMask::Mask(BadMask::User))),
            ("#chan", Err(BadListMask::Mask(BadMask::Word))),
            ("~a:bob", Err(BadListMask::Mask(BadMask::Word))),
            ("a:b@c", Err(BadListMask::Account)),
            ("a:#chan", Err(BadListMask::Account)),
            ("a:", Err(BadListMask::Empty)),
            ("m:", Err(BadListMask::Empty)),
            ("m:a:", Err(BadListMask::Empty)),
            ("m:m:bob", Err(BadListMask::MuteInMute)),
            ("!m:!m:bob", Err(BadListMask::MuteInMute)),
        ] {
            assert_eq!(
                ListMask::parse(text).map(|mask| mask.to_string()),
                shown.map(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn whom_they_match() {
        for (text, account, matches) in [
            ("bob", None, true),
            ("carol", None, false),
            ("a:bob", None, false),
            ("a:bob", Some("BOB"), true),
            ("a:b*", Some("bob"), true),
            ("a:bob", Some("carol"), false),
            ("a:*", Some("carol"), true),
            ("a:*", None, false),
            ("!a:*", None, true),
            ("!a:*", Some("carol"), false),
            ("!a:bob", Some("carol"), true),
            ("m:bob", None, true),
            ("!m:bob", None, false),
            ("m:!a:bob", Some("carol"), true),
        ] {
            let mask = ListMask::parse(text).unwrap();
            let account = account.map(|account| AccountName::kept(account).unwrap());
            let found = mask.matches("bob!b@h", account.as_ref(), Casemapping::Ascii);
            assert_eq!(found, matches, "{text} {account:?}");
        }
    }

    #[test]
    fn only_m_reaches_speech_alone() {
        for (text, reach) in [
            ("bob", Reach::Whole),
            ("a:bob", Reach::Whole),
            ("m:bob", Reach::Speech),
            ("!m:a:b", Reach::Speech),
        ] {
            assert_eq!(ListMask::parse(text).unwrap().reach(), reach, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_the_same_mask(text in "[abm:!@*é]{0,80}") {
            if let Ok(mask) = ListMask::parse(&text) {
                prop_assert_eq!(ListMask::parse(&mask.to_string()), Ok(mask));
            }
        }
    }
}
