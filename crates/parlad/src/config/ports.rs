//! Where the server listens, and what is spoken there.

use std::net::SocketAddr;

use super::{origin::Origin, tls_files::TlsFiles};

/// Where IRC is spoken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) speech: Speech,
    /// Whether a proxy must say first whom it connects.
    pub(crate) is_proxied: bool,
    pub(crate) tls: Option<TlsFiles>,
}

/// What comes over a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Speech {
    /// Lines of text.
    Lines,
    /// A WebSocket, to which pages from these places may connect; from everywhere if none is named.
    WebSocket { origins: Vec<Origin> },
}

impl Listen {
    /// For lines of IRC, with nothing special.
    pub(crate) const fn plain(address: SocketAddr) -> Self {
        Self { address, speech: Speech::Lines, is_proxied: false, tls: None }
    }
}

/// Where the app is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Http {
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<TlsFiles>,
    /// Under which names, besides addresses, `localhost` and the name of the server.
    pub(crate) origins: Vec<Origin>,
}
