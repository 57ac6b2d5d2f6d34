//! An IRC server without I/O: a state machine of sessions and one network.
//!
//! The whole contract is [`Server::handle`]: time and an [`Input`] go in, [`Outputs`] come out. There are no sockets, threads,
//! clocks, randomness or files here, so the same inputs always give the same outputs.
//!
//! A [`session`](crate) is one connection and belongs to this machine; the network is what all share, and changes only by committing
//! an [`Entry`] from one ordered log.

mod account;
mod administration;
mod answer;
mod audit;
mod change;
mod command;
mod connection;
mod context;
mod effects;
mod encoding;
mod entry;
mod event;
mod formatting;
mod input;
pub mod limits;
#[cfg(test)]
mod manual;
pub mod message_ids;
mod multiline;
mod names;
mod network;
mod node;
mod note;
mod offer;
mod output;
mod publish;
mod refusal;
mod rows;
mod server;
mod session;
mod sessions;
pub mod settings;
mod snapshot;
mod statistics;
mod timers;
mod watchers;

pub use administration::{AdminAnswer, AdminRequest, ChannelDetails, ChannelSummary, Member};
pub use audit::Audit;
pub use change::{Change, Spoken};
pub use connection::{ConnectionId, Disconnect, Gateway, Peer};
pub use encoding::{NETWORK_VERSION, PROPOSAL_VERSION, Unreadable};
pub use entry::{
    Authority, Entry, EntryCommand, Epoch, Meta, NodeDown, NodeId, NodeUp, Origin, Proposal, Quit, Repair,
    Verb,
};
pub use input::Input;
pub use message_ids::MessageIds;
pub use multiline::{Piece, pieces};
pub use network::{
    UserId,
    channel::{ChannelState, Flags, ListEntry, Topic},
    markers::Conversation,
    operator::OperatorGrant,
};
pub use note::{Note, Noted};
pub use output::{
    NotCompared, Output, Outputs, Page, PasswordOf, Position, Query, QueryResult, Recipients, Secret, Verdict,
};
pub use server::{Server, Start};
pub use settings::Settings;
pub use snapshot::Snapshot;
