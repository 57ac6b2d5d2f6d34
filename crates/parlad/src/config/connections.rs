//! How many connections clients may have, and which proxies and gateways may say where a client comes from.

use std::{net::IpAddr, sync::Arc, time::Duration};

use ipnet::IpNet;

use super::hash::Hash;

/// The limits of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionLimits {
    pub(crate) send_queue_bytes: usize,
    pub(crate) max_per_ip: u32,
    pub(crate) max_rate_per_ip: u32,
    pub(crate) rate_window: Duration,
    pub(crate) exempt: Vec<IpNet>,
    /// The networks of WEBIRC gateways. Gateways are not counted themselves, because each of their
    /// connections counts for its client.
    pub(crate) gateways: Vec<IpNet>,
    /// Whether addresses are hidden behind cloaks.
    pub(crate) cloak: bool,
    /// Networks whose hosts may say that they connect somebody else.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Networks with limits of their own.
    pub(crate) shared_networks: Vec<SharedNetwork>,
}

/// A network with many people behind it, such as a school, an office or a carrier. All connections from it
/// are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SharedNetwork {
    /// The name for the log.
    pub(crate) name: Arc<str>,
    pub(crate) nets: Vec<IpNet>,
    pub(crate) max_connections: u32,
    /// The maximum number of new connections within the rate window.
    pub(crate) max_rate: u32,
    /// The limit for each address in it; `None` allows each address the whole limit.
    pub(crate) max_per_ip: Option<u32>,
}

impl ConnectionLimits {
    /// Whether the table `[connections]` is the same; other tables are compared separately.
    pub(crate) fn is_same_table(&self, other: &Self) -> bool {
        let (gateways, shared_networks) = (self.gateways.clone(), self.shared_networks.clone());
        *self == Self { gateways, shared_networks, ..other.clone() }
    }

    /// Whether an address is exempt from counting and throttling.
    pub(crate) fn is_exempt(&self, address: IpAddr) -> bool {
        includes(&self.exempt, address)
    }

    /// Whether connections from an address are counted.
    pub(crate) fn is_counted(&self, address: IpAddr) -> bool {
        !self.is_exempt(address) && !includes(&self.gateways, address)
    }

    /// Whether a connection from an address may say that it comes from another one.
    pub(crate) fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        includes(&self.trusted_proxies, address)
    }

    /// The first shared network that contains an address, with its index.
    pub(crate) fn shared_network_of(&self, address: IpAddr) -> Option<(usize, &SharedNetwork)> {
        self.shared_networks.iter().enumerate().find(|(_, network)| includes(&network.nets, address))
    }
}

fn includes(nets: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    nets.iter().any(|net| net.contains(&address))
}

/// A gateway that announces its clients with WEBIRC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownGateway {
    /// The hash of the gateway's password.
    pub(crate) password: Hash,
    pub(crate) hosts: Vec<IpNet>,
}

impl KnownGateway {
    /// Whether it connects from this address.
    pub(crate) fn is_at(&self, address: IpAddr) -> bool {
        includes(&self.hosts, address)
    }
}
