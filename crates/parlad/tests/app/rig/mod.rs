//! What the tests in the browser are told with: [`visit`] gives a [`Browser`] at a server of its own, each [`Window`] of it is
//! somebody with a profile of their own.
//!
//! A test fails if a window's console held an error or a warning at its end. If it fails, what each window showed is printed and
//! is kept in `target/browser`. Nothing outlives the test.
#![allow(dead_code, unused_imports, clippy::panic, reason = "some of it waits for the tests that use it")]

mod access;
mod browser;
mod driver;
mod element;
mod faults;
mod forger;
mod keyboard;
mod log;
mod person;
mod window;

use std::path::{Path, PathBuf};

pub(crate) use self::{
    browser::{Browser, visit, visit_with},
    faults::{Fault, Faults},
    forger::{Forger, Peer},
    keyboard::{Key, together},
    window::{Width, Window},
};

/// What a build leaves behind.
fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("target")
}
