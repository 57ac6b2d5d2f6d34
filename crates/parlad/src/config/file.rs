//! The tables of the file with their keys, as listed in the manual. The state machine has the defaults of its
//! own settings; this module only has those of the daemon.

use std::{path::PathBuf, time::Duration};

use bytesize::ByteSize;
use ipnet::IpNet;
use parla_proto::{mode::UserModes, name::Casemapping, tag::DeniedTags};
use parla_server::{AccessPolicy, AccountSettings, Flags, NetworkSettings, settings};
use parla_store::Durability;

use super::{
    accounts::{Access, Accounts},
    connections::{ConnectionLimits, KnownGateway, SharedNetwork},
    hash::Hash,
    kind::{
        flag, hash, list, network, number, one_of, placed, size, some_text, some_time, some_time_or_forever,
        some_time_or_never, text, unknown,
    },
    limits, listen,
    motd::Motd,
    people,
    problem::Problems,
    table::{Placed, Table, Value, read},
};
use crate::log;

/// The default of `storage.reserve`.
pub(super) const DISK_RESERVE: ByteSize = ByteSize::mib(64);

/// The default of `history.durability`.
pub(super) const DURABILITY: Durability = Durability::Fsync;

/// The default channel of `channels.autojoin`.
pub(super) const LOBBY: &str = "#lobby";

/// Everything in the file, with defaults for what it does not contain.
#[derive(Debug)]
pub(super) struct File {
    pub(super) server: Server,
    pub(super) motd: Motd,
    pub(super) listen: Vec<listen::Listen>,
    pub(super) http: Vec<listen::Http>,
    pub(super) connections: Connections,
    pub(super) flood: settings::Flood,
    /// The second element has the networks with limits of their own.
    pub(super) limits: (settings::Limits, Vec<SharedNetwork>),
    pub(super) channels: Channels,
    pub(super) history: History,
    /// How much of the disk must stay free for essential writes.
    pub(super) disk_reserve: ByteSize,
    pub(super) denied_client_tags: DeniedTags,
    pub(super) log: log::Options,
    pub(super) admin: Option<settings::Admin>,
    pub(super) user_modes: UserModes,
    pub(super) oper: Vec<people::Operator>,
    pub(super) metadata: Option<settings::MetadataBounds>,
    pub(super) sts: Option<listen::Sts>,
    pub(super) webirc: Vec<KnownGateway>,
    pub(super) accounts: Accounts,
    /// Who may come in, if the file says so.
    pub(super) access: Option<AccessPolicy>,
}

impl File {
    /// Reads a file; `None` if it is not valid TOML.
    pub(super) fn read(text: &str, problems: &Problems) -> Option<Self> {
        read(text, problems, |file| {
            file.required("listen", "at least one [[listen]] is needed");
            let default = defaults();
            let mut read = Self {
                server: file.table("server", Server::read),
                motd: file.table("motd", Motd::read),
                listen: file.tables("listen", listen::Listen::read).into_iter().flatten().collect(),
                http: file.tables("http", listen::Http::read).into_iter().flatten().collect(),
                connections: file.table("connections", Connections::read),
                flood: file.table("flood", flood),
                limits: file.table("limits", |table| (limits::read(table), limits::shared_networks(table))),
                channels: file.table("channels", Channels::read),
                history: file.table("history", History::read),
                disk_reserve: file
                    .table("storage", |storage| storage.or("reserve", size(ByteSize::b(0)), DISK_RESERVE)),
                denied_client_tags: file.table("messages", |messages| {
                    messages.or("denied_client_tags", denied_tags, default.denied_client_tags)
                }),
                log: file.table("log", log_options),
                admin: file.maybe_table("admin", people::admin),
                user_modes: file.table("users", |users| {
                    users.or("default_modes", people::user_modes, default.user_modes)
                }),
                oper: file.tables("oper", people::Operator::read).into_iter().flatten().collect(),
                metadata: file.table("metadata", metadata),
                sts: file.maybe_table("sts", listen::Sts::read).flatten(),
                webirc: file.tables("webirc", listen::webirc).into_iter().flatten().collect(),
                accounts: file.table("accounts", Accounts::read),
                access: None,
            };
            let access = file.table("access", Access::read);
            read.access = access.value.apply(access.line, &mut read.accounts.settings, file.problems());
            if let Some(accounts) = &mut read.accounts.settings {
                accounts.channels_owned_max = read.channels.owned_max;
            }
            for table in ["relaymsg", "roleplay"] {
                file.without_effect(table, asks_for_something);
            }
            read
        })
    }
}

