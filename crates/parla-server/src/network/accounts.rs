//! All accounts, and which of them own which names.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use parla_proto::{AccountName, Nick};
use serde::{Deserialize, Serialize};

use super::{
    ChannelId, Network, UserId,
    account::{AccountChange, AccountId, AccountState, Fingerprint},
    change::Change,
    channel::Channel,
    conversation::{AccountPair, Conversation},
    effects::Effects,
    refusal::Refusal,
};
use crate::base::names;

/// The accounts, with what finds them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Accounts {
    /// In the order in which they were created.
    all: BTreeMap<AccountId, AccountState>,
    #[serde(skip)]
    names: BTreeMap<AccountName, AccountId>,
    /// What the names look like, if the casemapping allows names that are easily confused.
    #[serde(skip)]
    skeletons: BTreeMap<Box<str>, AccountId>,
    #[serde(skip)]
    certificates: BTreeMap<Fingerprint, AccountId>,
    /// How many channels an account owns, if it owns any.
    #[serde(skip)]
    owned: BTreeMap<AccountId, usize>,
    /// Users who are signed in to an account.
    #[serde(skip)]
    present: BTreeMap<AccountName, UserId>,
    /// Channels, each with the accounts that have a read marker there.
    #[serde(skip)]
    readers: BTreeSet<(ChannelId, AccountId)>,
}

impl Accounts {
    /// The user who is signed in to this account.
    pub(super) fn user_of(&self, id: AccountId) -> Option<UserId> {
        self.present.get(&self.all.get(&id)?.name).copied()
    }
}

impl Network {
    /// Adds an account that was stored or has just been created.
    pub(super) fn add_account(&mut self, account: AccountState) {
        self.index_account(&account);
        let before = self.accounts.all.insert(account.id, account);
        debug_assert!(before.is_none(), "an entry creates one account");
    }

    fn index_account(&mut self, account: &AccountState) {
        let look = self.look_of(&account.name);
        let accounts = &mut self.accounts;
        accounts.names.insert(account.name.clone(), account.id);
        accounts.skeletons.extend(look.map(|look| (look, account.id)));
        accounts
            .certificates
            .extend(account.certificates.iter().map(|certificate| (*certificate, account.id)));
        let channels = account.read.keys().filter_map(Conversation::channel);
        accounts.readers.extend(channels.map(|channel| (channel, account.id)));
    }

    /// Rebuilds the indexes, which follow from the accounts and the users.
    pub(super) fn index_accounts(&mut self) {
        let all = std::mem::take(&mut self.accounts.all);
        all.values().for_each(|account| self.index_account(account));
        self.accounts.all = all;
        let present = self.users.iter().filter_map(|(id, user)| Some((user.account()?.clone(), *id)));
        self.accounts.present = present.collect();
        self.accounts.owned.clear();
        let owners: Vec<AccountId> =
            self.channels.values().filter_map(|channel| channel.state.owner).collect();
        owners.into_iter().for_each(|owner| self.count_owned(None, Some(owner)));
    }

    fn look_of(&self, name: &AccountName) -> Option<Box<str>> {
        names::account_skeleton(name, self.casemapping())
    }

    /// The name of an account as it is compared, whatever spelling of it somebody typed.
    pub(crate) fn canonical(&self, text: &str) -> String {
        self.meant_name(text).map_or_else(|| text.to_owned(), |name| name.folded().to_owned())
    }

    /// The name of an account that somebody means who typed this, if there can be one.
    fn meant_name(&self, text: &str) -> Option<AccountName> {
        let nick = self.read_nick(text);
        AccountName::kept(nick.as_ref().map_or(text, Nick::as_str)).ok()
    }

    /// The name of a new account, from what somebody typed for it.
    pub(crate) fn new_account_name(&self, text: &str) -> Option<AccountName> {
        AccountName::kept(self.read_nick(text).ok()?.as_str()).ok()
    }

    /// The name of an account if there is one of this name, and nothing otherwise: people type passwords where
    /// names belong.
    pub(crate) fn known_account(&self, text: &str) -> String {
        self.account_called(text).map(|account| account.name.to_string()).unwrap_or_default()
    }

    /// The account with this name.
    pub(crate) fn account(&self, name: &AccountName) -> Option<&AccountState> {
        self.accounts.all.get(self.accounts.names.get(name)?)
    }

    /// The account with this id.
    pub(crate) fn account_by_id(&self, id: AccountId) -> Option<&AccountState> {
        self.accounts.all.get(&id)
    }

    /// The account that a person means who typed this.
    pub(crate) fn account_called(&self, text: &str) -> Option<&AccountState> {
        self.account(&self.meant_name(text)?)
    }

