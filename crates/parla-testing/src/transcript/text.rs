//! How scripts write bytes, times and ids.

use std::{fmt::Write as _, time::Duration};

use parla_proto::{
    Timestamp,
    limits::{LINE_BYTES_MAX, SERVER_TAGS_BYTES_MAX},
};

/// `T`, the start of the virtual clock: 2026-01-01T00:00:00.000Z.
pub(super) const START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// Virtual times are less than this long after [`START`]; other times are shown as they are.
const VIRTUAL_MS_MAX: i64 = 100 * 24 * 3600 * 1000;

/// The minimum number of equal characters in a row that are shown as `{x*20}`.
const RUN_MIN: usize = 20;

/// Numerics that contain times in seconds since the epoch.
const NUMERICS_WITH_SECONDS: [&str; 6] = ["317", "329", "333", "346", "348", "367"];

/// The bytes that a text of a script represents.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    let text = repeat(text);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.extend_from_slice(b"\\x");
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Expands `{x*3}`.
fn repeat(text: &str) -> String {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        whole.push_str(before);
        let repetition = after.split_once('}').and_then(|(inside, after)| {
            let (piece, count) = inside.rsplit_once('*')?;
            Some((piece, count.parse::<usize>().ok()?, after))
        });
        match repetition {
            Some((piece, count, after)) => {
                whole.push_str(&piece.repeat(count));
                rest = after;
            }
            None => {
                whole.push('{');
                rest = after;
            }
        }
    }
    whole + rest
}

/// A line of the server, given with its line break, in the form of a script; it is marked if no server may
/// send such a line.
pub(super) fn line(line: &[u8]) -> String {
    let tags = match line.first() {
        Some(b'@') => line.iter().position(|byte| *byte == b' ').map_or(line.len(), |end| end + 1),
        _ => 0,
    };
    let text = line.strip_suffix(b"\r\n");
    let mark = if text.is_none_or(|text| text.iter().any(|byte| matches!(byte, b'\0' | b'\r' | b'\n'))) {
        "(BROKEN LINE) "
    } else if tags > SERVER_TAGS_BYTES_MAX || line.len() - tags > LINE_BYTES_MAX {
        "(LINE TOO LONG) "
    } else if std::str::from_utf8(line).is_err() {
        "(NOT UTF-8) "
    } else {
        ""
    };
    format!("{mark}{}", shown(text.unwrap_or(line)))
}

/// Bytes in the form of a script.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            if char.is_ascii_control() {
                let _ = write!(text, "\\x{:02x}", u32::from(char));
            } else {
                text.push(char);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    if text.ends_with(' ') {
        text.pop();
        text.push_str("\\x20");
    }
    shorten(&text)
}

/// Abbreviates long runs of one character as `{x*20}`.
fn shorten(text: &str) -> String {
    let mut short = String::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let after = rest.trim_start_matches(char);
        let run = rest.get(..rest.len() - after.len()).unwrap_or_default();
        let count = run.chars().count();
        if count < RUN_MIN {
            short.push_str(run);
        } else {
            let _ = write!(short, "{{{char}*{count}}}");
        }
        rest = after;
    }
    short
}

/// Parses `90s`, `1500ms` or `2m`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let split = text.find(|char: char| !char.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(split)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_secs(number * 60)),
        "h" => Some(Duration::from_secs(number * 3600)),
        _ => None,
    }
}

/// A time as scripts write it: `T+2s`, `T+2.500s`.
pub(super) fn relative(at: Timestamp) -> Option<String> {
    let ms = at.as_millis() - START.as_millis();
    if !(0..VIRTUAL_MS_MAX).contains(&ms) {
        return None;
    }
    let (seconds, rest) = (ms / 1000, ms % 1000);
    Some(if rest == 0 { format!("T+{seconds}s") } else { format!("T+{seconds}.{rest:03}s") })
}

/// Replaces each time in a line of the server by the name that `name` gives it.
pub(super) fn name_times(line: &str, mut name: impl FnMut(Timestamp) -> Option<String>) -> String {
    let seconds_mean_times = line
        .split(' ')
        .filter(|word| !word.starts_with(['@', ':']))
        .take(1)
        .all(|word| NUMERICS_WITH_SECONDS.contains(&word));
    let mut named = String::with_capacity(line.len());
    for piece in line.split_inclusive([' ', '=', ';', ',']) {
        let word = piece.trim_end_matches([' ', '=', ';', ',']);
        let word = word.strip_prefix(':').unwrap_or(word);
        let time = word.parse::<Timestamp>().ok().or_else(|| {
            let is_time = seconds_mean_times && word.len() >= 10;
            word.parse::<i64>().ok().filter(|_| is_time).map(|seconds| Timestamp::from_millis(seconds * 1000))
        });
        match time.and_then(&mut name) {
            Some(time) => named.push_str(&piece.replacen(word, &time, 1)),
            None => named.push_str(piece),
        }
    }
    named
}

/// Replaces each `T+2s` in a text by what `find` returns for it.
pub(super) fn find_times(text: &str, mut find: impl FnMut(&str) -> Option<String>) -> String {
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("T+") {
        let (before, from) = rest.split_at_checked(start).unwrap_or((rest, ""));
        found.push_str(before);
        let end = from.find('s').map_or(from.len(), |end| end + 1);
        let word = from.get(..end).unwrap_or_default();
        let is_time = word.strip_prefix("T+").and_then(|word| word.strip_suffix('s')).is_some_and(|digits| {
            !digits.is_empty() && digits.chars().all(|char| char.is_ascii_digit() || char == '.')
        });
        match Some(word).filter(|_| is_time).and_then(&mut find) {
            Some(time) => {
                found.push_str(&time);
                rest = from.get(end..).unwrap_or_default();
            }
            None => {
                found.push_str("T+");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    found + rest
}

/// The time on the virtual clock that `T+2.500s` means.
pub(super) fn absolute(word: &str) -> Option<Timestamp> {
    let digits = word.strip_prefix("T+")?.strip_suffix('s')?;
    let (seconds, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let ms = format!("{fraction:0<3}");
    let seconds: u64 = seconds.parse().ok()?;
    let ms: u64 = ms.get(..3)?.parse().ok()?;
    Some(START + Duration::from_millis(seconds * 1000 + ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_repetitions_are_written_out() {
        assert_eq!(bytes("a\\xff{b*3}c\\x"), b"a\xffbbbc\\x");
        assert_eq!(bytes("{PING a\\x0a*2}PING b"), b"PING a\nPING a\nPING b");
        assert_eq!(bytes("{not} {a*b} {"), b"{not} {a*b} {");
    }

    #[test]
    fn what_cannot_be_read_is_shown() {
        assert_eq!(shown(b"a\xff\x01 "), "a\\xff\\x01\\x20");
        assert_eq!(shown(&[b"x".repeat(30), b"yyy".to_vec()].concat()), "{x*30}yyy");
    }

    #[test]
    fn times_are_relative() {
        let show = |line: &str| name_times(line, relative);
        assert_eq!(show("@time=2026-01-01T00:00:02.000Z;a=b :s X"), "@time=T+2s;a=b :s X");
        assert_eq!(show(":s 329 alice #a 1767225603"), ":s 329 alice #a T+3s");
        assert_eq!(show(":s 330 alice #a 1767225603"), ":s 330 alice #a 1767225603");
        let find = |text: &str| find_times(text, |word| absolute(word).map(|at| at.to_string()));
        assert_eq!(find("timestamp=T+2.5s T+x"), "timestamp=2026-01-01T00:00:02.500Z T+x");
    }
}
