//! What must hold when nothing is on its way.

use std::collections::{BTreeMap, BTreeSet};

use parla_server::{Change, Snapshot};

use super::World;
use crate::simulator::{
    checkers::{Checked, Finding, ensure},
    client::{Client, watch},
};

impl World {
    /// Checks, when nothing is on its way, that every machine has the same network.
    pub(super) fn check_agreement(&self) -> Checked {
        let mut states = self.machines.iter().map(|machine| machine.server.state_hash());
        let first = states.next();
        let same = states.all(|state| Some(state) == first);
        ensure(same, "state", || "the machines have different networks".to_owned())?;
        let snapshots: Vec<Snapshot> =
            self.machines.iter().map(|machine| machine.server.snapshot()).collect();
        let same = snapshots.windows(2).all(|pair| matches!(pair, [one, another] if one == another));
        ensure(same, "state", || "the machines have different indexes".to_owned())
    }

    /// Checks, when nothing is on its way, that a machine's channels, accounts and invitations are those that are
    /// stored, so that they exist after the next start.
    pub(super) fn check_kept(&self) -> Checked {
        let mut snapshots = self.machines.iter().map(|machine| machine.server.snapshot());
        snapshots.try_for_each(|snapshot| {
            self.scene.store.is_had(&snapshot.kept(), &snapshot.accounts())?;
            self.scene.store.are_invitations(&snapshot.invitations())
        })
    }

    /// Checks, when nothing is on its way, that every machine has stored the same channels, accounts and
    /// messages.
    pub(crate) fn check_projections(&mut self) -> Checked {
        let rules = self.scene.settings.network.name_rules();
        for projection in self.machines.iter_mut().filter_map(|machine| machine.projection.as_mut()) {
            projection.has_all(&rules, &self.scene.store)?;
        }
        Ok(())
    }

    /// Counts a finding in a line of this command, if the run was told to do so.
    pub(super) fn pass_over(&mut self, finding: Finding, command: &str) -> Checked {
        if !self.passed_over.contains(finding.checker) {
            return Err(finding);
        }
        *self.summary.passed_over.entry(format!("{}, {command}", finding.checker)).or_default() += 1;
        Ok(())
    }

    pub(super) fn check_changes(&self, changes: &[Change]) -> Checked {
        let said = changes.iter().any(|change| matches!(change, Change::Message(_)));
        ensure(self.scene.settings.network.history || !said, "kept", || {
            "a message, and there is no history".to_owned()
        })
    }

    /// Checks, when nothing is on its way, that all members agree, and that nobody waits for anything but
    /// time.
    pub(super) fn check_quiet(&mut self) -> Checked {
        self.is_received(None)?;
        let scene = &self.scene;
        for client in self.clients.values_mut() {
            client.answer_is_complete(scene)?;
            client.is_caught_up(scene)?;
            client.has_arrived()?;
            // Everything that a throttled client sent before it left is still handled.
            let has_gone = client.left && client.sent.is_empty();
            ensure(!has_gone, "close", || format!("{} left and is not closed", client.name()))?;
            ensure(client.sent.is_empty() || !client.unthrottled, "lines taken", || {
                format!("{} waits for nothing with {} lines not taken", client.name(), client.sent.len())
            })?;
        }
        if let Some(people) = &scene.people {
            return if people.is_closing { Ok(()) } else { self.check_people() };
        }
        let registered = || self.clients.values().filter(|client| client.nick.is_some());
        let here: BTreeSet<String> = registered().map(|client| client.folded_nick(scene)).collect();
        ensure(here.len() == registered().count(), "identity", || {
            let names: Vec<String> = registered().map(Client::name).collect();
            format!("two clients are one person: {names:?}")
        })?;
        for client in self.clients.values() {
            watch::is_true(client, &here)?;
        }
        let mut members: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for client in self.clients.values() {
            for name in client.rooms.keys() {
                members.entry(name).or_default().insert(client.folded_nick(scene));
            }
        }
        for client in self.clients.values() {
            for (name, room) in client.rooms.iter().filter(|(_, room)| !room.is_partial) {
                let by_client: BTreeSet<String> = room.members.keys().cloned().collect();
                let by_members = members.get(name.as_str());
                ensure(by_members == Some(&by_client), "membership", || {
                    format!("in {name} {} sees {by_client:?}, there are {by_members:?}", client.name())
                })?;
                let kept = scene.store.channel_named(name);
                let topic = kept.map(|state| state.topic.as_ref().map_or("", |topic| &topic.text));
                ensure(topic.is_none_or(|topic| topic == room.topic), "kept", || {
                    format!("in {name} {} sees the topic {:?}, kept is {topic:?}", client.name(), room.topic)
                })?;
            }
        }
        Ok(())
    }
}
