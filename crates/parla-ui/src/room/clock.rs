//! Times as the person's clock shows them. Reads no clock: the offset is asked for, the day is given.

use jiff::{
    civil::{Date, DateTime},
    tz::Offset,
};
use parla_proto::Timestamp;

use crate::platform::Here;

/// What the person's clock shows at that moment, so many seconds east of UTC.
pub(crate) fn local(at: Timestamp, offset_seconds: i32) -> DateTime {
    let time = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    Offset::from_seconds(offset_seconds).unwrap_or(Offset::UTC).to_datetime(time)
}

/// `10:02`
pub(crate) fn hour_minute(time: DateTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// The person's clock.
#[derive(Clone)]
pub(crate) struct Clock(pub(crate) Here);

impl Clock {
    /// What it shows at that moment.
    pub(crate) fn local(&self, at: Timestamp) -> DateTime {
        local(at, self.0.0.utc_offset_seconds(at))
    }

    /// The day it is.
    pub(crate) fn today(&self) -> Date {
        self.local(self.0.0.now()).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_persons() {
        let at: Timestamp = "2026-11-23T23:30:00Z".parse().unwrap();
        assert_eq!(hour_minute(local(at, 0)), "23:30");
        assert_eq!(local(at, 3600).to_string(), "2026-11-24T00:30:00");
        assert_eq!(local(at, i32::MAX).to_string(), "2026-11-23T23:30:00");
    }
}
