//! The settings of older versions: one JSON file, which is read once and then kept under another name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use parla_client::endpoint::{Encryption, Endpoint};
use serde::Deserialize;

use super::{ConnectionSettings, Remembered, RememberedNetwork};
use crate::{
    archive,
    limits::{NETWORKS_MAX, SETTINGS_BYTES_MAX},
};

/// The paths of the old files.
pub(super) struct Before<'a> {
    pub(super) settings: &'a Path,
    pub(super) archives: &'a Path,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Old {
    networks: BTreeMap<u32, OldNetwork>,
    values: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OldNetwork {
    address: String,
    nick: String,
    unencrypted: bool,
    memory: OldMemory,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OldMemory {
    buffers: Vec<OldBuffer>,
}

/// One conversation of the old settings.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OldBuffer {
    name: String,
    is_room: bool,
    key: Option<String>,
    read_until: Option<i64>,
}

impl Before<'_> {
    /// What was remembered; `None` if there is no such file.
    pub(super) fn read(&self) -> io::Result<Option<Remembered>> {
        let file = match File::open(self.settings) {
            Ok(file) => file,
            Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(reason) => return Err(reason),
        };
        let mut text = String::new();
        file.take(SETTINGS_BYTES_MAX).read_to_string(&mut text)?;
        let old: Old = serde_json::from_str(&text)?;
        let mut taken = BTreeSet::new();
        let networks = old.networks.into_iter().take(NETWORKS_MAX);
        let networks =
            networks.map(|(number, network)| (number, self.network(network, &mut taken))).collect();
        Ok(Some(Remembered { networks, values: old.values }))
    }

    /// Message files were named after the address: the first network with that address keeps the file.
    fn network(&self, old: OldNetwork, taken: &mut BTreeSet<String>) -> RememberedNetwork {
        let endpoint = Endpoint::parse(&old.address, Encryption::waived_if(old.unencrypted)).ok();
        let archive = endpoint.map(|endpoint| archive::name_of(&endpoint));
        let archive = archive.filter(|name| self.archives.join(name).exists() && taken.insert(name.clone()));
        let settings = ConnectionSettings {
            address: old.address,
            nick: old.nick,
            unencrypted: old.unencrypted,
            archive,
            ..Default::default()
        };
        let mut network = RememberedNetwork::new(settings);
        network.records = old.memory.buffers.into_iter().filter_map(record).collect();
        network
    }

    /// Renames the file so that its name says why; returns the new path.
    pub(super) fn set_aside(&self, why: &str) -> PathBuf {
        let aside = super::file::with_end(self.settings, &format!(".{why}"));
        if let Err(reason) = fs::rename(self.settings, &aside) {
            tracing::error!(%reason, file = %self.settings.display(), "cannot move the old settings");
        }
        aside
    }
}

/// A conversation in the form in which its client stores it today.
fn record(buffer: OldBuffer) -> Option<(String, String)> {
    if buffer.name.is_empty() {
        return None;
    }
    let kind = if buffer.is_room { "room" } else { "person" };
    let mut kept = serde_json::Map::new();
    kept.extend(buffer.key.map(|key| ("key".to_owned(), key.into())));
    kept.extend(buffer.read_until.map(|until| ("read_until".to_owned(), until.into())));
    Some((format!("{kind} {}", buffer.name), serde_json::Value::from(kept).to_string()))
}
