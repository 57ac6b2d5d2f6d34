//! Who has to wait before the next guess: wrong passwords are counted by address, over all its connections.
//!
//! The first few cost nothing but their own time. Each further one doubles the wait for the address, up to
//! half a minute: then a guesser gets nowhere, while a legitimate user behind the same address soon gets a
//! turn. Sending the same wrong password again, as a client does that has an old one and reconnects again and
//! again, is not another guess, because it is known to be wrong. The passwords of accounts are also counted by
//! account ([`account_guesses`](super::account_guesses)).

use std::{
    collections::HashMap,
    net::IpAddr,
    time::{Duration, Instant},
};

use blake2::{
    Blake2sMac256,
    digest::{KeyInit as _, Mac as _},
};
use parla_proto::AccountName;
use parla_server::AddressBlock;

use super::{
    account_guesses::AccountGuesses,
    pause::{Fingerprint, pause},
};
use crate::limits::{GUESSERS_MAX, GUESSES_FREE, GUESSES_FREE_GROWTH, GUESSES_REMEMBERED_FOR};

/// What is guessed. Each kind is counted separately: somebody can become an operator even if another person
/// at the same address mistypes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The server's password.
    Server,
    /// An operator's password.
    Operator,
    /// A gateway's password.
    Gateway,
    /// An account's password.
    Account,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Server, Self::Operator, Self::Gateway, Self::Account];
}

/// Somebody tries to give a password.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    kind: Kind,
    from: IpAddr,
    /// The account whose password it is to be.
    account: Option<Fingerprint>,
}

