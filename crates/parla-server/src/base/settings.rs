//! What the administrator decides, in two parts: the settings of the network and those of one machine.
//!
//! All machines of a network have the same [`NetworkSettings`]: they change by an entry, and a snapshot has them. Each has
//! [`MachineSettings`] of its own, which never come into an entry. A commit is given the network and nothing else, so it can read
//! only the former: by construction two machines whose own settings differ make the same of every entry.
//!
//! REHASH changes most of both while the server runs: see [`NetworkSettings::in_place_of`] and [`MachineSettings::in_place_of`].

use std::time::Duration;

use bitflags::bitflags;
use parla_proto::{
    ChannelName, Mask,
    mode::UserModes,
    name::{Casemapping, NameRules},
    tag::DeniedTags,
};
use serde::{Deserialize, Serialize};

use crate::base::{flags::Flags, limits::PORTION_BYTES, message_ids::MessageIds};

/// Everything the state machine must be told: what one file of the administrator says, of both kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Those that all machines share.
    pub network: NetworkSettings,
    /// Those of the machine that has the file.
    pub machine: MachineSettings,
}

/// What holds on every machine of a network, and may decide what a commit does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSettings {
    /// The server's name; the source of its lines. Several machines act as one server.
    pub name: String,
    /// The network's name; NETWORK of ISUPPORT.
    pub network_name: String,
    /// What WHOIS says of the server.
    pub description: String,
    /// The lines of the message of the day; none: ERR_NOMOTD.
    pub motd: Vec<String>,
    /// Makes the ids of messages out of their numbers.
    pub message_ids: MessageIds,
    /// Whether others see a host in place of an address, so that masks over addresses match nobody.
    pub addresses_hidden: bool,
    /// How case is folded in names.
    pub casemapping: Casemapping,
    /// Longest names and texts.
    pub limits: Limits,
    /// Who runs the server; none: ERR_NOADMININFO.
    pub admin: Option<Admin>,
    /// Who may become an operator.
    pub operators: Vec<Operator>,
    /// Modes of a new user; only those that users give themselves.
    pub user_modes: UserModes,
    /// Modes of a new channel.
    pub channel_modes: Flags,
    /// Channels that everyone is put into, and that are always there.
    pub autojoin: Vec<ChannelName>,
    /// How long a channel with a history stays when everybody has left; none: for ever.
    pub forget_empty_after: Option<Duration>,
    /// Whether messages of channels are kept.
    pub history: bool,
    /// Whether authors and channel operators may take messages back.
    pub redaction: bool,
    /// Bounds of METADATA; none: it is not offered.
    pub metadata: Option<MetadataBounds>,
    /// Tags of clients that are not relayed; CLIENTTAGDENY.
    pub denied_client_tags: DeniedTags,
    /// Messages in one answer of CHATHISTORY.
    pub history_reply_max: usize,
}

/// What holds on one machine: how it deals with its own connections, and what it is.
///
/// It has no form in which it could be written into an entry or a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineSettings {
    /// Name and version of the software.
    pub version: String,
    /// The name of the configuration file, without its folder; what REHASH says it reads.
    pub file: String,
    /// Whether PASS must match. The check itself is the daemon's: [`crate::Question::Password`].
    pub password_required: bool,
    /// How much a client may send.
    pub flood: Flood,
    /// How long the server waits.
    pub timeouts: Timeouts,
    /// Whether clients are sent to TLS.
    pub sts: Option<Sts>,
    /// Bytes of a long answer that a client is sent before it has taken what came before.
    pub portion_bytes: usize,
    /// Bytes in one answer of many lines; what does not fit is left out, the messages farthest from what was asked for first.
    pub answer_bytes_max: usize,
}

/// Longest names and texts, in bytes, and other counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the limit that its name says, in bytes or pieces")]
pub struct Limits {
    pub nick_bytes: usize,
    pub user_bytes: usize,
    pub realname_bytes: usize,
    pub channel_bytes: usize,
    pub topic_bytes: usize,
    pub away_bytes: usize,
    pub kick_bytes: usize,
    pub key_bytes: usize,
    pub channels_per_client: usize,
    pub list_modes: usize,
    pub monitor_targets: usize,
    pub whowas_entries: usize,
    pub multiline_bytes: usize,
    pub multiline_lines: usize,
    pub targets: usize,
    pub new_channels_per_hour: usize,
}

/// Who runs the server; ADMIN.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is a line of the answer to ADMIN, free text")]
pub struct Admin {
    pub location: String,
    pub organization: String,
    pub email: String,
}

/// Someone who may become an operator of the server. Its password is the daemon's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The name that OPER gives.
    pub name: String,
    /// What WHOIS says of them: `is a server admin`.
    pub title: String,
    /// Who may try: `user@host`, over the real address.
    pub hosts: Vec<Mask>,
    /// What they may do.
    pub privileges: Privileges,
}

bitflags! {
    /// What an operator of the server may do.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Privileges: u16 {
        /// KILL.
        const KILL = 1 << 0;
        /// Bans from the server.
        const BAN = 1 << 1;
        /// REHASH.
        const REHASH = 1 << 2;
        /// DIE and RESTART.
        const DIE = 1 << 3;
        /// Accounts of others.
        const ACCOUNTS = 1 << 4;
        /// Channels of others: see those that are secret, enter, change and delete them.
        const CHANNELS = 1 << 5;
        /// RELAYMSG.
        const RELAYMSG = 1 << 6;
        /// Messages of others: read and delete them.
        const HISTORY = 1 << 7;
        /// Real addresses, and CHGHOST.
        const HOSTS = 1 << 8;
    }
}

