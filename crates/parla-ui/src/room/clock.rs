//! Times as the person's clock shows them. Reads no clock: the offset is asked for, the day is given.

use parla_proto::{
    Timestamp,
    civil::{Date, DateTime},
};

use crate::platform::Here;

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
