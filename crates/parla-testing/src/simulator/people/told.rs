//! The accounts and rooms as the entries made them whose lines have arrived, so that each line can be compared
//! with exactly the state that it belongs to.
//!
//! It is built from what servers have stored, and knows nothing of a server.

use std::collections::BTreeMap;

use parla_proto::AccountName;
use parla_server::{
    AccountId, AccountState, Change, ChannelId, ChannelState, InvitationId, InvitationState, Kept,
};

use super::{Attempt, Proof};

/// Accounts and rooms.
#[derive(Debug, Default)]
pub(crate) struct Told {
    accounts: BTreeMap<AccountId, AccountState>,
    rooms: BTreeMap<ChannelId, ChannelState>,
    invitations: BTreeMap<InvitationId, InvitationState>,
    /// The numbers and codes of invitations that clients have made.
    pub(crate) codes: Vec<(String, String)>,
    /// The accounts that were deleted by the input that came last to a server without a log: what it told before
    /// may have been about them.
    gone: Vec<AccountState>,
    /// Every proof that an account ever had, and when it ceased to be one.
    proofs: Vec<Held>,
    /// Counts the changes.
    clock: u64,
}

#[derive(Debug)]
struct Held {
    account: AccountId,
    proof: Proof,
    until: Option<u64>,
}

impl Told {
    /// What a server has that has just started.
    pub(crate) fn start(&mut self, kept: &Kept) {
        self.accounts = kept.accounts.iter().map(|account| (account.id, account.clone())).collect();
        self.rooms = kept.channels.iter().map(|room| (room.id, room.clone())).collect();
        self.invitations = kept.invitations.iter().map(|known| (known.id, known.clone())).collect();
        self.clock += 1;
        self.note_proofs();
    }

    /// Notes that the changes from now on are those of another input.
    pub(crate) fn begin_input(&mut self) {
        self.gone.clear();
    }

    /// Notes a change.
    pub(crate) fn take(&mut self, change: &Change) {
        match change.clone() {
            Change::Account(state) => {
                self.accounts.insert(state.id, *state);
            }
            Change::AccountChanged { account, change } => {
                if let Some(state) = self.accounts.get_mut(&account) {
                    state.apply(change);
                }
            }
            Change::AccountDeleted { account } => {
                self.gone.extend(self.accounts.remove(&account));
            }
            Change::Channel(state) => {
                self.rooms.insert(state.id, *state);
            }
            Change::ChannelChanged { channel, change } => {
                if let Some(state) = self.rooms.get_mut(&channel) {
                    state.apply(change);
                }
            }
            Change::ChannelForgotten { channel } => {
                self.rooms.remove(&channel);
            }
            Change::Invitation(state) => {
                self.invitations.insert(state.id, *state);
            }
            Change::InvitationRevoked { invitation } => {
                self.invitations.remove(&invitation);
            }
            Change::Closure { .. }
            | Change::Access(_)
            | Change::Message(_)
            | Change::Expired { .. }
            | Change::Redacted { .. } => return,
        }
        self.clock += 1;
        let is_proof = matches!(
            change,
            Change::Account(_) | Change::AccountChanged { .. } | Change::AccountDeleted { .. }
        );
        if is_proof {
            self.note_proofs();
        }
    }

    fn note_proofs(&mut self) {
        let now = self.clock;
        let current: Vec<(AccountId, Proof)> = self
            .accounts
            .values()
            .flat_map(|account| proofs(account).map(|proof| (account.id, proof)))
            .collect();
        for held in self.proofs.iter_mut().filter(|held| held.until.is_none()) {
            let is_current = current.iter().any(|(id, proof)| *id == held.account && *proof == held.proof);
            held.until = (!is_current).then_some(now);
        }
        for (account, proof) in current {
            let is_known =
                |held: &Held| held.until.is_none() && held.account == account && held.proof == proof;
            if !self.proofs.iter().any(is_known) {
                self.proofs.push(Held { account, proof, until: None });
            }
        }
    }

