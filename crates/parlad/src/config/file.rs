//! The shape of the file: tables, keys and defaults, as the manual lists them.

use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use bytesize::ByteSize;
use humantime_serde::re::humantime::parse_duration;
use ipnet::IpNet;
use parla_proto::{
    name::Casemapping,
    tag::{BadDeniedTags, DeniedTags},
};
use parla_server::{Flags, settings};
use serde::Deserialize;

use super::{limits::Limits, listen, people};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) server: Server,
    #[serde(default)]
    pub(super) motd: Motd,
    pub(super) listen: Vec<listen::Listen>,
    #[serde(default)]
    pub(super) http: Vec<listen::Http>,
    #[serde(default)]
    pub(super) connections: Connections,
    #[serde(default)]
    pub(super) flood: Flood,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) channels: Channels,
    #[serde(default)]
    pub(super) history: History,
    #[serde(default)]
    pub(super) messages: Messages,
    #[serde(default)]
    pub(super) log: Log,
    pub(super) admin: Option<people::Admin>,
    #[serde(default)]
    pub(super) users: people::Users,
    #[serde(default)]
    pub(super) oper: Vec<people::Operator>,
    #[serde(default)]
    pub(super) metadata: Metadata,
    pub(super) sts: Option<listen::Sts>,
    #[serde(default)]
    pub(super) webirc: Vec<listen::Webirc>,
    accounts: Option<toml::Table>,
    relaymsg: Option<toml::Table>,
    roleplay: Option<toml::Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) network: Option<String>,
    #[serde(default = "description")]
    pub(super) description: String,
    #[serde(default = "casemapping")]
    pub(super) casemapping: String,
    #[serde(default = "data_dir")]
    pub(super) data_dir: PathBuf,
    pub(super) password: Option<String>,
}

fn description() -> String {
    "parlad".to_owned()
}

fn casemapping() -> String {
    Casemapping::default().token().to_owned()
}

