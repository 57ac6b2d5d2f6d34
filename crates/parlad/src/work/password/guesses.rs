//! Who has to wait before the next guess: wrong passwords are counted by address, over all its connections.
//!
//! The first few cost nothing but their own time. Each further one makes the address wait twice as long, up to half a minute: then
//! a guesser gets nowhere, and the rightful person behind the same address gets their turn soon. The same wrong password once
//! more, as from a client that has an old one and comes back again and again, is no new guess: it is known to be wrong.

use std::{
    collections::HashMap,
    net::IpAddr,
    time::{Duration, Instant},
};

use blake2::{
    Blake2sMac256,
    digest::{KeyInit as _, Mac as _},
};
use parla_server::AddressBlock;

use crate::limits::{
    GUESS_PAUSE_FIRST, GUESS_PAUSE_MAX, GUESSERS_MAX, GUESSES_FREE, GUESSES_FREE_GROWTH,
    GUESSES_REMEMBERED_FOR,
};

/// What is guessed. Each is counted by itself: an operator can be one although the person beside them mistypes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The server's password.
    Server,
    /// That of an operator.
    Operator,
    /// That of a gateway.
    Gateway,
}

/// A guess in a form that tells nothing to anyone without the key, of the same length for all.
pub(crate) type Fingerprint = [u8; 32];

/// What is known of a guess before anybody looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing; it may be compared.
    Unknown,
    /// It was wrong a moment ago.
    Wrong,
    /// It has to wait for so long.
    Wait(Duration),
}

/// Wrong passwords by address.
#[derive(Debug)]
pub(crate) struct Guesses {
    key: [u8; 32],
    guessers: HashMap<(Kind, AddressBlock), Guesser>,
}

#[derive(Debug)]
struct Guesser {
    wrong: u32,
    last_at: Instant,
    /// The last wrong ones.
    known: Vec<Fingerprint>,
}

/// Wrong passwords of one address that are known again.
const KNOWN_MAX: usize = 8;

impl Guesses {
    /// # Errors
    /// The system gives no random numbers.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { key, guessers: HashMap::new() })
    }

    /// A password that was given for a name; an empty one if what it is for has none.
    pub(crate) fn fingerprint(&self, name: &str, password: &str) -> Fingerprint {
        let mac = Blake2sMac256::new((&self.key).into()).chain_update(name.len().to_le_bytes());
        mac.chain_update(name).chain_update(password).finalize().into_bytes().into()
    }

    /// What is known of a guess from an address.
    pub(crate) fn look(&self, kind: Kind, from: IpAddr, guess: &Fingerprint, now: Instant) -> Before {
        let mut wait = Duration::ZERO;
        for block in AddressBlock::around(from) {
            let Some(guesser) = self.guessers.get(&(kind, block)) else { continue };
            if guesser.known.contains(guess) {
                return Before::Wrong;
            }
            wait = wait.max((guesser.last_at + guesser.pause(free(block))).saturating_duration_since(now));
        }
        if wait.is_zero() { Before::Unknown } else { Before::Wait(wait) }
    }

    /// Whether anything from an address was wrong lately, whatever it was for.
    pub(crate) fn has_guessed(&self, from: IpAddr, now: Instant) -> bool {
        let is_recent = |guesser: &Guesser| {
            guesser.wrong > 0 && now.duration_since(guesser.last_at) < GUESSES_REMEMBERED_FOR
        };
        let kinds = [Kind::Server, Kind::Operator, Kind::Gateway];
        // Larger networks have others in them, who did nothing.
        let own = AddressBlock::of(from);
        kinds.iter().filter_map(|kind| self.guessers.get(&(*kind, own))).any(is_recent)
    }

    /// A guess was wrong.
    pub(crate) fn wrong(&mut self, kind: Kind, from: IpAddr, guess: Fingerprint, now: Instant) {
        for block in AddressBlock::around(from) {
            self.make_room(now);
            let new = Guesser { wrong: 0, last_at: now, known: Vec::new() };
            let guesser = self.guessers.entry((kind, block)).or_insert(new);
            if now.duration_since(guesser.last_at) >= GUESSES_REMEMBERED_FOR {
                guesser.wrong = 0;
            }
            guesser.wrong = guesser.wrong.saturating_add(1);
            guesser.last_at = now;
            if guesser.known.len() >= KNOWN_MAX {
                guesser.known.remove(0);
            }
            guesser.known.push(guess);
        }
    }

    /// A password was right. Whoever knows the server's need not guess it, so they speak for their address; an operator's does
    /// not, as who has one may be after another.
    pub(crate) fn right(&mut self, kind: Kind, from: IpAddr) {
        for block in AddressBlock::around(from).filter(|_| kind == Kind::Server) {
            if let Some(guesser) = self.guessers.get_mut(&(kind, block)) {
                guesser.wrong = guesser.wrong.saturating_sub(1);
            }
        }
    }

    /// There are other passwords now: what was wrong may be right.
    pub(crate) fn forget_known(&mut self) {
        self.guessers.values_mut().for_each(|guesser| guesser.known.clear());
    }

    fn make_room(&mut self, now: Instant) {
        if self.guessers.len() < GUESSERS_MAX {
            return;
        }
        self.guessers.retain(|_, guesser| now.duration_since(guesser.last_at) < GUESSES_REMEMBERED_FOR);
        if self.guessers.len() >= GUESSERS_MAX {
            let oldest = self.guessers.iter().min_by_key(|(_, guesser)| guesser.last_at);
            if let Some(oldest) = oldest.map(|(place, _)| *place) {
                self.guessers.remove(&oldest);
            }
        }
    }
}

