//! Writes lines. This is the only place that decides where a `:` goes, and it ensures that a line contains no
//! line breaks.

use std::fmt::{Display, Write as _};

use crate::{limits::LINE_BYTES_MAX, numeric::Numeric};

/// A line under construction, part by part: tags, source, command, parameters.
///
/// CR, LF and NUL within a part become spaces, so the result is always a single line.
#[derive(Debug)]
pub struct Line {
    text: String,
    /// Where the tags end, since the limit for a line does not include them.
    body_at: usize,
}

/// Initial capacity in bytes, which most lines do not exceed.
const CAPACITY: usize = 160;

impl Line {
    /// A line from `source`.
    pub fn from(source: &impl Display) -> Self {
        Self { text: String::with_capacity(CAPACITY), body_at: 0 }.source(source)
    }

    /// A line that starts with these tags, which must be escaped already; without tags if they are empty.
    pub fn tagged(tags: &str) -> Self {
        let mut text = String::with_capacity(CAPACITY + tags.len());
        if !tags.is_empty() {
            text.push('@');
            text.push_str(tags);
            text.push(' ');
        }
        Self { body_at: text.len(), text }
    }

    /// A line that has no tags, with these tags, which must be escaped already.
    #[must_use]
    pub fn with_tags(self, tags: &str) -> Self {
        let Self { mut text, body_at } = Self::tagged(tags);
        text.push_str(&self.text);
        Self { text, body_at }
    }

    /// A line without tags or source, as clients send it.
    pub fn bare(command: &str) -> Self {
        Self { text: String::with_capacity(CAPACITY), body_at: 0 }.command(command)
    }

    /// Adds the source.
    #[must_use]
    pub fn source(mut self, source: &impl Display) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.text, ":{source} ");
        self
    }

    /// Adds the command.
    #[must_use]
    pub fn command(mut self, command: &str) -> Self {
        self.text.push_str(command);
        self
    }

    /// Adds a numeric's three digits.
    #[must_use]
    pub fn numeric(mut self, numeric: Numeric) -> Self {
        let _ = write!(self.text, "{numeric}");
        self
    }

    /// Adds a parameter of one word. If it cannot be one (empty, spaces, a leading `:`), it becomes `*`.
    #[must_use]
    pub fn param(mut self, param: impl Display) -> Self {
        let start = self.text.len() + 1;
        let _ = write!(self.text, " {param}");
        let written = self.text.get(start..).unwrap_or_default();
        if !is_word(written) {
            self.text.truncate(start);
            self.text.push('*');
        }
        self
    }

    /// Adds several parameters that are already separated by single spaces.
    #[must_use]
    pub fn params(mut self, words: &str) -> Self {
        if !words.is_empty() {
            self.text.push(' ');
            self.text.push_str(words);
        }
        self
    }

    /// Adds the last parameter, with a `:` only if that is required.
    #[must_use]
    pub fn last(self, param: &str) -> Self {
        if is_word(param) { self.param(param) } else { self.text(param) }
    }

    /// Adds the last parameter as free text, always with a `:`, as older clients expect.
    #[must_use]
    pub fn text(mut self, text: impl Display) -> Self {
        let _ = write!(self.text, " :{text}");
        self
    }

    /// The number of bytes so far, without the line break.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The line with its CR LF. If it is too long, it is cut at a character boundary.
    pub fn finish(mut self) -> Vec<u8> {
        let end = self.body_at + LINE_BYTES_MAX - 2;
        if self.text.len() > end {
            self.text.truncate(self.text.floor_char_boundary(end));
        }
        let mut bytes = self.text.into_bytes();
        if memchr::memchr3(b'\0', b'\r', b'\n', &bytes).is_some() {
            for byte in &mut bytes {
                if matches!(byte, b'\0' | b'\r' | b'\n') {
                    *byte = b' ';
                }
            }
        }
        bytes.extend_from_slice(b"\r\n");
        bytes
    }
}

fn is_word(param: &str) -> bool {
    !param.is_empty() && !param.starts_with(':') && !param.contains(' ')
}

/// The longest prefix of `text` that fits into `bytes_max` and does not cut a character.
pub fn fitting(text: &str, bytes_max: usize) -> &str {
    let end = text.floor_char_boundary(bytes_max);
    text.get(..end).unwrap_or_default()
}

/// Joins the words with spaces into as few texts as possible, of at most `bytes_max` bytes each. A longer
/// word becomes a text of its own.
pub fn packed<T: AsRef<str>>(words: impl IntoIterator<Item = T>, bytes_max: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for word in words {
        let word = word.as_ref();
        match texts.last_mut().filter(|text| text.len() + 1 + word.len() <= bytes_max) {
            Some(text) => {
                text.push(' ');
                text.push_str(word);
            }
            None => texts.push(word.to_owned()),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_put_together() {
        let line = Line::from(&"a!b@c").command("PRIVMSG").param("#x").text("hello you").finish();
        assert_eq!(line, b":a!b@c PRIVMSG #x :hello you\r\n");
        let line =
            Line::tagged("time=1").source(&"s").numeric(Numeric::Welcome).param("n").text("hi").finish();
        assert_eq!(line, b"@time=1 :s 001 n :hi\r\n");
    }

    #[test]
    fn a_part_cannot_break_out() {
        let line = Line::bare("TOPIC").param("a b").param("").param(":c").text("x\r\nQUIT\0").finish();
        assert_eq!(line, b"TOPIC * * * :x  QUIT \r\n");
    }

    #[test]
    fn the_colon_comes_where_it_is_needed() {
        assert_eq!(Line::bare("A").last("b").finish(), b"A b\r\n");
        assert_eq!(Line::bare("A").last("").finish(), b"A :\r\n");
        assert_eq!(Line::bare("A").last(":)").finish(), b"A ::)\r\n");
    }

    #[test]
    fn a_line_is_never_too_long() {
        let line = Line::tagged("time=1").source(&"s").command("PONG").text("é".repeat(400)).finish();
        assert_eq!(line.len(), "@time=1 ".len() + LINE_BYTES_MAX - 1);
        assert!(line.ends_with("é\r\n".as_bytes()));
    }

    proptest! {
        #[test]
        fn fitting_never_cuts_a_character(text in any::<String>(), max in 0usize..40) {
            let start = fitting(&text, max);
            prop_assert!(start.len() <= max && text.starts_with(start));
            prop_assert!(start.len() + 4 > max.min(text.len()));
        }
    }

    #[test]
    fn words_are_packed() {
        assert_eq!(packed(["ab", "c", "defgh", "i"], 4), ["ab c", "defgh", "i"]);
        assert_eq!(packed([""; 0], 4), [""; 0]);
    }
}
