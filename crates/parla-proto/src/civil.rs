//! Dates and times of day in the Gregorian calendar, for the years that [`Timestamp`](crate::Timestamp)
//! covers.
//!
//! This is arithmetic only: it has no clock, and no time zones except for an explicit offset. The algorithms
//! are from Howard Hinnant's `days_from_civil`, <https://howardhinnant.github.io/date_algorithms.html>.

use std::fmt;

/// Milliseconds in a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year; year 0 precedes year 1.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999.
    pub millisecond: u16,
}

/// Days in 400 years, after which the calendar repeats itself.
const ERA_DAYS: i32 = 146_097;
/// Days from 1 March of year 0 to 1970-01-01.
const EPOCH_DAY: i32 = 719_468;

impl Date {
    /// The date that is this many days after 1970-01-01.
    pub const fn from_days(days: i32) -> Self {
        let days = days + EPOCH_DAY;
        let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Years are counted from March, so that a leap day comes at their end.
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 12 and 1 to 31")]
        let (month, day) = (month as u8, day as u8);
        Self { year, month, day }
    }

    /// Days from 1970-01-01 to this date.
    pub const fn days(self) -> i32 {
        let (month, day) = (self.month as i32, self.day as i32);
        let year = if month <= 2 { self.year - 1 } else { self.year };
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let march_month = if month > 2 { month - 3 } else { month + 9 };
        let day_of_year = (153 * march_month + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * ERA_DAYS + day_of_era - EPOCH_DAY
    }

    /// The day of the week, where 0 is Monday.
    pub const fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        #[expect(clippy::cast_possible_truncation, reason = "0 to 6")]
        let weekday = (self.days() + 3).rem_euclid(7) as u8;
        weekday
    }

    /// Whether the date exists in the calendar.
    pub(crate) fn is_real(self) -> bool {
        (1..=12).contains(&self.month) && self.day >= 1 && Self::from_days(self.days()) == self
    }
}

impl DateTime {
    /// The date and time this many milliseconds after 1970-01-01T00:00:00.
    pub(crate) const fn from_millis(ms: i64) -> Self {
        let (days, rest) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS));
        #[expect(clippy::cast_possible_truncation, reason = "a timestamp has no more than four million days")]
        let date = Date::from_days(days as i32);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what a day has fits")]
        let (hour, minute, second, millisecond) = (
            (rest / 3_600_000) as u8,
            (rest / 60_000 % 60) as u8,
            (rest / 1_000 % 60) as u8,
            (rest % 1_000) as u16,
        );
        Self { date, hour, minute, second, millisecond }
    }

    /// Milliseconds from 1970-01-01T00:00:00 to this date and time.
    pub(crate) const fn millis(self) -> i64 {
        let minutes = self.hour as i64 * 60 + self.minute as i64;
        self.date.days() as i64 * DAY_MS
            + (minutes * 60 + self.second as i64) * 1_000
            + self.millisecond as i64
    }
}

impl fmt::Display for Date {
    /// For example, `2026-11-23`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn days_are_those_of_another_calendar(days in -719_528_i32..2_932_896) {
            let epoch = jiff::civil::date(1970, 1, 1);
            let other = epoch.checked_add(jiff::Span::new().days(days)).unwrap();
            let date = Date::from_days(days);
            prop_assert_eq!(date.to_string(), other.to_string());
            prop_assert_eq!(date.days(), days);
            prop_assert_eq!(i32::from(date.weekday()), i32::from(other.weekday().to_monday_zero_offset()));
            prop_assert!(date.is_real());
        }

        #[test]
        fn days_that_are_not_there_are_known(year in 0_i16..=9999, month in 0_u8..15, day in 0_u8..40) {
            let other = jiff::civil::Date::new(year, month.cast_signed(), day.cast_signed());
            prop_assert_eq!(Date { year: year.into(), month, day }.is_real(), other.is_ok());
        }

        #[test]
        fn times_are_those_of_another_clock(ms in -62_167_219_200_000_i64..253_402_207_200_000) {
            let other = jiff::Timestamp::from_millisecond(ms).unwrap();
            let time = DateTime::from_millis(ms);
            let DateTime { date, hour, minute, second, millisecond } = time;
            let text = format!("{date}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z");
            prop_assert_eq!(text, format!("{other:.3}"));
            prop_assert_eq!(time.millis(), ms);
        }
    }
}