    /// How many changes have been told.
    pub(crate) const fn clock(&self) -> u64 {
        self.clock
    }

    pub(crate) fn accounts(&self) -> impl Iterator<Item = &AccountState> {
        self.accounts.values()
    }

    pub(crate) fn account(&self, id: AccountId) -> Option<&AccountState> {
        self.accounts.get(&id)
    }

    /// The account with this name, in any spelling.
    pub(crate) fn account_named(&self, name: &str) -> Option<&AccountState> {
        let name = AccountName::kept(name).ok()?;
        self.accounts.values().find(|account| account.name == name)
    }

    /// The account that has just been deleted and had this name.
    pub(crate) fn gone_named(&self, name: &str) -> Option<&AccountState> {
        let name = AccountName::kept(name).ok()?;
        self.gone.iter().find(|account| account.name == name)
    }

    pub(crate) fn rooms(&self) -> impl Iterator<Item = &ChannelState> {
        self.rooms.values()
    }

    pub(crate) fn room(&self, id: ChannelId) -> Option<&ChannelState> {
        self.rooms.get(&id)
    }

    pub(crate) fn invitation(&self, id: InvitationId) -> Option<&InvitationState> {
        self.invitations.get(&id)
    }

    /// The room with this folded name.
    pub(crate) fn room_named(&self, name: &str) -> Option<&ChannelState> {
        self.rooms.values().find(|room| room.name.folded() == name)
    }

    /// Whether an attempt proves that an account is somebody's: what they gave was right at some time since.
    pub(crate) fn proves(&self, id: AccountId, attempt: &Attempt) -> bool {
        let is_meant = |account: &AccountState| {
            let named = attempt.account.as_deref();
            named.is_none_or(|name| AccountName::kept(name).is_ok_and(|name| name == account.name))
        };
        let is_right = |held: &Held| {
            held.account == id
                && held.proof == attempt.proof
                && held.until.is_none_or(|until| until > attempt.since)
        };
        let gone = || self.gone.iter().find(|account| account.id == id);
        self.account(id).or_else(gone).is_some_and(is_meant) && self.proofs.iter().any(is_right)
    }
}

/// By what one can sign in to an account now.
fn proofs(account: &AccountState) -> impl Iterator<Item = Proof> {
    let password = account.password.as_ref().map(|password| Proof::Hash(password.hash.to_string()));
    let app_passwords = account.app_passwords.iter().map(|known| Proof::AppPassword(known.hash));
    password
        .into_iter()
        .chain(app_passwords)
        .chain(account.certificates.iter().map(|certificate| Proof::Certificate(*certificate)))
}

#[cfg(test)]
mod tests {
    use parla_proto::Timestamp;
    use parla_server::AccountChange;

    use super::*;
    use crate::simulator::people::passwords;

    #[test]
    fn a_password_proves_as_long_as_it_is_right() {
        let mut told = Told::default();
        let id = AccountId::from_number(1);
        let name = AccountName::kept("alice").unwrap();
        let mut account = AccountState::new(id, name, Timestamp::default());
        account.password = Some(passwords::proof("one"));
        told.take(&Change::Account(Box::new(account)));
        let attempt = |account: &str, password: &str, since| Attempt {
            account: Some(account.to_owned()),
            proof: Proof::Hash(passwords::hash(password)),
            since,
        };
        let before = told.clock();
        assert!(told.proves(id, &attempt("Alice", "one", before)));
        assert!(!told.proves(id, &attempt("alice", "two", before)));
        assert!(!told.proves(id, &attempt("bob", "one", before)));
        let change = AccountChange::Password(Some(passwords::proof("two")));
        told.take(&Change::AccountChanged { account: id, change });
        // It was sent before the password was changed.
        assert!(told.proves(id, &attempt("alice", "one", before)));
        assert!(!told.proves(id, &attempt("alice", "one", told.clock())));
        assert!(told.proves(id, &attempt("alice", "two", told.clock())));
    }
}
