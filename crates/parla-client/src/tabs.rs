//! Makes several tabs of one browser act as one client: one of them leads. It has the connection and the
//! [`crate::Client`]; the others show the same and pass on what the person does there.
//!
//! This module has the parts that need no browser: who leads, what the tabs tell each other, and how one tab
//! learns what another one shows. The shell carries the messages and tells the time.

mod election;
mod ids;
mod looks;
mod message;
mod mirror;
mod pending_commands;
mod replica;
mod saves;
mod stored_command;

pub use election::{Ballot, Election, LastTerm, Role, TabId, Term};
pub use ids::Ids;
pub use looks::{Look, Looks};
pub use message::{Letter, TabMessage, pack, unpack};
pub use mirror::{Delivery, Mirror, Recipients};
pub use pending_commands::{Before, CarriedOut, ForwardedCommand, PendingCommands};
pub use replica::{Arrived, Replica};
pub use saves::Saves;
pub use stored_command::{Act, BufferName, Orphan, STORED_COMMAND, StoredCommand, orphans};
