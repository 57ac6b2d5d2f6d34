//! Who may connect: so many connections at once and in a while from one address, and so many in all.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use thiserror::Error;

use crate::{config::Connections, limits::HTTP_RATE_FACTOR};

/// What a connection is for. Each is counted by itself, so that who looks at a page can still chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    /// IRC, in whatever framing.
    Irc,
    /// Files of the app, and whatever a WebSocket is before it is one.
    Http,
}

type Visitor = (Purpose, IpAddr);

/// Counts connections by address. An IPv6 network of 64 bits counts as one address: it is one customer.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: Connections,
    connections_max: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: usize,
    addresses: HashMap<Visitor, Address>,
}

#[derive(Debug)]
struct Address {
    open: u32,
    window_started: Instant,
    opened_in_window: u32,
}

/// Why a connection is refused, in words for whoever connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    #[error("This server is full; try again later")]
    Full,
    #[error("Too many connections from your address")]
    TooMany,
    #[error("Too many connections from your address in a short time; try again later")]
    TooFast,
}

/// One connection that is counted, until it is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    admission: Arc<Admission>,
    /// For whom; nobody if the address is not counted, or not known yet.
    visitor: Mutex<Option<Visitor>>,
}

/// Addresses that are remembered before those without a connection are looked through.
const ADDRESSES_KEPT: usize = 4_096;

impl Admission {
    pub(crate) fn new(limits: Connections, connections_max: usize) -> Arc<Self> {
        Arc::new(Self { limits, connections_max, state: Mutex::default() })
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
    ) -> Result<Ticket, Refused> {
        let ticket = self.admit_unknown()?;
        ticket.move_to(address, purpose, now)?;
        Ok(ticket)
    }

