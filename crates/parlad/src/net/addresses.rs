//! How the daemon treats an address: what the server is told about it, and its limits.

use std::net::IpAddr;

use parla_server::Peer;

use crate::{config::ConnectionLimits, net::cloak::Cloaks};

/// How addresses are treated.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(crate) limits: ConnectionLimits,
    /// Makes the hosts that hide addresses; `None` if addresses are shown.
    pub(crate) cloaks: Option<Cloaks>,
}

impl Addresses {
    /// Whether others see a cloak in place of an address.
    pub(crate) const fn are_hidden(&self) -> bool {
        self.cloaks.is_some()
    }

    /// The peer at an address, as the server is told about it.
    pub(crate) fn peer(&self, address: IpAddr) -> Peer {
        let host = self.cloaks.as_ref().map(|cloaks| cloaks.host(address));
        Peer { host, unthrottled: self.limits.is_exempt(address), ..Peer::at(address) }
    }
}
