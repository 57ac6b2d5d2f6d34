//! State of the simulator that all clients of a network share.

use std::collections::{BTreeMap, BTreeSet};

use parla_proto::Casemapping;
use parla_server::Settings;

use crate::simulator::{checkers::Journal, people::People, store::Store};

/// The disk, the order of events in each room, and private messages.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    /// Journals by the rooms' folded names.
    pub(crate) journals: BTreeMap<String, Journal>,
    /// Whether the current lines come from a RENAME.
    pub(crate) is_rename: bool,
    /// The texts and receivers of all private messages that reached somebody other than their sender.
    pub(crate) private: BTreeSet<(String, String)>,
    /// Whether the current lines come from an operator of the server who brings somebody into a room.
    pub(crate) by_force: bool,
    /// Who may enter which room whatever its modes say, as folded names of rooms and nicks.
    pub(crate) invited: BTreeSet<(String, String)>,
    /// Who has entered which room by the current lines, since their invitations are used up afterwards.
    pub(crate) entered: Vec<(String, String)>,
    /// Whether no two messages of a run have the same text, so that they can be distinguished without ids.
    pub(crate) texts_differ: bool,
    /// People with accounts, in a run that has them.
    pub(crate) people: Option<People>,
    /// How often a client was told that it is signed in.
    pub(crate) sign_ins: usize,
}

impl Scene {
    /// A scene in which nothing has happened yet.
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
            people: None,
            sign_ins: 0,
        }
    }

    pub(crate) fn fold(&self, name: &str) -> String {
        self.casemapping().fold(name).into_owned()
    }

    /// Removes the invitations that were used by the lines just handled.
    pub(crate) fn use_up_invitations(&mut self) {
        for entered in self.entered.drain(..) {
            self.invited.remove(&entered);
        }
    }

    fn casemapping(&self) -> Casemapping {
        self.settings.network.casemapping
    }
}
