//! Log lines about who comes, who goes, and who is refused, with real addresses, for the administrator.
//!
//! Joining and leaving the server is always logged. Lines that anybody can cause by knocking at a port are
//! [limited](log_limit), and those that were left out are summed up.

mod log_limit;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use parla_server::{AddressBlock, ConnectionId, Note, Noted};
use slotmap::Key as _;
use tokio::sync::Notify;

use self::log_limit::{LogLimit, Rate, Summary};
use crate::{log::CONNECTIONS_TARGET, net::admission::Refused};

/// What is known about a new IRC connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewConnection {
    pub(crate) address: IpAddr,
    /// Lines or WebSocket.
    pub(crate) by: &'static str,
    /// Whether the connection is encrypted all the way.
    pub(crate) is_secure: bool,
}

/// Why a connection failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mishap {
    /// The port is for proxies, and the address is not one of theirs.
    NoProxy,
    /// A proxy did not announce its client correctly.
    ProxyHeader,
    /// The TLS handshake failed.
    NoTls,
    /// The port requires TLS, and something else came.
    PlainForTls,
    /// The port has no TLS, and the client started a handshake.
    TlsForPlain,
    /// Somebody claimed to be a gateway and is not.
    NoGateway,
}

/// Kinds of lines that are limited separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Connected,
    LeftEarly,
    Refused(&'static str),
    Mishap(Mishap),
}

/// The limit for people who come and go.
const CROWD: Rate = Rate { burst: 100, interval: Duration::from_millis(100) };

/// The limit for refused connections. For each kind and address there is one line a minute.
const STRANGERS: Rate = Rate { burst: 10, interval: Duration::from_secs(1) };

/// How often we check whether a summary of what was left out can be logged.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Logs lines about connections. Calling it is cheap.
#[derive(Debug, Default)]
pub(crate) struct ConnectionLog {
    limit: Mutex<LogLimit<Kind, String>>,
    left_out: Notify,
}

impl Kind {
    const fn rate(self) -> Rate {
        match self {
            Self::Connected | Self::LeftEarly => CROWD,
            Self::Refused(_) | Self::Mishap(_) => STRANGERS,
        }
    }

    /// A description for the administrator.
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
            Self::NoProxy => "refused a connection: its address is not in connections.trusted_proxies",
            Self::ProxyHeader => "closed a connection of a proxy",
            Self::NoTls => "no agreement on TLS",
            Self::PlainForTls => "closed a connection: this port speaks TLS, and something else came",
            Self::TlsForPlain => "closed a connection: TLS came, and this port does not speak it",
            Self::NoGateway => "refused a connection by WEBIRC",
        }
    }
}

impl ConnectionLog {
    /// Logs a new IRC connection.
    pub(crate) fn connected(&self, id: ConnectionId, connection: NewConnection) {
        if self.may_write(Kind::Connected, None) {
            let NewConnection { address, by, is_secure } = connection;
            tracing::info!(target: CONNECTIONS_TARGET, %address, connection = ?id.key().data(), by, tls = is_secure, "connected");
        }
    }

    /// Logs a note of the server about a connection.
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
            Noted::SignedIn { account, .. } => {
                tracing::info!(target: CONNECTIONS_TARGET, %address, ?connection, account, "signed in");
            }
            Noted::SignInFailed { account, by, .. } => {
                tracing::info!(target: CONNECTIONS_TARGET, %address, ?connection, account, by, "failed to sign in");
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

    /// Logs that a client reached a limit.
    pub(crate) fn refused(&self, address: IpAddr, refused: &Refused) {
        let (limit, from) = (refused.limit(), refused.group(address));
        let kind = Kind::Refused(limit);
        if self.may_write(kind, Some(from.clone())) {
            let hint = may_be_a_proxy(address)
                .then_some("many people? see limits.network; a proxy? see connections.trusted_proxies");
            tracing::info!(target: CONNECTIONS_TARGET, %address, limit, from, hint, "{}", kind.words());
        }
    }

    /// Logs that a connection failed.
    pub(crate) fn mishap(&self, address: IpAddr, mishap: Mishap, why: &str) {
        let kind = Kind::Mishap(mishap);
        if self.may_write(kind, Some(AddressBlock::of(address).to_string())) {
            let why = Some(why).filter(|why| !why.is_empty());
            tracing::info!(target: CONNECTIONS_TARGET, %address, why, "{}", kind.words());
        }
    }

    fn may_write(&self, kind: Kind, group: Option<String>) -> bool {
        let may_write = self.limit().event(kind, kind.rate(), group, Instant::now());
        self.left_out.notify_one();
        may_write
    }

    fn limit(&self) -> MutexGuard<'_, LogLimit<Kind, String>> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs sums of what was left out, as long as the process runs.
    pub(crate) async fn sum_up(self: Arc<Self>) {
        loop {
            self.left_out.notified().await;
            while self.limit().is_waiting() {
                tokio::time::sleep(LOOK_AGAIN).await;
                let due = self.limit().due(Instant::now());
                due.into_iter().for_each(write);
            }
        }
    }

    /// Logs sums of everything that was left out.
    pub(crate) fn finish(&self) {
        let rest = self.limit().rest();
        rest.into_iter().for_each(write);
    }
}

fn write(summary: Summary<Kind, String>) {
    let Summary { kind, group: from, count } = summary;
    let limit = if let Kind::Refused(limit) = kind { Some(limit) } else { None };
    tracing::info!(target: CONNECTIONS_TARGET, count, limit, from, "{}, more", kind.words());
}

/// Whether connections from an address may all come through one proxy.
const fn may_be_a_proxy(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}
