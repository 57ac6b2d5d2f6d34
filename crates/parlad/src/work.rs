//! Slow work that threads other than the hub do: comparing passwords, verifying gateways, and reading the
//! history.
//!
//! Asking never blocks. Each kind of work has its own threads and its own bounded queue ([`lane`]), so that
//! passwords do not delay the history; within a queue, addresses take turns, and guessers come after the
//! others ([`queue`]). Comparing passwords takes whole cores, so its threads yield to all others, and
//! messages keep flowing while hundreds of people log in.

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
