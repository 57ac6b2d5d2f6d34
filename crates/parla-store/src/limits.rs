//! How much the store does at once, and for how long.

use std::time::Duration;

/// Messages that are indexed at once.
pub(crate) const INDEX_ROWS_MAX: usize = 1_000;

/// Bytes of forgotten messages that are deleted at once: about 30 short ones, in about 10 ms.
pub(crate) const FORGET_BYTES_MAX: usize = 4 * 1024;

/// How long the check of the database may delay a start. If it takes longer, it is done anew while the server runs.
pub(crate) const CHECK_AT_START_MAX: Duration = Duration::from_millis(250);
