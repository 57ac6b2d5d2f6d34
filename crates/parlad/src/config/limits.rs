//! `[limits]`: the maximum lengths of names and texts, within ranges that keep lines of 512 bytes possible,
//! other counts, and networks with limits of their own.

use parla_server::settings::Limits;

use super::{
    connections::SharedNetwork,
    kind::{is_empty, list, network, number, some_text},
    table::Table,
};

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

/// The default for the number of new connections within the rate window, per connection that may be open.
const RATE_FACTOR: u32 = 4;

/// The tables `[[limits.network]]`.
pub(super) fn shared_networks(table: &mut Table<'_>) -> Vec<SharedNetwork> {
    let mut shared: Vec<SharedNetwork> = Vec::new();
    for (network, line) in table.tables("network", |table| (shared_network(table), table.line)) {
        let Some(network) = network else { continue };
        if shared.iter().any(|other| other.name == network.name) {
            table
                .problems()
                .error(line, format!("limits.network: two of them have the name {:?}", network.name));
        }
        shared.push(network);
    }
    shared
}

fn shared_network(table: &mut Table<'_>) -> Option<SharedNetwork> {
    let count = || number::<u32>(1..=u64::from(u32::MAX));
    let name = table.need("name", some_text);
    let nets = table.need("networks", |value| {
        if is_empty(value) {
            value.error("must name at least one network");
        }
        list(network)(value)
    });
    let max_connections = table.need("max_connections", count());
    let max_rate = table.maybe("max_rate", count());
    let max_per_ip = table.maybe("max_per_ip", count());
    let max_connections = max_connections?;
    Some(SharedNetwork {
        name: name?.into(),
        nets: nets?,
        max_connections,
        max_rate: max_rate.unwrap_or(max_connections.saturating_mul(RATE_FACTOR)),
        max_per_ip,
    })
}
