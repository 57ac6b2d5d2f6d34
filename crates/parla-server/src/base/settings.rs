//! What the administrator configures, in two parts: the settings of the network and those of one machine.
//!
//! All machines of a network share the same [`NetworkSettings`]: an entry changes them, and a snapshot
//! contains them. Each machine has its own [`MachineSettings`], which are never part of an entry. A commit
//! can read only the former, because it is given nothing but the network; so machines whose own settings
//! differ still make the same of every entry.
//!
//! REHASH changes most of both while the server runs: see [`NetworkSettings::in_place_of`] and
//! [`MachineSettings::in_place_of`].

use std::time::Duration;

use bitflags::bitflags;
use parla_proto::{
    ChannelName, Mask,
    mode::UserModes,
    name::{Casemapping, NameRules},
    tag::DeniedTags,
};
use serde::{Deserialize, Serialize};

pub use crate::base::account_settings::{
    AccessPolicy, AccountSettings, AlwaysOn, BadPassword, Mechanism, RegistrationSettings,
};
use crate::base::{flags::Flags, limits::PORTION_BYTES, message_ids::MessageIds};

/// All settings that one configuration file gives the state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The settings that all machines share.
    pub network: NetworkSettings,
    /// The settings of the machine that read the file.
    pub machine: MachineSettings,
}

/// Settings that are the same on every machine of a network, and may decide what a commit does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSettings {
    /// The server's name, which is the source of its lines. Several machines act as one server.
    pub name: String,
    /// The network's name; NETWORK in ISUPPORT.
    pub network_name: String,
    /// The description of the server in WHOIS.
    pub description: String,
    /// The lines of the message of the day; if empty, ERR_NOMOTD is sent.
    pub motd: Vec<String>,
    /// Makes the ids of messages out of their numbers.
    pub message_ids: MessageIds,
    /// Whether others see a host in place of the address, in which case masks over addresses match nobody.
    pub addresses_hidden: bool,
    /// How case is folded in names.
    pub casemapping: Casemapping,
    /// Maximum lengths and counts.
    pub limits: Limits,
    /// Who runs the server; without it, ERR_NOADMININFO is sent.
    pub admin: Option<Admin>,
    /// Who may become an operator.
    pub operators: Vec<Operator>,
    /// Modes of a new user; only modes that users can set themselves.
    pub user_modes: UserModes,
    /// Modes of a new channel.
    pub channel_modes: Flags,
    /// Channels that every user joins automatically and that always exist.
    pub autojoin: Vec<ChannelName>,
    /// How long an empty channel with a history is kept; `None` keeps it for ever.
    pub forget_empty_after: Option<Duration>,
    /// Whether messages of channels are kept.
    pub history: bool,
    /// How long messages are kept; `None` keeps them for ever.
    pub retain: Option<Duration>,
    /// Who may come in, if the configuration says so. Otherwise the owner of the server decides.
    pub access_in_file: Option<AccessPolicy>,
    /// Whether authors and channel operators may take messages back.
    pub redaction: bool,
    /// Bounds of METADATA; `None` if METADATA is not offered.
    pub metadata: Option<MetadataBounds>,
    /// How people sign in; `None` if there are no accounts.
    pub accounts: Option<AccountSettings>,
    /// Client tags that are not relayed; CLIENTTAGDENY.
    pub denied_client_tags: DeniedTags,
    /// How many messages one CHATHISTORY may return.
    pub history_reply_max: usize,
}

/// Settings of one machine: what it is, and how it treats its own connections.
///
/// They cannot be serialized, so they can never get into an entry or a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineSettings {
    /// The software's name and version.
    pub version: String,
    /// The name of the configuration file without its directory, as REHASH reports it.
    pub file: String,
    /// Whether a client must send the right PASS. The daemon compares it: [`crate::Question::Password`].
    pub password_required: bool,
    /// How many commands a client may send.
    pub flood: Flood,
    /// How long the server waits for a client.
    pub timeouts: Timeouts,
    /// Whether clients are told to reconnect over TLS.
    pub sts: Option<Sts>,
    /// Bytes of a long answer that a client is sent before it must have received them.
    pub portion_bytes: usize,
    /// Bytes of one answer of many lines. The rest is left out; of CHATHISTORY, the messages farthest from
    /// the requested position.
    pub answer_bytes_max: usize,
}

