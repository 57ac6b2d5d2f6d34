//! Points in time on the wire: milliseconds in UTC, in the format of `server-time`.
//!
//! It uses [`civil`](crate::civil) for the calendar. It never reads a clock; callers pass the current time.
//!
//! <https://ircv3.net/specs/extensions/server-time>

use std::{fmt, ops::Add, str::FromStr, time::Duration};

use thiserror::Error;

use crate::civil::{Date, DateTime};

/// Milliseconds since 1970-01-01T00:00:00Z, the precision of `server-time`.
///
/// Displayed as `2026-11-23T09:05:07.123Z`. The range is the years 0 to 9999, which that format can express.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct Timestamp(i64);

/// The text does not have the form `YYYY-MM-DDThh:mm:ss.sssZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a time of the form YYYY-MM-DDThh:mm:ss.sssZ")]
pub struct BadTimestamp;

const YEAR_0_MS: i64 = -62_167_219_200_000;
const YEAR_9999_END_MS: i64 = 253_402_207_199_999;

impl Timestamp {
    /// The time this many milliseconds after the epoch; a value outside the years 0 to 9999 becomes the
    /// nearest one within.
    pub const fn from_millis(ms: i64) -> Self {
        if ms < YEAR_0_MS {
            Self(YEAR_0_MS)
        } else if ms > YEAR_9999_END_MS {
            Self(YEAR_9999_END_MS)
        } else {
            Self(ms)
        }
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as used by the older numerics (317, 329, 333).
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The date and time on a clock that is this many seconds ahead of UTC.
    pub fn civil(self, offset_seconds: i32) -> DateTime {
        DateTime::from_millis(self.0 + i64::from(offset_seconds) * 1_000)
    }

    /// The time that has passed since `earlier`; zero if that is later than this.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).try_into().unwrap_or(0))
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(ms))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DateTime { date, hour, minute, second, millisecond } = DateTime::from_millis(self.0);
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    /// Parses the format of `server-time`, with no fraction or up to nine fractional digits; the offset must
    /// be `Z`. A leap second becomes the second before it.
    fn from_str(text: &str) -> Result<Self, BadTimestamp> {
        parse(text.as_bytes()).ok_or(BadTimestamp)
    }
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    let [y1, y2, y3, y4, b'-', o1, o2, b'-', d1, d2, b'T', rest @ ..] = text else { return None };
    let [h1, h2, b':', m1, m2, b':', s1, s2, fraction @ .., b'Z'] = rest else { return None };
    let year = i32::from(pair(*y1, *y2)?) * 100 + i32::from(pair(*y3, *y4)?);
    let date = Date { year, month: pair(*o1, *o2)?, day: pair(*d1, *d2)? };
    let (hour, minute, second) = (pair(*h1, *h2)?, pair(*m1, *m2)?, pair(*s1, *s2)?);
    let millisecond = millisecond(fraction)?;
    if !date.is_real() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let time = DateTime { date, hour, minute, second: second.min(59), millisecond };
    Some(Timestamp::from_millis(time.millis()))
}

/// Two digits.
fn pair(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

/// An empty text, or a dot and up to nine digits. Anything finer than a millisecond is cut off.
fn millisecond(fraction: &[u8]) -> Option<u16> {
    let digits = match fraction {
        [] => return Some(0),
        [b'.', digits @ ..] => digits,
        _ => return None,
    };
    if !(1..=9).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let places = digits.iter().chain(b"00").take(3);
    Some(places.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_written_with_milliseconds() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(1_795_424_707_123).to_string(), "2026-11-23T09:05:07.123Z");
    }

    #[test]
    fn is_read_with_or_without_a_fraction() {
        for (text, ms) in [
            ("1970-01-01T00:00:01Z", Some(1000)),
            ("1970-01-01T00:00:01.5Z", Some(1500)),
            ("1970-01-01T00:00:01.123456Z", Some(1123)),
            ("1970-01-01T00:00:01.123456789Z", Some(1123)),
            ("1970-01-01T00:00:01.1234567891Z", None),
            ("1970-01-01T00:00:01.Z", None),
            ("1970-01-01T00:00:60Z", Some(59_000)),
            ("1970-01-01T24:00:00Z", None),
            ("1970-02-29T00:00:01Z", None),
            ("+970-01-01T00:00:01Z", None),
            ("1970-01-01 00:00:01.000Z", None),
            ("1970-01-01T00:00:01.000+01:00", None),
            ("1970-13-01T00:00:01.000Z", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), ms.map(Timestamp::from_millis), "{text}");
        }
    }

    #[test]
    fn stays_in_the_range_it_can_write() {
        for ms in [i64::MIN, i64::MAX] {
            let time = Timestamp::from_millis(ms);
            assert_eq!(time.to_string().parse(), Ok(time));
        }
    }
    proptest! {
        #[test]
        fn is_written_and_read_as_others_do(ms in YEAR_0_MS..=YEAR_9999_END_MS) {
            let other = jiff::Timestamp::from_millisecond(ms).unwrap();
            let text = Timestamp::from_millis(ms).to_string();
            prop_assert_eq!(&text, &format!("{other:.3}"));
            prop_assert_eq!(text.parse(), Ok(Timestamp::from_millis(ms)));
        }

        #[test]
        fn what_it_takes_others_take(text in "[0-9]{3}[0-9:]-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?[Z+]") {
            // For times before 1970, jiff truncates a fraction in the other direction.
            let other: Option<jiff::Timestamp> = text.parse().ok().filter(|_| text.contains('T'));
            let ours: Option<Timestamp> = text.parse().ok();
            prop_assert_eq!(ours.is_some(), other.is_some());
            if let (Some(ours), Some(other)) = (ours, other.filter(|other| other.as_millisecond() >= 0)) {
                prop_assert_eq!(ours.as_millis(), other.as_millisecond());
            }
        }
    }
}