impl Attempt {
    /// An attempt at a password that is not an account's.
    pub(crate) const fn new(kind: Kind, from: IpAddr) -> Self {
        Self { kind, from, account: None }
    }
}

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
    accounts: AccountGuesses,
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
        Ok(Self { key, guessers: HashMap::new(), accounts: AccountGuesses::default() })
    }

    /// The fingerprint of a password for a name; the name is empty if what the password protects has none.
    pub(crate) fn fingerprint(&self, name: &str, password: &str) -> Fingerprint {
        let mac = Blake2sMac256::new((&self.key).into()).chain_update(name.len().to_le_bytes());
        mac.chain_update(name).chain_update(password).finalize().into_bytes().into()
    }

    /// An attempt at the password of an account, whose name is as the client wrote it.
    pub(crate) fn at_account(&self, name: &str, from: IpAddr) -> Attempt {
        let name = AccountName::kept(name).map_or_else(|_| name.to_owned(), |name| name.folded().to_owned());
        Attempt { kind: Kind::Account, from, account: Some(self.fingerprint(&name, "")) }
    }

    /// What is known about a guess.
    pub(crate) fn look(&self, attempt: &Attempt, guess: &Fingerprint, now: Instant) -> Before {
        let is_wrong = |(_, guesser): (_, &Guesser)| guesser.known.contains(guess);
        if self.around(attempt).any(is_wrong) {
            return Before::Wrong;
        }
        let wait = self.wait(attempt, now);
        if wait.is_zero() { Before::Unknown } else { Before::Wait(wait) }
    }

    /// How long an attempt has to wait.
    pub(crate) fn wait(&self, attempt: &Attempt, now: Instant) -> Duration {
        let of_address = self.around(attempt).map(|(block, guesser)| {
            (guesser.last_at + pause(guesser.wrong, free(block))).saturating_duration_since(now)
        });
        let from = AddressBlock::of(attempt.from);
        let of_account = attempt.account.map(|account| self.accounts.wait(&account, from, now));
        of_address.chain(of_account).max().unwrap_or_default()
    }

    /// What is remembered of the blocks around the address of an attempt.
    fn around(&self, attempt: &Attempt) -> impl Iterator<Item = (AddressBlock, &Guesser)> {
        let kind = attempt.kind;
        let blocks = AddressBlock::around(attempt.from);
        blocks.filter_map(move |block| Some((block, self.guessers.get(&(kind, block))?)))
    }

    /// Notes that an attempt has begun whose result comes later. A guesser's next attempt then has to wait for
    /// as long as this one had to, so that many attempts at the same time are not more than one.
    pub(crate) fn begun(&mut self, attempt: &Attempt, now: Instant) {
        for block in AddressBlock::around(attempt.from) {
            let Some(guesser) = self.guessers.get_mut(&(attempt.kind, block)) else { continue };
            if guesser.wrong >= free(block) {
                guesser.last_at = now;
            }
        }
        if let Some(account) = &attempt.account {
            self.accounts.begun(account, AddressBlock::of(attempt.from), now);
        }
    }

    /// Whether an address recently sent any wrong password, for whatever purpose.
    pub(crate) fn has_guessed(&self, from: IpAddr, now: Instant) -> bool {
        let is_recent = |guesser: &Guesser| {
            guesser.wrong > 0 && now.duration_since(guesser.last_at) < GUESSES_REMEMBERED_FOR
        };
        // Larger networks also contain people who did nothing.
        let own = AddressBlock::of(from);
        Kind::ALL.iter().filter_map(|kind| self.guessers.get(&(*kind, own))).any(is_recent)
    }

    /// Notes that a guess was wrong; `None` if nobody knows what was guessed, only that it was wrong.
    pub(crate) fn wrong(&mut self, attempt: &Attempt, guess: Option<Fingerprint>, now: Instant) {
        let Attempt { kind, from, account } = *attempt;
        if let Some(account) = account {
            self.accounts.wrong(account, AddressBlock::of(from), now);
        }
        for block in AddressBlock::around(from) {
            self.make_room(now);
            let new = Guesser { wrong: 0, last_at: now, known: Vec::new() };
            let guesser = self.guessers.entry((kind, block)).or_insert(new);
            if now.duration_since(guesser.last_at) >= GUESSES_REMEMBERED_FOR {
                guesser.wrong = 0;
            }
            guesser.wrong = guesser.wrong.saturating_add(1);
            guesser.last_at = now;
            if guess.is_some() && guesser.known.len() >= KNOWN_MAX {
                guesser.known.remove(0);
            }
            guesser.known.extend(guess);
        }
    }

    /// Notes that a password was right. Somebody who knows the server's password need not guess it, so that
    /// speaks for their address; an operator's or an account's password does not, because its owner may be
    /// after another one.
    pub(crate) fn right(&mut self, attempt: &Attempt, now: Instant) {
        let Attempt { kind, from, account } = *attempt;
        if let Some(account) = account {
            self.accounts.right(account, AddressBlock::of(from), now);
        }
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
            self.guesses.look(&attempt(Kind::Operator, from), &guess, self.now)
        }

        /// Guesses a new wrong password.
        fn wrong(&mut self, from: &str) {
            self.made += 1;
            let guess = self.guesses.fingerprint("root", &self.made.to_string());
            self.guesses.wrong(&attempt(Kind::Operator, from), Some(guess), self.now);
        }
    }

    fn attempt(kind: Kind, from: &str) -> Attempt {
        Attempt::new(kind, from.parse().unwrap())
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
        let servers = attempt(Kind::Server, "::ffff:192.0.2.1");
        assert_eq!(rig.guesses.look(&servers, &guess, rig.now), Before::Unknown);
        assert!(matches!(rig.look("::ffff:192.0.2.1"), Before::Wait(_)));
        // After a while it is forgotten.
        rig.now += GUESSES_REMEMBERED_FOR;
        rig.wrong("192.0.2.1");
        assert_eq!(rig.look("192.0.2.1"), Before::Unknown);
    }

    #[test]
    fn the_same_wrong_password_again_is_no_new_guess() {
        let mut rig = Rig::new();
        let attempt = attempt(Kind::Operator, "192.0.2.1");
        let stale = rig.guesses.fingerprint("root", "stale");
        rig.guesses.wrong(&attempt, Some(stale), rig.now);
        assert_eq!(rig.guesses.look(&attempt, &stale, rig.now), Before::Wrong);
        assert_ne!(stale, rig.guesses.fingerprint("roots", "tale"));
        rig.guesses.forget_known();
        assert_eq!(rig.guesses.look(&attempt, &stale, rig.now), Before::Unknown);
    }

    #[test]
    fn whoever_knows_the_servers_password_speaks_for_their_address() {
        let mut rig = Rig::new();
        let [server, operator] = [Kind::Server, Kind::Operator].map(|kind| attempt(kind, "192.0.2.1"));
        for attempt in [server, operator] {
            for guess in 0..GUESSES_FREE {
                let guess = rig.guesses.fingerprint("", &guess.to_string());
                rig.guesses.wrong(&attempt, Some(guess), rig.now);
            }
            rig.guesses.right(&attempt, rig.now);
        }
        let guess = rig.guesses.fingerprint("", "another");
        assert_eq!(rig.guesses.look(&server, &guess, rig.now), Before::Unknown);
        assert!(matches!(rig.guesses.look(&operator, &guess, rig.now), Before::Wait(_)));
    }

    #[test]
    fn an_account_is_counted_beside_the_addresses() {
        let mut rig = Rig::new();
        let home = rig.guesses.at_account("Alice[]", "198.51.100.1".parse().unwrap());
        rig.guesses.right(&home, rig.now);
        for host in 0..100 {
            let attempt = rig.guesses.at_account("alice{}", std::net::Ipv4Addr::new(192, 0, 2, host).into());
            rig.guesses.wrong(&attempt, None, rig.now);
        }
        let wait = |name: &str, from: &str| {
            rig.guesses.wait(&rig.guesses.at_account(name, from.parse().unwrap()), rig.now).as_secs()
        };
        assert_eq!(wait("ALICE[]", "203.0.113.1"), 30, "a name counts however it is written");
        assert_eq!((wait("alice[]", "198.51.100.1"), wait("bob", "192.0.2.1")), (0, 0));
        assert_eq!((wait("a b", "203.0.113.1"), wait("", "203.0.113.1")), (0, 0), "what is no name");
        assert!(rig.guesses.has_guessed("192.0.2.1".parse().unwrap(), rig.now));
    }

    #[test]
    fn a_guesser_begins_one_attempt_after_the_other() {
        let mut rig = Rig::new();
        for _ in 0..GUESSES_FREE + 1 {
            rig.wrong("192.0.2.1");
        }
        let guesser = attempt(Kind::Operator, "192.0.2.1");
        rig.now += Duration::from_secs(2);
        assert_eq!(rig.guesses.wait(&guesser, rig.now), Duration::ZERO);
        rig.guesses.begun(&guesser, rig.now);
        assert_eq!(rig.guesses.wait(&guesser, rig.now).as_secs(), 2);
        let other = attempt(Kind::Operator, "192.0.2.2");
        rig.wrong("192.0.2.2");
        rig.guesses.begun(&other, rig.now);
        assert_eq!(rig.guesses.wait(&other, rig.now), Duration::ZERO);
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
