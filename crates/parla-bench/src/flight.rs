//! The messages that are on their way, and who has received each. The number of a message determines its
//! slot, so that a delivery is found without hashing; one bit per member distinguishes a delivery from a
//! duplicate. Knows no sockets.

use std::time::Instant;

/// All slots. Slot `s` carries the messages of room `s % rooms`.
pub(crate) struct Flight {
    rooms: usize,
    clients: usize,
    slots: Vec<Slot>,
    /// The number of deliveries that are still to come.
    missing: usize,
}

#[derive(Debug, Clone)]
struct Slot {
    /// The number of the message in the slot; `number % slots` is the slot. No number is used twice.
    number: u64,
    sent: Instant,
    sender: usize,
    /// The number of deliveries of this message that are still to come.
    remaining: usize,
    /// One bit per member of the room, set if the member has received the message or must not receive it.
    seen: Vec<u64>,
}

/// The meaning of a message number that was received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Receipt {
    /// An expected delivery.
    Delivered {
        /// When the message was sent.
        sent: Instant,
        /// Whether it was received by its own sender.
        echo: bool,
        /// The slot, if this was the last delivery of the message.
        complete: Option<usize>,
    },
    /// A duplicate, or a message for somebody else.
    Extra,
}

/// A message to send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Launch {
    /// The slot for the message, which must be free.
    pub(crate) slot: usize,
    /// The client that sends it.
    pub(crate) sender: usize,
    /// When it is sent.
    pub(crate) sent: Instant,
    /// Whether the sender receives it too.
    pub(crate) echo: bool,
}

impl Flight {
    /// Empty slots for `clients` that are spread over `rooms`.
    pub(crate) fn new(clients: usize, rooms: usize, slots: usize) -> Self {
        let words = clients.div_ceil(rooms).div_ceil(64);
        let slot =
            |number| Slot { number, sent: Instant::now(), sender: 0, remaining: 0, seen: vec![0; words] };
        Self { rooms, clients, slots: (0..slots as u64).map(slot).collect(), missing: 0 }
    }

    /// The number of slots.
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The room that a slot belongs to.
    pub(crate) fn room(&self, slot: usize) -> usize {
        slot % self.rooms
    }

    /// The number of clients in a room.
    pub(crate) fn members(&self, room: usize) -> usize {
        (self.clients + self.rooms - 1 - room) / self.rooms
    }

    /// Puts a message into its slot and returns its number.
    pub(crate) fn launch(&mut self, launch: Launch) -> u64 {
        let expected = self.members(self.room(launch.slot)) - usize::from(!launch.echo);
        let step = self.slots.len() as u64;
        let Some(slot) = self.slots.get_mut(launch.slot) else { return 0 };
        self.missing += expected;
        slot.number += step;
        slot.sent = launch.sent;
        slot.sender = launch.sender;
        slot.remaining = expected;
        slot.seen.fill(0);
        if !launch.echo {
            slot.see(launch.sender / self.rooms);
        }
        slot.number
    }

    /// Counts a message that a client received.
    #[inline]
    pub(crate) fn receive(&mut self, number: u64, client: usize) -> Receipt {
        let index = (number % self.slots.len() as u64) as usize;
        let in_room = client % self.rooms == self.room(index);
        let Some(slot) = self.slots.get_mut(index) else { return Receipt::Extra };
        if !in_room || slot.number != number || !slot.see(client / self.rooms) {
            return Receipt::Extra;
        }
        slot.remaining = slot.remaining.saturating_sub(1);
        self.missing = self.missing.saturating_sub(1);
        Receipt::Delivered {
            sent: slot.sent,
            echo: slot.sender == client,
            complete: (slot.remaining == 0).then_some(index),
        }
    }

    /// The number of deliveries that are still to come.
    pub(crate) fn missing(&self) -> usize {
        self.missing
    }
}

impl Slot {
    /// Marks a member. Returns false if the member was already marked.
    #[inline]
    fn see(&mut self, member: usize) -> bool {
        let Some(word) = self.seen.get_mut(member / 64) else { return false };
        let bit = 1 << (member % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(flight: &mut Flight, slot: usize, echo: bool) -> u64 {
        let sender = flight.room(slot);
        flight.launch(Launch { slot, sender, sent: Instant::now(), echo })
    }

    fn completes(receipt: &Receipt) -> bool {
        matches!(receipt, Receipt::Delivered { complete: Some(_), .. })
    }

    #[test]
    fn a_message_is_complete_when_every_other_member_got_it() {
        let mut flight = Flight::new(200, 2, 4);
        let number = launch(&mut flight, 2, false);
        assert_eq!(flight.missing(), 99);
        let receipts: Vec<_> = (1..100).map(|member| flight.receive(number, member * 2)).collect();
        assert!(!receipts.contains(&Receipt::Extra));
        assert_eq!(receipts.iter().filter(|receipt| completes(receipt)).count(), 1);
        assert!(completes(&receipts[98]));
        assert_eq!(flight.missing(), 0);
    }

    #[test]
    fn duplicates_strangers_echoes_and_old_numbers_are_extra() {
        let mut flight = Flight::new(4, 2, 2);
        let number = launch(&mut flight, 0, false);
        assert_eq!(flight.receive(number, 0), Receipt::Extra);
        assert_eq!(flight.receive(number, 1), Receipt::Extra);
        assert!(completes(&flight.receive(number, 2)));
        assert_eq!(flight.receive(number, 2), Receipt::Extra);
        launch(&mut flight, 0, false);
        assert_eq!(flight.receive(number, 2), Receipt::Extra);
        assert_eq!(flight.missing(), 1);
    }

    #[test]
    fn an_echo_is_one_of_the_deliveries() {
        let mut flight = Flight::new(2, 1, 1);
        let number = launch(&mut flight, 0, true);
        assert!(!completes(&flight.receive(number, 1)));
        assert!(matches!(
            flight.receive(number, 0),
            Receipt::Delivered { echo: true, complete: Some(0), .. }
        ));
    }

    #[test]
    fn clients_are_spread_evenly() {
        let flight = Flight::new(11, 3, 1);
        assert_eq!([0, 1, 2].map(|room| flight.members(room)), [4, 4, 3]);
    }
}
