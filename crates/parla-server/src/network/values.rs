//! What people say about themselves: the values of METADATA. Those of somebody with an account belong to the
//! account and are kept with it; those of a guest belong to the user and are gone with them.
//!
//! What a guest has said counts for the account that they sign in to, because they said it last.

use std::collections::BTreeMap;

use parla_proto::{AccountName, metadata::Key};

use super::{
    Network, Target, UserId,
    account::AccountChange,
    effects::Effects,
    event::{Event, MetadataTold},
    user::User,
};

static NONE: BTreeMap<Key, String> = BTreeMap::new();

impl Network {
    /// What a user says about themselves.
    pub(crate) fn values_of(&self, id: UserId) -> &BTreeMap<Key, String> {
        let Some(user) = self.user(id) else { return &NONE };
        let account = user.account().and_then(|account| self.account(account));
        account.map_or_else(|| user.guest_values(), |account| &account.metadata)
    }

    /// Has a user say something else about themselves, or nothing.
    pub(crate) fn set_value_of(
        &mut self,
        id: UserId,
        key: Key,
        value: Option<String>,
        effects: &mut Effects,
    ) {
        if let Some(account) = self.account_id_of(id) {
            self.change_account(account, AccountChange::Metadata { key, value }, effects);
            return;
        }
        let Some(values) = self.user_mut(id).map(User::guest_values_mut) else { return };
        match value {
            Some(value) => values.insert(key, value),
            None => values.remove(&key),
        };
    }

    /// Signs a user in to an account to which no other user is signed in, or out. Returns what others must be told
    /// about them then, once they have their new nick.
    #[must_use]
    pub(crate) fn set_account(
        &mut self,
        id: UserId,
        account: Option<AccountName>,
        effects: &mut Effects,
    ) -> Option<Event> {
        let before = self.values_of(id).clone();
        self.bind_account(id, account);
        self.bring_values(id, effects);
        self.values_since(id, &before)
    }

    /// Makes what somebody said as a guest that of the account to which they have just signed in.
    pub(crate) fn bring_values(&mut self, id: UserId, effects: &mut Effects) {
        if self.account_id_of(id).is_some()
            && let Some(user) = self.user_mut(id).filter(|user| !user.guest_values().is_empty())
        {
            let values = std::mem::take(user.guest_values_mut());
            self.add_values(id, values, effects);
        }
    }

    /// Has a user say about themselves what they said as a guest before it turned out who they are. Returns what
    /// others must be told.
    #[must_use]
    pub(crate) fn bring_values_along(
        &mut self,
        guest: UserId,
        to: UserId,
        effects: &mut Effects,
    ) -> Option<Event> {
        let values = self.user(guest)?.guest_values().clone();
        self.say_of_themselves(to, values, effects)
    }

    /// Has a user say all of this about themselves, or as much of it as they may. Returns what others must be told.
    #[must_use]
    pub(crate) fn say_of_themselves(
        &mut self,
        id: UserId,
        values: BTreeMap<Key, String>,
        effects: &mut Effects,
    ) -> Option<Event> {
        let before = self.values_of(id).clone();
        self.add_values(id, values, effects);
        self.values_since(id, &before)
    }

    fn add_values(&mut self, id: UserId, values: BTreeMap<Key, String>, effects: &mut Effects) {
        let most = self.settings.metadata.map_or(0, |bounds| bounds.keys_max);
        for (key, value) in values {
            let known = self.values_of(id);
            if known.len() < most || known.contains_key(&key) {
                self.set_value_of(id, key, Some(value), effects);
            }
        }
    }

    /// How what a user says about themselves differs from what it was.
    fn values_since(&self, id: UserId, before: &BTreeMap<Key, String>) -> Option<Event> {
        let now = self.values_of(id);
        let gone = before.keys().filter(|key| !now.contains_key(*key)).map(|key| (key.clone(), None));
        let new = now.iter().filter(|(key, value)| before.get(*key) != Some(*value));
        let new = new.map(|(key, value)| (key.clone(), Some(value.clone())));
        let news: Vec<(Key, Option<String>)> = gone.chain(new).collect();
        (!news.is_empty())
            .then(|| Event::MetadataChanged { target: Target::User(id), told: MetadataTold::Others(news) })
    }
}
