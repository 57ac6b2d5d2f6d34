//! What all clients of a network share in the simulator.

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::Casemapping;
use parla_server::Settings;

use crate::simulator::{checkers::Journal, store::Store};

/// The disk, the order of each room, and what was said in private.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    /// By the rooms' folded names.
    pub(crate) journals: BTreeMap<String, Journal>,
    /// Whether what is heard now comes from a RENAME.
    pub(crate) is_rename: bool,
    /// Text and receiver of every private message that came to someone else than its sender.
    pub(crate) private: BTreeSet<(String, String)>,
    /// Whether what is heard now comes from an operator of the server who puts somebody into a room.
    pub(crate) by_force: bool,
    /// Who may enter which room past every door: names of rooms and nicks, folded.
    pub(crate) invited: BTreeSet<(String, String)>,
    /// Who has entered what by what is heard now: their invitation was for one time.
    pub(crate) entered: Vec<(String, String)>,
    /// Whether no two messages of a run have the same text, so that they can be told apart without ids.
    pub(crate) texts_differ: bool,
}

impl Scene {
    /// Nothing has happened yet.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            store: Store::new(&settings),
            settings,
            journals: BTreeMap::new(),
            is_rename: false,
            by_force: false,
            invited: BTreeSet::new(),
            entered: Vec::new(),
            private: BTreeSet::new(),
            texts_differ: true,
        }
    }

    pub(crate) fn fold(&self, name: &str) -> String {
        self.casemapping().fold(name).into_owned()
    }

    /// What was heard is over: an invitation was for one time.
    pub(crate) fn use_up_invitations(&mut self) {
        for entered in self.entered.drain(..) {
            self.invited.remove(&entered);
        }
    }

    fn casemapping(&self) -> Casemapping {
        self.settings.network.casemapping
    }
}