/// The settings where the file says nothing.
fn defaults() -> NetworkSettings {
    NetworkSettings::named("")
}

/// A table that only disables something asks for nothing.
fn asks_for_something(value: &Value<'_>) -> bool {
    let enabled = value.get().get("enabled").and_then(|enabled| enabled.get_ref().as_bool());
    enabled != Some(false)
}

#[derive(Debug)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) network: Option<String>,
    pub(super) description: String,
    pub(super) casemapping: Casemapping,
    pub(super) data_dir: Placed<PathBuf>,
    pub(super) password: Option<Hash>,
}

impl Server {
    fn read(table: &mut Table<'_>) -> Self {
        let default = defaults();
        let data_dir = table.or("data_dir", placed(some_text), Placed::nowhere("/var/lib/parlad".to_owned()));
        Self {
            name: table.need("name", host_name).unwrap_or_default(),
            network: table.maybe("network", some_text),
            description: table.or("description", text, default.description),
            casemapping: table.or("casemapping", casemapping, default.casemapping),
            data_dir: Placed { value: data_dir.value.into(), line: data_dir.line },
            password: table.maybe("password", hash),
        }
    }
}

/// The name of a server.
fn host_name(value: &Value<'_>) -> Option<String> {
    let name = text(value)?;
    let is_plain = |char: char| char.is_ascii_alphanumeric() || char == '.' || char == '-';
    let is_name = name.contains('.') && name.len() <= 63 && name.chars().all(is_plain);
    if is_name { Some(name) } else { value.wrong("must be a host name with a dot, such as irc.example.org") }
}

fn casemapping(value: &Value<'_>) -> Option<Casemapping> {
    const NAMES: [&str; 4] = ["ascii", "rfc1459", "rfc1459-strict", "precis"];
    let mapping = Casemapping::from_token(value.get().as_str().unwrap_or_default());
    mapping
        .or_else(|| unknown(value, "must be \"ascii\", \"rfc1459\", \"rfc1459-strict\" or \"precis\"", NAMES))
}

fn metadata(table: &mut Table<'_>) -> Option<settings::MetadataBounds> {
    let default = settings::MetadataBounds::default();
    let is_enabled = table.or("enabled", flag, defaults().metadata.is_some());
    let metadata = settings::MetadataBounds {
        keys_max: table.or("max_keys", number(1..=1_000), default.keys_max),
        subs_max: table.or("max_subs", number(1..=1_000), default.subs_max),
        value_bytes_max: table.or("max_value_bytes", number(1..=400), default.value_bytes_max),
        before_connect: table.or("before_connect", flag, default.before_connect),
    };
    is_enabled.then_some(metadata)
}

#[derive(Debug)]
pub(super) struct Connections {
    pub(super) timeouts: settings::Timeouts,
    pub(super) send_queue: ByteSize,
    max_per_ip: u32,
    max_rate_per_ip: u32,
    rate_window: Duration,
    exempt_from_limits: Vec<IpNet>,
    pub(super) trusted_proxies: Vec<IpNet>,
    cloak: bool,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            timeouts: settings::Timeouts::default(),
            send_queue: ByteSize::mib(1),
            max_per_ip: 32,
            max_rate_per_ip: 128,
            rate_window: Duration::from_secs(600),
            exempt_from_limits: Vec::new(),
            trusted_proxies: Vec::new(),
            cloak: true,
        }
    }
}

impl Connections {
    fn read(table: &mut Table<'_>) -> Self {
        let default = Self::default();
        table.without_effect("resolve_hostnames", |value| flag(value) == Some(true));
        table.without_effect("check_ident", |value| flag(value) == Some(true));
        let many = || number(1..=u64::from(u32::MAX));
        Self {
            timeouts: settings::Timeouts {
                registration: table.or("registration_timeout", some_time, default.timeouts.registration),
                ping_interval: table.or("ping_interval", some_time, default.timeouts.ping_interval),
                ping_timeout: table.or("ping_timeout", some_time, default.timeouts.ping_timeout),
            },
            send_queue: table.or("send_queue", size(ByteSize::kib(16)), default.send_queue),
            max_per_ip: table.or("max_per_ip", many(), default.max_per_ip),
            max_rate_per_ip: table.or("max_rate_per_ip", many(), default.max_rate_per_ip),
            rate_window: table.or("rate_window", some_time, default.rate_window),
            exempt_from_limits: table.or("exempt_from_limits", list(network), default.exempt_from_limits),
            trusted_proxies: table.or("trusted_proxies", list(network), default.trusted_proxies),
            cloak: table.or("cloak", flag, default.cloak),
        }
    }

