//! Slow work, done beside the hub by threads of its own: passwords are compared, gateways verified, the history is read.
//!
//! Whoever asks never waits here. Each kind of work has its own threads and its own bounded queue ([`lane`]), so that passwords
//! keep nobody from the history; in a queue addresses take turns, and whoever guesses stands behind the others ([`queue`]).
//! Comparing passwords takes whole cores, so its threads yield to all others: messages go on while hundreds sign in.

mod history;
mod judge;
mod lane;
pub(crate) mod password;
mod queue;
pub(crate) mod webirc;
mod workers;

pub(crate) use self::{
    judge::Hashing,
    workers::{Supplies, Waiting, Workers},
};
