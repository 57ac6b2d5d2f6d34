//! How those at an address are treated: what the server is told of them, and what limits they have.

use std::net::IpAddr;

use parla_server::Peer;

use crate::{config::ConnectionLimits, net::cloak::Cloaks};

/// How those at an address are treated.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(crate) limits: ConnectionLimits,
    /// What is shown in place of addresses; none if they are shown.
    pub(crate) cloaks: Option<Cloaks>,
}

impl Addresses {
    /// Whether others see something in place of an address.
    pub(crate) const fn are_hidden(&self) -> bool {
        self.cloaks.is_some()
    }

    /// What the server is told of someone at an address.
    pub(crate) fn peer(&self, address: IpAddr) -> Peer {
        let host = self.cloaks.as_ref().map(|cloaks| cloaks.host(address));
        Peer { host, unthrottled: self.limits.is_exempt(address), ..Peer::at(address) }
    }
}
