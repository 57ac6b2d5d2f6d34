//! Who comes, who goes, and who is turned away: lines for the administrator, with real addresses.
//!
//! Whoever joins the server and leaves it is always written down. What anyone can cause who knocks at a port is written at
//! [its pace](pace), and what was left out is summed up.

mod pace;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use parla_server::{AddressBlock, ConnectionId, Note, Noted};
use slotmap::Key as _;
use tokio::sync::Notify;

use self::pace::{Pace, Rate, Sum};
use crate::{log::CONNECTIONS_TARGET, net::admission::Refused};

/// What is known of a new connection of IRC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewConnection {
    pub(crate) address: IpAddr,
    /// Lines or WebSocket.
    pub(crate) by: &'static str,
    /// Whether nobody on the way can read what is said.
    pub(crate) is_secure: bool,
}

/// Why a connection came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mishap {
    /// A port for proxies, and an address that is none of theirs.
    NoProxy,
    /// A proxy did not say well whom it connects.
    ProxyHeader,
    /// No agreement on TLS.
    NoTls,
    /// A port with TLS, and something else that came.
    PlainForTls,
    /// A port without TLS, and the beginning of TLS.
    TlsForPlain,
    /// Somebody said to be a gateway, and is none.
    NoGateway,
}

/// What is written at its own pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Connected,
    LeftEarly,
    Refused(&'static str),
    Mishap(Mishap),
}

/// People who come and go.
const CROWD: Rate = Rate { burst: 100, interval: Duration::from_millis(100) };

/// Whoever is turned away. From one address there is a line a minute for each kind.
const STRANGERS: Rate = Rate { burst: 10, interval: Duration::from_secs(1) };

/// How often it is looked whether something that was left out can be written.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Writes lines on connections. Cheap to call from everywhere.
#[derive(Debug, Default)]
pub(crate) struct ConnectionLog {
    pace: Mutex<Pace<Kind, String>>,
    left_out: Notify,
}

impl Kind {
    const fn rate(self) -> Rate {
        match self {
            Self::Connected | Self::LeftEarly => CROWD,
            Self::Refused(_) | Self::Mishap(_) => STRANGERS,
        }
    }

    /// What happened, in words for the administrator.
    const fn words(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::LeftEarly => "left without joining the server",
            Self::Refused(_) => "refused a connection: too many",
            Self::Mishap(mishap) => mishap.words(),
        }
    }
}

impl Mishap {
    const fn words(self) -> &'static str {
        match self {
            Self::NoProxy => "refused a connection: it is not of one of connections.trusted_proxies",
            Self::ProxyHeader => "closed a connection of a proxy",
            Self::NoTls => "no agreement on TLS",
            Self::PlainForTls => "closed a connection: this port speaks TLS, and something else came",
            Self::TlsForPlain => "closed a connection: TLS came, and this port does not speak it",
            Self::NoGateway => "refused a connection by WEBIRC",
        }
    }
}

impl ConnectionLog {
    /// Somebody has a connection of IRC.
    pub(crate) fn connected(&self, id: ConnectionId, connection: NewConnection) {
        if self.may_write(Kind::Connected, None) {
            let NewConnection { address, by, is_secure } = connection;
            tracing::info!(target: CONNECTIONS_TARGET, %address, connection = ?id.key().data(), by, tls = is_secure, "connected");
        }
    }

    /// What the server says of a connection.
    pub(crate) fn note(&self, note: &Note) {
        let Note { connection, address, noted } = note;
        let connection = connection.key().data();
        match noted {
            Noted::Joined { who, secure } => {
                tracing::info!(target: CONNECTIONS_TARGET, %address, ?connection, who, tls = secure, "joined the server");
            }
            Noted::Renamed { from, to } => {
                tracing::info!(target: CONNECTIONS_TARGET, %address, ?connection, from, to, "changed the nick");
            }
            Noted::PasswordRefused => {
                tracing::info!(target: CONNECTIONS_TARGET, %address, ?connection, "refused: no good password for the server");
            }
            Noted::Left { who: Some(who), why } => {
                tracing::info!(target: CONNECTIONS_TARGET, %address, ?connection, who, why, "left the server");
            }
            Noted::Left { who: None, why } => {
                let kind = Kind::LeftEarly;
                if self.may_write(kind, None) {
                    tracing::info!(target: CONNECTIONS_TARGET, %address, ?connection, why, "{}", kind.words());
                }
            }
        }
    }

    /// Somebody met a limit.
    pub(crate) fn refused(&self, address: IpAddr, refused: &Refused) {
        let (limit, from) = (refused.limit(), refused.group(address));
        let kind = Kind::Refused(limit);
        if self.may_write(kind, Some(from.clone())) {
            let hint = may_be_a_proxy(address)
                .then_some("many people? see limits.network; a proxy? see connections.trusted_proxies");
            tracing::info!(target: CONNECTIONS_TARGET, %address, limit, from, hint, "{}", kind.words());
        }
    }

    /// A connection came to nothing.
    pub(crate) fn mishap(&self, address: IpAddr, mishap: Mishap, why: &str) {
        let kind = Kind::Mishap(mishap);
        if self.may_write(kind, Some(AddressBlock::of(address).to_string())) {
            let why = Some(why).filter(|why| !why.is_empty());
            tracing::info!(target: CONNECTIONS_TARGET, %address, why, "{}", kind.words());
        }
    }

    fn may_write(&self, kind: Kind, group: Option<String>) -> bool {
        let may_write = self.pace().event(kind, kind.rate(), group, Instant::now());
        self.left_out.notify_one();
        may_write
    }

    fn pace(&self) -> MutexGuard<'_, Pace<Kind, String>> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down what was left out, as long as the process runs.
    pub(crate) async fn sum_up(self: Arc<Self>) {
        loop {
            self.left_out.notified().await;
            while self.pace().is_waiting() {
                tokio::time::sleep(LOOK_AGAIN).await;
                let due = self.pace().due(Instant::now());
                due.into_iter().for_each(write);
            }
        }
    }

    /// Writes down all that was left out.
    pub(crate) fn finish(&self) {
        let rest = self.pace().rest();
        rest.into_iter().for_each(write);
    }
}

fn write(sum: Sum<Kind, String>) {
    let Sum { kind, group: from, count } = sum;
    let limit = if let Kind::Refused(limit) = kind { Some(limit) } else { None };
    tracing::info!(target: CONNECTIONS_TARGET, count, limit, from, "{}, more", kind.words());
}

/// Whether what comes from an address may be all that a proxy connects.
const fn may_be_a_proxy(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}
