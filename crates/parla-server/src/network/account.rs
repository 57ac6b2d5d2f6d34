//! An account: a person who comes back, and the proofs by which the server knows them.
//!
//! Everything here is what must survive a restart. The proofs are not secrets, but nobody needs to see them.

use std::{collections::BTreeMap, fmt};

use parla_proto::{AccountName, Timestamp, metadata::Key};
use serde::{Deserialize, Serialize};

pub use super::account_id::AccountId;
use super::{
    account_presence::{Presence, PresenceChange},
    conversation::Conversation,
};
pub use crate::base::scram::ScramProof;
use crate::{
    base::limits::{APP_PASSWORDS_MAX, CERTIFICATES_MAX},
    network::{
        ChannelId,
        app_password::{AppPassword, AppPasswordId},
    },
};

/// The SHA-256 of a client's certificate in DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Parses 64 hexadecimal digits, with or without colons between them.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.chars().filter(|char| *char != ':');
        let digits = digits.map(|char| char.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
        let digits = digits.collect::<Option<Vec<u8>>>()?;
        let bytes = digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit));
        let bytes = <[u8; 32]>::try_from(bytes.collect::<Vec<u8>>()).ok();
        bytes.filter(|_| digits.len() == 64).map(Self)
    }
}

impl fmt::Display for Fingerprint {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// What is kept of a password: enough to recognize it, by either kind of SASL mechanism, and no more.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordProof {
    /// The argon2id hash as a PHC string, for passwords that are sent as text.
    pub hash: Box<str>,
    /// The same password for clients that prove that they know it without sending it.
    pub scram: ScramProof,
}

impl fmt::Debug for PasswordProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordProof(…)")
    }
}

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// The network's id of the account.
    pub id: AccountId,
    /// The name, which nobody else may use as a nick.
    pub name: AccountName,
    /// When it was created.
    pub created_at: Timestamp,
    /// The password; `None` if it has none, so that only a certificate signs in.
    pub password: Option<PasswordProof>,
    /// Certificates that sign in without a password, in the order in which they were added; at most
    /// [`CERTIFICATES_MAX`].
    pub certificates: Vec<Fingerprint>,
    /// Passwords for single programs, in the order in which they were created; at most [`APP_PASSWORDS_MAX`].
    pub app_passwords: Vec<AppPassword>,
    /// If nobody may sign in to it: the reason that whoever tries is told.
    pub suspended: Option<String>,
    /// Whether its person wants to stay present without a connection; `None` if they have not said.
    pub always_on: Option<bool>,
    /// Whether its person owns the server, so that they may do everything that an operator may.
    pub is_server_owner: bool,
    /// Channels that its person is brought into when they next come, because of an invitation.
    pub invited_to: Vec<ChannelId>,
    /// As whom its person is present, if they stay so without a connection.
    pub presence: Option<Box<Presence>>,
    /// Up to when its person has read each conversation; at most
    /// [`READ_MARKERS_MAX`](crate::limits::READ_MARKERS_MAX).
    pub read: BTreeMap<Conversation, Timestamp>,
    /// What its person says about themselves: their values of METADATA.
    pub metadata: BTreeMap<Key, String>,
}

/// One change of an account. There is no other way to change it, so the network and the disk always agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountChange {
    /// It has this password now, or none.
    Password(Option<PasswordProof>),
    /// A certificate signs in to it from now on. No account has it yet.
    CertificateAdded(Fingerprint),
    /// A certificate does not sign in to it any more.
    CertificateRemoved(Fingerprint),
    /// It has another app password. The number is that of the entry.
    AppPasswordAdded(AppPassword),
    /// An app password does not sign in to it any more.
    AppPasswordRemoved(AppPasswordId),
    /// Somebody signed in with an app password.
    AppPasswordUsed(AppPasswordId, Timestamp),
    /// Nobody may sign in to it, for this reason; or one may again.
    Suspended(Option<String>),
    /// Its person wants to stay present without a connection, or does not, or leaves it to the server.
    AlwaysOn(Option<bool>),
    /// Its person owns the server, or does not any more.
    ServerOwner(bool),
    /// Its person is to be brought into these channels, or has been.
    InvitedTo(Vec<ChannelId>),
    /// Its person is present as this user, and stays so; or they do not.
    Presence(Option<Box<Presence>>),
    /// One thing has changed about the user as whom its person is present.
    PresentAs(PresenceChange),
    /// Its person has read a conversation up to this time; or nobody knows any more how far.
    Read {
        /// The conversation.
        conversation: Conversation,
        /// The time of the last message that they have read.
        at: Option<Timestamp>,
    },
    /// Its person says this about themselves from now on, or does not any more.
    Metadata {
        /// The key.
        key: Key,
        /// The value.
        value: Option<String>,
    },
}

