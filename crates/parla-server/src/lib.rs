//! An IRC server without I/O: a state machine of sessions and one network.
//!
//! The whole contract is [`Server::handle`]: time and an [`Input`] go in, [`Outputs`] come out. There are no
//! sockets, threads, clocks, randomness or files here, so the same inputs always give the same outputs.
//!
//! A [`session`](crate) is one connection and belongs to this machine; the network is what all share, and
//! changes only by committing an [`Entry`] from one ordered log.
//!
//! The modules form layers, listed here from the bottom up: each uses only those listed before it.
//!
//! # Code map
//!
//! - `base` is what all others use: settings, bounds, names, the address blocks by which limits are counted,
//!   and message ids.
//! - `network` is what all sessions share, and only entries change it (`entry.rs`). In it, `channel/` and
//!   `user.rs` hold the checks and the rights that they grant; `nodes.rs` knows which machines are up;
//!   `encoding.rs` and `snapshot.rs` serialize it; `effects.rs` is what a commit leaves behind: events,
//!   changes, refusals and the record of operators.
//! - `contract` is what the daemon and the state machine tell each other: inputs, outputs, questions.
//! - `session` is one connection: registration, flood allowance, labels, batches, and long answers in
//!   portions.
//! - `publish` turns events into lines, once for each set of capabilities, for everyone who must hear of
//!   them.
//! - `context` is what a command may see and do while it runs.
//! - `command` has one file per command with its `run`, `commit` and `publish`; `command.rs` has the three
//!   dispatches.
//! - `server` passes inputs to sessions (`lines.rs`), proposals to the log and entries to the network
//!   (`entries.rs`), and does what is due with time (`timers.rs`).

mod base;

mod network;

mod contract;

mod session;

mod publish;

mod context;

mod command;

mod server;

pub use base::{
    address_block::AddressBlock,
    connection::{ConnectionId, Disconnect, Gateway, Peer},
    limits, message_ids,
    message_ids::MessageIds,
    multiline::{Piece, pieces},
    secret::Secret,
    settings,
    settings::{
        AccessPolicy, AccountSettings, AlwaysOn, BadPassword, MachineSettings, Mechanism, NetworkSettings,
        RegistrationSettings, Settings,
    },
};
pub use contract::{
    administration::{
        AccountDetails, AccountSummary, AdminAnswer, AdminRepair, AdminRequest, ChannelDetails,
        ChannelSummary, DeviceSummary, InvitationSummary, Member,
    },
    input::Input,
    note::{Note, Noted},
    output::{Output, Outputs, Recipients},
    question::{
        Answer, Asker, NotCompared, Page, PasswordOf, Position, Query, QueryResult, Question, QuestionId,
        Reconfiguration, Verdict,
    },
};
pub use network::{
    ChannelId, UserId,
    account::{AccountChange, AccountId, AccountState, Fingerprint, PasswordProof, ScramProof},
    account_presence::{Presence, PresenceChange},
    app_password::{APP_PASSWORD_BYTES, AppPassword, AppPasswordId, Proved},
    audit::Audit,
    change::{Change, Spoken},
    channel::{ChannelChange, ChannelState, Flags, ListEntry, Rank, Topic},
    closure::Closure,
    conversation::{AccountPair, Conversation, ConversationName},
    encoding::{NETWORK_VERSION, PROPOSAL_VERSION, Unreadable},
    entry::{
        Accept, Access, AccountAsker, AccountEdit, Authority, ChangeAccount, ChannelSetting, Clearance,
        Close, CreateAccount, EndReason, Entry, EntryCommand, Epoch, Invitation, InvitationAct, Meta,
        NewInvitation, NodeDown, NodeId, NodeUp, Origin, OwnChannel, Ownership, Proposal, Repair,
        SessionEnded, SessionRef, SignIn, SignOut, Verb, WhichDevices,
    },
    floor::{Entrance, Floor},
    grant::OperatorGrant,
    invitation::{InvitationId, InvitationState},
    kept::Kept,
    snapshot::Snapshot,
};
pub use server::{Server, Start};
