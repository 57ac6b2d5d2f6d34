//! The configuration file, which is checked completely before anything starts: all problems are reported at
//! once, with their lines.
//!
//! Unknown keys are errors, so that a typo in the name of a limit cannot go unnoticed.

mod accounts;
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
    hash::{BadHash, Hash, HashCost, SALT_BYTES},
    origin::{Host, Origin},
    ports::{Http, Listen, Speech, reachable},
    tls_files::{TlsError, TlsFiles},
    whole::Config,
};
