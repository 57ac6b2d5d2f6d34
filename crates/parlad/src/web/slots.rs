//! Slots for pure HTTP connections: a number per address, and a number for all.
//!
//! A page needs several connections for a moment and then leaves them idle. So nobody is refused because many
//! people behind the same address open the page: a connection that finds no free slot takes that of an idle
//! one, or waits until there is one.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicU32, Ordering},
    },
    time::Instant,
};

use parla_server::AddressBlock;
use tokio::sync::Notify;

use crate::{
    limits::{
        HTTP_CONNECTIONS_MAX, HTTP_CONNECTIONS_PER_ADDRESS_MAX, HTTP_FIRST_REQUEST_TIME, HTTP_LOOK_AGAIN,
        HTTP_WAIT_MAX, HTTP_WAITING_MAX,
    },
    net::admission::Refused,
};

/// All slots.
#[derive(Debug)]
pub(crate) struct Slots {
    in_all_max: usize,
    per_address_max: usize,
    state: Mutex<State>,
}

/// The block that a slot is counted for; `None` for a proxy, which limits its clients itself, and for exempt
/// addresses.
type Customer = Option<AddressBlock>;

#[derive(Debug, Default)]
struct State {
    open: usize,
    waiting: usize,
    /// Numbers ascend, so the oldest connection comes first.
    next_number: u64,
    occupants: HashMap<Customer, BTreeMap<u64, Arc<Occupant>>>,
}

/// One connection, as others see it.
#[derive(Debug)]
struct Occupant {
    since: Instant,
    activity: AtomicU8,
    /// Requests whose answers are not complete.
    answers: AtomicU32,
    /// Notified when another connection is given the slot.
    wanted: Notify,
}

/// No request has come yet.
const FRESH: u8 = 0;
/// A request is being answered.
const ANSWERING: u8 = 1;
/// Everything has been answered; if a browser finds such a connection closed, it opens another.
const QUIET: u8 = 2;

/// A slot in use. It is released when this is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    customer: Customer,
    number: u64,
    occupant: Arc<Occupant>,
}

impl Slots {
    /// The slots of a server that may have this many connections of all kinds.
    pub(crate) fn new(connections_max: usize) -> Arc<Self> {
        let in_all_max = HTTP_CONNECTIONS_MAX.min(connections_max / 2).max(1);
        let per_address_max = HTTP_CONNECTIONS_PER_ADDRESS_MAX.min(in_all_max.div_ceil(2));
        Arc::new(Self { in_all_max, per_address_max, state: Mutex::default() })
    }

    /// Takes a slot as soon as there is one.
    ///
    /// # Errors
    /// There was none for too long.
    pub(super) async fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Slot, Refused> {
        let customer = address.map(AddressBlock::of);
        if let Some(slot) = self.try_take(customer, Instant::now()) {
            return Ok(slot);
        }
        let _waiting = Waiting::begin(self)?;
        let given_up_at = Instant::now() + HTTP_WAIT_MAX;
        while Instant::now() < given_up_at {
            tokio::time::sleep(HTTP_LOOK_AGAIN).await;
            if let Some(slot) = self.try_take(customer, Instant::now()) {
                return Ok(slot);
            }
        }
        Err(Refused::Busy)
    }

    /// Takes a free slot, or that of an idle connection.
    fn try_take(self: &Arc<Self>, customer: Customer, now: Instant) -> Option<Slot> {
        let mut state = self.state();
        let taken = state.occupants.get(&customer).map_or(0, BTreeMap::len);
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
        let occupant = Arc::new(Occupant {
            since: now,
            activity: AtomicU8::new(FRESH),
            answers: AtomicU32::new(0),
            wanted: Notify::new(),
        });
        state.occupants.entry(customer).or_default().insert(number, Arc::clone(&occupant));
        drop(state);
        Some(Slot { slots: Arc::clone(self), customer, number, occupant })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Closes the oldest idle connection of a customer, if there is one.
    fn evict(&mut self, customer: Customer, now: Instant) -> bool {
        let quiet = self.occupants.get(&customer).and_then(|occupants| {
            occupants
                .iter()
                .find(|(_, occupant)| occupant.is_quiet(now))
                .map(|(number, occupant)| (*number, Arc::clone(occupant)))
        });
        let Some((number, occupant)) = quiet else { return false };
        occupant.wanted.notify_one();
        self.give_back(customer, number);
        true
    }

    /// Like [`Self::evict`], for the customer with the most connections.
    fn evict_from_largest(&mut self, now: Instant) -> bool {
        let largest = self.occupants.iter().max_by_key(|(_, occupants)| occupants.len());
        largest.map(|(customer, _)| *customer).is_some_and(|customer| self.evict(customer, now))
    }

    fn give_back(&mut self, customer: Customer, number: u64) {
        let Some(occupants) = self.occupants.get_mut(&customer) else { return };
        if occupants.remove(&number).is_some() {
            self.open -= 1;
        }
        if occupants.is_empty() {
            self.occupants.remove(&customer);
        }
    }
}

impl Occupant {
    fn is_quiet(&self, now: Instant) -> bool {
        match self.activity.load(Ordering::Acquire) {
            QUIET => true,
            FRESH => now.saturating_duration_since(self.since) >= HTTP_FIRST_REQUEST_TIME,
            _ => false,
        }
    }
}

impl Slot {
    /// Notes that something is about to be sent.
    pub(super) fn sends(&self) {
        self.occupant.activity.store(ANSWERING, Ordering::Release);
    }

