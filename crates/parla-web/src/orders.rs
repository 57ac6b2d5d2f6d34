//! Commands on their way from tabs that do not lead to the one that does, and what those tabs will save
//! afterwards.

use std::time::Duration;

use parla_client::tabs::TabId;
use parla_proto::Timestamp;
use parla_ui::platform::AppCommand;
use serde::{Deserialize, Serialize};

use crate::storage;

/// After this time a tab that wanted to save something has done so, or no longer wants to.
const SAVE_WITHIN: Duration = Duration::from_secs(5);

/// A command of a tab that does not lead.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) command: AppCommand,
    /// What was stored under the key of [`AppCommand::Save`] when the command was given.
    pub(crate) kept: Option<String>,
}

impl Order {
    /// Whether it is a [`AppCommand::Save`].
    pub(crate) const fn is_save(&self) -> bool {
        matches!(self.command, AppCommand::Save { .. })
    }

    /// Carries out a [`AppCommand::Save`], unless the person has begun another draft in the meantime. Returns
    /// true if it was saved.
    pub(crate) fn save(&self) -> bool {
        let AppCommand::Save { key, value } = &self.command else { return false };
        let may = storage::load(key) == self.kept;
        if may {
            storage::save(key, value.as_deref());
        }
        may
    }
}

/// What other tabs will save when they learn that the earlier commands were carried out. If one of them is
/// closed before, it is saved here, but not earlier, because it takes a moment until one tab sees what
/// another has stored.
#[derive(Default)]
pub(crate) struct Saves(Vec<Save>);

/// What another tab will save unless it is closed first.
struct Save {
    tab: TabId,
    order: Order,
    at: Timestamp,
    /// Whether the tab was closed.
    is_left: bool,
}

impl Saves {
    /// Adds what a tab will save.
    pub(crate) fn push(&mut self, tab: TabId, order: Order, at: Timestamp) {
        self.0.push(Save { tab, order, at, is_left: false });
    }

    /// Notes that a tab was closed.
    pub(crate) fn left(&mut self, tab: TabId) {
        self.0.iter_mut().filter(|save| save.tab == tab).for_each(|save| save.is_left = true);
    }

    /// Whether something must be saved here.
    pub(crate) fn is_urgent(&self) -> bool {
        self.0.iter().any(|save| save.is_left)
    }

    /// Saves what closed tabs wanted to save, as soon as this tab sees what they saw.
    pub(crate) fn due(&mut self, now: Timestamp) {
        self.0.retain(|save| {
            let is_done = save.is_left && save.order.save();
            if let (true, AppCommand::Save { key, .. }) = (is_done, &save.order.command) {
                storage::tell_here(key);
            }
            !is_done && now.since(save.at) < SAVE_WITHIN
        });
    }
}
