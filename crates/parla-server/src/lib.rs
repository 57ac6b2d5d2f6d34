//! An IRC server without I/O: a state machine of sessions and one network.
//!
//! The whole contract is [`Server::handle`]: time and an [`Input`] go in, [`Outputs`] come out. There are no sockets, threads,
//! clocks, randomness or files here, so the same inputs always give the same outputs.
//!
//! A [`session`](crate) is one connection and belongs to this machine; the network is what all share, and changes only by committing
//! an [`Entry`] from one ordered log.
//!
//! The modules are floors, listed here from the ground up: each uses only floors that are listed before it.

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
    settings::{MachineSettings, NetworkSettings, Settings},
};
pub use contract::{
    administration::{AdminAnswer, AdminRepair, AdminRequest, ChannelDetails, ChannelSummary, Member},
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
    audit::Audit,
    change::{Change, Spoken},
    channel::{ChannelChange, ChannelState, Flags, ListEntry, Topic},
    conversation::{AccountPair, Conversation, ConversationName},
    encoding::{NETWORK_VERSION, PROPOSAL_VERSION, Unreadable},
    entry::{
        Authority, EndReason, Entry, EntryCommand, Epoch, Meta, NodeDown, NodeId, NodeUp, Origin, Proposal,
        Repair, SessionEnded, SessionRef, Verb,
    },
    grant::OperatorGrant,
    snapshot::Snapshot,
};
pub use server::{Server, Start};
