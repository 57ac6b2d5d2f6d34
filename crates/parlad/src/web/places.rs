//! Places for connections that are only HTTP: so many for one address, so many in all.
//!
//! A page needs several connections for a moment and leaves them idle then. So nobody is refused because many open the same page
//! behind one address: whoever finds no place takes that of a connection that is quiet, and waits while there is none.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Instant,
};

use ipnet::IpNet;
use tokio::sync::Notify;

use crate::{
    limits::{
        HTTP_CONNECTIONS_MAX, HTTP_CONNECTIONS_PER_ADDRESS_MAX, HTTP_FIRST_REQUEST_TIME, HTTP_LOOK_AGAIN,
        HTTP_WAIT_MAX, HTTP_WAITING_MAX,
    },
    net::admission::{Refused, customer},
};

/// All places.
#[derive(Debug)]
pub(crate) struct Places {
    in_all_max: usize,
    per_address_max: usize,
    state: Mutex<State>,
}

/// For whom a place is counted; nobody for a proxy, who limits its clients itself, and for who is exempt from limits.
type Customer = Option<IpNet>;

#[derive(Debug, Default)]
struct State {
    open: usize,
    waiting: usize,
    /// Numbers grow, so that the oldest is first.
    next_number: u64,
    seats: HashMap<Customer, BTreeMap<u64, Arc<Seat>>>,
}

/// One connection, as the others see it.
#[derive(Debug)]
struct Seat {
    since: Instant,
    activity: AtomicU8,
    /// Another connection wants the place.
    wanted: Notify,
}

/// No request has come yet.
const FRESH: u8 = 0;
/// A request is being answered.
const ANSWERING: u8 = 1;
/// Everything was answered; a browser that finds such a connection closed opens another.
const QUIET: u8 = 2;

/// A place that is taken, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    customer: Customer,
    number: u64,
    seat: Arc<Seat>,
}

impl Places {
    /// Places on a server that may have so many connections of all kinds.
    pub(crate) fn new(connections_max: usize) -> Arc<Self> {
        let in_all_max = HTTP_CONNECTIONS_MAX.min(connections_max / 2).max(1);
        let per_address_max = HTTP_CONNECTIONS_PER_ADDRESS_MAX.min(in_all_max.div_ceil(2));
        Arc::new(Self { in_all_max, per_address_max, state: Mutex::default() })
    }

    /// Takes a place, as soon as there is one.
    ///
    /// # Errors
    /// There was none for too long.
    pub(super) async fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Place, Refused> {
        let customer = address.map(customer);
        if let Some(place) = self.try_take(customer, Instant::now()) {
            return Ok(place);
        }
        let _waiting = Waiting::begin(self)?;
        let given_up_at = Instant::now() + HTTP_WAIT_MAX;
        while Instant::now() < given_up_at {
            tokio::time::sleep(HTTP_LOOK_AGAIN).await;
            if let Some(place) = self.try_take(customer, Instant::now()) {
                return Ok(place);
            }
        }
        Err(Refused::Busy)
    }

    /// Takes a free place, or one from a connection that is quiet.
    fn try_take(self: &Arc<Self>, customer: Customer, now: Instant) -> Option<Place> {
        let mut state = self.state();
        let taken = state.seats.get(&customer).map_or(0, BTreeMap::len);
        let is_full = customer.is_some() && taken >= self.per_address_max;
        if is_full && !state.evict(customer, now) {
            return None;
        }
        if state.open >= self.in_all_max && !state.evict_from_largest(now) {
            return None;
        }
        let number = state.next_number;
        state.next_number += 1;
        state.open += 1;
        let seat = Arc::new(Seat { since: now, activity: AtomicU8::new(FRESH), wanted: Notify::new() });
        state.seats.entry(customer).or_default().insert(number, Arc::clone(&seat));
        drop(state);
        Some(Place { places: Arc::clone(self), customer, number, seat })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Has the oldest quiet connection of a customer closed, if there is one.
    fn evict(&mut self, customer: Customer, now: Instant) -> bool {
        let quiet = self.seats.get(&customer).and_then(|seats| {
            seats
                .iter()
                .find(|(_, seat)| seat.is_quiet(now))
                .map(|(number, seat)| (*number, Arc::clone(seat)))
        });
        let Some((number, seat)) = quiet else { return false };
        seat.wanted.notify_one();
        self.give_back(customer, number);
        true
    }

    /// The same, of the customer who has the most.
    fn evict_from_largest(&mut self, now: Instant) -> bool {
        let largest = self.seats.iter().max_by_key(|(_, seats)| seats.len());
        largest.map(|(customer, _)| *customer).is_some_and(|customer| self.evict(customer, now))
    }

    fn give_back(&mut self, customer: Customer, number: u64) {
        let Some(seats) = self.seats.get_mut(&customer) else { return };
        if seats.remove(&number).is_some() {
            self.open -= 1;
        }
        if seats.is_empty() {
            self.seats.remove(&customer);
        }
    }
}

impl Seat {
    fn is_quiet(&self, now: Instant) -> bool {
        match self.activity.load(Ordering::Acquire) {
            QUIET => true,
            FRESH => now.saturating_duration_since(self.since) >= HTTP_FIRST_REQUEST_TIME,
            _ => false,
        }
    }
}

impl Place {
    /// Something is to be sent.
    pub(super) fn sends(&self) {
        self.seat.activity.store(ANSWERING, Ordering::Release);
    }

