//! Hides addresses: everyone sees a host that does not reveal where somebody is, but still works for bans.
//!
//! `abcdef.ghijkl.mnopqr.ip` has one part for the address (in IPv6, for the /64 network, which is one
//! customer), one for the /24 network around it (IPv6: /48) and one for the /16 (IPv6: /32). So
//! `*.ghijkl.mnopqr.ip` matches everyone in the same network. An address keeps its host over restarts, but
//! has another one on another server.

use std::{fmt, net::IpAddr};

use blake2::{
    Blake2sMac256,
    digest::{KeyInit as _, Mac as _},
};
use parla_server::limits::HOST_BYTES_MAX;

/// A key for cloaks.
pub(crate) type Key = [u8; 32];

/// Turns addresses into hosts. Somebody who has the key can find the address of a host by trying all of them.
pub(crate) struct Cloaks {
    keyed: Blake2sMac256,
}

impl fmt::Debug for Cloaks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cloaks(…)")
    }
}

/// Letters and digits that cannot be confused with one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// That is 30 bits: the chance that a /16 network has the same part as any other is one in 16,000.
const PART_LETTERS: usize = 6;

const SUFFIX: &str = "ip";

const _: () = assert!(3 * (PART_LETTERS + 1) + SUFFIX.len() <= HOST_BYTES_MAX);

impl Cloaks {
    pub(crate) fn new(key: &Key) -> Self {
        Self { keyed: Blake2sMac256::new(key.into()) }
    }

    /// The host that hides an address.
    pub(crate) fn host(&self, address: IpAddr) -> Box<str> {
        let parts = match address.to_canonical() {
            IpAddr::V4(address) => {
                let bits = u32::from(address);
                [32, 24, 16].map(|length| self.part(4, length, (bits >> (32 - length)).into()))
            }
            IpAddr::V6(address) => {
                let bits = u128::from(address);
                [64, 48, 32].map(|length| self.part(6, length, bits >> (128 - length)))
            }
        };
        let [address, near, far] = parts;
        format!("{address}.{near}.{far}.{SUFFIX}").into_boxed_str()
    }

    /// The part of a host for a network, given by the first bits of the address.
    fn part(&self, version: u8, length: u8, bits: u128) -> String {
        let mut keyed = self.keyed.clone();
        keyed.update(&[version, length]);
        keyed.update(&bits.to_be_bytes());
        let hash = keyed.finalize().into_bytes();
        let letter = |byte: &u8| char::from(LETTERS.get(usize::from(byte % 32)).copied().unwrap_or(b'a'));
        hash.iter().take(PART_LETTERS).map(letter).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn host(key: u8, address: &str) -> String {
        Cloaks::new(&[key; 32]).host(address.parse().unwrap()).into()
    }

    /// How many parts at the end are the same.
    fn shared(one: &str, other: &str) -> usize {
        let (one, other) = (host(1, one), host(1, other));
        let same = one.split('.').rev().zip(other.split('.').rev()).take_while(|(one, other)| one == other);
        same.count() - 1
    }

    /// Bans are stored on disk, so hosts must never change.
    #[test]
    fn a_host_is_the_same_for_ever() {
        assert_eq!(host(1, "192.0.2.1"), "i3dkgq.8qw7ap.yvc4vq.ip");
        assert_eq!(host(1, "::ffff:192.0.2.1"), host(1, "192.0.2.1"));
        assert_eq!(host(1, "2001:db8::1"), "npi95j.zmnwt8.q8s4uc.ip");
        assert_ne!(host(2, "192.0.2.1"), host(1, "192.0.2.1"));
    }

    #[test]
    fn those_of_a_network_share_its_part() {
        assert_eq!(shared("192.0.2.1", "192.0.2.1"), 3);
        assert_eq!(shared("192.0.2.1", "192.0.2.255"), 2);
        assert_eq!(shared("192.0.2.1", "192.0.3.1"), 1);
        assert_eq!(shared("192.0.2.1", "192.1.2.1"), 0);
        assert_eq!(shared("2001:db8:1:1::1", "2001:db8:1:1:ffff::2"), 3);
        assert_eq!(shared("2001:db8:1:1::1", "2001:db8:1:2::1"), 2);
        assert_eq!(shared("2001:db8:1:1::1", "2001:db8:2:1::1"), 1);
        assert_eq!(shared("2001:db8:1:1::1", "2001:db9:1:1::1"), 0);
        assert_eq!(shared("0.0.0.1", "::"), 0);
    }

    #[test]
    fn neighbours_are_told_apart() {
        let cloaks = Cloaks::new(&[7; 32]);
        let hosts =
            (0..=u16::MAX).map(|last| cloaks.host(IpAddr::from([10, 0, (last >> 8) as u8, last as u8])));
        assert_eq!(hosts.collect::<BTreeSet<_>>().len(), 65_536);
    }
}
