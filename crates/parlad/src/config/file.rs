//! The shape of the file: tables, keys and defaults, as the manual lists them.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use bytesize::ByteSize;
use ipnet::IpNet;
use parla_proto::name::Casemapping;
use parla_server::{Flags, settings};
use serde::Deserialize;

use crate::web::Origin;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) server: Server,
    #[serde(default)]
    pub(super) motd: Motd,
    pub(super) listen: Vec<Listen>,
    #[serde(default)]
    pub(super) http: Vec<Http>,
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
    pub(super) log: Log,
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
#[serde(deny_unknown_fields)]
pub(super) struct Listen {
    pub(super) address: SocketAddr,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Http {
    address: SocketAddr,
    #[serde(default)]
    origins: Vec<Origin>,
}

impl Http {
    pub(super) fn into_config(self) -> super::Http {
        super::Http { address: self.address, origins: self.origins }
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
}

/// A network such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Network(IpNet);

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
        }
    }
}

impl Connections {
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
        }
    }

    /// Each length with its name and the range in which lines of 512 bytes stay possible.
    const fn ranges(&self) -> [(&'static str, usize, usize); 15] {
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Channels {
    pub(super) default_modes: String,
    pub(super) autojoin: Vec<String>,
}

impl Default for Channels {
    fn default() -> Self {
        Self { default_modes: "+nt".to_owned(), autojoin: vec!["#lobby".to_owned()] }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct History {
    pub(super) enabled: bool,
    pub(super) durability: Durability,
    pub(super) max_reply: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { enabled: true, durability: Durability::Fsync, max_reply: 1000 }
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
}

impl Default for Log {
    fn default() -> Self {
        Self { level: Level::Info }
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
        check(mapping.is_some(), "server.casemapping: must be ascii or rfc1459");
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
        check(modes.is_some(), "channels.default_modes: may hold i, m, n, s and t");
        check(
            self.connections.send_queue.as_u64() >= 16 * 1024,
            "connections.send_queue: must be at least 16 KiB",
        );
        check(self.connections.max_per_ip > 0, "connections.max_per_ip: must be above 0");
        check(self.connections.max_rate_per_ip > 0, "connections.max_rate_per_ip: must be above 0");
        for (name, value, most) in self.limits.ranges() {
            check((1..=most).contains(&value), &format!("limits.{name}: must be 1 to {most}"));
        }
        problems
    }
}
