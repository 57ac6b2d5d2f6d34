//! The files of `parlad` that the model compiles, with loom's lock, atomics and waker below them.

#[path = "../../src/net/send_queue.rs"]
pub(crate) mod send_queue;
#[path = "../../src/net/shared_socket.rs"]
pub(crate) mod shared_socket;
pub(crate) mod sync;
