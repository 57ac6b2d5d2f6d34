//! Who has to wait before the next guess: wrong passwords are counted by address, over all its connections.
//!
//! The first few cost nothing but their own time. Each further one doubles the wait for the address, up to
//! half a minute: then a guesser gets nowhere, while a legitimate user behind the same address soon gets a
//! turn. Sending the same wrong password again, as a client does that has an old one and reconnects again and
//! again, is not another guess, because it is known to be wrong.

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

/// What is guessed. Each kind is counted separately: somebody can become an operator even if the person
/// beside them mistypes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The server's password.
    Server,
    /// An operator's password.
    Operator,
    /// A gateway's password.
    Gateway,
}

/// A guess in a form of fixed length that reveals nothing without the key.
pub(crate) type Fingerprint = [u8; 32];

/// What is known about a guess before it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing; it may be compared.
    Unknown,
    /// It was found to be wrong recently.
    Wrong,
    /// It has to wait for this long.
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
    /// The most recent wrong ones.
    known: Vec<Fingerprint>,
}

/// How many wrong passwords of one address are recognized.
const KNOWN_MAX: usize = 8;

impl Guesses {
    /// # Errors
    /// The system has no random numbers.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { key, guessers: HashMap::new() })
    }

    /// The fingerprint of a password for a name; the name is empty if what the password protects has none.
    pub(crate) fn fingerprint(&self, name: &str, password: &str) -> Fingerprint {
        let mac = Blake2sMac256::new((&self.key).into()).chain_update(name.len().to_le_bytes());
        mac.chain_update(name).chain_update(password).finalize().into_bytes().into()
    }

    /// What is known about a guess from an address.
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

    /// Whether an address recently sent any wrong password, for whatever purpose.
    pub(crate) fn has_guessed(&self, from: IpAddr, now: Instant) -> bool {
        let is_recent = |guesser: &Guesser| {
            guesser.wrong > 0 && now.duration_since(guesser.last_at) < GUESSES_REMEMBERED_FOR
        };
        let kinds = [Kind::Server, Kind::Operator, Kind::Gateway];
        // Larger networks also contain people who did nothing.
        let own = AddressBlock::of(from);
        kinds.iter().filter_map(|kind| self.guessers.get(&(*kind, own))).any(is_recent)
    }

    /// Notes that a guess was wrong.
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

    /// Notes that a password was right. Somebody who knows the server's password need not guess it, so that
    /// speaks for their address; an operator's password does not, because its owner may be after another one.
    pub(crate) fn right(&mut self, kind: Kind, from: IpAddr) {
        for block in AddressBlock::around(from).filter(|_| kind == Kind::Server) {
            if let Some(guesser) = self.guessers.get_mut(&(kind, block)) {
                guesser.wrong = guesser.wrong.saturating_sub(1);
            }
        }
    }

    /// Notes that passwords have changed, so that those that were wrong may be right now.
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

/// How many wrong passwords are free for a block.
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

        /// Guesses a new wrong password.
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
        // Others need not wait, and neither do passwords of another kind.
        rig.wrong("192.0.2.1");
        assert_eq!(rig.look("192.0.2.2"), Before::Unknown);
        let guess = rig.guesses.fingerprint("", "x");
        let address = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(rig.guesses.look(Kind::Server, address, &guess, rig.now), Before::Unknown);
        assert!(matches!(rig.look("::ffff:192.0.2.1"), Before::Wait(_)));
        // After a while it is forgotten.
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
