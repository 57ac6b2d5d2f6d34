//! Ranges of addresses in the place of a host, in any spelling.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;

use super::BadMask;
use crate::source::address_text;

/// Addresses that begin with the same bits: `203.0.113.0/24`, `2001:db8::/32`, or a single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange(IpNet);

impl AddressRange {
    /// Reads an address, or one with the number of bits that count.
    ///
    /// # Errors
    /// There are not so many bits in an address.
    pub fn parse(text: &str) -> Option<Result<Self, BadMask>> {
        let Some((address, bits)) = text.rsplit_once('/') else {
            return text.parse().ok().map(|address: IpAddr| Ok(Self(address.to_canonical().into())));
        };
        let address: IpAddr = address.parse().ok()?;
        let range = bits.parse().ok().and_then(|bits| IpNet::new(address, bits).ok());
        Some(range.map(|range| Self(canonical(range.trunc()))).ok_or(BadMask::Range))
    }

    /// Whether a host is written as one of these addresses.
    pub fn has_host(&self, host: &str) -> bool {
        host.parse().is_ok_and(|address: IpAddr| self.0.contains(&address.to_canonical()))
    }

    /// Whether it is one address.
    pub(super) fn is_single(&self) -> bool {
        self.0.prefix_len() == self.0.max_prefix_len()
    }
}

/// The range without the detour by which IPv6 writes addresses of IPv4.
fn canonical(range: IpNet) -> IpNet {
    let bits_before = 96;
    match range.addr().to_canonical() {
        IpAddr::V4(address) if range.max_prefix_len() == 128 && range.prefix_len() >= bits_before => {
            IpNet::new(address.into(), range.prefix_len() - bits_before).unwrap_or(range)
        }
        _ => range,
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&address_text(self.0.addr()))?;
        if self.is_single() { Ok(()) } else { write!(f, "/{}", self.0.prefix_len()) }
    }
}
