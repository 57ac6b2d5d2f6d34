//! The lock, the atomics and the waker of a shared socket.
//!
//! The model in `tests/shared_socket.rs` compiles `shared_socket.rs` with those of loom in their place, so that
//! it can try every order of their steps.

pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

pub(crate) use futures_util::task::AtomicWaker;
