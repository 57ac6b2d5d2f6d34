//! Commands on their way from tabs that do not lead to the one that does.

use std::time::Duration;

use parla_client::{
    Intent,
    tabs::{Act, StoredCommand, TabId},
};
use parla_proto::Timestamp;
use parla_ui::platform::AppCommand;
use serde::{Deserialize, Serialize};

use crate::{
    interface::{Interface, Rows, to_nowhere},
    page, storage,
};

/// How long a command for a missing conversation waits for the conversation to return.
pub(crate) const PLACE_WITHIN: Duration = Duration::from_secs(10);

/// A command that the person has given in a tab that does not lead, in the ids of the interface.
pub(crate) struct PendingCommand {
    pub(crate) command: AppCommand,
    /// What was stored under the key of [`AppCommand::Save`] at that time.
    pub(crate) kept: Option<String>,
    pub(crate) at: Timestamp,
    /// The number of the leader's term at that time.
    pub(crate) term: u64,
    /// The key under which it is stored, if it is.
    stored: Option<String>,
}

impl PendingCommand {
    /// A command that is given now: the one of this number of this tab, in the leader's term of this number.
    /// It is stored, so from now on it is carried out even if the tab is closed.
    pub(crate) fn new(
        command: AppCommand,
        (me, number): (TabId, u64),
        term: u64,
        interface: &Interface,
    ) -> Self {
        let kept = match &command {
            AppCommand::Save { key, .. } => storage::load(key),
            _ => None,
        };
        let stored = match &command {
            AppCommand::Intent(network, intent) => {
                StoredCommand::of_intent(*network, intent, interface.buffer_name(*network, intent))
            }
            AppCommand::Save { key, value } => {
                let act = Act::Save { key: key.clone(), value: value.clone(), before: kept.clone() };
                Some(StoredCommand { buffer: None, act })
            }
            AppCommand::Connect { .. } | AppCommand::Forget(_) | AppCommand::Change(..) => None,
        };
        let key = StoredCommand::key(me, number);
        let is_stored =
            stored.and_then(|command| command.to_text()).is_some_and(|it| storage::save(&key, Some(&it)));
        Self { command, kept, at: page::now(), term, stored: is_stored.then_some(key) }
    }

    /// Whether nothing that the person wrote is lost with this tab.
    pub(crate) fn survives(&self) -> bool {
        self.stored.is_some() || !matches!(self.command, AppCommand::Intent(_, Intent::Submit { .. }))
    }

    /// It was carried out, so it need not be stored any longer.
    pub(crate) fn forget(&self) {
        if let Some(key) = &self.stored {
            storage::save(key, None);
        }
    }

    /// The command in the ids of the client that receives it. `None` while the conversation may still come
    /// back.
    pub(crate) fn command_for(
        &self,
        interface: &Interface,
        (now, rows): (Timestamp, Rows),
    ) -> Option<AppCommand> {
        let is_over = now.since(self.at) >= PLACE_WITHIN;
        let command = interface.translate(&self.command, rows);
        command.or_else(|| is_over.then(|| to_nowhere(&self.command)))
    }
}

/// Such a command on its way, in the ids of the leader's client.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CommandForLeader {
    pub(crate) command: AppCommand,
    /// What was stored under the key of [`AppCommand::Save`] when the command was given.
    pub(crate) kept: Option<String>,
}

impl CommandForLeader {
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

    /// The same for a tab that was closed before it could do so.
    pub(crate) fn save_for_another(&self) -> bool {
        let is_saved = self.save();
        if let (true, AppCommand::Save { key, .. }) = (is_saved, &self.command) {
            storage::tell_here(key);
        }
        is_saved
    }
}