    /// Everything that there was to send is sent.
    pub(super) fn sent(&self) {
        // Before the first request there is nothing to send, and that is no answer.
        let _ = self.seat.activity.compare_exchange(ANSWERING, QUIET, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Whether everything was answered.
    pub(super) fn is_quiet(&self) -> bool {
        self.seat.activity.load(Ordering::Acquire) == QUIET
    }

    /// Over when another connection was given this place.
    pub(super) async fn wanted(&self) {
        self.seat.wanted.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.state().give_back(self.customer, self.number);
    }
}

/// Someone who waits for a place, until this is dropped.
struct Waiting<'a>(&'a Places);

impl<'a> Waiting<'a> {
    fn begin(places: &'a Places) -> Result<Self, Refused> {
        let mut state = places.state();
        if state.waiting >= HTTP_WAITING_MAX.min(places.in_all_max) {
            return Err(Refused::Busy);
        }
        state.waiting += 1;
        drop(state);
        Ok(Self(places))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight places in all, four for each address.
    fn places() -> Arc<Places> {
        Places::new(16)
    }

    fn customer_of(last: u8) -> Customer {
        Some(customer(IpAddr::from([192, 0, 2, last])))
    }

    fn is_closed(place: &Place) -> bool {
        let seats = &place.places.state().seats;
        !seats.get(&place.customer).is_some_and(|seats| seats.contains_key(&place.number))
    }

    #[test]
    fn the_oldest_quiet_one_gives_way() {
        let (places, now) = (places(), Instant::now());
        let taken: Vec<Place> = (0..4).map(|_| places.try_take(customer_of(1), now).unwrap()).collect();
        assert!(places.try_take(customer_of(1), now).is_none(), "nobody has been answered yet");
        assert!(places.try_take(customer_of(2), now).is_some(), "another address has places of its own");
        for place in &taken[1..] {
            place.sends();
        }
        taken[2].sent();
        taken[3].sent();
        let next = places.try_take(customer_of(1), now).unwrap();
        assert_eq!(taken.iter().map(is_closed).collect::<Vec<_>>(), [false, false, true, false]);
        drop(taken);
        next.sends();
        drop(next);
        let state = places.state();
        assert_eq!((state.open, state.seats.len()), (0, 0));
    }

    #[test]
    fn whoever_asks_nothing_gives_way_after_a_while() {
        let (places, now) = (places(), Instant::now());
        let _taken: Vec<Place> = (0..4).map(|_| places.try_take(customer_of(1), now).unwrap()).collect();
        assert!(places.try_take(customer_of(1), now + HTTP_FIRST_REQUEST_TIME / 2).is_none());
        assert!(places.try_take(customer_of(1), now + HTTP_FIRST_REQUEST_TIME).is_some());
    }

    #[test]
    fn the_largest_crowd_gives_way_to_others() {
        let (places, now) = (places(), Instant::now());
        let crowd: Vec<Place> = (0..4).map(|_| places.try_take(customer_of(1), now).unwrap()).collect();
        let _others: Vec<Place> =
            (2..6).map(|last| places.try_take(customer_of(last), now).unwrap()).collect();
        assert!(places.try_take(customer_of(9), now).is_none(), "everybody is busy");
        crowd[0].sends();
        crowd[0].sent();
        let _ninth = places.try_take(customer_of(9), now).unwrap();
        assert!(is_closed(&crowd[0]) && places.state().open == 8);
    }

    #[test]
    fn proxies_have_no_limit_but_that_of_all() {
        let (places, now) = (places(), Instant::now());
        let taken: Vec<Place> = (0..8).map(|_| places.try_take(None, now).unwrap()).collect();
        assert!(places.try_take(None, now).is_none());
        drop(taken);
        assert!(places.try_take(None, now).is_some());
    }
}
