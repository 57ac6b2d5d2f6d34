//! What the daemon and the state machine tell each other about one connection.

use std::net::IpAddr;

use parla_proto::source::address_text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use slotmap::{DefaultKey, Key as _, KeyData};

use crate::base::secret::Secret;

/// Names a connection. The daemon assigns it: within one process, slots of its slot map are reused, but keys
/// never are.
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

/// The other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The real address, which only the client itself and operators see.
    pub address: IpAddr,
    /// What everyone sees in place of the address; `None` shows the address itself.
    pub host: Option<Box<str>>,
    /// Whether the client may send as fast as it likes.
    pub unthrottled: bool,
    /// Whether the connection is encrypted all the way, so that nobody between can read it.
    pub secure: bool,
    /// The SHA-256 of the certificate whose key the client has proved to have.
    pub certificate: Option<Box<[u8; 32]>>,
}

impl Peer {
    /// A peer whose address is public, whose flood limits apply and whose connection is not encrypted.
    pub fn at(address: IpAddr) -> Self {
        Self {
            address: address.to_canonical(),
            host: None,
            unthrottled: false,
            secure: false,
            certificate: None,
        }
    }

    /// The part of the user's source after the `@`. It never starts with a colon.
    pub(crate) fn host(&self) -> String {
        self.host.as_deref().map_or_else(|| address_text(self.address), str::to_owned)
    }
}

/// What a gateway says in WEBIRC about itself and about the client that it connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// The gateway's own address.
    pub address: IpAddr,
    /// The password that it sent.
    pub password: Secret,
    /// The client's address.
    pub client: IpAddr,
    /// The client's host name, if it has a usable one.
    pub hostname: Option<Box<str>>,
    /// Whether the connection is encrypted both between the client and the gateway and between the gateway
    /// and us.
    pub is_client_secure: bool,
}

/// Why a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnect {
    /// The client closed it.
    Closed,
    /// The connection was lost.
    Reset,
    /// The client did not read what it was sent.
    SendQueueExceeded,
    /// The client began with TLS on a port that does not speak it.
    SpokeTls,
}

impl Disconnect {
    /// The reason that others read in the QUIT.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Closed => "Connection closed",
            Self::Reset => "Connection reset",
            Self::SendQueueExceeded => "SendQ exceeded",
            Self::SpokeTls => "This port does not speak TLS",
        }
    }
}
