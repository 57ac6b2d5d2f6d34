//! What the program remembers between two starts: the networks, and what the interface saves. One JSON file.
//!
//! A thread of its own writes it, some moments after a change, beside the old one and then in its place: whenever the power
//! goes, one of the two is whole. Keeps no messages; that is the archive's.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
};

use parla_client::view::NetworkId;
use serde::{Deserialize, Serialize};

use crate::limits::{NETWORKS_MAX, SETTINGS_BYTES_MAX, SETTINGS_GATHER, VALUE_BYTES_MAX, VALUES_MAX};

/// All that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    /// The networks, by the number that the interface knows them by.
    pub(crate) networks: BTreeMap<u32, RememberedNetwork>,
    /// What the interface saved.
    pub(crate) values: BTreeMap<String, String>,
}

/// One network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RememberedNetwork {
    /// Where, as the person gave it.
    pub(crate) address: String,
    /// The name to have there.
    pub(crate) nick: String,
    /// The person has agreed to a connection that others can read.
    pub(crate) unencrypted: bool,
    /// What its client wants to find again.
    pub(crate) records: BTreeMap<String, String>,
}

/// A change to what is remembered.
#[derive(Debug)]
enum Change {
    Network(NetworkId, RememberedNetwork),
    Forget(NetworkId),
    Value(String, Option<String>),
    End,
}

/// Hands changes to the thread that writes them.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    changes: Sender<Change>,
}

/// The thread that writes.
#[derive(Debug)]
pub(crate) struct Writing {
    store: Store,
    thread: JoinHandle<()>,
}

impl Remembered {
    /// Reads the file. What cannot be read is moved aside, and nothing is remembered.
    pub(crate) fn read(path: &Path) -> Self {
        match parse(path) {
            Ok(remembered) => remembered,
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(reason) => {
                let aside = path.with_extension("json.broken");
                tracing::error!(%reason, file = %path.display(), aside = %aside.display(), "cannot read the settings; starting anew");
                let _ = fs::rename(path, aside);
                Self::default()
            }
        }
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Network(NetworkId(number), network) => {
                if self.networks.contains_key(&number) || self.networks.len() < NETWORKS_MAX {
                    self.networks.insert(number, network);
                }
            }
            Change::Forget(NetworkId(number)) => {
                self.networks.remove(&number);
            }
            Change::Value(key, Some(value)) => {
                if self.values.contains_key(&key) || self.values.len() < VALUES_MAX {
                    self.values.insert(key, value);
                }
            }
            Change::Value(key, None) => {
                self.values.remove(&key);
            }
            Change::End => {}
        }
    }
}

impl Store {
    /// Remembers a network, in place of what was known of it.
    pub(crate) fn remember(&self, id: NetworkId, network: RememberedNetwork) {
        self.say(Change::Network(id, network));
    }

    /// Forgets a network.
    pub(crate) fn forget(&self, id: NetworkId) {
        self.say(Change::Forget(id));
    }

    /// Saves a value of the interface; none removes it. One that is too large is not saved.
    pub(crate) fn save(&self, key: &str, value: Option<&str>) {
        if key.len() + value.map_or(0, str::len) > VALUE_BYTES_MAX {
            tracing::warn!(key, "a value is too large to be saved");
            return;
        }
        self.say(Change::Value(key.to_owned(), value.map(str::to_owned)));
    }

    fn say(&self, change: Change) {
        // The thread ends with the program only.
        let _ = self.changes.send(change);
    }
}

impl Writing {
    /// Begins to write to `path`, where `remembered` stands.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start(path: PathBuf, remembered: Remembered) -> io::Result<Self> {
        let (changes, incoming) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("settings".to_owned())
            .spawn(move || write_changes(&path, remembered, &incoming))?;
        Ok(Self { store: Store { changes }, thread })
    }

    /// The way to it.
    pub(crate) fn store(&self) -> Store {
        self.store.clone()
    }

    /// Writes what is left, and ends.
    pub(crate) fn end(self) {
        self.store.say(Change::End);
        if self.thread.join().is_err() {
            tracing::error!("the settings were not written");
        }
    }
}

