//! What the administrator decides. Fixed while the server runs.

use std::time::Duration;

use parla_proto::{
    ChannelName,
    name::{Casemapping, NameRules},
};

use crate::network::channel::Flags;

/// Everything the state machine must be told. `Default` gives the values of the manual.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server's name; the source of its lines.
    pub name: String,
    /// The network's name; NETWORK of ISUPPORT.
    pub network: String,
    /// What WHOIS says of the server.
    pub description: String,
    /// Name and version of the software.
    pub version: String,
    /// Whether PASS must match. The check itself is the daemon's: [`crate::Output::VerifyPassword`].
    pub password_required: bool,
    /// The lines of the message of the day; none: ERR_NOMOTD.
    pub motd: Vec<String>,
    /// How case is folded in names.
    pub casemapping: Casemapping,
    /// Longest names and texts.
    pub limits: Limits,
    /// How much a client may send.
    pub flood: Flood,
    /// How long the server waits.
    pub timeouts: Timeouts,
    /// Modes of a new channel.
    pub channel_modes: Flags,
    /// Rooms that everyone is put into, and that are always there.
    pub autojoin: Vec<ChannelName>,
    /// Whether messages of channels are kept.
    pub history: bool,
    /// Messages in one answer of CHATHISTORY.
    pub history_reply_max: usize,
    /// Bytes in one answer of CHATHISTORY; the messages that are farthest from what was asked for are left out.
    pub history_reply_bytes_max: usize,
}

/// Longest names and texts, in bytes, and other counts.
#[derive(Clone, Debug)]
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
    pub targets: usize,
}

/// The allowance of each client.
#[derive(Clone, Copy, Debug)]
pub struct Flood {
    /// Commands at once.
    pub burst: u32,
    /// Commands a second once the burst is used up.
    pub rate: u32,
}

/// How long the server waits for a client.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the connection to the end of registration.
    pub registration: Duration,
    /// Silence after which the client is asked whether it is there.
    pub ping_interval: Duration,
    /// Silence after that question until the connection is given up.
    pub ping_timeout: Duration,
}

impl Settings {
    /// The settings of a server of this name, with the defaults of the manual and no rooms.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            network: name.to_owned(),
            description: "parlad".to_owned(),
            version: concat!("parlad-", env!("CARGO_PKG_VERSION")).to_owned(),
            password_required: false,
            motd: Vec::new(),
            casemapping: Casemapping::Ascii,
            limits: Limits::default(),
            flood: Flood { burst: 20, rate: 4 },
            timeouts: Timeouts {
                registration: Duration::from_secs(60),
                ping_interval: Duration::from_secs(90),
                ping_timeout: Duration::from_secs(60),
            },
            channel_modes: Flags::NO_EXTERNAL | Flags::TOPIC_LOCK,
            autojoin: Vec::new(),
            history: true,
            history_reply_max: 1000,
            history_reply_bytes_max: 512 * 1024,
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
            targets: 4,
        }
    }
}
