//! The only place that writes for a person: results to standard output, progress to standard error.

use std::io::{self, Write};

use crate::error::{Error, cannot};

/// Writes a result to standard output, with a newline.
pub(crate) fn say(text: impl AsRef<str>) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", text.as_ref()).and_then(|()| out.flush()).map_err(cannot("write to standard output"))
}

/// Writes progress to standard error, with a newline.
pub(crate) fn progress(text: impl AsRef<str>) {
    // If progress cannot be written, that is no reason to stop measuring.
    let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
}
