//! Masks over users, `nick!user@host` with `*` and `?`, as bans use them.
//!
//! <https://modern.ircdocs.horse/#ban-channel-mode>

use std::fmt;

use crate::{line::fitting, name::Casemapping, source::Source};

/// A mask of three parts. What a person left out is `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mask(Box<str>);

/// The longest mask, in bytes, with its `!` and `@`.
pub const MASK_BYTES_MAX: usize = PART_BYTES_MAX * 3 + 2;

/// The longest part of a mask, in bytes; a longer one is cut, which only makes it match less.
pub(crate) const PART_BYTES_MAX: usize = 66;

impl Mask {
    /// Reads what a person wrote: `nick`, `user@host`, `nick!user` or all three.
    ///
    /// Characters that cannot stand in a parameter are dropped.
    pub fn parse(text: &str) -> Self {
        let text = without_gaps(text);
        let part = |part: &str| match fitting(part, PART_BYTES_MAX) {
            "" => "*".to_owned(),
            part => part.to_owned(),
        };
        let source = Source::parse(&text);
        let (nick, user) = match (source.user, source.host) {
            (None, Some(_)) => ("", source.name),
            (user, _) => (source.name, user.unwrap_or_default()),
        };
        let full = format!("{}!{}@{}", part(nick), part(user), part(source.host.unwrap_or_default()));
        Self(full.into())
    }

    /// The three parts in one text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the two masks are the same, but for case.
    pub fn is_same(&self, other: &Self, casemapping: Casemapping) -> bool {
        casemapping.fold(&self.0) == casemapping.fold(&other.0)
    }

    /// Whether the mask matches a user's source.
    pub fn matches(&self, source: &str, casemapping: Casemapping) -> bool {
        glob(&self.0, source, casemapping)
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text without what cannot stand in a parameter.
pub(crate) fn without_gaps(text: &str) -> String {
    text.chars().filter(|char| !char.is_whitespace() && !char.is_control()).collect()
}

/// Whether `text` fits `pattern`, where `*` is any text and `?` any character. Takes at most the product of their lengths.
pub fn glob(pattern: &str, text: &str, casemapping: Casemapping) -> bool {
    glob_counted(pattern, text, casemapping, &mut 0)
}

/// As [`glob`]; adds how many characters it had to look at to `steps`.
pub fn glob_counted(pattern: &str, text: &str, casemapping: Casemapping, steps: &mut usize) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where to go on if what follows the last star turns out not to fit.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        *steps += 1;
        let mut after = pattern.clone();
        match after.next() {
            Some('*') if after.as_str().is_empty() => return true,
            Some('*') => {
                pattern = after;
                retry = Some((pattern.clone(), text.clone()));
                continue;
            }
            Some(wanted) => {
                let mut rest = text.clone();
                let found = rest.next();
                let fits = found.is_some_and(|char| {
                    wanted == '?' || casemapping.fold_char(wanted) == casemapping.fold_char(char)
                });
                if fits {
                    (pattern, text) = (after, rest);
                    continue;
                }
            }
            None if text.as_str().is_empty() => return true,
            None => {}
        }
        let Some((star, from)) = &mut retry else { return false };
        if from.next().is_none() {
            return false;
        }
        (pattern, text) = (star.clone(), from.clone());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
        ] {
            assert_eq!(Mask::parse(text).as_str(), full, "{text}");
        }
    }

    #[test]
    fn globs() {
        for (pattern, text, fits) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a*c", "abbbc", true),
            ("a*c", "abbbd", false),
            ("*a*b*", "xxaxxbxx", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("A[", "a{", true),
            ("*.example.org", "host.example.org", true),
            ("?", "é", true),
            ("*a", "aa", true),
        ] {
            assert_eq!(glob(pattern, text, Casemapping::Rfc1459), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn steps_are_counted() {
        for (pattern, text, expected) in
            [("*", "abc", 1), ("abc", "abc", 4), ("x", "abc", 1), ("*b", "aaaa", 6)]
        {
            let mut steps = 0;
            glob_counted(pattern, text, Casemapping::Ascii, &mut steps);
            assert_eq!(steps, expected, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_the_same_mask(text in "[a-z!@*é]{0,300}") {
            let mask = Mask::parse(&text);
            prop_assert!(mask.as_str().len() <= MASK_BYTES_MAX);
            prop_assert_eq!(Mask::parse(mask.as_str()), mask);
        }

        #[test]
        fn a_text_with_letters_hidden_still_fits(text in "[a-c]{0,12}", hide in proptest::collection::vec(0u8..3, 12)) {
            let pattern: String = text.chars().zip(hide).map(|(char, how)| match how { 0 => char, 1 => '?', _ => '*' }).collect();
            prop_assert!(glob(&pattern, &text, Casemapping::Ascii));
        }
    }
}
