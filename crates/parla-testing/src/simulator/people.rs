//! People with accounts: what they have been told of accounts and rooms, and who said what to whom.
//!
//! In a run with people, several clients may be one person, people stay without a client, and rooms have
//! owners. Clients are then checked by `client/person.rs` in place of the journals, which know only clients
//! that are one user each.

pub(crate) mod passwords;
pub(crate) mod script;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use parla_server::{AccountId, ConnectionId, Fingerprint, InvitationId, NodeId};

pub(crate) use self::told::Told;
use super::machine::Turn;

/// What all clients of a run with people share.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// The accounts and rooms, as the entries whose lines have arrived made them.
    pub(crate) told: Told,
    /// Whether `told` is known entry by entry, as it is with a log. Otherwise it may be ahead of the clients by
    /// what else the same input has changed.
    pub(crate) is_exact: bool,
    /// The client whose line or entry causes what arrives now, if there is one.
    pub(crate) origin: Option<ConnectionId>,
    /// Whether what arrives now comes from somebody who signs in, and may bring ranks along.
    pub(crate) is_sign_in: bool,
    /// Whether the servers are shutting down, so that they do not tell each other what ends.
    pub(crate) is_closing: bool,
    /// Accounts whose person has ever been an operator of the server, with any client.
    pub(crate) operators: BTreeSet<AccountId>,
    /// Invitations that an operator of the server may have made, who invites to every room.
    pub(crate) of_operators: BTreeSet<InvitationId>,
    /// The last process of each machine that came up.
    pub(crate) runs: BTreeMap<NodeId, u64>,
    /// To which turn the current lines belong.
    pub(crate) turn: Option<Turn>,
    /// What has arrived by the current lines and may not have reached everybody.
    pub(crate) said: Vec<Said>,
}

/// Something that was said, and who has received it.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// The command and the text.
    pub(crate) what: (String, String),
    /// The room or the nick, folded.
    pub(crate) target: String,
    /// The nick of the sender, folded.
    pub(crate) from: String,
    /// Whether somebody received it who can distinguish it from history.
    pub(crate) is_new: bool,
    /// How often each client received it.
    pub(crate) receipts: BTreeMap<ConnectionId, usize>,
}

/// Something by which a person proves that an account is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// What is kept of a password, as a text.
    Hash(String),
    /// The hash of an app password.
    AppPassword([u8; 32]),
    Certificate(Fingerprint),
}

/// An attempt of a client to sign in.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// The name of the account, as the client wrote it; `None` if the server decides which one it is.
    pub(crate) account: Option<String>,
    pub(crate) proof: Proof,
    /// How many changes had been told when it was sent.
    pub(crate) since: u64,
}

impl People {
    /// Notes that a client received something that was said. The lines of one entry are of one sender.
    pub(crate) fn hear(&mut self, connection: ConnectionId, said: Said) {
        let is_same = |known: &&mut Said| {
            known.what == said.what && known.target == said.target && known.from == said.from
        };
        match self.said.iter_mut().find(is_same) {
            Some(known) => {
                known.is_new |= said.is_new;
                *known.receipts.entry(connection).or_default() += 1;
            }
            None => self.said.push(Said { receipts: [(connection, 1)].into(), ..said }),
        }
    }
}
