//! What operators want that only the whole process can do.

use parla_server::ConnectionId;

/// What an operator wants of the process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    /// To read the configuration again.
    Rehash(ConnectionId),
    /// To stop.
    Shutdown,
    /// To stop and to be started again.
    Restart(ConnectionId),
}
