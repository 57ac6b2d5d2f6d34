//! What a session has of METADATA: the keys it listens to, and the values it set before it was a user.

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::{Capabilities, Timestamp, metadata::Key};

use super::allowance::Allowance;
use crate::{
    base::{
        limits::{METADATA_CHANGES_BURST, METADATA_CHANGES_INTERVAL},
        metadata::is_aware,
    },
    network::Target,
};

/// What a session that uses METADATA has of it; the others have none.
#[derive(Debug)]
pub(crate) struct SessionMetadata {
    /// The keys whose changes the client is told of.
    pub(crate) subscriptions: BTreeSet<Key>,
    /// What the client set before it was registered; moves into its user.
    pub(crate) early: BTreeMap<Key, String>,
    /// How often it may change values.
    pub(crate) changes: Allowance,
    /// When it may next be told very much at once.
    pub(crate) large_sync_at: Timestamp,
    /// What was left out of the last large answer to SYNC.
    pub(crate) rest: Option<SyncRest>,
}

/// An answer to SYNC that was too large for one batch: the next one goes on from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyncRest {
    /// What was asked for; none: everything.
    pub(crate) asked: Option<Target>,
    /// The last one whose values were told.
    pub(crate) told: Target,
}

impl SessionMetadata {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            subscriptions: BTreeSet::new(),
            early: BTreeMap::new(),
            changes: Allowance::every(METADATA_CHANGES_BURST, METADATA_CHANGES_INTERVAL, now),
            large_sync_at: now,
            rest: None,
        }
    }

    /// The client has other capabilities. If it does not hear of METADATA any more, it has no subscriptions either.
    pub(super) fn change_capabilities(&mut self, capabilities: Capabilities) {
        if !is_aware(capabilities) {
            self.subscriptions.clear();
        }
    }
}
