//! A command of a tab that does not lead, as the browser stores it until it is carried out.
//!
//! The message to the leading tab can be lost with both tabs: the leader has crashed, nobody has noticed yet,
//! and the person closes the tab in which they have just sent something. The next leader finds it here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::TabId;
use crate::{
    intent::Intent,
    secrets,
    stored_intent::StoredIntent,
    view::{BufferId, BufferKind, NetworkId},
};

/// The start of the keys of stored commands; the tab and the number of its command follow.
pub const STORED_COMMAND: &str = "command ";

/// A command that must not be lost with its tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCommand {
    /// The conversation that it is about, because its id is known to nobody but the tab.
    pub buffer: Option<BufferName>,
    /// What is to be done.
    pub act: Act,
}

/// A conversation by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BufferName {
    /// Whether it is a room or a person.
    pub kind: BufferKind,
    /// Its name as it is shown.
    pub name: Arc<str>,
}

/// What a stored command does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// It hands an intent to the client of a network.
    Intent(NetworkId, StoredIntent),
    /// It saves a text, if `before` is still what is stored under its key.
    Save {
        /// The key.
        key: String,
        /// The text; `None` deletes it.
        value: Option<String>,
        /// What was stored when the command was given.
        before: Option<String>,
    },
}

/// A stored command of a tab that is no longer there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// The tab.
    pub tab: TabId,
    /// The number of its command.
    pub number: u64,
    /// The command.
    pub command: StoredCommand,
}

impl StoredCommand {
    /// An intent about this conversation, unless nothing is lost with it or it must not be stored.
    pub fn of_intent(network: NetworkId, intent: &Intent, buffer: Option<BufferName>) -> Option<Self> {
        let name = buffer.as_ref().map_or("", |buffer| &buffer.name);
        let is_hidden = matches!(intent, Intent::Submit { input, .. } if secrets::hides_input(name, input));
        let intent = StoredIntent::of(intent).filter(|_| !is_hidden)?;
        Some(Self { buffer, act: Act::Intent(network, intent) })
    }

    /// The key of the command of this number of a tab.
    pub fn key(tab: TabId, number: u64) -> String {
        format!("{STORED_COMMAND}{} {number}", tab.0)
    }

    /// The text that is stored. `None` if it cannot be written, which does not happen with these types.
    pub fn to_text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// The intent in the ids of a client that knows the conversation under this id.
    pub fn intent_at(&self, id: BufferId) -> Option<(NetworkId, Intent)> {
        let Act::Intent(network, intent) = &self.act else { return None };
        Some((*network, intent.at(id)?))
    }
}

/// The stored commands of the tabs that are no longer there, in the order in which each tab's were given.
/// The keys come without [`STORED_COMMAND`]; what another build has written in another way is left alone.
pub fn orphans(
    stored: impl IntoIterator<Item = (String, String)>,
    is_there: impl Fn(TabId) -> bool,
) -> Vec<Orphan> {
    let orphan = |(key, text): (String, String)| {
        let (tab, number) = key.split_once(' ')?;
        let (tab, number) = (TabId(tab.parse().ok()?), number.parse().ok()?);
        (!is_there(tab)).then_some(())?;
        Some(Orphan { tab, number, command: serde_json::from_str(&text).ok()? })
    };
    let mut orphans: Vec<Orphan> = stored.into_iter().filter_map(orphan).collect();
    orphans.sort_by_key(|orphan| (orphan.tab, orphan.number));
    orphans
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::tabs::{Before, CarriedOut};

    const NETWORK: NetworkId = NetworkId(1);
    const TEA: BufferId = BufferId(7);

    fn room(name: &str) -> Option<BufferName> {
        Some(BufferName { kind: BufferKind::Room, name: name.into() })
    }

    fn said(text: &str) -> Intent {
        Intent::Submit { buffer: TEA, input: text.into() }
    }

    /// What the browser stores.
    #[derive(Default)]
    struct Storage(BTreeMap<String, String>);

    impl Storage {
        fn keep(&mut self, tab: TabId, number: u64, intent: &Intent) {
            if let Some(command) = StoredCommand::of_intent(NETWORK, intent, room("#tea")) {
                self.0.insert(StoredCommand::key(tab, number), command.to_text().unwrap());
            }
        }

        fn orphans(&self, there: &[TabId]) -> Vec<Orphan> {
            let stored =
                self.0.iter().map(|(key, text)| (key[STORED_COMMAND.len()..].to_owned(), text.clone()));
            orphans(stored, |tab| there.contains(&tab))
        }

        /// A leader carries out what closed tabs have left.
        fn take_up(&mut self, there: &[TabId], carried_out: &mut CarriedOut) -> Vec<Intent> {
            let mut done = Vec::new();
            for Orphan { tab, number, command } in self.orphans(there) {
                if carried_out.begin(tab, number) == Before::Nothing {
                    done.extend(command.intent_at(BufferId(1)).map(|(_, intent)| intent));
                }
                self.0.remove(&StoredCommand::key(tab, number));
            }
            done
        }
    }

    /// Nobody leads, the person sends something and closes the tab.
    #[test]
    fn what_a_closed_tab_wanted_is_carried_out_once_by_the_next_leader() {
        let (mut storage, closed, open) = (Storage::default(), TabId(3), TabId(4));
        for (number, text) in [(9, "one"), (10, "two"), (11, "/topic green tea")] {
            storage.keep(closed, number, &said(text));
        }
        storage.keep(open, 1, &said("mine"));
        let mut carried_out = CarriedOut::default();
        // The leader before had carried out the first one, and crashed before it could say so.
        carried_out.begin(closed, 9);
        let mut next = CarriedOut::from_text(&carried_out.to_text());
        let done = storage.take_up(&[open], &mut next);
        let at = |text: &str| Intent::Submit { buffer: BufferId(1), input: text.into() };
        assert_eq!(done, [at("two"), at("/topic green tea")]);
        assert_eq!(storage.take_up(&[open], &mut next), []);
        // The open tab sends its own; if it was frozen, it may be late.
        assert_eq!(storage.take_up(&[], &mut next), [at("mine")]);
        assert_eq!(next.begin(open, 1), Before::DoneHere, "what it sends again is not done again");
    }

    #[test]
    fn what_must_not_or_need_not_be_kept_is_not() {
        let mut storage = Storage::default();
        let intents = [
            said("/msg NickServ IDENTIFY secret"),
            Intent::SignIn { credentials: crate::Credentials::default() },
            Intent::ListRooms,
        ];
        for intent in intents {
            storage.keep(TabId(1), 1, &intent);
        }
        assert_eq!(storage.orphans(&[]), []);
    }

    #[test]
    fn what_cannot_be_read_is_left_alone() {
        let text = |key: &str, text: &str| (key.to_owned(), text.to_owned());
        let stored = [text("1 1", "{}"), text("1", "x"), text("x 1", "x"), text("", "")];
        assert_eq!(orphans(stored, |_| false), []);
    }
}
