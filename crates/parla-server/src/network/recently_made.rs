//! How many lasting things each address has made recently: channels with a history, or accounts. They stay
//! when whoever made them has left, and a server can only hold a limited number of them.

use std::{
    collections::{BTreeMap, VecDeque},
    net::IpAddr,
    time::Duration,
};

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use crate::base::{address_block::AddressBlock, limits::CHANNELS_MAX};

/// How long a thing counts against its maker.
const WINDOW: Duration = Duration::from_secs(3600);

/// The things of one kind that were made in the last hour, with the addresses of their makers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecentlyMade {
    /// Starting with the earliest.
    made: VecDeque<(Timestamp, IpAddr)>,
    counts: BTreeMap<AddressBlock, usize>,
}

impl RecentlyMade {
    /// Counts a new thing and returns true, unless the address has made too many.
    pub(crate) fn add(&mut self, address: IpAddr, most: usize, now: Timestamp) -> bool {
        while self.made.len() >= CHANNELS_MAX || self.made.front().is_some_and(|(at, _)| *at + WINDOW <= now)
        {
            self.forget_first();
        }
        let is_used_up = |block: AddressBlock| {
            let count = self.counts.get(&block).copied().unwrap_or_default();
            count >= most.saturating_mul(block.share(AddressBlock::GROWTH) as usize)
        };
        if AddressBlock::around(address).any(is_used_up) {
            return false;
        }
        for block in AddressBlock::around(address) {
            *self.counts.entry(block).or_default() += 1;
        }
        self.made.push_back((now, address));
        true
    }

    fn forget_first(&mut self) {
        let Some((_, address)) = self.made.pop_front() else { return };
        for block in AddressBlock::around(address) {
            if let Some(count) = self.counts.get_mut(&block) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&block);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// How many channels these addresses may start, one after the other, with a limit of 2.
    fn made<'a>(new: &mut RecentlyMade, addresses: impl IntoIterator<Item = &'a str>) -> usize {
        addresses.into_iter().filter(|address| new.add(address.parse().unwrap(), 2, at(0))).count()
    }

    #[test]
    fn an_address_has_its_own_budget() {
        let mut new = RecentlyMade::default();
        assert_eq!(made(&mut new, ["192.0.2.1"; 5]), 2);
        assert_eq!(made(&mut new, ["192.0.2.2"; 5]), 2);
        assert_eq!(made(&mut new, ["::ffff:192.0.2.2"; 5]), 0);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_an_address_and_larger_ones_have_more() {
        let mut new = RecentlyMade::default();
        assert_eq!(made(&mut new, ["2001:db8:1:1::1", "2001:db8:1:1::2", "2001:db8:1:1:f::3"]), 2);
        assert_eq!(made(&mut new, ["2001:db8:1:2::1"; 5]), 2);
        let networks = |prefix: &str, count: u32| -> Vec<String> {
            (0..count).flat_map(|n| [format!("{prefix}{n:02x}::1"), format!("{prefix}{n:02x}::2")]).collect()
        };
        // A /56 network has 256 /64 networks, and a /48 has 256 of /56.
        let many = networks("2001:db8:2:1", 200);
        assert_eq!(made(&mut new, many.iter().map(String::as_str)), 8);
        let many: Vec<String> =
            (0..200_u32).flat_map(|n| networks(&format!("2001:db8:3:{n:x}"), 4)).collect();
        assert_eq!(made(&mut new, many.iter().map(String::as_str)), 32);
    }

    #[test]
    fn after_an_hour_nothing_counts_and_nothing_is_remembered() {
        let mut new = RecentlyMade::default();
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        assert!(new.add(address, 2, at(0)) && new.add(address, 2, at(1800)));
        assert!(!new.add(address, 2, at(3599)));
        assert!(new.add(address, 2, at(3600)));
        assert!(!new.add(address, 2, at(5399)));
        assert!(new.add("192.0.2.1".parse().unwrap(), 2, at(10_000)));
        assert_eq!((new.made.len(), new.counts.len()), (1, 1));
    }
}
