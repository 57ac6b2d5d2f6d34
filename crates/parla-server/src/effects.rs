//! What one commit leaves behind.

use crate::{audit::Audit, change::Change, event::Event, refusal::Refusal};

/// Events to publish, changes to keep, refusals for the origin, a record of operators; each in order.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) events: Vec<Event>,
    pub(crate) changes: Vec<Change>,
    pub(crate) refusals: Vec<Refusal>,
    /// What operators did, for the machine where they are.
    pub(crate) audits: Vec<Audit>,
}
