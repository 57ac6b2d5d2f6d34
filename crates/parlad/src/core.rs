//! The threads around the state machine: the hub, which owns it, and the store, which keeps what it changed before anybody
//! sees it; with the clock that they share and the socket by which the administrator asks.

pub(crate) mod clock;
pub(crate) mod commit;
pub(crate) mod control;
pub(crate) mod disk_watch;
pub(crate) mod hub;
pub(crate) mod offline;
pub(crate) mod release;
pub(crate) mod store;
pub(crate) mod wish;
