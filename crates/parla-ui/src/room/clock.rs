//! Times in the person's time zone. Reads no clock: the platform is asked for the offset, and the caller
//! passes the day.

use parla_proto::{
    Timestamp,
    civil::{Date, DateTime},
};

use crate::platform::Here;

/// The person's clock, read through the platform.
#[derive(Clone)]
pub(crate) struct Clock(pub(crate) Here);

impl Clock {
    /// The local time at that moment.
    pub(crate) fn local(&self, at: Timestamp) -> DateTime {
        at.civil(self.0.0.utc_offset_seconds(at))
    }

    /// Today's date.
    pub(crate) fn today(&self) -> Date {
        self.local(self.0.0.now()).date
    }
}
