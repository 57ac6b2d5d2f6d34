//! Telling the person, while he looks elsewhere, that someone wants him.

use parla_client::view::Alert;

use crate::{platform::Here, words};

/// Shows a notification of the system.
pub(crate) fn tell(alert: &Alert, here: &Here) {
    let title = words::alert_title(&alert.from, alert.room.as_deref());
    here.0.notify(&title, &alert.text);
}
