//! Durations as people write and read them: `90m`, `12h`, `30d`, `8w`.

use std::time::Duration;

const UNITS: [(char, u64, &str); 5] = [
    ('w', 604_800, "week"),
    ('d', 86_400, "day"),
    ('h', 3_600, "hour"),
    ('m', 60, "minute"),
    ('s', 1, "second"),
];

/// The longest duration that can be written: some hundred years.
const DURATION_MAX: Duration = Duration::from_secs(100 * 366 * 86_400);

/// Parses a number with a unit; `None` if it is none, or is longer than a hundred years.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let (_, seconds, _) = UNITS.iter().find(|(letter, _, _)| *letter == unit.to_ascii_lowercase())?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let duration = Duration::from_secs(number.checked_mul(*seconds)?);
    (duration <= DURATION_MAX).then_some(duration)
}

/// A duration in the largest unit that says it exactly: `30 days`.
pub(crate) fn words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    // People count in days, not in weeks.
    let units = UNITS.iter().skip(1);
    let exact = units.clone().find(|(_, unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (_, unit, name) = exact.copied().unwrap_or(('s', 1, "second"));
    let count = seconds / unit;
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds, shown) in [
            ("90m", 5_400, "90 minutes"),
            ("60m", 3_600, "1 hour"),
            ("30d", 2_592_000, "30 days"),
            ("2W", 1_209_600, "14 days"),
            ("1s", 1, "1 second"),
        ] {
            let parsed = parse(text).unwrap();
            assert_eq!((parsed.as_secs(), words(parsed).as_str()), (seconds, shown), "{text}");
        }
        for bad in ["", "d", "30", "30 d", "-3d", "1.5h", "30x", "99999999999999999999d", "9999999999w", "3é"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
