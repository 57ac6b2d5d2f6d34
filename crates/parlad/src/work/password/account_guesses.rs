//! Who has to wait before the next guess at the password of one account, when many addresses guess it.
//!
//! Wrong passwords from all addresses are counted together, except for those of addresses from which somebody
//! has signed in to the account lately: they neither count nor wait, so that nobody can keep the owner out by
//! guessing. What is known is lost when the server ends.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use parla_server::AddressBlock;

use super::pause::{Fingerprint, pause};
use crate::limits::{
    ACCOUNT_GUESSES_FREE, GUESSED_ACCOUNTS_MAX, GUESSES_REMEMBERED_FOR, OWNER_ADDRESSES_MAX,
    OWNER_REMEMBERED_FOR, OWNERS_MAX,
};

/// Wrong passwords by account, and the addresses of owners. An account is known by the fingerprint of its
/// name, whether it exists or not.
#[derive(Debug, Default)]
pub(crate) struct AccountGuesses {
    guessed: HashMap<Fingerprint, Guessed>,
    owners: HashMap<Fingerprint, Owner>,
}

#[derive(Debug)]
struct Guessed {
    wrong: u32,
    last_at: Instant,
}

/// Where the owner of an account has signed in, the latest last; never empty.
#[derive(Debug, Default)]
struct Owner(Vec<(AddressBlock, Instant)>);

impl Owner {
    fn last_at(&self) -> Option<Instant> {
        self.0.last().map(|(_, at)| *at)
    }
}

impl AccountGuesses {
    /// How long an address has to wait before its next guess at this account.
    pub(super) fn wait(&self, account: &Fingerprint, from: AddressBlock, now: Instant) -> Duration {
        let Some(guessed) = self.guessed.get(account) else { return Duration::ZERO };
        let is_old = now.duration_since(guessed.last_at) >= GUESSES_REMEMBERED_FOR;
        if is_old || self.is_owners(account, from, now) {
            return Duration::ZERO;
        }
        let pause = pause(guessed.wrong, ACCOUNT_GUESSES_FREE);
        (guessed.last_at + pause).saturating_duration_since(now)
    }

    /// Notes that an attempt has begun whose result comes later. If its address had to wait for it, the next
    /// attempt has to wait as long, so that nobody makes many attempts at the same time.
    pub(super) fn begun(&mut self, account: &Fingerprint, from: AddressBlock, now: Instant) {
        if self.is_owners(account, from, now) {
            return;
        }
        if let Some(guessed) = self.guessed.get_mut(account).filter(|it| it.wrong >= ACCOUNT_GUESSES_FREE) {
            guessed.last_at = now;
        }
    }

    /// Notes that a guess was wrong.
    pub(super) fn wrong(&mut self, account: Fingerprint, from: AddressBlock, now: Instant) {
        if self.is_owners(&account, from, now) {
            return;
        }
        let is_recent = |last_at: Instant| now.duration_since(last_at) < GUESSES_REMEMBERED_FOR;
        if !self.guessed.contains_key(&account) && self.guessed.len() >= GUESSED_ACCOUNTS_MAX {
            self.guessed.retain(|_, guessed| is_recent(guessed.last_at));
            drop_oldest(&mut self.guessed, GUESSED_ACCOUNTS_MAX, |guessed| Some(guessed.last_at));
        }
        let guessed = self.guessed.entry(account).or_insert(Guessed { wrong: 0, last_at: now });
        if !is_recent(guessed.last_at) {
            guessed.wrong = 0;
        }
        guessed.wrong = guessed.wrong.saturating_add(1);
        guessed.last_at = now;
    }

    /// Notes that somebody has signed in to the account from an address.
    pub(super) fn right(&mut self, account: Fingerprint, from: AddressBlock, now: Instant) {
        if !self.owners.contains_key(&account) {
            drop_oldest(&mut self.owners, OWNERS_MAX, Owner::last_at);
        }
        let Owner(addresses) = self.owners.entry(account).or_default();
        addresses.retain(|(known, _)| *known != from);
        if addresses.len() >= OWNER_ADDRESSES_MAX {
            addresses.remove(0);
        }
        addresses.push((from, now));
    }

    /// Whether somebody has signed in to the account from this address lately.
    fn is_owners(&self, account: &Fingerprint, from: AddressBlock, now: Instant) -> bool {
        self.owners.get(account).is_some_and(|Owner(addresses)| {
            let is_known = |at: Instant| now.duration_since(at) < OWNER_REMEMBERED_FOR;
            addresses.iter().any(|(known, at)| *known == from && is_known(*at))
        })
    }
}