impl Privileges {
    const NAMES: [(Self, &'static str); 9] = [
        (Self::KILL, "kill"),
        (Self::BAN, "ban"),
        (Self::REHASH, "rehash"),
        (Self::DIE, "die"),
        (Self::ACCOUNTS, "accounts"),
        (Self::CHANNELS, "channels"),
        (Self::RELAYMSG, "relaymsg"),
        (Self::HISTORY, "history"),
        (Self::HOSTS, "hosts"),
    ];

    /// Those with which nothing can be done yet. Each goes from here with the commit that gives it something.
    pub const WITHOUT_EFFECT: Self = Self::BAN.union(Self::ACCOUNTS).union(Self::RELAYMSG);

    /// The names of the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().filter(move |(privilege, _)| self.contains(*privilege)).map(|(_, name)| *name)
    }

    /// The name of one privilege.
    pub fn name(self) -> &'static str {
        self.names().next().unwrap_or("all")
    }

    /// The privilege of this name in the configuration; `all` is all of them.
    pub fn named(name: &str) -> Option<Self> {
        if name == "all" {
            return Some(Self::all());
        }
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(privilege, _)| *privilege)
    }
}

/// Bounds of METADATA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the limit that its name says")]
pub struct MetadataBounds {
    pub keys_max: usize,
    pub subs_max: usize,
    pub value_bytes_max: usize,
    /// Whether clients may use it before they are registered.
    pub before_connect: bool,
}

impl Default for MetadataBounds {
    fn default() -> Self {
        Self { keys_max: 100, subs_max: 100, value_bytes_max: 300, before_connect: true }
    }
}

/// How clients are told to come back over TLS. <https://ircv3.net/specs/extensions/sts>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sts {
    /// For how long they remember it.
    pub duration: Duration,
    /// Where the server speaks TLS.
    pub port: u16,
}

/// The allowance of each client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// Commands at once.
    pub burst: u32,
    /// Commands a second once the burst is used up.
    pub rate: u32,
}

/// How long the server waits for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the connection to the end of registration.
    pub registration: Duration,
    /// Silence after which the client is asked whether it is there.
    pub ping_interval: Duration,
    /// Silence after that question until the connection is given up.
    pub ping_timeout: Duration,
}

impl Settings {
    /// The settings of a server of this name, with the defaults of the manual and no channels. The key of the ids is one that
    /// everybody knows: a server that others use has a key of its own.
    pub fn named(name: &str) -> Self {
        Self { network: NetworkSettings::named(name), machine: MachineSettings::default() }
    }
}

impl NetworkSettings {
    /// As [`Settings::named`].
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            network_name: name.to_owned(),
            description: "parlad".to_owned(),
            motd: Vec::new(),
            message_ids: MessageIds::new(&[0; 16]),
            addresses_hidden: false,
            casemapping: Casemapping::Precis,
            limits: Limits::default(),
            admin: None,
            operators: Vec::new(),
            user_modes: UserModes::empty(),
            channel_modes: Flags::NO_EXTERNAL | Flags::TOPIC_LOCK,
            autojoin: Vec::new(),
            forget_empty_after: Some(Duration::from_secs(24 * 3600)),
            history: true,
            redaction: true,
            metadata: Some(MetadataBounds::default()),
            denied_client_tags: DeniedTags::default(),
            history_reply_max: 1000,
        }
    }

    /// These settings, but for what cannot change while the server runs: what clients have learnt to rely on, and what every name
    /// in the network was read with.
    #[must_use]
    pub fn in_place_of(self, before: &Self) -> Self {
        let fixed = before.clone();
        Self {
            name: fixed.name,
            message_ids: fixed.message_ids,
            addresses_hidden: fixed.addresses_hidden,
            casemapping: fixed.casemapping,
            ..self
        }
    }

    /// What names the network takes.
    pub fn name_rules(&self) -> NameRules {
        NameRules {
            casemapping: self.casemapping,
            nick_bytes_max: self.limits.nick_bytes,
            channel_bytes_max: self.limits.channel_bytes,
        }
    }
}

impl MachineSettings {
    /// These settings, but for what cannot change while the server runs: what it is, and the file that it reads.
    #[must_use]
    pub fn in_place_of(self, before: &Self) -> Self {
        Self { version: before.version.clone(), file: before.file.clone(), ..self }
    }
}

impl Default for MachineSettings {
    fn default() -> Self {
        Self {
            version: concat!("parlad-", env!("CARGO_PKG_VERSION")).to_owned(),
            file: "parlad.toml".to_owned(),
            password_required: false,
            flood: Flood::default(),
            timeouts: Timeouts::default(),
            sts: None,
            portion_bytes: PORTION_BYTES,
            answer_bytes_max: 256 * 1024,
        }
    }
}

impl Default for Flood {
    fn default() -> Self {
        Self { burst: 20, rate: 4 }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            registration: Duration::from_secs(60),
            ping_interval: Duration::from_secs(90),
            ping_timeout: Duration::from_secs(60),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nick_bytes: 32,
            user_bytes: 20,
            realname_bytes: 150,
            channel_bytes: 64,
            topic_bytes: 390,
            away_bytes: 200,
            kick_bytes: 390,
            key_bytes: 32,
            channels_per_client: 100,
            list_modes: 60,
            monitor_targets: 100,
            whowas_entries: 100,
            multiline_bytes: 16 * 1024,
            multiline_lines: 256,
            targets: 4,
            new_channels_per_hour: 30,
        }
    }
}
