//! The effects of one commit.

use crate::network::{audit::Audit, change::Change, event::Event, refusal::Refusal};

/// Events to publish, changes to store, refusals for whoever proposed the entry, and records of operators,
/// each in order.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) events: Vec<Event>,
    pub(crate) changes: Vec<Change>,
    pub(crate) refusals: Vec<Refusal>,
    /// What operators of the server did, for the machine where they are connected.
    pub(crate) audits: Vec<Audit>,
    /// How members moderated their channels, for the machine where they are connected, which may summarize
    /// it.
    pub(crate) moderation: Vec<Audit>,
}
