//! One parsed line: tags, source, command, parameters. It borrows from the line and copies nothing.
//!
//! <https://modern.ircdocs.horse/#message-format>

use arrayvec::ArrayVec;
use thiserror::Error;

use crate::{limits::PARAMS_MAX, line::Line, source::Source, tag::Tags};

/// The parameters of a message.
pub type Params<'a> = ArrayVec<&'a str, PARAMS_MAX>;

/// A line of IRC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The part between `@` and the first space.
    pub tags: Tags<'a>,
    /// The sender; lines from a client have none.
    pub source: Option<Source<'a>>,
    /// A word or three digits, in its original spelling.
    pub command: &'a str,
    /// At most [`PARAMS_MAX`]; the last one may contain spaces and may be empty.
    pub params: Params<'a>,
}

/// Why a line is not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// The line is not UTF-8. <https://ircv3.net/specs/extensions/utf8-only>
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// The line contains NUL, CR or LF.
    #[error("the line holds a NUL or a line break")]
    ControlCharacter,
    /// There is no command, or it contains non-ASCII characters.
    #[error("the line has no command")]
    NoCommand,
}

impl<'a> Message<'a> {
    /// Parses a line without its line break.
    ///
    /// # Errors
    /// The line is not UTF-8, contains NUL, CR or LF, or has no command.
    pub fn parse(line: &'a [u8]) -> Result<Self, ParseError> {
        let text = std::str::from_utf8(line).map_err(|_| ParseError::NotUtf8)?;
        if memchr::memchr3(b'\0', b'\r', b'\n', line).is_some() {
            return Err(ParseError::ControlCharacter);
        }
        let mut rest = text.trim_start_matches(' ');
        let tags = Tags::new(prefixed(&mut rest, '@').unwrap_or_default());
        let source = prefixed(&mut rest, ':').map(Source::parse);
        let command = word(&mut rest);
        if command.is_empty() || !command.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ParseError::NoCommand);
        }
        Ok(Self { tags, source, command, params: params(rest) })
    }

    /// The tags of a line that may otherwise be invalid; empty if the tags themselves are invalid.
    pub fn tags_of(line: &'a [u8]) -> Tags<'a> {
        let tags = line.strip_prefix(b"@").and_then(|rest| rest.split(|byte| *byte == b' ').next());
        let tags = tags.filter(|tags| memchr::memchr3(b'\0', b'\r', b'\n', tags).is_none());
        Tags::new(tags.and_then(|tags| std::str::from_utf8(tags).ok()).unwrap_or_default())
    }

    /// The parameter at `index`, if there is one.
    pub fn param(&self, index: usize) -> Option<&'a str> {
        self.params.get(index).copied()
    }

    /// Writes the message as a line with its line break.
    pub fn encode(&self) -> Vec<u8> {
        let mut line = Line::tagged(self.tags.as_str());
        if let Some(source) = &self.source {
            line = line.source(source);
        }
        line = line.command(self.command);
        if let Some((last, middle)) = self.params.split_last() {
            for param in middle {
                line = line.param(param);
            }
            line = line.last(last);
        }
        line.finish()
    }
}

/// The rest of the word after `mark`, if the text starts with that.
fn prefixed<'a>(rest: &mut &'a str, mark: char) -> Option<&'a str> {
    let after = rest.strip_prefix(mark)?;
    *rest = after;
    Some(word(rest))
}

/// Takes the text up to the next space, and skips the spaces after it.
fn word<'a>(rest: &mut &'a str) -> &'a str {
    let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
    *rest = after.trim_start_matches(' ');
    word
}

fn params(mut rest: &str) -> Params<'_> {
    let mut params = Params::new();
    while !rest.is_empty() {
        if let Some(trailing) = rest.strip_prefix(':') {
            params.push(trailing);
            break;
        }
        if params.len() + 1 == PARAMS_MAX {
            params.push(rest);
            break;
        }
        params.push(word(&mut rest));
    }
    params
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "expect! makes a value")]
    fn check(line: &str, expected: Expect) {
        let shown = match Message::parse(line.as_bytes()) {
            Ok(message) => format!(
                "{:?} {} {} {:?}",
                message.tags.as_str(),
                message.source.map_or("-".to_owned(), |source| source.to_string()),
                message.command,
                message.params.as_slice()
            ),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn lines_are_taken_apart() {
        check("PING", expect![[r#""" - PING []"#]]);
        check("PRIVMSG #a :hello  you", expect![[r##""" - PRIVMSG ["#a", "hello  you"]"##]]);
        check("privmsg   #a   hello", expect![[r##""" - privmsg ["#a", "hello"]"##]]);
        check(":a!b@c  001 x :", expect![[r#""" a!b@c 001 ["x", ""]"#]]);
        check("@a=1;+b=2   :s  TAGMSG x ", expect![[r#""a=1;+b=2" s TAGMSG ["x"]"#]]);
        check("TOPIC #a ::-)", expect![[r##""" - TOPIC ["#a", ":-)"]"##]]);
        check(
            "A 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 :17",
            expect![[
                r#""" - A ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15 16 :17"]"#
            ]],
        );
    }

    #[test]
    fn bad_lines_say_why() {
        check("", expect!["the line has no command"]);
        check("   ", expect!["the line has no command"]);
        check("@a", expect!["the line has no command"]);
        check(":source", expect!["the line has no command"]);
        check("é x", expect!["the line has no command"]);
        check("A b\0c", expect!["the line holds a NUL or a line break"]);
        check("A b\rc", expect!["the line holds a NUL or a line break"]);
        assert_eq!(Message::parse(b"PRIVMSG #a :\xff"), Err(ParseError::NotUtf8));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Message::parse(&bytes);
        }

        #[test]
        fn reads_what_it_writes(tags in "([a-z]{1,3}=[a-z]{0,3};){0,2}[a-z]", source in proptest::option::of("[a-z]{1,5}(![a-z]{1,5}@[a-z.]{1,5})?"),
                                command in "[A-Z]{1,8}|[0-9]{3}", middle in proptest::collection::vec("[a-z#][a-z:]{0,5}", 0..13), last in "[a-z :#é]{0,20}") {
            let mut params: Params<'_> = middle.iter().map(String::as_str).collect();
            params.push(&last);
            let message = Message { tags: Tags::new(&tags), source: source.as_deref().map(Source::parse), command: &command, params };
            let line = message.encode();
            prop_assert_eq!(Message::parse(&line[..line.len() - 2]), Ok(message));
        }
    }
}
