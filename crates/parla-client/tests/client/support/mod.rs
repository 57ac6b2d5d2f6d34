//! What the tests share: a client with a scripted server, the model of an interface, and a real server in
//! memory.

mod model;
mod rig;
mod server;
pub(crate) mod shown;
mod wire;

pub(crate) use model::Model;
pub(crate) use rig::{ALL, Rig, START, settings};
use server::Memory;
pub(crate) use wire::{Bend, Cut, World};
