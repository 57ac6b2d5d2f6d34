//! Days and times.

use parla_proto::{
    Timestamp,
    civil::{Date, DateTime},
};

use super::Words;

impl Words {
    /// A time of day, such as `10:02`.
    pub fn hour_minute(self, time: DateTime) -> String {
        self.time(&format!("{:02}", time.hour), &format!("{:02}", time.minute))
    }

    /// A day, as a separator between messages.
    pub fn day(self, day: Date, today: Date) -> String {
        if day == today {
            return self.today().into();
        }
        if day.days() + 1 == today.days() {
            return self.yesterday().into();
        }
        let (weekday, month) = (self.weekday(day), self.month(day));
        if day.year == today.year {
            self.day_this_year(day.day, month, weekday)
        } else {
            self.day_of_year(day.day, month, weekday, &day.year.to_string())
        }
    }

    /// A day and a time, in the person's time zone.
    pub fn moment_of(self, at: Timestamp, offset_seconds: i32) -> String {
        self.day_and_time(at.civil(offset_seconds))
    }

    pub(super) fn day_and_time(self, time: DateTime) -> String {
        let date = time.date;
        self.moment(date.day, self.month(date), &self.hour_minute(time), &date.year.to_string())
    }

    /// How long ago something was.
    pub fn ago(self, seconds: u64) -> String {
        match seconds {
            0..60 => self.ago_now().to_owned(),
            60..3_600 => self.ago_minutes(seconds / 60),
            3_600..86_400 => self.ago_hours(seconds / 3_600),
            _ => self.ago_days(seconds / 86_400),
        }
    }

    fn weekday(self, day: Date) -> &'static str {
        match day.weekday() {
            0 => self.weekday_1(),
            1 => self.weekday_2(),
            2 => self.weekday_3(),
            3 => self.weekday_4(),
            4 => self.weekday_5(),
            5 => self.weekday_6(),
            _ => self.weekday_7(),
        }
    }

    fn month(self, day: Date) -> &'static str {
        match day.month {
            1 => self.month_1(),
            2 => self.month_2(),
            3 => self.month_3(),
            4 => self.month_4(),
            5 => self.month_5(),
            6 => self.month_6(),
            7 => self.month_7(),
            8 => self.month_8(),
            9 => self.month_9(),
            10 => self.month_10(),
            11 => self.month_11(),
            _ => self.month_12(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::words::{Language, Words};

    fn date(text: &str) -> parla_proto::civil::Date {
        format!("{text}T00:00:00Z").parse::<parla_proto::Timestamp>().unwrap().civil(0).date
    }

    fn check(language: Language, expected: [&str; 6]) {
        let words = Words::embedded(language);
        let today = date("2026-11-23");
        let days = ["2026-11-23", "2026-11-22", "2026-11-20", "2025-01-01", "2026-12-27"];
        let sentences = days.map(|day| words.day(date(day), today));
        assert_eq!(sentences, expected[..5]);
        let at = "2026-11-20T17:05:00Z".parse().unwrap();
        assert_eq!(words.moment_of(at, 3_600), expected[5]);
    }

    #[test]
    fn the_day_is_the_persons() {
        let words = Words::english();
        let at: parla_proto::Timestamp = "2026-11-23T23:30:00Z".parse().unwrap();
        assert_eq!(words.hour_minute(at.civil(0)), "23:30");
        assert_eq!(words.hour_minute(at.civil(3600)), "00:30");
        assert_eq!(at.civil(3600).date.to_string(), "2026-11-24");
    }

    #[test]
    fn days_have_names() {
        check(
            Language::English,
            [
                "Today",
                "Yesterday",
                "Friday, 20 November",
                "Wednesday, 1 January 2025",
                "Sunday, 27 December",
                "20 November 2026, 18:05",
            ],
        );
        check(
            Language::Italian,
            [
                "Oggi",
                "Ieri",
                "Venerdì 20 novembre",
                "Mercoledì 1º gennaio 2025",
                "Domenica 27 dicembre",
                "20 novembre 2026, 18:05",
            ],
        );
    }
}
