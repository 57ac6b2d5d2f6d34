//! The threads around the state machine: the hub, which owns it, and the store, which saves its changes
//! before anybody sees their effects; with the clock that they share and the socket for the administrator.

pub(crate) mod clock;
pub(crate) mod commit;
pub(crate) mod control;
pub(crate) mod disk_watch;
pub(crate) mod hub;
pub(crate) mod offline;
pub(crate) mod release;
pub(crate) mod store;
pub(crate) mod wish;
