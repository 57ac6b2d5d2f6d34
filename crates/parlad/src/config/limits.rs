//! `[limits]`: the longest names and texts, in ranges in which lines of 512 bytes stay possible, and other counts.

use parla_server::settings::Limits;

use super::{kind::number, table::Table};

pub(super) fn read(table: &mut Table<'_>) -> Limits {
    let default = Limits::default();
    let mut or = |key, most, default| table.or(key, number(1..=most), default);
    Limits {
        nick_bytes: or("nick_length", 64, default.nick_bytes),
        user_bytes: or("user_length", 32, default.user_bytes),
        realname_bytes: or("realname_length", 200, default.realname_bytes),
        channel_bytes: or("channel_length", 100, default.channel_bytes),
        topic_bytes: or("topic_length", 390, default.topic_bytes),
        away_bytes: or("away_length", 390, default.away_bytes),
        kick_bytes: or("kick_length", 390, default.kick_bytes),
        key_bytes: or("key_length", 64, default.key_bytes),
        channels_per_client: or("channels_per_client", 10_000, default.channels_per_client),
        list_modes: or("list_modes", 1_000, default.list_modes),
        monitor_targets: or("monitor_targets", 10_000, default.monitor_targets),
        whowas_entries: or("whowas_entries", 100_000, default.whowas_entries),
        multiline_bytes: or("multiline_bytes", 65_536, default.multiline_bytes),
        multiline_lines: or("multiline_lines", 1_000, default.multiline_lines),
        targets: or("targets", 20, default.targets),
        new_channels_per_hour: or("new_channels_per_hour", 100_000, default.new_channels_per_hour),
    }
}
