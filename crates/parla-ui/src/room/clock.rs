//! Times as the person's clock shows them. Reads no clock: the offset is asked for, the day is given.

use parla_proto::{
    Timestamp,
    civil::{Date, DateTime},
};

use crate::platform::Here;

/// `10:02`
pub(crate) fn hour_minute(time: DateTime) -> String {
    format!("{:02}:{:02}", time.hour, time.minute)
}

/// The person's clock.
#[derive(Clone)]
pub(crate) struct Clock(pub(crate) Here);

impl Clock {
    /// What it shows at that moment.
    pub(crate) fn local(&self, at: Timestamp) -> DateTime {
        at.civil(self.0.0.utc_offset_seconds(at))
    }

    /// The day it is.
    pub(crate) fn today(&self) -> Date {
        self.local(self.0.0.now()).date
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_persons() {
        let at: Timestamp = "2026-11-23T23:30:00Z".parse().unwrap();
        assert_eq!(hour_minute(at.civil(0)), "23:30");
        assert_eq!(hour_minute(at.civil(3600)), "00:30");
        assert_eq!(at.civil(3600).date.to_string(), "2026-11-24");
    }
}
