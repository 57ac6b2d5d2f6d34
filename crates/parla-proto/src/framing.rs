//! Divides a stream of bytes into lines, whatever pieces they arrive in.
//!
//! A line ends with LF, with or without CR before it; empty lines are skipped. Memory is bounded by one line:
//! a longer one is discarded up to its end and reported once, and once more if it does not seem to end.

use memchr::memchr;

use crate::limits::ENDLESS_LINE_BYTES;

/// The incomplete last line of a stream. It owns no memory while there is none.
#[derive(Debug, Default)]
pub struct Framer {
    partial: Vec<u8>,
    /// How many bytes of an overlong line have been discarded so far.
    discarded: usize,
}

/// One line of a stream, without its line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A line of one byte or more.
    Line(&'a [u8]),
    /// A line was longer than allowed and was discarded.
    TooLong,
    /// The overlong line still has not ended; no IRC client sends such a line.
    Endless,
}

impl Framer {
    /// Takes the next bytes of the stream and passes each line that they complete to `each`.
    ///
    /// `line_bytes_max` includes the line's CR LF.
    pub fn feed(&mut self, input: &[u8], line_bytes_max: usize, mut each: impl FnMut(Frame<'_>)) {
        let mut rest = input;
        while let Some(end) = memchr(b'\n', rest) {
            let (piece, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            self.complete(piece, line_bytes_max, &mut each);
        }
        self.keep(rest, line_bytes_max, &mut each);
    }

    /// How many bytes of an incomplete line are stored.
    pub fn partial_bytes(&self) -> usize {
        self.partial.len()
    }

    fn complete(&mut self, piece: &[u8], line_bytes_max: usize, each: &mut impl FnMut(Frame<'_>)) {
        if self.discarded > 0 {
            self.discard(piece.len(), each);
            self.discarded = 0;
            return;
        }
        if self.partial.is_empty() {
            emit(piece, line_bytes_max, each);
            return;
        }
        let mut line = std::mem::take(&mut self.partial);
        line.extend_from_slice(piece);
        emit(&line, line_bytes_max, each);
    }

    fn keep(&mut self, piece: &[u8], line_bytes_max: usize, each: &mut impl FnMut(Frame<'_>)) {
        if piece.is_empty() {
            return;
        }
        let bytes = self.partial.len() + piece.len();
        if self.discarded > 0 {
            self.discard(piece.len(), each);
        } else if bytes >= line_bytes_max {
            self.partial = Vec::new();
            each(Frame::TooLong);
            self.discard(bytes, each);
        } else {
            self.partial.extend_from_slice(piece);
        }
    }

    fn discard(&mut self, bytes: usize, each: &mut impl FnMut(Frame<'_>)) {
        let before = self.discarded;
        self.discarded = before.saturating_add(bytes);
        if before < ENDLESS_LINE_BYTES && self.discarded >= ENDLESS_LINE_BYTES {
            each(Frame::Endless);
        }
    }
}

fn emit(line: &[u8], line_bytes_max: usize, each: &mut impl FnMut(Frame<'_>)) {
    let bytes = line.len();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() + 2 > line_bytes_max {
        each(Frame::TooLong);
        if bytes >= ENDLESS_LINE_BYTES {
            each(Frame::Endless);
        }
    } else if !line.is_empty() {
        each(Frame::Line(line));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frames(pieces: &[&[u8]], max: usize) -> Vec<String> {
        let mut framer = Framer::default();
        let mut seen = Vec::new();
        for piece in pieces {
            framer.feed(piece, max, |frame| {
                seen.push(match frame {
                    Frame::Line(line) => String::from_utf8_lossy(line).into_owned(),
                    Frame::TooLong => "<too long>".to_owned(),
                    Frame::Endless => "<endless>".to_owned(),
                });
            });
        }
        seen
    }

    #[test]
    fn both_line_ends_and_no_empty_lines() {
        assert_eq!(frames(&[b"NICK a\r\nUSER b\n\r\n\n"], 512), ["NICK a", "USER b"]);
    }

    #[test]
    fn pieces_are_put_together() {
        assert_eq!(frames(&[b"NI", b"CK a\r", b"\nPING", b" x\n"], 512), ["NICK a", "PING x"]);
    }

    #[test]
    fn the_limit_counts_the_line_end() {
        assert_eq!(frames(&[b"12345678\r\n123456789\r\nok\r\n"], 10), ["12345678", "<too long>", "ok"]);
    }

    #[test]
    fn an_endless_line_is_reported_and_not_kept() {
        let mut framer = Framer::default();
        let mut reports = 0;
        for _ in 0..1000 {
            framer.feed(&[b'x'; 1000], 512, |_| reports += 1);
        }
        assert_eq!((reports, framer.partial_bytes()), (2, 0));
        let (long, endless) = ([b'x'; ENDLESS_LINE_BYTES - 1], [b'x'; ENDLESS_LINE_BYTES]);
        assert_eq!(frames(&[&long, b"\nPING z\n"], 512), ["<too long>", "PING z"]);
        assert_eq!(frames(&[&[b'x'; 600], &long, b"\n"], 512), ["<too long>", "<endless>"]);
        assert_eq!(
            frames(&[&[&endless[..], b"\nPING z\n"].concat()], 512),
            ["<too long>", "<endless>", "PING z"]
        );
        assert_eq!(frames(&[&[b'x'; 600], b"yy\nPING z\n"], 512), ["<too long>", "PING z"]);
    }

    proptest! {
        /// The lines are the same however the stream is cut into pieces.
        #[test]
        fn cutting_changes_nothing(bytes in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), b'a'..b'd'], 0..200),
                                   cuts in proptest::collection::vec(0usize..200, 0..8)) {
            let whole = frames(&[&bytes], 20);
            let mut at: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            at.push(0);
            at.push(bytes.len());
            at.sort_unstable();
            let pieces: Vec<&[u8]> = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(frames(&pieces, 20), whole);
        }
    }
}
