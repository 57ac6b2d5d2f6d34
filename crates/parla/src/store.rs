//! What the program remembers between two starts: the networks, what their clients want to find again, and what the interface
//! saves. A row for each thing, in one SQLite file that a thread of its own writes.
//!
//! A change is on the disk some milliseconds after it was made; who must know that it is there waits for it by [`Store::sync`].
//! What cannot be written stays in memory and is tried again. Keeps no messages that were said; those are the archive's.

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

/// All that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// The networks, by the number that the interface knows them by.
    pub(crate) networks: BTreeMap<u32, RememberedNetwork>,
    /// What the interface saved.
    pub(crate) values: BTreeMap<String, String>,
}

/// One network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RememberedNetwork {
    /// Random, and never that of another network. Its archive and its records hang on it.
    pub(crate) id: String,
    pub(crate) settings: NetworkSettings,
    /// What its client wants to find again.
    pub(crate) records: BTreeMap<String, String>,
}

/// Where a network is, and what the person has decided about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct NetworkSettings {
    /// Where, as the person gave it.
    pub(crate) address: String,
    /// The name to have there.
    pub(crate) nick: String,
    /// The person has agreed to a connection that others can read.
    pub(crate) unencrypted: bool,
    /// The fingerprint of the certificate that the person trusts there; it must show no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) trusted: Option<String>,
    /// The PEM file with the certificate by which the person is known there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<PathBuf>,
    /// The person's passwords for it are in the system's keyring.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) has_passwords: bool,
    /// The file of its messages, from a time when it was named by the address; else it is named by the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archive: Option<String>,
    /// The person has disconnected, and not connected again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_left: bool,
}

impl RememberedNetwork {
    /// A network that nobody had before.
    pub(crate) fn new(settings: NetworkSettings) -> Self {
        Self { id: new_id(), settings, records: BTreeMap::new() }
    }

    /// The name of the file of its messages.
    pub(crate) fn archive(&self) -> String {
        self.settings.archive.clone().unwrap_or_else(|| format!("{}.db", self.id))
    }
}

/// 128 random bits, as letters and digits.
fn new_id() -> String {
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // The time and the process differ as well, for as long as the clock is right.
        tracing::warn!(%error, "the system has no random numbers");
        let now = crate::clock::now().as_millis().unsigned_abs();
        let other = (u128::from(now) << 32) | u128::from(std::process::id());
        bytes = other.to_be_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A row of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    /// The value is its settings. Without one it goes, and its records with it.
    Network { id: String, number: u32 },
    /// The network is empty for the interface's own.
    Record { network: String, key: String },
}

/// What a thread of the program says to the thread that writes.
#[derive(Debug)]
enum Order {
    Change(Row, Option<String>),
    /// Say when all that was said before is written, and whether it is.
    Sync(SyncSender<bool>),
    End,
    /// The file gets no larger, as on a disk that is full; none lifts that.
    #[cfg(test)]
    LimitPages(Option<u32>),
}

/// What the person is to be told of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreNews {
    /// The file was damaged; the old one is kept there.
    Damaged(String),
    /// Nothing can be written, and why. It is tried again.
    Failing(String),
}

/// Hands changes to the thread that writes them.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    orders: Sender<Order>,
    /// The last attempt to write failed: nobody waits for the next.
    is_failing: Arc<AtomicBool>,
}

/// The thread that writes.
#[derive(Debug)]
pub(crate) struct Writing {
    store: Store,
    thread: JoinHandle<()>,
}

/// A store that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) writing: Writing,
    pub(crate) remembered: Remembered,
    /// What is to be told to the person.
    pub(crate) news: UnboundedReceiver<StoreNews>,
}

impl Remembered {
    /// All of it as rows.
    fn rows(&self) -> BTreeMap<Row, Option<String>> {
        let mut rows = BTreeMap::new();
        for (number, network) in &self.networks {
            let row = Row::Network { id: network.id.clone(), number: *number };
            rows.insert(row, Some(text_of(&network.settings)));
            for (key, value) in &network.records {
                let row = Row::Record { network: network.id.clone(), key: key.clone() };
                rows.insert(row, Some(value.clone()));
            }
        }
        for (key, value) in &self.values {
            rows.insert(Row::Record { network: String::new(), key: key.clone() }, Some(value.clone()));
        }
        rows
    }

