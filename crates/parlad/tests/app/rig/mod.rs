//! The vocabulary of the browser tests: [`visit`] provides a [`Browser`] with a server of its own, and each
//! of its [`Window`]s is somebody with a profile of their own.
//!
//! A test fails if the console of a window contains an error or a warning at its end. If it fails, the
//! contents of each window are printed and stored in `target/browser`. Nothing outlives the test.
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

/// The output directory of the build.
fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("target")
}
