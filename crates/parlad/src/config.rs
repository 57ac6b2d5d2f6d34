//! The configuration file, checked whole before anything starts: every problem at once, with its line.
//!
//! Unknown keys are errors, so that a typing mistake in a limit does not pass silently.

mod certificate;
mod connections;
mod file;
mod hash;
mod kind;
mod limits;
mod listen;
mod motd;
mod origin;
mod people;
mod ports;
mod problem;
mod reading;
mod surroundings;
mod table;
mod tls_files;
mod whole;

pub(crate) use self::{
    connections::{ConnectionLimits, KnownGateway, SharedNetwork},
    hash::Hash,
    origin::{Host, Origin},
    ports::{Http, Listen, Speech},
    tls_files::{TlsError, TlsFiles},
    whole::Config,
};
