//! What one commit leaves behind.

use crate::network::{audit::Audit, change::Change, event::Event, refusal::Refusal};

/// Events to publish, changes to keep, refusals for the origin, a record of operators; each in order.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) events: Vec<Event>,
    pub(crate) changes: Vec<Change>,
    pub(crate) refusals: Vec<Refusal>,
    /// What operators of the server did, for the machine where they are.
    pub(crate) audits: Vec<Audit>,
    /// How members moderated their channels, for the machine where they are, which may sum it up.
    pub(crate) moderation: Vec<Audit>,
}
