//! How a text is split into messages, and a message into the lines of its batch.
//!
//! Where the server supports it, several lines are one message
//! (<https://ircv3.net/specs/extensions/multiline>); otherwise each line is one.

use crate::{
    slash::{self, Slash, Submission, split_text},
    view::{Capacity, Several},
};

/// A line of a message, as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    /// Whether it continues the line before it.
    pub(crate) goes_on: bool,
}

/// The lines of a message that has several; a long line is split into more than one.
pub(crate) fn pieces(text: &str, line_bytes: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for line in text.split('\n') {
        if line.is_empty() {
            pieces.push(Piece { text: "", goes_on: false });
        }
        let parts = split_text(line, line_bytes).into_iter().enumerate();
        pieces.extend(parts.map(|(index, text)| Piece { text, goes_on: index > 0 }));
    }
    pieces
}

/// Whether a text fits into one message.
pub(crate) fn fits(text: &str, capacity: &Capacity) -> bool {
    if !text.contains('\n') && text.len() <= capacity.line_bytes {
        return true;
    }
    let Some(several) = capacity.several else { return false };
    text.len() <= several.bytes && pieces(text, capacity.line_bytes).len() <= several.lines
}

/// Combines lines into as few messages as possible. Empty lines are kept only inside messages.
pub(crate) fn messages(lines: &[String], capacity: &Capacity) -> Vec<String> {
    let Some(several) = capacity.several else {
        let full_lines = lines.iter().filter(|line| !line.trim().is_empty());
        return full_lines
            .flat_map(|line| split_text(line, capacity.line_bytes))
            .map(str::to_owned)
            .collect();
    };
    let text = lines.join("\n");
    let mut messages = Vec::new();
    let mut next = Next::default();
    for piece in pieces(&text, capacity.line_bytes) {
        if !next.takes(piece, several) {
            messages.extend(std::mem::take(&mut next).finish());
        }
        next.push(piece);
    }
    messages.extend(next.finish());
    messages
}

/// The number of messages that a text would become if it were sent; 0 if it is not a message.
pub fn count(input: &str, capacity: &Capacity) -> usize {
    let alone = Capacity { several: None, ..*capacity };
    match slash::parse(input) {
        Submission::Message(lines) | Submission::Command(Slash::Msg { lines, .. }) => {
            messages(&lines, capacity).len()
        }
        Submission::Command(Slash::Me { lines }) => messages(&lines, &alone).len(),
        Submission::Command(_) | Submission::Unknown(_) | Submission::Missing { .. } => 0,
    }
}

/// A message that is being put together.
#[derive(Default)]
struct Next {
    text: String,
    lines: usize,
}

impl Next {
    fn takes(&self, piece: Piece<'_>, several: Several) -> bool {
        let bytes = self.text.len() + piece.text.len() + usize::from(!piece.goes_on);
        self.lines == 0 || (self.lines < several.lines && bytes <= several.bytes)
    }

    fn push(&mut self, piece: Piece<'_>) {
        if self.lines > 0 && !piece.goes_on {
            self.text.push('\n');
        }
        self.text.push_str(piece.text);
        self.lines += 1;
    }

    /// The message; `None` if it is empty.
    fn finish(self) -> Option<String> {
        let is_blank = |line: &&str| line.trim().is_empty();
        let lines: Vec<&str> = self.text.split('\n').collect();
        let first = lines.iter().position(|line| !is_blank(line))?;
        let last = lines.iter().rposition(|line| !is_blank(line))?;
        Some(lines.get(first..=last)?.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn capacity(line_bytes: usize, several: Option<(usize, usize)>) -> Capacity {
        Capacity { line_bytes, several: several.map(|(bytes, lines)| Several { bytes, lines }) }
    }

    fn check(text: &str, several: Option<(usize, usize)>, expected: &[&str]) {
        let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        assert_eq!(messages(&lines, &capacity(10, several)), expected, "{text:?}");
    }

    #[test]
    fn many_lines_are_few_messages() {
        check("one\n\ntwo", None, &["one", "two"]);
        check("one two three", None, &["one two ", "three"]);
        check("one\n\ntwo", Some((100, 10)), &["one\n\ntwo"]);
        check("one two three", Some((100, 10)), &["one two three"]);
        check("a\nb\nc\nd\ne", Some((100, 2)), &["a\nb", "c\nd", "e"]);
        check("aaaa\nbbbb\ncccc", Some((9, 10)), &["aaaa\nbbbb", "cccc"]);
        check("\na\n\n", Some((100, 10)), &["a"]);
        check("a\n\n\n\nb", Some((100, 2)), &["a", "b"]);
        check("", Some((100, 10)), &[]);
        check(" \n ", None, &[]);
    }

    #[test]
    fn what_is_written_is_counted() {
        let one = capacity(400, Some((4096, 32)));
        let each = capacity(400, None);
        let forty = vec!["line"; 40].join("\n");
        assert_eq!((count(&forty, &one), count(&forty, &each)), (2, 40));
        assert_eq!((count("a\nb\nc\nd", &one), count("a\nb\nc\nd", &each)), (1, 4));
        assert_eq!(count("/msg bob a\nb\nc\nd", &one), 1);
        assert_eq!(count("/me a\nb\nc\nd", &one), 4, "an action has one line");
        assert_eq!(count("/topic a\nb\nc\nd", &one), 0);
    }

    proptest! {
        #[test]
        fn messages_keep_the_words_and_the_bounds(lines in proptest::collection::vec("[a é]{0,30}", 0..20), bytes in 8_usize..60, most in 2_usize..8) {
            let capacity = capacity(8, Some((bytes, most)));
            let messages = messages(&lines, &capacity);
            for message in &messages {
                prop_assert!(fits(message, &capacity), "{:?}", message);
                prop_assert!(!message.trim().is_empty());
            }
            let words = |text: String| text.replace([' ', '\n'], "");
            prop_assert_eq!(words(messages.concat()), words(lines.concat()));
        }
    }
}
