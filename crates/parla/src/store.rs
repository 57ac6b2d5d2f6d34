//! What the program remembers between two starts: the networks, the records of their clients, and the values
//! that the interface saves. Each is a row in one SQLite file, which has its own thread for writing.
//!
//! A change is on disk some milliseconds after it was made; [`Store::sync`] waits until it is. What cannot be
//! written stays in memory and is retried. Messages are stored in the archive and not here.

mod before;
mod file;
mod thread;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use parla_client::view::NetworkId;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::limits::{NETWORKS_MAX, STORE_WAIT_MAX, VALUE_BYTES_MAX, VALUES_MAX};

pub(crate) use self::file::StoreError;

/// Everything that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// The networks, by the number under which the interface knows them.
    pub(crate) networks: BTreeMap<u32, RememberedNetwork>,
    /// The values that the interface saved.
    pub(crate) values: BTreeMap<String, String>,
}

/// One network with the records of its client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RememberedNetwork {
    /// A random id that no other network has. Its archive and its records belong to this id.
    pub(crate) id: String,
    pub(crate) settings: ConnectionSettings,
    /// The records of its client.
    pub(crate) records: BTreeMap<String, String>,
}

/// Where a network is, and what the person has decided about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ConnectionSettings {
    /// The address as the person gave it.
    pub(crate) address: String,
    /// The nick to use there.
    pub(crate) nick: String,
    /// Whether the person accepts a connection that others can read.
    pub(crate) unencrypted: bool,
    /// The fingerprint of the certificate that the person trusts there; the server must present no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trusted: Option<String>,
    /// The PEM file with the person's own certificate for this network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<PathBuf>,
    /// Whether the system's keyring has the person's passwords for this network.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) has_passwords: bool,
    /// The name of its message file, if it was named after the address by an older version; otherwise it is
    /// named after the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archive: Option<String>,
    /// Whether the person has disconnected and not connected again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_left: bool,
}

impl RememberedNetwork {
    /// A network that did not exist before.
    pub(crate) fn new(settings: ConnectionSettings) -> Self {
        Self { id: new_id(), settings, records: BTreeMap::new() }
    }

    /// The name of its message file.
    pub(crate) fn archive(&self) -> String {
        self.settings.archive.clone().unwrap_or_else(|| format!("{}.db", self.id))
    }
}

/// 128 random bits as letters and digits.
fn new_id() -> String {
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // The time and the process id also make it unique, as long as the clock is right.
        tracing::warn!(%error, "the system has no random numbers");
        let now = crate::clock::now().as_millis().unsigned_abs();
        let other = (u128::from(now) << 32) | u128::from(std::process::id());
        bytes = other.to_be_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of a row in the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RowKey {
    /// The value is the network's settings. Without a value the row is deleted, together with the network's
    /// records.
    Network { id: String, number: u32 },
    /// The network is empty for the interface's own values.
    Record { network: String, key: String },
}

/// What other threads send to the thread that writes.
#[derive(Debug)]
enum StoreOrder {
    Change(RowKey, Option<String>),
    /// Report when everything before this is written, and whether it is.
    Sync(SyncSender<bool>),
    End,
    /// Limits the size of the file, as on a full disk; `None` lifts the limit.
    #[cfg(test)]
    LimitPages(Option<u32>),
}

/// What the person must be told about the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreNews {
    /// The file was damaged; the old one is kept at this path.
    Damaged(String),
    /// Nothing can be written, for this reason. Writing is retried.
    Failing(String),
}

/// The handle for sending changes to the thread that writes.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    orders: Sender<StoreOrder>,
    /// Whether the last attempt to write failed, in which case nobody waits for the next.
    is_failing: Arc<AtomicBool>,
}

/// The thread that writes.
#[derive(Debug)]
pub(crate) struct Writing {
    store: Store,
    thread: JoinHandle<()>,
}

/// The result of opening a store.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) writing: Writing,
    pub(crate) remembered: Remembered,
    /// What the person must be told.
    pub(crate) news: UnboundedReceiver<StoreNews>,
}

impl Remembered {
    /// Everything as rows of the file.
    fn rows(&self) -> BTreeMap<RowKey, Option<String>> {
        let mut rows = BTreeMap::new();
        for (number, network) in &self.networks {
            let row = RowKey::Network { id: network.id.clone(), number: *number };
            rows.insert(row, Some(text_of(&network.settings)));
            for (key, value) in &network.records {
                let row = RowKey::Record { network: network.id.clone(), key: key.clone() };
                rows.insert(row, Some(value.clone()));
            }
        }
        for (key, value) in &self.values {
            rows.insert(RowKey::Record { network: String::new(), key: key.clone() }, Some(value.clone()));
        }
        rows
    }

