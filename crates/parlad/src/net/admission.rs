//! Who may connect: for chat, limited per address both at the same time and within a period; for pages, with
//! far higher limits; and a limit for all.
//!
//! It reads no clock; time is an argument. [`crate::web`] decides which HTTP connections are served; here
//! they are limited from the moment they are accepted, so that there is always room for chat.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use parla_server::AddressBlock;
use thiserror::Error;

use crate::{
    config::{ConnectionLimits, SharedNetwork},
    limits::{HTTP_ACCEPTED_PER_ADDRESS_MAX, RETURN_RATE_FACTOR, RETURN_TIME},
};

/// The purpose of a connection. Each is counted separately, so that somebody who looks at a page can still
/// chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// IRC, in any framing.
    Irc,
    /// Files of the app, and a WebSocket before it becomes one.
    Http,
}

/// Counts connections by address. The larger networks around an IPv6 address have limits of their own.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: ConnectionLimits,
    connections_max: usize,
    started_at: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: usize,
    counts: HashMap<CountKey, Count>,
    /// How many counts remained when empty ones were last removed.
    counts_kept: usize,
}

/// What connections are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum CountKey {
    /// An IPv4 address or an IPv6 network.
    Block(AddressBlock),
    /// The same within a shared network, which has its own limit for each.
    InShared(AddressBlock),
    /// A shared network, by its index in the configuration.
    Shared(usize),
    /// HTTP connections from an address.
    HttpFrom(AddressBlock),
    /// All HTTP connections.
    Http,
}

#[derive(Debug)]
struct Count {
    open: u32,
    window_started: Instant,
    opened_in_window: u32,
}

/// How many connections something may have.
#[derive(Clone, Copy, Debug)]
struct Bound {
    open_max: u32,
    /// Within the rate window.
    rate_max: u32,
}

/// Why a connection is refused, worded for the person who connects.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    #[error("This server is full; try again later")]
    Full,
    #[error("This server is busy with pages; try again in a few seconds")]
    Busy,
    #[error("Too many connections from your {}", .0.words())]
    TooMany(Crowd),
    #[error("Too many connections from your {} in a short time; try again later", .0.words())]
    TooFast(Crowd),
}

/// Who has too many connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Crowd {
    /// An address, or the IPv6 network that counts as one.
    Address(AddressBlock),
    /// The same within a `[[limits.network]]`, by its `max_per_ip`.
    AddressInShared(AddressBlock),
    /// A larger IPv6 network.
    Network(AddressBlock),
    /// The `[[limits.network]]` of this name.
    Shared(Arc<str>),
}

impl Crowd {
    const fn words(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::AddressInShared(_) => "address",
            Self::Network(_) | Self::Shared(_) => "network",
        }
    }
}

impl Refused {
    /// The limit's name in the configuration.
    pub(crate) const fn limit(&self) -> &'static str {
        match self {
            Self::Full => "open files",
            Self::Busy => "HTTP connections",
            Self::TooMany(Crowd::Address(_)) => "connections.max_per_ip",
            Self::TooMany(Crowd::AddressInShared(_)) => "limits.network.max_per_ip",
            Self::TooMany(Crowd::Network(_)) => "connections.max_per_ip for a larger network",
            Self::TooMany(Crowd::Shared(_)) => "limits.network.max_connections",
            Self::TooFast(Crowd::Address(_)) => "connections.max_rate_per_ip",
            // This limit has no key of its own: it is four times this one.
            Self::TooFast(Crowd::AddressInShared(_)) => "limits.network.max_per_ip in a short time",
            Self::TooFast(Crowd::Network(_)) => "connections.max_rate_per_ip for a larger network",
            Self::TooFast(Crowd::Shared(_)) => "limits.network.max_rate",
        }
    }

    /// The group that the limit applies to, for a client at this address.
    pub(crate) fn group(&self, address: IpAddr) -> String {
        match self {
            Self::Full | Self::Busy => AddressBlock::of(address).to_string(),
            Self::TooMany(crowd) | Self::TooFast(crowd) => match crowd {
                Crowd::Address(block) | Crowd::AddressInShared(block) | Crowd::Network(block) => {
                    block.to_string()
                }
                Crowd::Shared(name) => name.to_string(),
            },
        }
    }
}

