//! Errors and warnings about a configuration, with their lines: all are reported at once, worded for the
//! administrator.

use std::{cell::RefCell, fmt, string::FromUtf8Error};

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line, counted from 1; `None` if it is not in the file.
    line: Option<usize>,
    weight: Weight,
    words: String,
}

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// The server does not start.
    Error,
    /// The server starts, but something may not be as intended.
    Warning,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        let prefix = if self.weight == Weight::Warning { "warning: " } else { "" };
        write!(f, "{prefix}{}", self.words)
    }
}

impl Problem {
    /// The text and the line, without the word "warning", for where that is already apparent.
    pub(crate) fn plain(&self) -> String {
        match self.line {
            Some(line) => format!("line {line}: {}", self.words),
            None => self.words.clone(),
        }
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Reports an error, with which the server cannot start.
    pub(super) fn error(&self, line: Option<usize>, words: impl Into<String>) {
        self.add(Problem { line, weight: Weight::Error, words: words.into() });
    }

    /// Reports something that the administrator should know.
    pub(super) fn warning(&self, line: Option<usize>, words: impl Into<String>) {
        self.add(Problem { line, weight: Weight::Warning, words: words.into() });
    }

    fn add(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// The warnings in the order of their lines, if there are no errors.
    ///
    /// # Errors
    /// There are errors; the result is all problems, in the order of their lines.
    pub(super) fn into_warnings(self) -> Result<Vec<Problem>, Vec<Problem>> {
        let mut problems = self.0.into_inner();
        problems.sort_by_key(|problem| (problem.line.is_none(), problem.line));
        let is_bad = problems.iter().any(|problem| problem.weight == Weight::Error);
        if is_bad { Err(problems) } else { Ok(problems) }
    }
}

/// The line where a text stops being valid UTF-8.
pub(super) fn line_of_bad_utf8(error: &FromUtf8Error) -> usize {
    let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    1 + good.iter().filter(|byte| **byte == b'\n').count()
}

/// The word that was most likely intended, if one is similar enough.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase().replace('-', "_");
    let near = known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&word, &known.to_lowercase().replace('-', "_")), known));
    let near = near.filter(|(distance, known)| *distance <= 1 + known.len() / 5);
    near.min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_meant() {
        let known = ["nick_length", "user_length", "topic_length", "name"];
        for (word, meant) in [
            ("nick_lenght", Some("nick_length")),
            ("nick-length", Some("nick_length")),
            ("NickLength", Some("nick_length")),
            ("nicklen", None),
            ("nme", Some("name")),
            ("colour", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }

    #[test]
    fn problems_come_in_the_order_of_the_file() {
        let problems = Problems::default();
        problems.warning(None, "d");
        problems.warning(Some(9), "c");
        problems.warning(Some(2), "a");
        problems.warning(Some(2), "b");
        let words =
            |problems: &[Problem]| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        let all = problems.into_warnings().unwrap();
        assert_eq!(words(&all), "line 2: warning: a\nline 2: warning: b\nline 9: warning: c\nwarning: d");
        let problems = Problems::default();
        problems.warning(Some(2), "b");
        problems.error(Some(1), "a");
        assert_eq!(words(&problems.into_warnings().unwrap_err()), "line 1: a\nline 2: warning: b");
    }
}
