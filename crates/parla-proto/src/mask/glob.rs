//! Patterns with `*` and `?`. Matching takes at most the product of the two lengths, and reports its number
//! of steps.

use crate::name::Casemapping;

/// Whether `text` matches `pattern`, where `*` stands for any text and `?` for any character. This takes at
/// most the product of their lengths.
pub fn glob(pattern: &str, text: &str, casemapping: Casemapping) -> bool {
    glob_counted(pattern, text, casemapping, &mut 0)
}

/// Like [`glob`]; adds the number of characters that were compared to `steps`.
pub fn glob_counted(pattern: &str, text: &str, casemapping: Casemapping, steps: &mut usize) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where to continue if the part after the last star does not match here.
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
        fn a_text_with_letters_hidden_still_fits(text in "[a-c]{0,12}", hide in proptest::collection::vec(0u8..3, 12)) {
            let pattern: String = text.chars().zip(hide).map(|(char, how)| match how { 0 => char, 1 => '?', _ => '*' }).collect();
            prop_assert!(glob(&pattern, &text, Casemapping::Ascii));
        }
    }
}
