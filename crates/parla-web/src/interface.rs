//! The interface of this tab, as the network side sees it: it is told of changes in batches, and has its own
//! conversation ids.

use futures_channel::mpsc::UnboundedSender;
use parla_client::{
    Intent,
    tabs::{BufferName, Ids, Look},
    view::{BufferId, NetworkId, Update},
};
use parla_ui::platform::AppCommand;

/// A conversation that no client has: commands for it do nothing.
pub(crate) const NOWHERE: BufferId = BufferId(u32::MAX);

/// The interface of this tab.
pub(crate) struct Interface {
    updates: UnboundedSender<Vec<Update>>,
    ids: Ids,
    /// Updates that the interface gets only when the new client is ready; until then it shows what the old
    /// one had.
    held: Option<Vec<Update>>,
    shows_something: bool,
}

/// Whether the row ids in a command are those of the client that receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    Same,
    /// Another tab has taken the lead since.
    Stale,
}

impl Interface {
    pub(crate) fn new(updates: UnboundedSender<Vec<Update>>) -> Self {
        Self { updates, ids: Ids::default(), held: None, shows_something: false }
    }

    /// Whether it has been told anything yet.
    pub(crate) const fn shows_something(&self) -> bool {
        self.shows_something
    }

    /// Holds back all updates until [`Interface::release`].
    pub(crate) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Passes on what was held back.
    pub(crate) fn release(&mut self) {
        if let Some(held) = self.held.take() {
            self.send(held);
        }
    }

    /// Passes on the updates of a new client, which describe everything that exists.
    pub(crate) fn tell_whole(&mut self, updates: Vec<Update>) {
        let updates = self.ids.whole(updates);
        self.send(updates);
    }

    /// Passes on changes.
    pub(crate) fn tell(&mut self, updates: Vec<Update>) {
        let updates = self.ids.some(updates);
        self.send(updates);
    }

    fn send(&mut self, updates: Vec<Update>) {
        if updates.is_empty() {
            return;
        }
        match &mut self.held {
            Some(held) => held.extend(updates),
            None => {
                self.shows_something = true;
                drop(self.updates.unbounded_send(updates));
            }
        }
    }

    /// The command with the client's ids. `None` if the client does not have the conversation.
    pub(crate) fn translate(&self, command: &AppCommand, rows: Rows) -> Option<AppCommand> {
        let mut command = command.clone();
        if let AppCommand::Intent(network, intent) = &mut command {
            let is_stale = rows == Rows::Stale && names_row(intent);
            if let Some(buffer) = intent.buffer_mut() {
                *buffer = if is_stale { NOWHERE } else { self.ids.theirs(*network, *buffer)? };
            }
        }
        Some(command)
    }

    /// The conversation that an intent of this interface is about.
    pub(crate) fn buffer_name(&self, network: NetworkId, intent: &Intent) -> Option<BufferName> {
        let shown = intent.clone().buffer_mut().map(|buffer| *buffer)?;
        self.ids.buffer_name(network, shown)
    }

    /// The client's id of a conversation.
    pub(crate) fn at(&self, network: NetworkId, buffer: &BufferName) -> Option<BufferId> {
        self.ids.at(network, buffer)
    }

    /// What the person is looking at, with the client's ids.
    pub(crate) fn translate_look(&self, look: Look) -> Look {
        Look { buffer: look.buffer.and_then(|shown| self.ids.theirs(look.network, shown)), ..look }
    }
}

/// The same command for a conversation that no client has, so that it does nothing.
pub(crate) fn to_nowhere(command: &AppCommand) -> AppCommand {
    let mut command = command.clone();
    if let AppCommand::Intent(_, intent) = &mut command
        && let Some(buffer) = intent.buffer_mut()
    {
        *buffer = NOWHERE;
    }
    command
}

const fn names_row(intent: &Intent) -> bool {
    matches!(intent, Intent::LoadGap { .. } | Intent::Retry { .. } | Intent::Discard { .. })
}