fn parse(path: &Path) -> io::Result<Remembered> {
    let mut text = String::new();
    File::open(path)?.take(SETTINGS_BYTES_MAX).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

fn write_changes(path: &Path, mut remembered: Remembered, incoming: &Receiver<Change>) {
    let mut written = remembered.clone();
    let mut ended = false;
    while !ended {
        let Ok(first) = incoming.recv() else { break };
        ended = gather(first, incoming, &mut remembered);
        if remembered == written {
            continue;
        }
        match write(path, &remembered) {
            Ok(()) => written = remembered.clone(),
            Err(reason) => tracing::error!(%reason, file = %path.display(), "cannot write the settings"),
        }
    }
}

/// Takes in changes until none comes for a moment; says whether the program ends. Somebody who types saves drafts without
/// pause, so there is a last moment too.
fn gather(first: Change, incoming: &Receiver<Change>, remembered: &mut Remembered) -> bool {
    let latest = std::time::Instant::now() + 8 * SETTINGS_GATHER;
    let mut next = first;
    loop {
        if matches!(next, Change::End) {
            return true;
        }
        remembered.apply(next);
        let left = latest.saturating_duration_since(std::time::Instant::now()).min(SETTINGS_GATHER);
        match incoming.recv_timeout(left) {
            Ok(change) => next = change,
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => return true,
        }
    }
}

/// Writes beside the file, and puts it in its place.
fn write(path: &Path, remembered: &Remembered) -> io::Result<()> {
    let aside = path.with_extension("json.new");
    let text = serde_json::to_string_pretty(remembered)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // The keys of rooms are in it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&aside, path)
}

#[cfg(test)]
mod tests {

    use super::*;

    fn network(address: &str) -> RememberedNetwork {
        let records = BTreeMap::from([("room #tea".to_owned(), "{}".to_owned())]);
        RememberedNetwork {
            address: address.to_owned(),
            nick: "alice".to_owned(),
            unencrypted: true,
            records,
        }
    }

    fn after(path: &Path, changes: impl FnOnce(&Store)) -> Remembered {
        let writing = Writing::start(path.to_owned(), Remembered::read(path)).unwrap();
        changes(&writing.store());
        writing.end();
        Remembered::read(path)
    }

    #[test]
    fn what_was_saved_is_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let first = after(&path, |store| {
            store.remember(NetworkId(3), network("irc.example.org"));
            store.remember(NetworkId(4), network("localhost"));
            store.save("theme", Some("dark"));
            store.save("draft", Some("hel"));
        });
        assert_eq!(first.networks[&3], network("irc.example.org"));
        assert_eq!(first.values["theme"], "dark");
        let second = after(&path, |store| {
            store.forget(NetworkId(3));
            store.save("draft", None);
        });
        assert_eq!(second.networks.keys().collect::<Vec<_>>(), [&4]);
        assert_eq!(second.values.keys().collect::<Vec<_>>(), ["theme"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn what_cannot_be_read_is_moved_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        fs::write(&path, "{\"networks\":").unwrap();
        assert_eq!(Remembered::read(&path), Remembered::default());
        assert!(folder.path().join("settings.json.broken").exists());
        assert!(!path.exists());
    }

    #[test]
    fn a_value_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let remembered = after(&path, |store| {
            store.save("large", Some(&"x".repeat(VALUE_BYTES_MAX)));
            for n in 0..=VALUES_MAX {
                store.save(&format!("{n:04}"), Some("x"));
            }
        });
        assert_eq!(remembered.values.len(), VALUES_MAX);
        assert!(!remembered.values.contains_key("large"));
    }

    #[test]
    fn fields_of_another_version_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        fs::write(&path, r#"{"networks":{"1":{"address":"a","colour":"red"}},"new":[]}"#).unwrap();
        assert_eq!(Remembered::read(&path).networks[&1].address, "a");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        after(&path, |store| store.save("theme", Some("dark")));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
