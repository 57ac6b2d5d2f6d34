//! Longest names and texts, as the file has them.

use parla_server::settings;
use serde::Deserialize;

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
    new_channels_per_hour: usize,
}

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
            new_channels_per_hour: limits.new_channels_per_hour,
        }
    }
}

impl Limits {
    pub(super) const fn into_settings(self) -> settings::Limits {
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
            new_channels_per_hour: self.new_channels_per_hour,
        }
    }

    /// Each length with its name and the range in which lines of 512 bytes stay possible.
    pub(super) const fn ranges(&self) -> [(&'static str, usize, usize); 16] {
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
            ("new_channels_per_hour", self.new_channels_per_hour, 100_000),
        ]
    }
}