    /// The account that this certificate signs in to.
    pub(crate) fn account_of_certificate(&self, certificate: &Fingerprint) -> Option<&AccountState> {
        self.accounts.all.get(self.accounts.certificates.get(certificate)?)
    }

    /// Accounts in the order of their names, after this one or from the first.
    pub(crate) fn accounts_after(&self, name: Option<&AccountName>) -> impl Iterator<Item = &AccountState> {
        let from = name.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
        let ids = self.accounts.names.range((from, std::ops::Bound::Unbounded));
        ids.filter_map(|(_, id)| self.accounts.all.get(id))
    }

    /// All accounts, in the order in which they were created.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &AccountState> {
        self.accounts.all.values()
    }

    /// How many accounts there are.
    pub(crate) fn account_count(&self) -> usize {
        self.accounts.all.len()
    }

    /// The user who is signed in to this account.
    pub(crate) fn user_of_account(&self, name: &AccountName) -> Option<UserId> {
        self.accounts.present.get(name).copied()
    }

    /// The account that owns a nick: the one with this name, or with one that is easily confused with it.
    pub(crate) fn owner_of_nick(&self, nick: &Nick) -> Option<&AccountState> {
        let own = AccountName::kept(nick.as_str()).ok().and_then(|name| self.account(&name));
        own.or_else(|| {
            let look = names::skeleton(nick, self.casemapping())?;
            self.accounts.all.get(self.accounts.skeletons.get(&look)?)
        })
    }

    /// Checks that a nick does not belong to another account than this one.
    pub(crate) fn permitted_nick(&self, nick: &Nick, account: Option<&AccountName>) -> Result<(), Refusal> {
        let reserves = self.settings.accounts.as_ref().is_some_and(|accounts| accounts.reserve_nicks);
        match self.owner_of_nick(nick).filter(|_| reserves) {
            Some(owner) if Some(&owner.name) != account => Err(Refusal::NickOwned(nick.to_string())),
            _ => Ok(()),
        }
    }

    /// Signs a user in to an account to which no other user is signed in, or out. What they say about themselves
    /// is not that of the account yet; see [`Self::set_account`].
    pub(super) fn bind_account(&mut self, id: UserId, account: Option<AccountName>) {
        self.set_account_absent(id);
        let Some(user) = self.users.get_mut(&id) else { return };
        if let Some(account) = &account {
            let other = self.accounts.present.insert(account.clone(), id);
            debug_assert!(other.is_none_or(|other| other == id), "an account has one user");
        }
        user.set_account(account);
        self.update_stay(id);
    }

    /// Notes that the user of an account, if the user has one, is not there any more.
    pub(super) fn set_account_absent(&mut self, id: UserId) {
        if let Some(account) = self.users.get(&id).and_then(|user| user.account()) {
            self.accounts.present.remove(account);
        }
    }

    /// The id of the account that a user is signed in to.
    pub(crate) fn account_id_of(&self, user: UserId) -> Option<AccountId> {
        self.accounts.names.get(self.user(user)?.account()?).copied()
    }

    /// How many channels one account may own; with 0, channels belong to nobody.
    pub(crate) fn channels_owned_max(&self) -> usize {
        self.settings.accounts.as_ref().map_or(0, |accounts| accounts.channels_owned_max)
    }

    /// Whether an account may own another channel.
    pub(crate) fn may_own_another(&self, account: AccountId) -> bool {
        let most = self.channels_owned_max();
        self.accounts.owned.get(&account).copied().unwrap_or_default() < most
    }

    /// Counts a channel that has an owner from now on, or has none any more.
    pub(super) fn count_owned(&mut self, before: Option<AccountId>, after: Option<AccountId>) {
        if let Some(count) = before.and_then(|owner| self.accounts.owned.get_mut(&owner)) {
            *count -= 1;
            if *count == 0 {
                before.and_then(|owner| self.accounts.owned.remove(&owner));
            }
        }
        if let Some(owner) = after {
            *self.accounts.owned.entry(owner).or_default() += 1;
        }
    }

    /// The users whose nicks belong to the account with this name, or would if there were one: a nick can be the
    /// name in another spelling, or easily be confused with it.
    pub(crate) fn holders_of_name(&self, name: &AccountName) -> BTreeSet<UserId> {
        let same = self.users.iter().filter(|(_, user)| name.is_nick(user.nick())).map(|(id, _)| *id);
        same.chain(self.look_of(name).and_then(|look| self.skeletons.get(&look)).copied()).collect()
    }

    /// Counts a new account of an address, unless the address has created too many within the hour.
    pub(crate) fn count_new_account(&mut self, address: IpAddr, most: usize) -> bool {
        self.new_accounts.add(address, most, self.at)
    }

    /// Creates an account and has it stored.
    pub(crate) fn create_account(&mut self, account: AccountState, effects: &mut Effects) {
        effects.changes.push(Change::Account(Box::new(account.clone())));
        self.add_account(account);
    }

    /// Changes an account and has the change stored.
    pub(crate) fn change_account(&mut self, id: AccountId, change: AccountChange, effects: &mut Effects) {
        let accounts = &mut self.accounts;
        let Some(account) = accounts.all.get_mut(&id) else {
            debug_assert!(false, "the account that changes was found");
            return;
        };
        if account.is_already(&change) {
            return;
        }
        match &change {
            AccountChange::CertificateAdded(certificate) => {
                accounts.certificates.insert(*certificate, id);
            }
            AccountChange::CertificateRemoved(certificate) => {
                accounts.certificates.remove(certificate);
            }
            AccountChange::Read { conversation: Conversation::Channel(channel), at } => {
                match at {
                    Some(_) => accounts.readers.insert((*channel, id)),
                    None => accounts.readers.remove(&(*channel, id)),
                };
            }
            AccountChange::Read { conversation: Conversation::Accounts(_), .. }
            | AccountChange::Metadata { .. }
            | AccountChange::PresentAs(_)
            | AccountChange::Password(_)
            | AccountChange::AppPasswordAdded(_)
            | AccountChange::AppPasswordRemoved(_)
            | AccountChange::AppPasswordUsed(..)
            | AccountChange::Suspended(_)
            | AccountChange::AlwaysOn(_)
            | AccountChange::ServerOwner(_)
            | AccountChange::InvitedTo(_)
            | AccountChange::Presence(_) => {}
        }
        account.apply(change.clone());
        effects.changes.push(Change::AccountChanged { account: id, change });
    }

    /// Deletes an account and has that stored. Its channels belong to nobody then. Whoever is signed in to it
    /// must be signed out first.
    pub(crate) fn delete_account(&mut self, id: AccountId, effects: &mut Effects) {
        let remembers = |channel: &&Channel| {
            let state = &channel.state;
            state.owner == Some(id) || state.offered_to == Some(id) || state.access.contains_key(&id)
        };
        let mut channels: Vec<ChannelId> =
            self.channels.values().filter(remembers).map(|channel| channel.state.id).collect();
        channels.sort_unstable();
        for channel in channels {
            self.disown(channel, id, effects);
            self.remember(channel, id, None, effects);
            self.withdraw_offer(channel, id, effects);
        }
        self.revoke_invitations_of(id, effects);
        self.forget_reading_of(id, effects);
        let Some(account) = self.accounts.all.remove(&id) else { return };
        let look = self.look_of(&account.name);
        let accounts = &mut self.accounts;
        debug_assert!(!accounts.present.contains_key(&account.name), "nobody is signed in to it");
        accounts.names.remove(&account.name);
        if let Some(look) = look.filter(|look| accounts.skeletons.get(look) == Some(&id)) {
            accounts.skeletons.remove(&look);
        }
        for certificate in &account.certificates {
            accounts.certificates.remove(certificate);
        }
        for channel in account.read.keys().filter_map(Conversation::channel) {
            accounts.readers.remove(&(channel, id));
        }
        effects.changes.push(Change::AccountDeleted { account: id });
    }

    /// Accounts that have a read marker in a channel.
    pub(super) fn readers_of_channel(&self, channel: ChannelId) -> Vec<AccountId> {
        let all = (channel, AccountId::from_number(0))..=(channel, AccountId::from_number(u64::MAX));
        self.accounts.readers.range(all).map(|(_, account)| *account).collect()
    }

    /// Other accounts that have a read marker in their conversation with this one.
    pub(super) fn readers_of_account(&self, id: AccountId) -> Vec<AccountId> {
        let reads = |account: &&AccountState| {
            account.id != id
                && account.read.contains_key(&Conversation::Accounts(AccountPair::new(account.id, id)))
        };
        self.accounts().filter(reads).map(|account| account.id).collect()
    }

    /// Checks that the indexes agree with the accounts and the users.
    pub(super) fn check_accounts(&self) -> Result<(), String> {
        let mut fresh = self.clone();
        fresh.accounts = Accounts { all: self.accounts.all.clone(), ..Accounts::default() };
        fresh.index_accounts();
        if fresh.accounts != self.accounts {
            return Err("the indexes of the accounts are wrong".to_owned());
        }
        let signed_in = self.users.values().filter_map(|user| user.account());
        let mut seen = BTreeSet::new();
        for account in signed_in {
            if self.account(account).is_none() {
                return Err(format!("somebody is signed in to {account}, which does not exist"));
            }
            if !seen.insert(account) {
                return Err(format!("two users are signed in to {account}"));
            }
        }
        Ok(())
    }
}
