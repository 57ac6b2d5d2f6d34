//! The unit in which limits per address are counted: an IPv4 address, or an IPv6 network of 64, 56 or 48
//! bits.
//!
//! Anybody with IPv6 has a whole network and can connect from any of its addresses: a household is assigned
//! 64 or 56 bits, a tunnel provider hands out 48. A /64 network therefore counts as one address. The larger
//! networks around it are counted too, with a higher limit, because other people may be in them.

use std::{
    fmt, iter,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use serde::{Deserialize, Serialize};

/// The prefix length of the IPv6 network that counts as one address.
const IPV6_ADDRESS_BITS: u32 = 64;
/// The prefix lengths of the larger networks, each of which contains the one before.
const IPV6_NETWORK_BITS: [u32; 2] = [56, 48];
/// Marks an IPv4 address. No IPv6 network that is counted has so long a prefix.
const IPV4: u32 = 128;

/// An IPv4 address or an IPv6 network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AddressBlock {
    /// The prefix length, or [`IPV4`].
    bits: u32,
    /// The prefix, as a number.
    prefix: u128,
}

impl AddressBlock {
    /// How many times the limit of the block inside it a larger block gets by default.
    pub const GROWTH: u32 = 4;

    /// The smallest block that contains the address: what counts as one address.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self { bits: IPV4, prefix: u128::from(address.to_bits()) },
            IpAddr::V6(address) => {
                Self { bits: IPV6_ADDRESS_BITS, prefix: address.to_bits() >> (128 - IPV6_ADDRESS_BITS) }
            }
        }
    }

    /// All blocks that contain the address, from the smallest to the largest.
    pub fn around(address: IpAddr) -> impl Iterator<Item = Self> {
        let own = Self::of(address);
        let larger = if own.bits == IPV4 { &[][..] } else { &IPV6_NETWORK_BITS[..] };
        let larger =
            larger.iter().map(move |bits| Self { bits: *bits, prefix: own.prefix >> (own.bits - bits) });
        iter::once(own).chain(larger)
    }

    /// Whether the block counts as a single address.
    pub const fn is_one_address(self) -> bool {
        matches!(self.bits, IPV4 | IPV6_ADDRESS_BITS)
    }

    /// The block's limit as a multiple of that of one address, where each block gets `growth` times as much
    /// as the one inside it.
    pub fn share(self, growth: u32) -> u32 {
        let inside = IPV6_NETWORK_BITS.iter().filter(|bits| **bits >= self.bits).count();
        growth.saturating_pow(u32::try_from(inside).unwrap_or(u32::MAX))
    }
}

/// The usual notation: `192.0.2.1`, `2001:db8::/64`.
impl fmt::Display for AddressBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match u32::try_from(self.prefix) {
            Ok(address) if self.bits == IPV4 => Ipv4Addr::from_bits(address).fmt(f),
            _ => {
                let first = self.prefix.checked_shl(128 - self.bits.min(128)).unwrap_or_default();
                write!(f, "{}/{}", Ipv6Addr::from_bits(first), self.bits)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks around an address, with their shares.
    fn around(address: &str) -> Vec<(String, u32)> {
        let blocks = AddressBlock::around(address.parse().unwrap());
        blocks.map(|block| (block.to_string(), block.share(AddressBlock::GROWTH))).collect()
    }

    #[test]
    fn an_address_of_ipv4_is_alone() {
        let alone = [("192.0.2.1".to_owned(), 1)];
        assert_eq!(around("192.0.2.1"), alone);
        assert_eq!(around("::ffff:192.0.2.1"), alone, "the same, as a socket for both may tell it");
        assert_eq!(around("0.0.0.0"), [("0.0.0.0".to_owned(), 1)]);
    }

    #[test]
    fn networks_of_ipv6_have_growing_shares() {
        let expected = [("2001:db8:1:203::/64", 1), ("2001:db8:1:200::/56", 4), ("2001:db8:1::/48", 16)];
        let expected = expected.map(|(block, share)| (block.to_owned(), share));
        assert_eq!(around("2001:db8:1:203:4:5:6:7"), expected);
        let largest = AddressBlock::around("2001:db8::1".parse().unwrap()).last().unwrap();
        assert_eq!((largest.share(1), largest.share(2), largest.share(u32::MAX)), (1, 4, u32::MAX));
    }

    #[test]
    fn only_the_smallest_counts_as_an_address() {
        for address in ["192.0.2.1", "2001:db8::1", "::1"] {
            let address = address.parse().unwrap();
            let mut around = AddressBlock::around(address);
            let own = around.next().unwrap();
            assert!(own == AddressBlock::of(address) && own.is_one_address());
            assert!(around.all(|network| !network.is_one_address()));
        }
        let [one, other] = ["2001:db8::1", "2001:db8::2:1"].map(|ip| AddressBlock::of(ip.parse().unwrap()));
        assert_eq!(one, other);
    }

    #[test]
    fn an_address_of_ipv4_is_no_network_of_ipv6() {
        let v4 = AddressBlock::of("0.0.0.1".parse().unwrap());
        assert!(AddressBlock::around("::1:0:0:0:0".parse().unwrap()).all(|block| block != v4));
    }
}