impl Guesser {
    /// How long the address has to wait after its last wrong password.
    fn pause(&self, free: u32) -> Duration {
        let Some(more) = self.wrong.checked_sub(free) else { return Duration::ZERO };
        GUESS_PAUSE_FIRST.saturating_mul(1 << more.min(16)).min(GUESS_PAUSE_MAX)
    }
}

/// How many wrong passwords cost nothing there.
fn free(block: AddressBlock) -> u32 {
    GUESSES_FREE.saturating_mul(block.share(GUESSES_FREE_GROWTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Rig {
        guesses: Guesses,
        now: Instant,
        made: u32,
    }

    impl Rig {
        fn new() -> Self {
            Self { guesses: Guesses::new().unwrap(), now: Instant::now(), made: 0 }
        }

        fn look(&self, from: &str) -> Before {
            let guess = self.guesses.fingerprint("", "never made");
            self.guesses.look(Kind::Operator, from.parse().unwrap(), &guess, self.now)
        }

        /// A new wrong guess.
        fn wrong(&mut self, from: &str) {
            self.made += 1;
            let guess = self.guesses.fingerprint("root", &self.made.to_string());
            self.guesses.wrong(Kind::Operator, from.parse().unwrap(), guess, self.now);
        }
    }

    #[test]
    fn pauses_grow_up_to_half_a_minute() {
        let mut rig = Rig::new();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            rig.wrong("192.0.2.1");
            let wait = match rig.look("192.0.2.1") {
                Before::Wait(wait) => wait,
                _ => Duration::ZERO,
            };
            pauses.push(wait.as_secs());
            rig.now += wait;
            assert_eq!(rig.look("192.0.2.1"), Before::Unknown);
        }
        assert_eq!(pauses, [0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]);
        // Others are not kept waiting, and neither are other passwords.
        rig.wrong("192.0.2.1");
        assert_eq!(rig.look("192.0.2.2"), Before::Unknown);
        let guess = rig.guesses.fingerprint("", "x");
        let address = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(rig.guesses.look(Kind::Server, address, &guess, rig.now), Before::Unknown);
        assert!(matches!(rig.look("::ffff:192.0.2.1"), Before::Wait(_)));
        // In the end it is forgotten.
        rig.now += GUESSES_REMEMBERED_FOR;
        rig.wrong("192.0.2.1");
        assert_eq!(rig.look("192.0.2.1"), Before::Unknown);
    }

    #[test]
    fn the_same_wrong_password_again_is_no_new_guess() {
        let mut rig = Rig::new();
        let address = "192.0.2.1".parse().unwrap();
        let stale = rig.guesses.fingerprint("root", "stale");
        rig.guesses.wrong(Kind::Operator, address, stale, rig.now);
        assert_eq!(rig.guesses.look(Kind::Operator, address, &stale, rig.now), Before::Wrong);
        assert_ne!(stale, rig.guesses.fingerprint("roots", "tale"));
        rig.guesses.forget_known();
        assert_eq!(rig.guesses.look(Kind::Operator, address, &stale, rig.now), Before::Unknown);
    }

    #[test]
    fn whoever_knows_the_servers_password_speaks_for_their_address() {
        let mut rig = Rig::new();
        let address = "192.0.2.1".parse().unwrap();
        for kind in [Kind::Server, Kind::Operator] {
            for guess in 0..GUESSES_FREE {
                let guess = rig.guesses.fingerprint("", &guess.to_string());
                rig.guesses.wrong(kind, address, guess, rig.now);
            }
            rig.guesses.right(kind, address);
        }
        let guess = rig.guesses.fingerprint("", "another");
        assert_eq!(rig.guesses.look(Kind::Server, address, &guess, rig.now), Before::Unknown);
        assert!(matches!(rig.guesses.look(Kind::Operator, address, &guess, rig.now), Before::Wait(_)));
    }

    #[test]
    fn networks_of_ipv6_are_counted() {
        let mut rig = Rig::new();
        for host in 0..GUESSES_FREE {
            rig.wrong(&format!("2001:db8::{host}"));
        }
        assert!(matches!(rig.look("2001:db8::ffff"), Before::Wait(_)));
        assert_eq!(rig.look("2001:db8:0:1::1"), Before::Unknown);
        for network in 0..4 * GUESSES_FREE {
            rig.wrong(&format!("2001:db8:0:{network:x}00::1"));
        }
        assert!(matches!(rig.look("2001:db8:0:ffff::1"), Before::Wait(_)));
        assert_eq!(rig.look("2001:db8:1::1"), Before::Unknown);
    }

    #[test]
    fn so_many_are_remembered_and_no_more() {
        let mut rig = Rig::new();
        for address in 0..u32::try_from(GUESSERS_MAX).unwrap() + 10 {
            rig.now += Duration::from_millis(1);
            rig.wrong(&std::net::Ipv4Addr::from_bits(address).to_string());
        }
        assert_eq!(rig.guesses.guessers.len(), GUESSERS_MAX);
    }
}
