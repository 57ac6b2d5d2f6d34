//! Who may have how many connections, and whose word counts on where they come from.

use std::{net::IpAddr, sync::Arc, time::Duration};

use ipnet::IpNet;

use super::hash::Hash;

/// Limits of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionLimits {
    pub(crate) send_queue_bytes: usize,
    pub(crate) max_per_ip: u32,
    pub(crate) max_rate_per_ip: u32,
    pub(crate) rate_window: Duration,
    pub(crate) exempt: Vec<IpNet>,
    /// Where gateways of WEBIRC are. They are not counted themselves, as each connection is one of a client of theirs.
    pub(crate) gateways: Vec<IpNet>,
    /// Whether addresses are hidden.
    pub(crate) cloak: bool,
    /// Who may say that it connects someone else.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Networks that have limits of their own.
    pub(crate) shared_networks: Vec<SharedNetwork>,
}

/// Networks behind which many people are: a school, an office, a carrier. All that comes from there is counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SharedNetwork {
    /// For the log.
    pub(crate) name: Arc<str>,
    pub(crate) nets: Vec<IpNet>,
    pub(crate) max_connections: u32,
    /// New connections in the rate window.
    pub(crate) max_rate: u32,
    /// What each address there may have; none: all of it.
    pub(crate) max_per_ip: Option<u32>,
}

impl ConnectionLimits {
    /// Whether the table `[connections]` says the same: the other tables are compared by themselves.
    pub(crate) fn is_same_table(&self, other: &Self) -> bool {
        let (gateways, shared_networks) = (self.gateways.clone(), self.shared_networks.clone());
        *self == Self { gateways, shared_networks, ..other.clone() }
    }

    /// Whether an address is neither counted nor slowed.
    pub(crate) fn is_exempt(&self, address: IpAddr) -> bool {
        includes(&self.exempt, address)
    }

    /// Whether connections from an address are counted.
    pub(crate) fn is_counted(&self, address: IpAddr) -> bool {
        !self.is_exempt(address) && !includes(&self.gateways, address)
    }

    /// Whether what comes from an address may say that it comes from another.
    pub(crate) fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        includes(&self.trusted_proxies, address)
    }

    /// The first of the shared networks that an address is in, and its place.
    pub(crate) fn shared_network_of(&self, address: IpAddr) -> Option<(usize, &SharedNetwork)> {
        self.shared_networks.iter().enumerate().find(|(_, network)| includes(&network.nets, address))
    }
}

fn includes(nets: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    nets.iter().any(|net| net.contains(&address))
}

/// A gateway that tells by WEBIRC whom it connects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownGateway {
    /// The hash of its password.
    pub(crate) password: Hash,
    pub(crate) hosts: Vec<IpNet>,
}

impl KnownGateway {
    /// Whether it connects from this address.
    pub(crate) fn is_at(&self, address: IpAddr) -> bool {
        includes(&self.hosts, address)
    }
}
