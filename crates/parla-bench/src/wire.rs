//! The part of IRC that the load generator reads and writes. Looks only at the bytes that it needs: a
//! delivery is recognised by its command and by the number at the end of its text. Never allocates while
//! reading.

use std::io::Write;

/// The length of the mark that ends a message's text: `~` and a number of twelve digits.
pub(crate) const MARK_BYTES: usize = 13;

/// The longest text, in bytes, that fits into a line of 512 bytes, whatever its source.
pub(crate) const TEXT_BYTES_MAX: usize = 400;

/// A received line, as far as it matters to the load generator.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// A message of ours, with the number in its mark.
    Message(u64),
    /// A PING with its parameters, which are sent back as they are.
    Ping(&'a [u8]),
    /// Any other line.
    Reply(Reply<'a>),
}

/// A line that is neither a message of ours nor a PING.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reply<'a> {
    /// The command or numeric.
    pub(crate) command: &'a [u8],
    /// Everything that follows the command.
    pub(crate) parameters: &'a [u8],
}

impl<'a> Reply<'a> {
    /// The words of the parameters, each without a leading colon.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.parameters
            .split(|byte| *byte == b' ')
            .map(|word| word.strip_prefix(b":").unwrap_or(word))
            .filter(|word| !word.is_empty())
    }

    /// Whether the server refuses something with it: an error numeric, `FAIL` or `ERROR`.
    pub(crate) fn is_refusal(&self) -> bool {
        match self.command {
            b"ERROR" | b"FAIL" => true,
            // "No message of the day" is not a refusal.
            b"422" => false,
            [b'4' | b'5', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
            _ => false,
        }
    }
}

/// Reads one line, which may still carry its `\r`.
#[inline]
pub(crate) fn parse(line: &[u8]) -> Line<'_> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let rest = if line.first() == Some(&b'@') { after_space(line) } else { line };
    let rest = if rest.first() == Some(&b':') { after_space(rest) } else { rest };
    if rest.starts_with(b"PRIVMSG ")
        && let Some(number) = number(rest)
    {
        return Line::Message(number);
    }
    let (command, parameters) = match memchr::memchr(b' ', rest) {
        Some(at) => (rest.get(..at).unwrap_or_default(), after_space(rest)),
        None => (rest, Default::default()),
    };
    if command == b"PING" { Line::Ping(parameters) } else { Line::Reply(Reply { command, parameters }) }
}

#[inline]
fn after_space(line: &[u8]) -> &[u8] {
    memchr::memchr(b' ', line).and_then(|at| line.get(at + 1..)).unwrap_or_default()
}

/// The number in the mark that ends a text.
#[inline]
fn number(line: &[u8]) -> Option<u64> {
    let (_, mark) = line.split_last_chunk::<MARK_BYTES>()?;
    let [b'~', digits @ ..] = mark else { return None };
    let mut number = 0;
    for digit in digits {
        let value = digit.wrapping_sub(b'0');
        if value > 9 {
            return None;
        }
        number = number * 10 + u64::from(value);
    }
    Some(number)
}

/// Appends a `PRIVMSG` to `#bench{room}` whose text is `payload_bytes` long and ends with the mark of
/// `number`.
pub(crate) fn push_message(line: &mut Vec<u8>, room: usize, number: u64, payload_bytes: usize) {
    let padding = payload_bytes.saturating_sub(MARK_BYTES);
    // Writing to a vector cannot fail.
    let _ = write!(line, "PRIVMSG #bench{room} :{:x<padding$}~{number:012}\r\n", "");
}

/// Calls `each` with every complete line of `bytes`, without its newline, and returns the bytes of the
/// unfinished last one.
#[inline]
pub(crate) fn split_lines<'a>(bytes: &'a [u8], mut each: impl FnMut(&'a [u8])) -> &'a [u8] {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        each(bytes.get(start..end).unwrap_or_default());
        start = end + 1;
    }
    bytes.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u64, payload_bytes: usize) -> Vec<u8> {
        let mut line = Vec::new();
        push_message(&mut line, 3, number, payload_bytes);
        line
    }

    #[test]
    fn lines_are_counted_and_the_rest_is_kept() {
        let mut lines = Vec::new();
        assert_eq!(split_lines(b"a\r\n\nbc\nde", |line| lines.push(line)), b"de");
        assert_eq!(lines, [&b"a\r"[..], b"", b"bc"]);
        assert_eq!(split_lines(b"", |_| panic!()), b"");
        assert_eq!(split_lines(b"x\n", |_| ()), b"");
    }

    #[test]
    fn a_message_is_as_long_as_asked_and_carries_its_number() {
        let line = message(42, 100);
        let text = line.strip_prefix(b"PRIVMSG #bench3 :").unwrap().strip_suffix(b"\r\n").unwrap();
        assert_eq!(text.len(), 100);
        assert_eq!(parse(&line[..line.len() - 1]), Line::Message(42));
        assert_eq!(message(7, MARK_BYTES), b"PRIVMSG #bench3 :~000000000007\r\n");
    }

    #[test]
    fn numbers_are_found_behind_tags_and_source() {
        for front in ["", ":b1!u@127.0.0.1 ", "@time=2026;label=x1 :b1!u@h ", "@msgid=~1 "] {
            let line = [front.as_bytes(), &message(123_456_789_012, 20)].concat();
            assert_eq!(parse(&line[..line.len() - 1]), Line::Message(123_456_789_012), "{front}");
        }
    }

    #[test]
    fn what_is_not_a_message_of_ours_is_a_reply() {
        let reply = |command, parameters| Line::Reply(Reply { command, parameters });
        assert_eq!(parse(b":a!b@c PRIVMSG #bench0 :hello\r"), reply(b"PRIVMSG", b"#bench0 :hello"));
        assert_eq!(parse(b":s NOTICE b0 :~000000000001"), reply(b"NOTICE", b"b0 :~000000000001"));
        assert_eq!(parse(b"PRIVMSG #x :~00000000000x"), reply(b"PRIVMSG", b"#x :~00000000000x"));
        assert_eq!(parse(b":s 001 b0 :hi"), reply(b"001", b"b0 :hi"));
        assert_eq!(parse(b"@t :s ACK"), reply(b"ACK", b""));
        assert_eq!(parse(b""), reply(b"", b""));
        assert_eq!(parse(b"@only-tags"), reply(b"", b""));
    }

    #[test]
    fn pings_keep_their_parameters() {
        assert_eq!(parse(b"PING :a b\r"), Line::Ping(b":a b"));
        assert_eq!(parse(b":server PING token"), Line::Ping(b"token"));
    }

    #[test]
    fn refusals_are_told_from_replies() {
        let refusal = |line: &'static [u8]| matches!(parse(line), Line::Reply(reply) if reply.is_refusal());
        assert!(refusal(b":s 404 b0 #bench0 :Cannot send"));
        assert!(refusal(b"ERROR :Closing link"));
        assert!(refusal(b"FAIL JOIN X :no"));
        assert!(!refusal(b":s 422 b0 :No MOTD"));
        assert!(!refusal(b":s 366 b0 #x :End"));
        assert!(!refusal(b":s 4ab x"));
    }

    #[test]
    fn words_lose_their_colon() {
        let Line::Reply(reply) = parse(b":s CAP * LS * :a b=c  d") else { panic!() };
        assert_eq!(reply.words().collect::<Vec<_>>(), [&b"*"[..], b"LS", b"*", b"a", b"b=c", b"d"]);
    }
}