    /// Counts a connection whose address is still to be told: in all, and for nobody.
    ///
    /// # Errors
    /// There are too many.
    pub(crate) fn admit_unknown(self: &Arc<Self>) -> Result<Ticket, Refused> {
        let mut state = self.state();
        if state.open >= self.connections_max {
            return Err(Refused::Full);
        }
        state.open += 1;
        drop(state);
        Ok(Ticket { admission: Arc::clone(self), visitor: Mutex::new(None) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, state: &mut State, visitor: Visitor, now: Instant) -> Result<(), Refused> {
        let window = self.limits.rate_window;
        if state.addresses.len() >= ADDRESSES_KEPT {
            state
                .addresses
                .retain(|_, known| known.open > 0 || now.duration_since(known.window_started) < window);
        }
        let known = state.addresses.entry(visitor).or_insert(Address {
            open: 0,
            window_started: now,
            opened_in_window: 0,
        });
        if now.duration_since(known.window_started) >= window {
            known.window_started = now;
            known.opened_in_window = 0;
        }
        if known.open >= self.limits.max_per_ip {
            return Err(Refused::TooMany);
        }
        let rate_max = match visitor.0 {
            Purpose::Irc => self.limits.max_rate_per_ip,
            Purpose::Http => self.limits.max_rate_per_ip.saturating_mul(HTTP_RATE_FACTOR),
        };
        if known.opened_in_window >= rate_max {
            return Err(Refused::TooFast);
        }
        known.open += 1;
        known.opened_in_window += 1;
        Ok(())
    }
}

impl Ticket {
    /// Counts the connection for another address from now on.
    ///
    /// # Errors
    /// There are too many from there; it stays counted where it was.
    pub(crate) fn move_to(&self, address: IpAddr, purpose: Purpose, now: Instant) -> Result<(), Refused> {
        let limits = &self.admission.limits;
        let after = limits.is_counted(address).then(|| (purpose, customer(address)));
        let mut visitor = self.visitor.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.admission.state();
        if let Some(after) = after.filter(|after| *visitor != Some(*after)) {
            self.admission.count(&mut state, after, now)?;
        } else if after.is_some() {
            return Ok(());
        }
        state.release(std::mem::replace(&mut *visitor, after));
        Ok(())
    }
}

impl State {
    /// A connection of this visitor is no more.
    fn release(&mut self, visitor: Option<Visitor>) {
        if let Some(known) = visitor.and_then(|visitor| self.addresses.get_mut(&visitor)) {
            known.open -= 1;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let visitor = self.visitor.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let mut state = self.admission.state();
        state.open -= 1;
        state.release(visitor);
    }
}

/// Who counts as one: an address, or a network of 64 bits of IPv6.
pub(crate) fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        Purpose::{Http, Irc},
        *,
    };

    fn admission(exempt: &[&str]) -> Arc<Admission> {
        let limits = Connections {
            send_queue_bytes: 1 << 20,
            max_per_ip: 2,
            max_rate_per_ip: 3,
            rate_window: Duration::from_secs(60),
            exempt: exempt.iter().map(|net| net.parse().unwrap()).collect(),
            ..Connections::for_tests()
        };
        Admission::new(limits, 4)
    }

    #[test]
    fn an_address_has_so_many_at_once_and_in_a_while() {
        let (admission, now) = (admission(&[]), Instant::now());
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let first = admission.admit(address, Irc, now).unwrap();
        let _second = admission.admit(address, Irc, now).unwrap();
        assert_eq!(admission.admit(address, Irc, now).unwrap_err(), Refused::TooMany);
        drop(first);
        let third = admission.admit(address, Irc, now).unwrap();
        drop(third);
        assert_eq!(admission.admit(address, Irc, now).unwrap_err(), Refused::TooFast);
        assert!(admission.admit(address, Irc, now + Duration::from_secs(61)).is_ok());
    }

    #[test]
    fn one_ipv6_network_is_one_address() {
        let (admission, now) = (admission(&[]), Instant::now());
        let tickets: Vec<_> = ["2001:db8::1", "2001:db8::2"]
            .map(|text| admission.admit(text.parse().unwrap(), Irc, now))
            .into();
        assert!(tickets.iter().all(Result::is_ok));
        assert_eq!(admission.admit("2001:db8::3".parse().unwrap(), Irc, now).unwrap_err(), Refused::TooMany);
        assert!(admission.admit("2001:db8:0:1::3".parse().unwrap(), Irc, now).is_ok());
    }

    #[test]
    fn exempt_addresses_count_only_in_all() {
        let (admission, now) = (admission(&["127.0.0.0/8"]), Instant::now());
        let tickets: Vec<_> =
            (0..4).map(|_| admission.admit("127.0.0.1".parse().unwrap(), Irc, now).unwrap()).collect();
        assert_eq!(admission.admit("127.0.0.1".parse().unwrap(), Irc, now).unwrap_err(), Refused::Full);
        drop(tickets);
        assert!(admission.admit("127.0.0.1".parse().unwrap(), Irc, now).is_ok());
    }

    #[test]
    fn a_connection_moves_to_the_address_that_a_proxy_tells() {
        let (admission, now) = (admission(&["127.0.0.1/32"]), Instant::now());
        let [proxy, client, exempt]: [IpAddr; 3] =
            ["192.0.2.1", "198.51.100.1", "127.0.0.1"].map(|text| text.parse().unwrap());
        let tickets = [(); 2].map(|()| admission.admit(proxy, Irc, now).unwrap());
        for ticket in &tickets {
            ticket.move_to(client, Irc, now).unwrap();
        }
        let third = admission.admit(proxy, Irc, now).unwrap();
        assert_eq!(third.move_to(client, Irc, now).unwrap_err(), Refused::TooMany);
        third.move_to(proxy, Irc, now).unwrap();
        tickets[0].move_to(exempt, Irc, now).unwrap();
        third.move_to(client, Irc, now).unwrap();
        drop((tickets, third));
        let last = admission.admit_unknown().unwrap();
        assert_eq!(last.move_to(client, Irc, now).unwrap_err(), Refused::TooFast);
        drop(last);
        let state = admission.state();
        assert!(state.open == 0 && state.addresses.values().all(|known| known.open == 0));
    }

    #[test]
    fn pages_and_chats_are_counted_apart() {
        let (admission, now) = (admission(&[]), Instant::now());
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let _chats = [(); 2].map(|()| admission.admit(address, Irc, now).unwrap());
        for _ in 0..3 * HTTP_RATE_FACTOR {
            admission.admit(address, Http, now).unwrap();
        }
        assert_eq!(admission.admit(address, Http, now).unwrap_err(), Refused::TooFast);
        assert_eq!(admission.admit(address, Irc, now).unwrap_err(), Refused::TooMany);
    }
}
