//! Longest names and texts, and networks with limits of their own, as the file has them.

use parla_server::settings;
use serde::Deserialize;

use super::file::Network;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    nick_length: usize,
    user_length: usize,
    realname_length: usize,
    channel_length: usize,
    topic_length: usize,
    away_length: usize,
    kick_length: usize,
    key_length: usize,
    channels_per_client: usize,
    list_modes: usize,
    monitor_targets: usize,
    whowas_entries: usize,
    multiline_bytes: usize,
    multiline_lines: usize,
    targets: usize,
    network: Vec<Office>,
}

/// Networks behind which many people are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    name: String,
    networks: Vec<Network>,
    max_connections: u32,
    max_rate: Option<u32>,
    max_per_ip: Option<u32>,
}

/// New connections in the rate window, for each that may be open at once, unless the file says otherwise.
const RATE_FACTOR: u32 = 4;

impl Default for Limits {
    fn default() -> Self {
        let limits = settings::Limits::default();
        Self {
            nick_length: limits.nick_bytes,
            user_length: limits.user_bytes,
            realname_length: limits.realname_bytes,
            channel_length: limits.channel_bytes,
            topic_length: limits.topic_bytes,
            away_length: limits.away_bytes,
            kick_length: limits.kick_bytes,
            key_length: limits.key_bytes,
            channels_per_client: limits.channels_per_client,
            list_modes: limits.list_modes,
            monitor_targets: limits.monitor_targets,
            whowas_entries: limits.whowas_entries,
            multiline_bytes: limits.multiline_bytes,
            multiline_lines: limits.multiline_lines,
            targets: limits.targets,
            network: Vec::new(),
        }
    }
}

impl Limits {
    pub(super) fn into_settings(self) -> settings::Limits {
        settings::Limits {
            nick_bytes: self.nick_length,
            user_bytes: self.user_length,
            realname_bytes: self.realname_length,
            channel_bytes: self.channel_length,
            topic_bytes: self.topic_length,
            away_bytes: self.away_length,
            kick_bytes: self.kick_length,
            key_bytes: self.key_length,
            channels_per_client: self.channels_per_client,
            list_modes: self.list_modes,
            monitor_targets: self.monitor_targets,
            whowas_entries: self.whowas_entries,
            multiline_bytes: self.multiline_bytes,
            multiline_lines: self.multiline_lines,
            targets: self.targets,
        }
    }

    /// The networks with limits of their own.
    pub(super) fn offices(&self) -> Vec<super::Office> {
        let office = |office: &Office| super::Office {
            name: office.name.as_str().into(),
            nets: office.networks.iter().map(|network| network.0).collect(),
            max_connections: office.max_connections,
            max_rate: office.max_rate.unwrap_or(office.max_connections.saturating_mul(RATE_FACTOR)),
            max_per_ip: office.max_per_ip,
        };
        self.network.iter().map(office).collect()
    }

    /// What is wrong with them.
    pub(super) fn office_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (index, office) in self.network.iter().enumerate() {
            let name = &office.name;
            let mut check = |good: bool, problem: &str| {
                if !good {
                    problems.push(format!("limits.network {name:?}: {problem}"));
                }
            };
            check(!name.is_empty(), "needs a name, for the log");
            let is_first = self.network.iter().take(index).all(|other| other.name != *name);
            check(is_first, "two of them have this name");
            check(!office.networks.is_empty(), "networks must name at least one network");
            let numbers = [Some(office.max_connections), office.max_rate, office.max_per_ip];
            let is_good = numbers.into_iter().flatten().all(|number| number > 0);
            check(is_good, "max_connections, max_rate and max_per_ip must be above 0");
        }
        problems
    }

    /// Each length with its name and the range in which lines of 512 bytes stay possible.
    pub(super) const fn ranges(&self) -> [(&'static str, usize, usize); 15] {
        [
            ("nick_length", self.nick_length, 64),
            ("user_length", self.user_length, 32),
            ("realname_length", self.realname_length, 200),
            ("channel_length", self.channel_length, 100),
            ("topic_length", self.topic_length, 390),
            ("away_length", self.away_length, 390),
            ("kick_length", self.kick_length, 390),
            ("key_length", self.key_length, 64),
            ("channels_per_client", self.channels_per_client, 10_000),
            ("list_modes", self.list_modes, 1_000),
            ("monitor_targets", self.monitor_targets, 10_000),
            ("whowas_entries", self.whowas_entries, 100_000),
            ("multiline_bytes", self.multiline_bytes, 65_536),
            ("multiline_lines", self.multiline_lines, 1_000),
            ("targets", self.targets, 20),
        ]
    }
}