/// Makes room for one more if there are `most`, by dropping the one that was last touched longest ago.
fn drop_oldest<T>(all: &mut HashMap<Fingerprint, T>, most: usize, last_at: impl Fn(&T) -> Option<Instant>) {
    if all.len() < most {
        return;
    }
    let oldest = all.iter().min_by_key(|(_, one)| last_at(one)).map(|(account, _)| *account);
    if let Some(oldest) = oldest {
        all.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const ALICE: Fingerprint = [1; 32];
    const BOB: Fingerprint = [2; 32];

    struct Rig {
        guesses: AccountGuesses,
        now: Instant,
        strangers: u32,
    }

    fn at(address: u32) -> AddressBlock {
        AddressBlock::of(IpAddr::V4(Ipv4Addr::from_bits(address)))
    }

    impl Rig {
        fn new() -> Self {
            Self { guesses: AccountGuesses::default(), now: Instant::now(), strangers: 1_000 }
        }

        fn wait(&self, account: &Fingerprint, address: u32) -> u64 {
            self.guesses.wait(account, at(address), self.now).as_secs()
        }

        /// A wrong password from an address that nobody knows.
        fn strangers_guess(&mut self, account: Fingerprint) {
            self.strangers += 1;
            self.guesses.wrong(account, at(self.strangers), self.now);
        }
    }

    #[test]
    fn many_addresses_get_nowhere_and_the_owner_in() {
        let mut rig = Rig::new();
        rig.guesses.right(ALICE, at(7), rig.now);
        let mut pauses = Vec::new();
        for _ in 0..ACCOUNT_GUESSES_FREE + 8 {
            rig.strangers_guess(ALICE);
            let wait = rig.wait(&ALICE, 9);
            pauses.push(wait);
            rig.now += Duration::from_secs(wait);
        }
        assert!(pauses.iter().take(ACCOUNT_GUESSES_FREE as usize - 1).all(|wait| *wait == 0), "{pauses:?}");
        assert_eq!(
            pauses.iter().skip(ACCOUNT_GUESSES_FREE as usize - 1).copied().collect::<Vec<_>>(),
            [1, 2, 4, 8, 16, 30, 30, 30, 30]
        );
        rig.strangers_guess(ALICE);
        assert_eq!((rig.wait(&ALICE, 9), rig.wait(&ALICE, 7), rig.wait(&BOB, 9)), (30, 0, 0));
        // What the owner mistypes keeps nobody out.
        rig.guesses.wrong(ALICE, at(7), rig.now);
        assert_eq!(rig.wait(&ALICE, 7), 0);
        rig.now += GUESSES_REMEMBERED_FOR;
        rig.strangers_guess(ALICE);
        assert_eq!(rig.wait(&ALICE, 9), 0, "it is forgotten");
    }

    #[test]
    fn attempts_that_have_begun_wait_for_one_another() {
        let mut rig = Rig::new();
        rig.guesses.begun(&ALICE, at(9), rig.now);
        assert_eq!(rig.wait(&ALICE, 8), 0, "those that are free need not");
        for _ in 0..ACCOUNT_GUESSES_FREE {
            rig.strangers_guess(ALICE);
        }
        rig.now += Duration::from_secs(1);
        assert_eq!(rig.wait(&ALICE, 8), 0);
        rig.guesses.begun(&ALICE, at(9), rig.now);
        assert_eq!(rig.wait(&ALICE, 8), 1);
    }

    #[test]
    fn an_owner_is_known_for_a_month_at_some_addresses() {
        let mut rig = Rig::new();
        for _ in 0..2 * ACCOUNT_GUESSES_FREE {
            rig.strangers_guess(ALICE);
        }
        for address in 0..=u32::try_from(OWNER_ADDRESSES_MAX).unwrap() {
            rig.guesses.right(ALICE, at(address), rig.now);
        }
        assert_eq!((rig.wait(&ALICE, 0), rig.wait(&ALICE, 1)), (30, 0), "the first is forgotten");
        rig.now += OWNER_REMEMBERED_FOR;
        for _ in 0..2 * ACCOUNT_GUESSES_FREE {
            rig.strangers_guess(ALICE);
        }
        assert_eq!(rig.wait(&ALICE, 1), 30);
    }

    #[test]
    fn so_many_are_remembered_and_no_more() {
        let mut rig = Rig::new();
        let account = |number: usize| {
            let mut account = [0; 32];
            account[..8].copy_from_slice(&number.to_le_bytes());
            account
        };
        for number in 0..OWNERS_MAX.max(GUESSED_ACCOUNTS_MAX) + 10 {
            rig.now += Duration::from_millis(1);
            rig.strangers_guess(account(number));
            rig.guesses.right(account(number), at(7), rig.now);
        }
        assert_eq!((rig.guesses.guessed.len(), rig.guesses.owners.len()), (GUESSED_ACCOUNTS_MAX, OWNERS_MAX));
        assert!(
            !rig.guesses.owners.contains_key(&account(9)) && rig.guesses.owners.contains_key(&account(10))
        );
    }
}
