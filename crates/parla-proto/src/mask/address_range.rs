//! Address ranges in place of a host, in any notation.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;

use super::BadMask;
use crate::source::address_text;

/// Addresses with a common prefix: `203.0.113.0/24`, `2001:db8::/32`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AddressRange(IpNet);

impl AddressRange {
    /// Parses an address, optionally with a prefix length. `None` if the text is neither.
    ///
    /// # Errors
    /// The prefix is longer than an address.
    pub fn parse(text: &str) -> Option<Result<Self, BadMask>> {
        let Some((address, bits)) = text.rsplit_once('/') else {
            return text.parse().ok().map(|address: IpAddr| Ok(Self(address.to_canonical().into())));
        };
        let address: IpAddr = address.parse().ok()?;
        let range = bits.parse().ok().and_then(|bits| IpNet::new(address, bits).ok());
        Some(range.map(|range| Self(canonical(range.trunc()))).ok_or(BadMask::Range))
    }

    /// Whether a host is the text of an address in this range.
    pub fn has_host(&self, host: &str) -> bool {
        host.parse().is_ok_and(|address: IpAddr| self.0.contains(&address.to_canonical()))
    }

    /// Whether it is a single address.
    pub(super) fn is_single(&self) -> bool {
        self.0.prefix_len() == self.0.max_prefix_len()
    }
}

/// The range, with an IPv4 address that is written as IPv6 turned back into IPv4.
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
