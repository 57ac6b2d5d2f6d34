//! Points in time on the wire: milliseconds of UTC, written as `server-time` writes them.
//!
//! Relies on `jiff` for the calendar. Never reads a clock; whoever needs "now" is given it.
//!
//! <https://ircv3.net/specs/extensions/server-time>

use std::{fmt, ops::Add, str::FromStr, time::Duration};

use thiserror::Error;

/// Milliseconds since 1970-01-01T00:00:00Z, the precision of `server-time`.
///
/// Displayed as `2026-11-23T09:05:07.123Z`. The range is the years 0 to 9999, the ones that form can write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not a time of the form `YYYY-MM-DDThh:mm:ss.sssZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a time of the form YYYY-MM-DDThh:mm:ss.sssZ")]
pub struct BadTimestamp;

const YEAR_0_MS: i64 = -62_167_219_200_000;
const YEAR_9999_END_MS: i64 = 253_402_207_199_999;

impl Timestamp {
    /// From milliseconds since the epoch; what lies outside the years 0 to 9999 becomes the nearest end.
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

    /// Whole seconds since the epoch, as the older numerics (317, 329, 333) give them.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// How long after `earlier` this is; zero if it is not.
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
        let time = jiff::Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{time:.3}")
    }
}

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    /// Takes the form of `server-time`, with any number of fractional digits; the offset must be `Z`.
    fn from_str(text: &str) -> Result<Self, BadTimestamp> {
        let shaped = text.len() >= "0000-00-00T00:00:00Z".len()
            && text.len() <= "0000-00-00T00:00:00.000000000Z".len()
            && text.ends_with('Z')
            && text.as_bytes().get(10) == Some(&b'T')
            && text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        if !shaped {
            return Err(BadTimestamp);
        }
        let time: jiff::Timestamp = text.parse().map_err(|_| BadTimestamp)?;
        Ok(Self::from_millis(time.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
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
}
