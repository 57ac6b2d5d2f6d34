//! The accounts that must be on the disk: a part of the model of what was stored (`store.rs`).

use std::{borrow::Borrow, collections::BTreeMap};

use parla_server::{AccountChange, AccountId, AccountState, AppPasswordId, Fingerprint};

use super::checkers::{Checked, Finding, ensure};

/// Every account that was stored and not deleted.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    all: BTreeMap<AccountId, AccountState>,
    /// The last account that was created, even if it was deleted since.
    last: Option<AccountId>,
    /// The last app password that was created, even if it was revoked since.
    last_app_password: Option<AppPasswordId>,
}

impl Accounts {
    /// The number of the last account or app password that was created.
    pub(crate) fn last_number(&self) -> Option<u64> {
        self.last.map(AccountId::number).max(self.last_app_password.map(AppPasswordId::number))
    }

    /// Stores a new account, whose number no other has had and whose name no other has.
    pub(crate) fn create(&mut self, state: AccountState) -> Checked {
        ensure(self.last < Some(state.id), "kept", || format!("not after {:?}: {state:?}", self.last))?;
        let same_name = self.all.values().find(|kept| kept.name == state.name);
        ensure(same_name.is_none(), "kept", || {
            format!("two accounts of one name: {same_name:?} and {state:?}")
        })?;
        let are_new = state.certificates.iter().all(|certificate| self.owner_of(certificate).is_none());
        ensure(are_new, "kept", || format!("another account has a certificate of {state:?}"))?;
        self.last = Some(state.id);
        self.all.insert(state.id, state);
        Ok(())
    }

    pub(crate) fn change(&mut self, id: AccountId, change: AccountChange) -> Checked {
        if let AccountChange::CertificateAdded(certificate) = &change {
            let owner = self.owner_of(certificate);
            ensure(owner.is_none(), "kept", || format!("{owner:?} has the certificate of {change:?}"))?;
        }
        if let AccountChange::AppPasswordAdded(added) = &change {
            ensure(self.last_app_password < Some(added.id), "kept", || format!("a number again: {added:?}"))?;
            self.last_app_password = Some(added.id);
        }
        let state = self.all.get_mut(&id);
        let state = state.ok_or_else(|| Finding::new("kept", format!("{id:?} is not kept")))?;
        state.apply(change);
        Ok(())
    }

    pub(crate) fn delete(&mut self, id: AccountId) -> Checked {
        let gone = self.all.remove(&id);
        ensure(gone.is_some(), "kept", || format!("{id:?} is deleted, and is not kept"))
    }

    /// The account that a certificate signs in to.
    fn owner_of(&self, certificate: &Fingerprint) -> Option<AccountId> {
        self.all.values().find(|kept| kept.certificates.contains(certificate)).map(|kept| kept.id)
    }

    /// Checks that a server or a disk has exactly the stored accounts.
    pub(crate) fn are_these<A: Borrow<AccountState>>(
        &self,
        accounts: &[A],
        checker: &'static str,
    ) -> Checked {
        let had = || accounts.iter().map(|account| -> &AccountState { account.borrow() });
        let are_same = accounts.len() == self.all.len()
            && self.all.values().zip(had()).all(|(kept, had)| is_same(kept, had));
        ensure(are_same, checker, || {
            format!("the accounts are {:?}, and {:?} are kept", had().collect::<Vec<_>>(), self.all)
        })
    }
}

/// Whether two states are equal even in the spelling of the name.
fn is_same(one: &AccountState, other: &AccountState) -> bool {
    one == other && one.name.as_str() == other.name.as_str()
}

#[cfg(test)]
mod tests {
    use parla_proto::{AccountName, Timestamp};

    use super::*;

    const CERTIFICATE: Fingerprint = Fingerprint([1; 32]);

    fn account(number: u64, name: &str) -> AccountState {
        let name = AccountName::kept(name).unwrap();
        AccountState::new(AccountId::from_number(number), name, Timestamp::default())
    }

    #[test]
    fn accounts_that_differ_from_the_stored_ones_are_noticed() {
        let mut accounts = Accounts::default();
        accounts.create(account(1, "alice")).unwrap();
        let change = AccountChange::Suspended(Some("spam".to_owned()));
        accounts.change(AccountId::from_number(1), change).unwrap();
        let suspended = AccountState { suspended: Some("spam".to_owned()), ..account(1, "alice") };
        assert!(accounts.are_these(&[&suspended], "kept").is_ok());
        assert!(accounts.are_these(std::slice::from_ref(&suspended), "kept").is_ok());
        for other in
            [account(1, "alice"), AccountState { name: account(1, "Alice").name, ..suspended.clone() }]
        {
            assert!(accounts.are_these(&[&other], "kept").is_err(), "{other:?}");
        }
        assert!(accounts.are_these::<AccountState>(&[], "kept").is_err());
        assert!(accounts.are_these(&[suspended, account(2, "bob")], "kept").is_err());
        accounts.delete(AccountId::from_number(1)).unwrap();
        assert!(accounts.are_these::<AccountState>(&[], "kept").is_ok());
    }

    #[test]
    fn no_number_name_or_certificate_is_stored_twice() {
        let mut accounts = Accounts::default();
        let [alice, bob] = [1, 2].map(AccountId::from_number);
        accounts.create(account(1, "alice")).unwrap();
        assert!(accounts.create(account(2, "Alice")).is_err());
        accounts.create(account(2, "bob")).unwrap();
        accounts.change(alice, AccountChange::CertificateAdded(CERTIFICATE)).unwrap();
        assert!(accounts.change(bob, AccountChange::CertificateAdded(CERTIFICATE)).is_err());
        accounts.delete(bob).unwrap();
        assert!(accounts.create(account(2, "bob")).is_err());
        assert!(
            accounts.delete(bob).is_err() && accounts.change(bob, AccountChange::Suspended(None)).is_err()
        );
        assert_eq!(accounts.last_number(), Some(2));
    }
}
