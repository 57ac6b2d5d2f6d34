//! The commands that tabs have left behind that were closed, or crashed, before a leader got them. They are in
//! the storage ([`StoredCommand`]), and each is carried out once.

use std::time::Duration;

use parla_client::{
    Input,
    tabs::{Act, Before, Orphan, STORED_COMMAND, StoredCommand, orphans},
};
use parla_proto::Timestamp;
use parla_ui::platform::AppCommand;

use super::{CARRIED_OUT_KEY, Leader, NETWORK};
use crate::{
    interface::{Interface, NOWHERE},
    page,
    pending_command::CommandForLeader,
    storage,
};

/// How long after the beginning of its lead, and after a tab was closed, commands count as left behind: by then
/// all tabs that are there have been heard of.
pub(super) const AFTER: Duration = Duration::from_millis(500);
/// How often it looks for them otherwise, because a tab that crashes does not say so.
const EVERY: Duration = Duration::from_secs(30);

impl Leader {
    /// Carries out what tabs have left behind that were closed before a leader got it.
    pub(crate) fn take_up(&mut self, now: Timestamp, interface: &Interface) {
        if now < self.take_up_at || self.is_quiet() || self.engine.is_none() {
            return;
        }
        self.take_up_at = now + EVERY;
        let stored = storage::keys(STORED_COMMAND).into_iter();
        let stored =
            stored.filter_map(|key| Some((key.clone(), storage::load(&format!("{STORED_COMMAND}{key}"))?)));
        let is_there = |tab| tab == self.me() || self.mirror.followers().contains(&tab);
        for (index, Orphan { tab, number, command }) in orphans(stored, is_there).into_iter().enumerate() {
            // A command before it may have opened its conversation, which the interface does not know yet.
            let is_known = |buffer| interface.at(NETWORK, buffer).is_some();
            if index > 0 && !command.buffer.as_ref().is_none_or(is_known) {
                self.take_up_at = now + AFTER;
                return;
            }
            if self.carried_out.begin(tab, number) == Before::Nothing {
                self.take_up_one(&command, interface);
                storage::save(CARRIED_OUT_KEY, Some(&self.carried_out.to_text()));
            }
            storage::save(&StoredCommand::key(tab, number), None);
        }
    }

    fn take_up_one(&mut self, command: &StoredCommand, interface: &Interface) {
        self.acted_at = Some(page::now());
        match &command.act {
            Act::Save { key, value, before } => {
                let command = AppCommand::Save { key: key.clone(), value: value.clone() };
                CommandForLeader { command, kept: before.clone() }.save_for_another();
            }
            Act::Intent(network, _) => {
                let buffer = command.buffer.as_ref();
                let id = buffer.and_then(|buffer| interface.at(*network, buffer)).unwrap_or(NOWHERE);
                if let Some((_, intent)) = command.intent_at(id) {
                    self.handle(Input::Late(intent));
                }
            }
        }
        self.collect(None);
    }
}
