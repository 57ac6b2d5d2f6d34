//! A session's METADATA state: the keys it subscribes to, and the values it set before it registered.

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

/// The METADATA state of a session. Sessions that never used METADATA have none.
#[derive(Debug)]
pub(crate) struct SessionMetadata {
    /// The keys whose changes the client is sent.
    pub(crate) subscriptions: BTreeSet<Key>,
    /// Values that the client set before it registered; they move into its user.
    pub(crate) early: BTreeMap<Key, String>,
    /// How often it may change values.
    pub(crate) changes: Allowance,
    /// When it may next be sent a very large answer.
    pub(crate) large_sync_at: Timestamp,
    /// The rest of the last answer to SYNC that was too large.
    pub(crate) rest: Option<SyncRest>,
}

/// An answer to SYNC that was too large for one batch; the next SYNC continues it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SyncRest {
    /// The target that was asked for; `None` means everything.
    pub(crate) asked: Option<Target>,
    /// The last target whose values were sent.
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

    /// Adapts to changed capabilities: a client that is no longer sent METADATA loses its subscriptions.
    pub(super) fn change_capabilities(&mut self, capabilities: Capabilities) {
        if !is_aware(capabilities) {
            self.subscriptions.clear();
        }
    }
}
