//! Commands of tabs that do not lead, on their way to the one that does; and what such a tab saves behind them.

use std::time::Duration;

use parla_client::tabs::TabId;
use parla_proto::Timestamp;
use parla_ui::platform::Command;
use serde::{Deserialize, Serialize};

use crate::storage;

/// After so long a tab that wanted to save something has done so, or wants to no longer.
const SAVE_WITHIN: Duration = Duration::from_secs(5);

/// A command of a tab that does not lead.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) command: Command,
    /// What was kept under the key of [`Command::Save`] when it was given.
    pub(crate) kept: Option<String>,
}

impl Order {
    /// Whether it is a [`Command::Save`].
    pub(crate) const fn is_save(&self) -> bool {
        matches!(self.command, Command::Save { .. })
    }

    /// Carries out a [`Command::Save`], unless the person has begun another draft meanwhile. True if it was done.
    pub(crate) fn save(&self) -> bool {
        let Command::Save { key, value } = &self.command else { return false };
        let may = storage::load(key) == self.kept;
        if may {
            storage::save(key, value.as_deref());
        }
        may
    }
}

/// What other tabs will save when they hear that the commands before it are carried out. If one of them is closed before, it is
/// done here; not earlier, since what one tab keeps is seen by another one only a moment later.
#[derive(Default)]
pub(crate) struct Saves(Vec<Save>);

/// What another tab will save, if it is not closed before.
struct Save {
    tab: TabId,
    order: Order,
    at: Timestamp,
    /// The tab is gone.
    is_left: bool,
}

impl Saves {
    /// A tab will save this.
    pub(crate) fn push(&mut self, tab: TabId, order: Order, at: Timestamp) {
        self.0.push(Save { tab, order, at, is_left: false });
    }

    /// A tab is gone.
    pub(crate) fn left(&mut self, tab: TabId) {
        self.0.iter_mut().filter(|save| save.tab == tab).for_each(|save| save.is_left = true);
    }

    /// Whether something is to be saved here.
    pub(crate) fn is_urgent(&self) -> bool {
        self.0.iter().any(|save| save.is_left)
    }

    /// Saves what tabs that are gone wanted to, as soon as this tab sees what they saw.
    pub(crate) fn due(&mut self, now: Timestamp) {
        self.0.retain(|save| {
            let is_done = save.is_left && save.order.save();
            if let (true, Command::Save { key, .. }) = (is_done, &save.order.command) {
                storage::tell_here(key);
            }
            !is_done && now.since(save.at) < SAVE_WITHIN
        });
    }
}