    /// Applies the change of one row.
    fn apply(&mut self, row: &RowKey, value: Option<&str>) {
        match row {
            RowKey::Network { id, number } => match value.map(serde_json::from_str) {
                Some(settings) => {
                    let network = self.networks.entry(*number).or_default();
                    network.id.clone_from(id);
                    network.settings = settings.unwrap_or_default();
                }
                None => {
                    self.networks.remove(number);
                }
            },
            RowKey::Record { network, key } => {
                let records = if network.is_empty() {
                    Some(&mut self.values)
                } else {
                    self.networks
                        .values_mut()
                        .find(|known| known.id == *network)
                        .map(|known| &mut known.records)
                };
                let Some(records) = records else { return };
                match value {
                    Some(value) => records.insert(key.clone(), value.to_owned()),
                    None => records.remove(key),
                };
            }
        }
    }

    /// Whether one more row fits.
    fn has_room_for(&self, row: &RowKey) -> bool {
        match row {
            RowKey::Network { number, .. } => {
                self.networks.contains_key(number) || self.networks.len() < NETWORKS_MAX
            }
            RowKey::Record { network, key } if network.is_empty() => {
                self.values.contains_key(key) || self.values.len() < VALUES_MAX
            }
            // Its client limits them. A client of a removed network may still send some.
            RowKey::Record { network, .. } => self.networks.values().any(|known| known.id == *network),
        }
    }

    /// The keys of the interface's values about this network, which contain its number after their first
    /// word.
    fn values_about(&self, number: u32) -> Vec<String> {
        let number = number.to_string();
        let is_about = |key: &&String| key.split(' ').nth(1) == Some(number.as_str());
        self.values.keys().filter(is_about).cloned().collect()
    }
}

fn text_of(settings: &ConnectionSettings) -> String {
    serde_json::to_string(settings).unwrap_or_default()
}

impl Store {
    /// Remembers a network and its settings. Its records stay as they are.
    pub(crate) fn remember(&self, NetworkId(number): NetworkId, network: &RememberedNetwork) {
        let row = RowKey::Network { id: network.id.clone(), number };
        self.say(StoreOrder::Change(row, Some(text_of(&network.settings))));
    }

    /// Forgets a network and everything that was remembered about it.
    pub(crate) fn forget(&self, NetworkId(number): NetworkId, id: &str) {
        self.say(StoreOrder::Change(RowKey::Network { id: id.to_owned(), number }, None));
    }

    /// Saves a record of a network's client; `None` deletes it.
    pub(crate) fn record(&self, network: &str, key: String, value: Option<String>) {
        self.say(StoreOrder::Change(RowKey::Record { network: network.to_owned(), key }, value));
    }

    /// Saves a value of the interface; `None` deletes it. A value that is too large is not saved.
    pub(crate) fn save(&self, key: &str, value: Option<&str>) {
        if key.len() + value.map_or(0, str::len) > VALUE_BYTES_MAX {
            tracing::warn!(key, "a value is too large to be saved");
            return;
        }
        let row = RowKey::Record { network: String::new(), key: key.to_owned() };
        self.say(StoreOrder::Change(row, value.map(str::to_owned)));
    }

    /// Waits until everything that was sent before is on disk; returns whether it is. It does not wait for a
    /// disk that is full or hangs: the data is in memory, and is written as soon as possible.
    pub(crate) fn sync(&self) -> bool {
        if self.is_failing.load(Ordering::Acquire) {
            return false;
        }
        let (done, is_done) = sync_channel(1);
        self.say(StoreOrder::Sync(done));
        is_done.recv_timeout(STORE_WAIT_MAX).unwrap_or_else(|error| {
            tracing::error!(%error, "the store is too slow; what it was given is not waited for");
            self.is_failing.store(true, Ordering::Release);
            false
        })
    }

    /// Behaves as if the disk were full from now on.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) {
        self.say(StoreOrder::LimitPages(Some(1)));
    }

    fn say(&self, order: StoreOrder) {
        // The thread runs until the program ends.
        let _ = self.orders.send(order);
    }
}

impl Writing {
    /// Opens the store at `path`; the first time, with what an older version's settings file contains.
    ///
    /// # Errors
    /// The file cannot be read. A damaged file is not an error: it is used as far as it can be read.
    pub(crate) fn open(path: &Path, settings_before: &Path, archives: &Path) -> Result<Opened, StoreError> {
        thread::open(path, &before::Before { settings: settings_before, archives })
    }

    /// A handle for sending changes.
    pub(crate) fn store(&self) -> Store {
        self.store.clone()
    }

    /// Writes what is left, and ends.
    pub(crate) fn end(self) {
        self.store.say(StoreOrder::End);
        if self.thread.join().is_err() {
            tracing::error!("what was remembered was not written");
        }
    }
}
