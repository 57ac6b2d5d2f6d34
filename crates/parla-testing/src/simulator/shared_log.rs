//! A model of the log that several machines share: their proposals in one order, as bytes, and with the
//! faults of a real log.
//!
//! It may be given a proposal twice or late, and it never forgets anything. All machines read the same from
//! it.

use parla_proto::Timestamp;
use parla_server::{Change, EntryCommand, Proposal, Repair};

use super::{
    checkers::{Checked, Finding, ensure},
    projection::OfEntry,
};

/// The proposal at one place of the log, and its effects on machines.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) at: Timestamp,
    pub(crate) bytes: Vec<u8>,
    /// What the first machine that got here stored because of it, and its textual form.
    changes: Option<(OfEntry, String)>,
    /// The hash of the network after it, as computed by the first machine that did so.
    state: Option<u64>,
}

/// The log. Places are counted from 1.
#[derive(Debug, Default)]
pub(crate) struct SharedLog {
    places: Vec<Place>,
    /// Proposals that reach the log later than others, or never.
    late: Vec<Vec<u8>>,
}

impl SharedLog {
    /// The number of places.
    pub(crate) const fn len(&self) -> usize {
        self.places.len()
    }

    /// Appends a proposal.
    pub(crate) fn append(&mut self, at: Timestamp, bytes: Vec<u8>) {
        // The log's clock may go back; the network's does not.
        self.places.push(Place { at, bytes, changes: None, state: None });
    }

    /// Sends a proposal that arrives late, if at all.
    pub(crate) fn delay(&mut self, bytes: Vec<u8>) {
        self.late.push(bytes);
    }

    /// Lets one of the late proposals arrive.
    pub(crate) fn append_late(&mut self, at: Timestamp, which: usize) {
        if which < self.late.len() {
            let bytes = self.late.swap_remove(which);
            self.append(at, bytes);
        }
    }

    /// How many proposals are late.
    pub(crate) const fn late(&self) -> usize {
        self.late.len()
    }

    /// The proposal at a place, and its time.
    pub(crate) fn read(&self, place: usize) -> Checked<(Timestamp, Proposal)> {
        let found = place.checked_sub(1).and_then(|index| self.places.get(index));
        let found = found.ok_or_else(|| Finding::new("log", format!("nothing stands at {place}")))?;
        let proposal = Proposal::decode(&found.bytes)
            .map_err(|error| Finding::new("encoding", format!("the proposal at {place}: {error}")))?;
        Ok((found.at, proposal))
    }

    /// The room that an operator deletes there, if one does.
    pub(crate) fn deleted(&self, place: usize) -> Option<String> {
        let (_, proposal) = self.read(place).ok()?;
        proposal.commands.into_iter().find_map(|command| match command {
            EntryCommand::Room(room) if matches!(room.repair, Repair::Delete(_)) => {
                Some(room.channel.to_string())
            }
            _ => None,
        })
    }

    /// Notes that a machine has written the changes of the entry there. Returns whether it is the first, so
    /// that the disk does not have them yet.
    pub(crate) fn wrote(&mut self, entry: &OfEntry) -> Checked<bool> {
        let (place, changes) = (entry.place, format!("{:?}", entry.changes));
        let Some(found) = place.checked_sub(1).and_then(|index| self.places.get_mut(index)) else {
            return Ok(true);
        };
        match &found.changes {
            None => {
                found.changes = Some((entry.clone(), changes));
                Ok(true)
            }
            Some((_, known)) => {
                ensure(*known == changes, "changes", || {
                    format!("at {place} one machine keeps {known}, another {changes}")
                })?;
                Ok(false)
            }
        }
    }

    /// The changes of the entry there, if any machine has stored them.
    pub(crate) fn changes_at(&self, place: usize) -> Vec<Change> {
        let found = place.checked_sub(1).and_then(|index| self.places.get(index));
        let changes = found.and_then(|found| found.changes.as_ref());
        changes.map(|(entry, _)| entry.changes.clone()).unwrap_or_default()
    }

    /// The changes of all entries up to there, as far as any machine has stored them.
    pub(crate) fn changes_to(&self, place: usize) -> Vec<OfEntry> {
        let places = self.places.iter().take(place);
        places.filter_map(|place| place.changes.as_ref().map(|(entry, _)| entry.clone())).collect()
    }

    /// Checks a machine's network after the entry there.
    pub(crate) fn became(&mut self, place: usize, state: u64) -> Checked {
        let Some(found) = place.checked_sub(1).and_then(|index| self.places.get_mut(index)) else {
            return Ok(());
        };
        let known = *found.state.get_or_insert(state);
        ensure(known == state, "state", || {
            let shown = Proposal::decode(&found.bytes).map(|proposal| format!("{proposal:?}"));
            format!("after {place} two machines have different networks: {shown:?}")
        })
    }
}