fn data_dir() -> PathBuf {
    PathBuf::from("/var/lib/parlad")
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Motd {
    file: Option<PathBuf>,
    text: Option<String>,
}

impl Motd {
    /// The lines, of the one of the two that is given.
    pub(super) fn lines(&self, directory: &Path) -> Result<Vec<String>, String> {
        let text = match (&self.file, &self.text) {
            (Some(_), Some(_)) => return Err("motd: give file or text, not both".to_owned()),
            (Some(file), None) => {
                let path = directory.join(file);
                fs::read_to_string(&path)
                    .map_err(|error| format!("motd.file: {}: {error}", path.display()))?
            }
            (None, Some(text)) => text.clone(),
            (None, None) => String::new(),
        };
        Ok(text
            .lines()
            .map(|line| parla_proto::line::fitting(line, MOTD_LINE_BYTES_MAX).to_owned())
            .collect())
    }
}

/// What of a line of the message of the day fits in a line of IRC.
const MOTD_LINE_BYTES_MAX: usize = 400;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Metadata {
    pub(super) enabled: bool,
    pub(super) max_keys: usize,
    pub(super) max_subs: usize,
    pub(super) max_value_bytes: usize,
    pub(super) before_connect: bool,
}

impl Default for Metadata {
    fn default() -> Self {
        let bounds = settings::Metadata::default();
        Self {
            enabled: true,
            max_keys: bounds.keys_max,
            max_subs: bounds.subs_max,
            max_value_bytes: bounds.value_bytes_max,
            before_connect: bounds.before_connect,
        }
    }
}

impl Metadata {
    pub(super) fn into_settings(self) -> Option<settings::Metadata> {
        self.enabled.then_some(settings::Metadata {
            keys_max: self.max_keys,
            subs_max: self.max_subs,
            value_bytes_max: self.max_value_bytes,
            before_connect: self.before_connect,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Connections {
    #[serde(with = "humantime_serde")]
    registration_timeout: Duration,
    #[serde(with = "humantime_serde")]
    ping_interval: Duration,
    #[serde(with = "humantime_serde")]
    ping_timeout: Duration,
    send_queue: ByteSize,
    max_per_ip: u32,
    max_rate_per_ip: u32,
    #[serde(with = "humantime_serde")]
    rate_window: Duration,
    exempt_from_limits: Vec<Network>,
    pub(super) trusted_proxies: Vec<Network>,
    cloak: bool,
    resolve_hostnames: bool,
    check_ident: bool,
}

/// A network such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Network(pub(super) IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        let network = address.or_else(|_| text.parse::<IpNet>());
        network
            .map(Self)
            .map_err(|_| format!("{text:?} is neither an address nor a network such as 10.0.0.0/8"))
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            registration_timeout: Duration::from_secs(60),
            ping_interval: Duration::from_secs(90),
            ping_timeout: Duration::from_secs(60),
            send_queue: ByteSize::mib(1),
            max_per_ip: 32,
            max_rate_per_ip: 64,
            rate_window: Duration::from_secs(600),
            exempt_from_limits: Vec::new(),
            trusted_proxies: Vec::new(),
            cloak: true,
            resolve_hostnames: false,
            check_ident: false,
        }
    }
}

impl Connections {
    /// Each duration with its name.
    const fn durations(&self) -> [(&'static str, Duration); 4] {
        [
            ("registration_timeout", self.registration_timeout),
            ("ping_interval", self.ping_interval),
            ("ping_timeout", self.ping_timeout),
            ("rate_window", self.rate_window),
        ]
    }

    pub(super) const fn timeouts(&self) -> settings::Timeouts {
        settings::Timeouts {
            registration: self.registration_timeout,
            ping_interval: self.ping_interval,
            ping_timeout: self.ping_timeout,
        }
    }

    pub(super) fn send_queue_bytes(&self) -> usize {
        usize::try_from(self.send_queue.as_u64()).unwrap_or(usize::MAX)
    }

    pub(super) fn into_limits(self) -> super::Connections {
        super::Connections {
            send_queue_bytes: self.send_queue_bytes(),
            max_per_ip: self.max_per_ip,
            max_rate_per_ip: self.max_rate_per_ip,
            rate_window: self.rate_window,
            exempt: self.exempt_from_limits.into_iter().map(|network| network.0).collect(),
            gateways: Vec::new(),
            cloak: self.cloak,
            trusted_proxies: self.trusted_proxies.into_iter().map(|network| network.0).collect(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Flood {
    pub(super) burst: u32,
    pub(super) rate: u32,
}

impl Default for Flood {
    fn default() -> Self {
        Self { burst: 20, rate: 4 }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Channels {
    registration: bool,
    operators_only_creation: bool,
    pub(super) default_modes: String,
    pub(super) autojoin: Vec<String>,
    forget_empty_after: String,
}

impl Channels {
    /// How long rooms stay when everybody has left; none: for ever.
    pub(super) fn forget_empty_after(&self) -> Result<Option<Duration>, String> {
        let text = &self.forget_empty_after;
        let bad = || {
            format!("channels.forget_empty_after: {text:?} is neither a time such as 1d or 12h, nor never")
        };
        match text.as_str() {
            "never" => Ok(None),
            text => parse_duration(text).ok().filter(|time| !time.is_zero()).map(Some).ok_or_else(bad),
        }
    }
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            registration: false,
            operators_only_creation: false,
            default_modes: "+nt".to_owned(),
            autojoin: vec!["#lobby".to_owned()],
            forget_empty_after: "1d".to_owned(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct History {
    pub(super) enabled: bool,
    pub(super) durability: Durability,
    pub(super) max_reply: usize,
    pub(super) allow_redact: bool,
    retain: Option<String>,
    store_tagmsg: Vec<String>,
    znc_max_reply: Option<u32>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            enabled: true,
            durability: Durability::Fsync,
            max_reply: 1000,
            allow_redact: true,
            retain: None,
            store_tagmsg: Vec::new(),
            znc_max_reply: None,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Messages {
    denied_client_tags: Vec<String>,
}

impl Messages {
    pub(super) fn denied_client_tags(&self) -> Result<DeniedTags, BadDeniedTags> {
        DeniedTags::new(self.denied_client_tags.iter().map(String::as_str))
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Durability {
    Fsync,
    Os,
}

impl From<Durability> for parla_history::Durability {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::Fsync => Self::Fsync,
            Durability::Os => Self::Os,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Log {
    pub(super) level: Level,
    target: Option<String>,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: Level::Info, target: None }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl From<Level> for tracing::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
            Level::Trace => Self::TRACE,
        }
    }
}

impl File {
    /// What this version does not have, though the manual knows it. One file may serve several versions, so this is no error;
    /// the administrator is told at every start.
    pub(super) fn without_effect(&self) -> Vec<String> {
        let tables =
            [("accounts", &self.accounts), ("relaymsg", &self.relaymsg), ("roleplay", &self.roleplay)];
        // A table that only switches something off gets what it asks for.
        let asks = |table: &toml::Table| table.get("enabled").and_then(toml::Value::as_bool) != Some(false);
        let tables = tables.into_iter().filter(|(_, table)| table.as_ref().is_some_and(asks));
        let keys = [
            ("channels.registration", self.channels.registration),
            ("channels.operators_only_creation", self.channels.operators_only_creation),
            ("connections.resolve_hostnames", self.connections.resolve_hostnames),
            ("connections.check_ident", self.connections.check_ident),
            ("history.retain", self.history.retain.as_deref().is_some_and(|retain| retain != "forever")),
            ("history.store_tagmsg", !self.history.store_tagmsg.is_empty()),
            ("history.znc_max_reply", self.history.znc_max_reply.is_some()),
            ("log.target", self.log.target.as_deref().is_some_and(|target| target != "stderr")),
        ];
        let keys = keys.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name);
        tables.map(|(name, _)| name).chain(keys).map(str::to_owned).collect()
    }

    /// Values that are of the right type and wrong all the same.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |good: bool, problem: &str| {
            if !good {
                problems.push(problem.to_owned());
            }
        };
        let name = &self.server.name;
        let plain = |char: char| char.is_ascii_alphanumeric() || char == '.' || char == '-';
        let is_name = name.contains('.') && name.len() <= 63 && name.chars().all(plain);
        check(is_name, "server.name: must be a host name with a dot, such as irc.example.org");
        let network = self.server.network.as_deref();
        check(network.is_none_or(|network| !network.is_empty()), "server.network: must not be empty");
        let mapping = Casemapping::from_token(&self.server.casemapping);
        check(mapping.is_some(), "server.casemapping: must be ascii, rfc1459, rfc1459-strict or precis");
        let password = self.server.password.as_deref();
        check(
            password.is_none_or(crate::password::is_hash),
            "server.password: must be what `parlad hash-password` prints",
        );
        check(!self.listen.is_empty(), "listen: at least one [[listen]] is needed");
        check(self.flood.burst > 0 && self.flood.rate > 0, "flood: burst and rate must be above 0");
        check(self.flood.rate <= 1000, "flood.rate: must not be above 1000 commands a second");
        check((1..=10_000).contains(&self.history.max_reply), "history.max_reply: must be 1 to 10000");
        let modes = Flags::from_letters(&self.channels.default_modes);
        check(
            modes.is_some(),
            "channels.default_modes: may hold letters of modes without a parameter, such as +nt",
        );
        check(
            self.users.modes().is_some(),
            "users.default_modes: may hold letters of modes that users give themselves, such as +i",
        );
        check(
            self.connections.send_queue.as_u64() >= 16 * 1024,
            "connections.send_queue: must be at least 16 KiB",
        );
        check(self.connections.max_per_ip > 0, "connections.max_per_ip: must be above 0");
        check(self.connections.max_rate_per_ip > 0, "connections.max_rate_per_ip: must be above 0");
        for (name, value, most) in self.limits.ranges() {
            check((1..=most).contains(&value), &format!("limits.{name}: must be 1 to {most}"));
        }
        let values = &self.metadata;
        let bounds = [
            ("max_keys", values.max_keys, 1_000),
            ("max_subs", values.max_subs, 1_000),
            ("max_value_bytes", values.max_value_bytes, 400),
        ];
        for (name, value, most) in bounds {
            check((1..=most).contains(&value), &format!("metadata.{name}: must be 1 to {most}"));
        }
        for (name, duration) in self.connections.durations() {
            check(!duration.is_zero(), &format!("connections.{name}: must be longer than nothing"));
        }
        problems.extend(self.listen_problems());
        problems
    }
}