/// What a connection is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Visitor {
    purpose: Purpose,
    address: IpAddr,
}

/// A counted connection. It is released when this is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    admission: Arc<Admission>,
    /// What it is counted for; `None` if the address is not counted, or not known yet.
    visitor: Mutex<Option<Visitor>>,
}

/// How many counts there may be before empty ones are removed.
const COUNTS_KEPT: usize = 4_096;

impl Admission {
    pub(crate) fn new(limits: ConnectionLimits, connections_max: usize, now: Instant) -> Arc<Self> {
        Arc::new(Self { limits, connections_max, started_at: now, state: Mutex::default() })
    }

    /// Counts a connection from an address.
    ///
    /// # Errors
    /// There are too many.
    pub(crate) fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        purpose: Purpose,
        now: Instant,
    ) -> Result<Permit, Refused> {
        let permit = self.admit_unknown()?;
        permit.count_for(Visitor { purpose, address: address.to_canonical() }, now)?;
        Ok(permit)
    }

    /// Counts a connection only towards the total, because its address is not known yet.
    ///
    /// # Errors
    /// There are too many.
    pub(crate) fn admit_unknown(self: &Arc<Self>) -> Result<Permit, Refused> {
        let mut state = self.state();
        if state.open >= self.connections_max {
            return Err(Refused::Full);
        }
        state.open += 1;
        drop(state);
        Ok(Permit { admission: Arc::clone(self), visitor: Mutex::new(None) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that a connection is counted for, with the limit of each.
    fn keys(&self, visitor: Visitor) -> Vec<(CountKey, Bound)> {
        let Visitor { purpose, address } = visitor;
        match purpose {
            Purpose::Irc if self.limits.is_counted(address) => self.keys_for_chat(address).collect(),
            Purpose::Irc => Vec::new(),
            Purpose::Http => {
                // A quarter of all connections is reserved for chat.
                let in_all = u32::try_from(self.connections_max / 4 * 3).unwrap_or(u32::MAX).max(1);
                let mut keys = vec![(CountKey::Http, Bound::of_open(in_all))];
                if self.limits.is_counted(address) && !self.limits.is_trusted_proxy(address) {
                    let bound = Bound::of_open(HTTP_ACCEPTED_PER_ADDRESS_MAX.min(in_all.div_ceil(2)));
                    keys.push((CountKey::HttpFrom(AddressBlock::of(address)), bound));
                }
                keys
            }
        }
    }

    fn keys_for_chat(&self, address: IpAddr) -> impl Iterator<Item = (CountKey, Bound)> {
        let usual = Bound { open_max: self.limits.max_per_ip, rate_max: self.limits.max_rate_per_ip };
        let shared = self.limits.shared_network_of(address);
        let in_all = shared.map(|(index, network)| (CountKey::Shared(index), Bound::of(network)));
        let each = match shared {
            Some((_, network)) => {
                network.max_per_ip.map(|most| Bound { open_max: most, rate_max: most.saturating_mul(4) })
            }
            None => Some(usual),
        };
        // In a shared network, its own limit takes the place of those for larger networks.
        let is_shared = shared.is_some();
        let blocks = AddressBlock::around(address).filter(move |block| block.is_one_address() || !is_shared);
        let blocks = blocks.filter_map(move |block| {
            let key = if is_shared { CountKey::InShared(block) } else { CountKey::Block(block) };
            each.map(|bound| (key, bound.times(block.share(AddressBlock::GROWTH))))
        });
        in_all.into_iter().chain(blocks)
    }

    /// Why a connection is refused; `why` is the reason for chat connections.
    fn refused(&self, key: CountKey, why: fn(Crowd) -> Refused) -> Refused {
        match key {
            CountKey::Http | CountKey::HttpFrom(_) => Refused::Busy,
            CountKey::Shared(index) => {
                let name = self.limits.shared_networks.get(index).map(|network| Arc::clone(&network.name));
                why(Crowd::Shared(name.unwrap_or_default()))
            }
            CountKey::InShared(block) => why(Crowd::AddressInShared(block)),
            CountKey::Block(block) if block.is_one_address() => why(Crowd::Address(block)),
            CountKey::Block(block) => why(Crowd::Network(block)),
        }
    }

    /// Counts a connection for everything that it counts for, or for nothing if a limit is reached.
    fn count(&self, state: &mut State, visitor: Visitor, now: Instant) -> Result<(), Refused> {
        state.forget_old(now, self.limits.rate_window);
        let returning_until = self.started_at + RETURN_TIME;
        let all = self.keys(visitor);
        for &(key, bound) in &all {
            let count = state.counts.entry(key).or_insert_with(|| Count::new(now));
            let is_over = now.saturating_duration_since(count.window_started) >= self.limits.rate_window;
            // The period after the start, in which people reconnect, has a window of its own.
            if is_over || count.window_started < returning_until && now >= returning_until {
                (count.window_started, count.opened_in_window) = (now, 0);
            }
            if count.open >= bound.open_max {
                return Err(self.refused(key, Refused::TooMany));
            }
            let factor = if now < returning_until { RETURN_RATE_FACTOR } else { 1 };
            if count.opened_in_window >= bound.rate_max.saturating_mul(factor) {
                return Err(self.refused(key, Refused::TooFast));
            }
        }
        for (key, _) in &all {
            if let Some(count) = state.counts.get_mut(key) {
                count.open += 1;
                count.opened_in_window = count.opened_in_window.saturating_add(1);
            }
        }
        Ok(())
    }

    /// Releases the connection of a visitor.
    fn release(&self, state: &mut State, visitor: Option<Visitor>) {
        let Some(visitor) = visitor else { return };
        for (key, _) in self.keys(visitor) {
            if let Some(count) = state.counts.get_mut(&key) {
                count.open = count.open.saturating_sub(1);
            }
        }
    }
}

impl Permit {
    /// Counts a chat connection for another address from now on.
    ///
    /// # Errors
    /// There are too many from there; it remains counted as before.
    pub(crate) fn move_to(&self, address: IpAddr, now: Instant) -> Result<(), Refused> {
        self.count_for(Visitor { purpose: Purpose::Irc, address: address.to_canonical() }, now)
    }

    fn count_for(&self, after: Visitor, now: Instant) -> Result<(), Refused> {
        let admission = &self.admission;
        let mut visitor = self.visitor.lock().unwrap_or_else(PoisonError::into_inner);
        if *visitor == Some(after) {
            return Ok(());
        }
        let mut state = admission.state();
        admission.count(&mut state, after, now)?;
        admission.release(&mut state, visitor.replace(after));
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let visitor = self.visitor.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let mut state = self.admission.state();
        state.open -= 1;
        self.admission.release(&mut state, visitor);
    }
}

impl State {
    /// Removes counts that no longer limit anybody, whenever their number has doubled since the last time.
    fn forget_old(&mut self, now: Instant, window: std::time::Duration) {
        if self.counts.len() < COUNTS_KEPT.max(2 * self.counts_kept) {
            return;
        }
        self.counts.retain(|_, count| {
            count.open > 0 || now.saturating_duration_since(count.window_started) < window
        });
        self.counts_kept = self.counts.len();
    }
}

impl Count {
    const fn new(now: Instant) -> Self {
        Self { open: 0, window_started: now, opened_in_window: 0 }
    }
}

impl Bound {
    const fn of(network: &SharedNetwork) -> Self {
        Self { open_max: network.max_connections, rate_max: network.max_rate }
    }

    /// A limit on open connections only, with no limit on how often they are opened.
    const fn of_open(open_max: u32) -> Self {
        Self { open_max, rate_max: u32::MAX }
    }

    const fn times(self, factor: u32) -> Self {
        Self {
            open_max: self.open_max.saturating_mul(factor),
            rate_max: self.rate_max.saturating_mul(factor),
        }
    }
}

#[cfg(test)]
mod tests;
