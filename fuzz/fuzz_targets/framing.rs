//! Bytes of a stream into lines: however the stream is cut, the lines are the same, none is too long, and memory is bounded.
//!
//! The first byte is the longest line, the second where the stream is cut.

#![no_main]

use libfuzzer_sys::fuzz_target;
use parla_proto::framing::{Frame, Framer};

/// The lines of a stream that arrives in these pieces; none for one that was too long.
fn lines(pieces: &[&[u8]], line_bytes_max: usize) -> Vec<Option<Vec<u8>>> {
    let mut framer = Framer::default();
    let mut lines = Vec::new();
    for piece in pieces {
        framer.feed(piece, line_bytes_max, |frame| {
            lines.push(match frame {
                Frame::Line(line) => Some(line.to_vec()),
                Frame::TooLong | Frame::Endless => None,
            });
        });
        assert!(framer.partial_bytes() < line_bytes_max);
    }
    lines
}

fuzz_target!(|bytes: &[u8]| {
    let [most, cut, stream @ ..] = bytes else { return };
    let line_bytes_max = usize::from(*most) + 3;
    let whole = lines(&[stream], line_bytes_max);
    for line in whole.iter().flatten() {
        assert!(!line.is_empty() && line.len() + 2 <= line_bytes_max && !line.contains(&b'\n'));
    }
    let (start, end) = stream.split_at(usize::from(*cut).min(stream.len()));
    assert_eq!(lines(&[start, end], line_bytes_max), whole);
    let bytes: Vec<&[u8]> = stream.chunks(1).collect();
    assert_eq!(lines(&bytes, line_bytes_max), whole);
});
