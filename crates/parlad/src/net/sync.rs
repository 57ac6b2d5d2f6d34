//! The lock, the atomics and the waker of a shared socket.

pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

pub(crate) use futures_util::task::AtomicWaker;