/// Maximum lengths of names and texts in bytes, and maximum counts.
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

/// Who runs the server, as ADMIN answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is a line of the answer to ADMIN, free text")]
pub struct Admin {
    pub location: String,
    pub organization: String,
    pub email: String,
}

/// Somebody who may become an operator of the server. Only the daemon knows their password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The name to be given with OPER.
    pub name: String,
    /// What WHOIS says of them: `is a server admin`.
    pub title: String,
    /// From where they may log in: `user@host`, matched against the real address.
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
        /// Manage the accounts of others.
        const ACCOUNTS = 1 << 4;
        /// Manage channels of others: see secret ones, enter, change and delete them.
        const CHANNELS = 1 << 5;
        /// RELAYMSG.
        const RELAYMSG = 1 << 6;
        /// Read and delete messages of others.
        const HISTORY = 1 << 7;
        /// See real addresses, and use CHGHOST.
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

    /// Privileges that no command needs yet. A commit that gives one a use removes it from here.
    pub const WITHOUT_EFFECT: Self = Self::BAN.union(Self::RELAYMSG);

    /// The names of the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().filter(move |(privilege, _)| self.contains(*privilege)).map(|(_, name)| *name)
    }

    /// The name of one privilege.
    pub fn name(self) -> &'static str {
        self.names().next().unwrap_or("all")
    }

    /// The privilege of this name in the configuration; `all` stands for all of them.
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
    /// Whether clients may use METADATA before they are registered.
    pub before_connect: bool,
}

impl Default for MetadataBounds {
    fn default() -> Self {
        Self { keys_max: 100, subs_max: 100, value_bytes_max: 300, before_connect: true }
    }
}

/// How clients are told to reconnect over TLS. <https://ircv3.net/specs/extensions/sts>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sts {
    /// How long clients remember to use TLS.
    pub duration: Duration,
    /// The port on which the server speaks TLS.
    pub port: u16,
}

/// How many commands each client may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// Commands that may be sent in a burst.
    pub burst: u32,
    /// Commands a second once the burst is used up.
    pub rate: u32,
}

/// How long the server waits for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From connecting to the end of registration.
    pub registration: Duration,
    /// How long a client may be silent before the server sends it a PING.
    pub ping_interval: Duration,
    /// How long the server waits for an answer to the PING before it closes the connection.
    pub ping_timeout: Duration,
}

impl Settings {
    /// The settings of a server with this name: the manual's defaults, and no channels. The key of the msgids
    /// is publicly known, so a server that others use needs its own.
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
            retain: None,
            access_in_file: None,
            redaction: true,
            metadata: Some(MetadataBounds::default()),
            accounts: Some(AccountSettings::default()),
            denied_client_tags: DeniedTags::default(),
            history_reply_max: 1000,
        }
    }

    /// These settings, except for what cannot change while the server runs: what clients have come to rely
    /// on, and the rules by which every name in the network was read.
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

    /// Who may come in.
    pub fn access_policy(&self) -> AccessPolicy {
        let accounts = self.accounts.as_ref();
        let is_by_invitation = accounts.is_some_and(|accounts| {
            accounts.registration.is_some_and(|registration| registration.by_invitation)
        });
        match accounts {
            Some(accounts) if accounts.required && is_by_invitation => AccessPolicy::Invite,
            Some(accounts) if accounts.required => AccessPolicy::Accounts,
            _ => AccessPolicy::Open,
        }
    }

    /// These settings with another decision about who may come in.
    #[must_use]
    pub fn with_access(&self, policy: AccessPolicy) -> Self {
        let mut settings = self.clone();
        if let Some(accounts) = &mut settings.accounts {
            policy.apply(accounts);
        }
        settings
    }

    /// Whether several connections may be one user.
    pub fn several_sessions(&self) -> bool {
        self.accounts.as_ref().is_some_and(|accounts| accounts.several_sessions)
    }

    /// The rules by which the network reads names.
    pub fn name_rules(&self) -> NameRules {
        NameRules {
            casemapping: self.casemapping,
            nick_bytes_max: self.limits.nick_bytes,
            channel_bytes_max: self.limits.channel_bytes,
        }
    }
}

impl MachineSettings {
    /// These settings, except for what cannot change while the server runs: the software's version and the
    /// file that it reads.
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