    /// Takes a change in.
    fn apply(&mut self, row: &Row, value: Option<&str>) {
        match row {
            Row::Network { id, number } => match value.map(serde_json::from_str) {
                Some(settings) => {
                    let network = self.networks.entry(*number).or_default();
                    network.id.clone_from(id);
                    network.settings = settings.unwrap_or_default();
                }
                None => {
                    self.networks.remove(number);
                }
            },
            Row::Record { network, key } => {
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

    /// Whether one more fits.
    fn has_room_for(&self, row: &Row) -> bool {
        match row {
            Row::Network { number, .. } => {
                self.networks.contains_key(number) || self.networks.len() < NETWORKS_MAX
            }
            Row::Record { network, key } if network.is_empty() => {
                self.values.contains_key(key) || self.values.len() < VALUES_MAX
            }
            // Its client bounds them. One that is forgotten may have something to say still.
            Row::Record { network, .. } => self.networks.values().any(|known| known.id == *network),
        }
    }

    /// The interface's values that are about this network: behind their first word they have its number.
    fn values_about(&self, number: u32) -> Vec<String> {
        let number = number.to_string();
        let is_about = |key: &&String| key.split(' ').nth(1) == Some(number.as_str());
        self.values.keys().filter(is_about).cloned().collect()
    }
}

fn text_of(settings: &NetworkSettings) -> String {
    serde_json::to_string(settings).unwrap_or_default()
}

impl Store {
    /// Remembers a network and how it is set up. Its records stay as they are.
    pub(crate) fn remember(&self, NetworkId(number): NetworkId, network: &RememberedNetwork) {
        let row = Row::Network { id: network.id.clone(), number };
        self.say(Order::Change(row, Some(text_of(&network.settings))));
    }

    /// Forgets a network, and with it all that was remembered about it.
    pub(crate) fn forget(&self, NetworkId(number): NetworkId, id: &str) {
        self.say(Order::Change(Row::Network { id: id.to_owned(), number }, None));
    }

    /// Saves what the client of a network wants to find again; none removes it.
    pub(crate) fn record(&self, network: &str, key: String, value: Option<String>) {
        self.say(Order::Change(Row::Record { network: network.to_owned(), key }, value));
    }

    /// Saves a value of the interface; none removes it. One that is too large is not saved.
    pub(crate) fn save(&self, key: &str, value: Option<&str>) {
        if key.len() + value.map_or(0, str::len) > VALUE_BYTES_MAX {
            tracing::warn!(key, "a value is too large to be saved");
            return;
        }
        let row = Row::Record { network: String::new(), key: key.to_owned() };
        self.say(Order::Change(row, value.map(str::to_owned)));
    }

    /// Waits until all that was said before is on the disk; says whether it is. A disk that is full or hangs is not waited
    /// for: what was said is in memory, and is written as soon as that can be done.
    pub(crate) fn sync(&self) -> bool {
        if self.is_failing.load(Ordering::Acquire) {
            return false;
        }
        let (done, is_done) = sync_channel(1);
        self.say(Order::Sync(done));
        is_done.recv_timeout(STORE_WAIT_MAX).unwrap_or_else(|error| {
            tracing::error!(%error, "the store is too slow; what it was given is not waited for");
            self.is_failing.store(true, Ordering::Release);
            false
        })
    }

    /// As if the disk was full from now on.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) {
        self.say(Order::LimitPages(Some(1)));
    }

    fn say(&self, order: Order) {
        // The thread ends with the program only.
        let _ = self.orders.send(order);
    }
}

impl Writing {
    /// Opens the store at `path`; at the first time with what the file of settings remembers that was used before.
    ///
    /// # Errors
    /// The file cannot be read. One that is damaged can: as far as it goes.
    pub(crate) fn open(path: &Path, settings_before: &Path, archives: &Path) -> Result<Opened, StoreError> {
        thread::open(path, &before::Before { settings: settings_before, archives })
    }

    /// The way to it.
    pub(crate) fn store(&self) -> Store {
        self.store.clone()
    }

    /// Writes what is left, and ends.
    pub(crate) fn end(self) {
        self.store.say(Order::End);
        if self.thread.join().is_err() {
            tracing::error!("what was remembered was not written");
        }
    }
}