    /// Notes that a request is being answered, until the returned value is dropped.
    pub(super) fn answers(&self) -> Answer {
        self.sends();
        self.occupant.answers.fetch_add(1, Ordering::AcqRel);
        Answer(Arc::clone(&self.occupant))
    }

    /// Notes that everything available has been sent. The end of an answer may still be to come.
    pub(super) fn sent(&self) {
        if self.occupant.answers.load(Ordering::Acquire) > 0 {
            return;
        }
        // Before the first request there is nothing to send, and that does not count as an answer.
        let _ =
            self.occupant.activity.compare_exchange(ANSWERING, QUIET, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Whether everything has been answered.
    pub(super) fn is_quiet(&self) -> bool {
        self.occupant.activity.load(Ordering::Acquire) == QUIET
    }

    /// Completes when another connection has been given this slot.
    pub(super) async fn wanted(&self) {
        self.occupant.wanted.notified().await;
    }
}

/// An answer that is not complete until this is dropped.
#[derive(Debug)]
pub(super) struct Answer(Arc<Occupant>);

impl Drop for Answer {
    fn drop(&mut self) {
        self.0.answers.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.state().give_back(self.customer, self.number);
    }
}

/// A connection that waits for a slot until this is dropped.
struct Waiting<'a>(&'a Slots);

impl<'a> Waiting<'a> {
    fn begin(slots: &'a Slots) -> Result<Self, Refused> {
        let mut state = slots.state();
        if state.waiting >= HTTP_WAITING_MAX.min(slots.in_all_max) {
            return Err(Refused::Busy);
        }
        state.waiting += 1;
        drop(state);
        Ok(Self(slots))
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

    /// Eight slots, at most four for each address.
    fn slots() -> Arc<Slots> {
        Slots::new(16)
    }

    fn customer_of(last: u8) -> Customer {
        Some(AddressBlock::of(IpAddr::from([192, 0, 2, last])))
    }

    fn is_closed(slot: &Slot) -> bool {
        let occupants = &slot.slots.state().occupants;
        !occupants.get(&slot.customer).is_some_and(|occupants| occupants.contains_key(&slot.number))
    }

    #[test]
    fn the_oldest_quiet_one_gives_way() {
        let (slots, now) = (slots(), Instant::now());
        let taken: Vec<Slot> = (0..4).map(|_| slots.try_take(customer_of(1), now).unwrap()).collect();
        assert!(slots.try_take(customer_of(1), now).is_none(), "nobody has been answered yet");
        assert!(slots.try_take(customer_of(2), now).is_some(), "another address has slots of its own");
        for slot in &taken[1..] {
            slot.sends();
        }
        taken[2].sent();
        taken[3].sent();
        let next = slots.try_take(customer_of(1), now).unwrap();
        assert_eq!(taken.iter().map(is_closed).collect::<Vec<_>>(), [false, false, true, false]);
        drop(taken);
        next.sends();
        drop(next);
        let state = slots.state();
        assert_eq!((state.open, state.occupants.len()), (0, 0));
    }

    #[test]
    fn whoever_asks_nothing_gives_way_after_a_while() {
        let (slots, now) = (slots(), Instant::now());
        let _taken: Vec<Slot> = (0..4).map(|_| slots.try_take(customer_of(1), now).unwrap()).collect();
        assert!(slots.try_take(customer_of(1), now + HTTP_FIRST_REQUEST_TIME / 2).is_none());
        assert!(slots.try_take(customer_of(1), now + HTTP_FIRST_REQUEST_TIME).is_some());
    }

    #[test]
    fn the_largest_crowd_gives_way_to_others() {
        let (slots, now) = (slots(), Instant::now());
        let crowd: Vec<Slot> = (0..4).map(|_| slots.try_take(customer_of(1), now).unwrap()).collect();
        let _others: Vec<Slot> = (2..6).map(|last| slots.try_take(customer_of(last), now).unwrap()).collect();
        assert!(slots.try_take(customer_of(9), now).is_none(), "everybody is busy");
        crowd[0].sends();
        crowd[0].sent();
        let _ninth = slots.try_take(customer_of(9), now).unwrap();
        assert!(is_closed(&crowd[0]) && slots.state().open == 8);
    }

    #[test]
    fn proxies_have_no_limit_but_that_of_all() {
        let (slots, now) = (slots(), Instant::now());
        let taken: Vec<Slot> = (0..8).map(|_| slots.try_take(None, now).unwrap()).collect();
        assert!(slots.try_take(None, now).is_none());
        drop(taken);
        assert!(slots.try_take(None, now).is_some());
    }
}
