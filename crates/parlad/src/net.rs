//! Sockets: who may connect, what is spoken on a connection, and how bytes get in and out.
//!
//! It knows the hub only as the queue for inputs, and makes no decisions about IRC.

pub(crate) mod acceptor;
pub(crate) mod addresses;
pub(crate) mod admission;
pub(crate) mod cloak;
pub(crate) mod connection;
pub(crate) mod connection_ids;
pub(crate) mod connection_log;
pub(crate) mod delivery;
pub(crate) mod framing;
pub(crate) mod hub_input;
pub(crate) mod intake;
pub(crate) mod lines;
pub(crate) mod listener;
pub(crate) mod opening;
pub(crate) mod proxy;
pub(crate) mod send_queue;
pub(crate) mod shared_socket;
pub(crate) mod stream;
pub(crate) mod sync;
pub(crate) mod task;
pub(crate) mod tls;
