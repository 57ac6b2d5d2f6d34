//! How the daemon and the state machine name one connection.

use std::net::IpAddr;

use parla_proto::source::address_text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use slotmap::{DefaultKey, Key as _, KeyData};

use crate::base::secret::Secret;

/// Names a connection. The daemon gives it out: as long as its process runs, slots of its slot map are given again, keys never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(crate) DefaultKey);

impl ConnectionId {
    /// From the key of the daemon's own slot map of connections.
    pub const fn from_key(key: DefaultKey) -> Self {
        Self(key)
    }

    /// The key of the daemon's own slot map.
    pub const fn key(self) -> DefaultKey {
        self.0
    }

    /// From a number, for tests that open their own connections.
    pub fn from_number(number: u64) -> Self {
        Self(KeyData::from_ffi(number | 1 << 32).into())
    }
}

impl Serialize for ConnectionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.data().as_ffi().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ConnectionId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(|number| Self(KeyData::from_ffi(number).into()))
    }
}

/// Who is at the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The real address, which only the client itself and operators see.
    pub address: IpAddr,
    /// What everyone sees in its place; none: the address itself.
    pub host: Option<Box<str>>,
    /// Whether the client may send as fast as it likes.
    pub unthrottled: bool,
    /// Whether nobody on the way can read what is said.
    pub secure: bool,
}

impl Peer {
    /// Someone at an address that everyone may see, who is limited, on a connection that others may read.
    pub fn at(address: IpAddr) -> Self {
        Self { address: address.to_canonical(), host: None, unthrottled: false, secure: false }
    }

    /// What stands after the `@` of the user's source. Never starts with a colon.
    pub(crate) fn host(&self) -> String {
        self.host.as_deref().map_or_else(|| address_text(self.address), str::to_owned)
    }
}

/// What a gateway says of itself and of the client that it connects: WEBIRC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Where the gateway is.
    pub address: IpAddr,
    /// What it gives as its password.
    pub password: Secret,
    /// Where the client is.
    pub client: IpAddr,
    /// The name of the client's host, if it has one that fits.
    pub hostname: Option<Box<str>>,
    /// Whether nobody can read what is said, neither before the gateway nor behind it.
    pub is_client_secure: bool,
}

/// Why a connection is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnect {
    /// The client closed it.
    Closed,
    /// It broke.
    Reset,
    /// The client does not read what it is sent.
    SendQueueExceeded,
    /// The client began with TLS, which is not spoken there.
    SpokeTls,
}

impl Disconnect {
    /// What others read in the QUIT.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Closed => "Connection closed",
            Self::Reset => "Connection reset",
            Self::SendQueueExceeded => "SendQ exceeded",
            Self::SpokeTls => "This port does not speak TLS",
        }
    }
}