impl AccountState {
    /// A new account.
    pub const fn new(id: AccountId, name: AccountName, at: Timestamp) -> Self {
        Self {
            id,
            name,
            created_at: at,
            password: None,
            certificates: Vec::new(),
            app_passwords: Vec::new(),
            suspended: None,
            always_on: None,
            is_server_owner: false,
            invited_to: Vec::new(),
            presence: None,
            read: BTreeMap::new(),
            metadata: BTreeMap::new(),
        }
    }

    /// The app password with this id.
    pub(crate) fn app_password(&self, id: AppPasswordId) -> Option<&AppPassword> {
        self.app_passwords.iter().find(|known| known.id == id)
    }

    /// Whether a change would leave it as it is.
    pub(crate) fn is_already(&self, change: &AccountChange) -> bool {
        match change {
            AccountChange::Password(password) => self.password == *password,
            AccountChange::CertificateAdded(certificate) => self.certificates.contains(certificate),
            AccountChange::CertificateRemoved(certificate) => !self.certificates.contains(certificate),
            AccountChange::AppPasswordAdded(added) => self.app_password(added.id).is_some(),
            AccountChange::AppPasswordRemoved(id) => self.app_password(*id).is_none(),
            AccountChange::AppPasswordUsed(id, at) => {
                self.app_password(*id).is_none_or(|known| known.used_at == Some(*at))
            }
            AccountChange::Suspended(why) => self.suspended == *why,
            AccountChange::AlwaysOn(wish) => self.always_on == *wish,
            AccountChange::ServerOwner(owns) => self.is_server_owner == *owns,
            AccountChange::InvitedTo(channels) => self.invited_to == *channels,
            AccountChange::Presence(presence) => self.presence == *presence,
            AccountChange::PresentAs(change) => {
                self.presence.as_deref().is_none_or(|presence| presence.is_already(change))
            }
            AccountChange::Read { conversation, at } => self.read.get(conversation) == at.as_ref(),
            AccountChange::Metadata { key, value } => self.metadata.get(key) == value.as_ref(),
        }
    }

    /// Applies one change.
    pub fn apply(&mut self, change: AccountChange) {
        match change {
            AccountChange::Password(password) => self.password = password,
            AccountChange::CertificateAdded(certificate) => {
                debug_assert!(self.certificates.len() < CERTIFICATES_MAX, "the commit counts them");
                self.certificates.push(certificate);
            }
            AccountChange::CertificateRemoved(certificate) => {
                self.certificates.retain(|known| *known != certificate);
            }
            AccountChange::AppPasswordAdded(added) => {
                debug_assert!(self.app_passwords.len() < APP_PASSWORDS_MAX, "the commit counts them");
                self.app_passwords.push(added);
            }
            AccountChange::AppPasswordRemoved(id) => self.app_passwords.retain(|known| known.id != id),
            AccountChange::AppPasswordUsed(id, at) => {
                let used = self.app_passwords.iter_mut().find(|known| known.id == id);
                used.into_iter().for_each(|known| known.used_at = Some(at));
            }
            AccountChange::Suspended(why) => self.suspended = why,
            AccountChange::AlwaysOn(wish) => self.always_on = wish,
            AccountChange::ServerOwner(owns) => self.is_server_owner = owns,
            AccountChange::InvitedTo(channels) => self.invited_to = channels,
            AccountChange::Presence(presence) => self.presence = presence,
            AccountChange::PresentAs(change) => {
                if let Some(presence) = &mut self.presence {
                    presence.apply(change);
                }
            }
            AccountChange::Read { conversation, at } => {
                match at {
                    Some(at) => self.read.insert(conversation, at),
                    None => self.read.remove(&conversation),
                };
            }
            AccountChange::Metadata { key, value } => {
                match value {
                    Some(value) => self.metadata.insert(key, value),
                    None => self.metadata.remove(&key),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_tools_print_it() {
        let plain = "00ff".repeat(16);
        let fingerprint = Fingerprint::parse(&plain).unwrap();
        assert_eq!(fingerprint.to_string(), plain);
        let colons = plain.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap().to_uppercase());
        assert_eq!(Fingerprint::parse(&colons.collect::<Vec<_>>().join(":")), Some(fingerprint));
        for bad in ["", "00", &plain[1..], &format!("{plain}0"), &plain.replace("ff", "fg")] {
            assert_eq!(Fingerprint::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn proofs_are_not_shown() {
        let scram =
            ScramProof { salt: [1; 16].into(), iterations: 4096, stored_key: [2; 32], server_key: [3; 32] };
        let proof = PasswordProof { hash: "$argon2id$".into(), scram };
        assert_eq!(format!("{proof:?}"), "PasswordProof(…)");
    }
}
