//! Commands on their way from tabs that do not lead to the one that does.

use parla_ui::platform::Command;
use serde::{Deserialize, Serialize};

use crate::storage;

/// A command of a tab that does not lead.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) command: Command,
    /// What was stored under the key of [`Command::Save`] when the command was given.
    pub(crate) kept: Option<String>,
}

impl Order {
    /// Whether it is a [`Command::Save`].
    pub(crate) const fn is_save(&self) -> bool {
        matches!(self.command, Command::Save { .. })
    }

    /// Carries out a [`Command::Save`], unless the person has begun another draft in the meantime. Returns
    /// true if it was saved.
    pub(crate) fn save(&self) -> bool {
        let Command::Save { key, value } = &self.command else { return false };
        let may = storage::load(key) == self.kept;
        if may {
            storage::save(key, value.as_deref());
        }
        may
    }

    /// The same for a tab that was closed before it could do so.
    pub(crate) fn save_for_another(&self) -> bool {
        let is_saved = self.save();
        if let (true, Command::Save { key, .. }) = (is_saved, &self.command) {
            storage::tell_here(key);
        }
        is_saved
    }
}