    pub(super) fn send_queue_bytes(&self) -> usize {
        usize::try_from(self.send_queue.as_u64()).unwrap_or(usize::MAX)
    }

    pub(super) fn into_limits(self) -> ConnectionLimits {
        ConnectionLimits {
            send_queue_bytes: self.send_queue_bytes(),
            max_per_ip: self.max_per_ip,
            max_rate_per_ip: self.max_rate_per_ip,
            rate_window: self.rate_window,
            exempt: self.exempt_from_limits,
            gateways: Vec::new(),
            shared_networks: Vec::new(),
            cloak: self.cloak,
            trusted_proxies: self.trusted_proxies,
        }
    }
}

impl ConnectionLimits {
    /// Bounds that no test reaches.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Connections::default().into_limits()
    }
}

fn flood(table: &mut Table<'_>) -> settings::Flood {
    let default = settings::Flood::default();
    settings::Flood {
        burst: table.or("burst", number(1..=u64::from(u32::MAX)), default.burst),
        rate: table.or("rate", number(1..=1_000), default.rate),
    }
}

#[derive(Debug)]
pub(super) struct Channels {
    pub(super) default_modes: Flags,
    pub(super) autojoin: Vec<Placed<String>>,
    /// `None` means never.
    pub(super) forget_empty_after: Option<Duration>,
    /// Channels that one account may own.
    pub(super) owned_max: usize,
}

impl Channels {
    fn read(table: &mut Table<'_>) -> Self {
        table.without_effect("operators_only_creation", |value| flag(value) == Some(true));
        let lobby = || vec![Placed::nowhere(LOBBY.to_owned())];
        let default = defaults();
        let has_owners = table.or("registration", flag, true);
        let owned_max =
            table.or("max_owned", number(1..=100_000), AccountSettings::default().channels_owned_max);
        Self {
            owned_max: if has_owners { owned_max } else { 0 },
            default_modes: table.or("default_modes", channel_modes, default.channel_modes),
            autojoin: table.maybe("autojoin", list(placed(text))).unwrap_or_else(lobby),
            forget_empty_after: table.or(
                "forget_empty_after",
                some_time_or_never,
                default.forget_empty_after,
            ),
        }
    }
}

fn channel_modes(value: &Value<'_>) -> Option<Flags> {
    let modes = Flags::from_letters(&text(value)?);
    modes.or_else(|| value.wrong("may hold letters of modes without a parameter, such as \"+nt\""))
}

#[derive(Debug)]
pub(super) struct History {
    pub(super) enabled: bool,
    /// `None` for ever.
    pub(super) retain: Option<Duration>,
    pub(super) durability: Durability,
    pub(super) max_reply: usize,
    pub(super) allow_redact: bool,
}

impl History {
    fn read(table: &mut Table<'_>) -> Self {
        table.without_effect("store_tagmsg", |value| list(text)(value).is_some_and(|tags| !tags.is_empty()));
        table
            .without_effect("znc_max_reply", |value| number::<u32>(0..=u64::from(u32::MAX))(value).is_some());
        let default = defaults();
        let durabilities = [("fsync", Durability::Fsync), ("os", Durability::Os)];
        Self {
            enabled: table.or("enabled", flag, default.history),
            retain: table.or("retain", some_time_or_forever, default.retain),
            durability: table.or("durability", one_of(&durabilities), DURABILITY),
            max_reply: table.or("max_reply", number(1..=10_000), default.history_reply_max),
            allow_redact: table.or("allow_redact", flag, default.redaction),
        }
    }
}

fn denied_tags(value: &Value<'_>) -> Option<DeniedTags> {
    let tags = list(text)(value)?;
    match DeniedTags::new(tags.iter().map(String::as_str)) {
        Ok(denied) => Some(denied),
        Err(error) => {
            value.error(&error.to_string());
            None
        }
    }
}

fn log_options(table: &mut Table<'_>) -> log::Options {
    use tracing::Level;
    let levels = [
        ("error", Level::ERROR),
        ("warn", Level::WARN),
        ("info", Level::INFO),
        ("debug", Level::DEBUG),
        ("trace", Level::TRACE),
    ];
    let formats = [("text", log::Format::Text), ("json", log::Format::Json)];
    table.without_effect("target", |value| value.get().as_str() == Some("syslog"));
    let target = table.maybe("target", some_text);
    let default = log::Options::default();
    log::Options {
        level: table.or("level", one_of(&levels), default.level),
        format: table.or("format", one_of(&formats), default.format),
        file: target.filter(|target| !matches!(target.as_str(), "stderr" | "syslog")).map(PathBuf::from),
        connections: table.or("connections", flag, default.connections),
    }
}
