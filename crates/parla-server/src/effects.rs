//! What one commit leaves behind.

use crate::{change::Change, event::Event, refusal::Refusal};

/// Events to publish, changes to keep, refusals for the origin; each in order.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) events: Vec<Event>,
    pub(crate) changes: Vec<Change>,
    pub(crate) refusals: Vec<Refusal>,
}
