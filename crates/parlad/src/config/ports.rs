//! Where the server listens, and which protocol it expects there.

use std::net::{Ipv4Addr, SocketAddr};

use super::{origin::Origin, tls_files::TlsFiles};

/// An address for IRC, and how it is spoken there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) speech: Speech,
    /// Whether a proxy must first announce its client.
    pub(crate) is_proxied: bool,
    pub(crate) tls: Option<TlsFiles>,
}

/// What a connection carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// Lines of IRC.
    Lines,
    /// A WebSocket, to which pages from these origins may connect; if the list is empty, pages from anywhere
    /// may.
    WebSocket { origins: Vec<Origin> },
}

impl Listen {
    /// Lines of IRC, without anything special.
    pub(crate) const fn plain(address: SocketAddr) -> Self {
        Self { address, speech: Speech::Lines, is_proxied: false, tls: None }
    }
}

/// An address where the app is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Http {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<TlsFiles>,
    /// Origins under which it is reachable, besides addresses, `localhost` and the name of the server.
    pub(crate) origins: Vec<Origin>,
}

impl Http {
    /// How others reach it, without a slash at the end: by the first origin that is configured, otherwise by this
    /// address, on which it listens.
    pub(crate) fn base(&self, address: SocketAddr) -> String {
        self.origins.first().map_or_else(|| self.base_here(address), ToString::to_string)
    }

    /// The same for this computer.
    pub(crate) fn base_here(&self, address: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", reachable(address))
    }
}

/// An address at which this computer can reach a listener.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}
