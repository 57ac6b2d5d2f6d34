//! What one of several machines stores: all changes by the entries of the log, each once, in a store of its
//! own.
//!
//! A machine that starts again reads some entries twice, because its starting point may be older than its
//! store. How far the store has got is stored with it, so that nothing is stored twice.

use parla_proto::name::NameRules;
use parla_server::{Change, Query, QueryResult, Settings};

use super::{
    checkers::{Checked, Finding, ensure},
    disk::{Disk, UnderWay},
    store::Store,
};

/// From this many thousandths on, a batch is completely on disk when its machine crashes.
const WHOLE_FROM: u64 = 700;

/// The changes by one entry.
#[derive(Clone, Debug)]
pub(crate) struct OfEntry {
    /// Its place in the log.
    pub(crate) place: usize,
    pub(crate) changes: Vec<Change>,
    /// Channels that operators delete by it, by name.
    pub(crate) deleted: Vec<String>,
}

/// The store of one machine, and the model of what must be in it.
#[derive(Debug)]
pub(crate) struct Projection {
    disk: Disk,
    model: Store,
    /// The last entry that is completely in the store.
    applied: usize,
}

impl Projection {
    /// An empty store.
    pub(crate) fn new(disk: Disk, settings: &Settings) -> Self {
        Self { disk, model: Store::new(settings), applied: 0 }
    }

    /// Stores the changes of a batch as one transaction, unless they are there already. `of_all` has what any
    /// machine has stored.
    pub(crate) fn write(&mut self, batch: Vec<OfEntry>, of_all: &Store) -> Checked {
        self.model.see_time(of_all.latest());
        let mut changes = Vec::new();
        for entry in batch.into_iter().filter(|entry| entry.place > self.applied) {
            changes.extend(entry.changes.iter().cloned());
            let deleted: Vec<&str> = entry.deleted.iter().map(String::as_str).collect();
            self.model.write(entry.changes, &deleted)?;
        }
        self.disk.write(&changes)
    }

    /// Notes that everything up to this entry is in the store, since most entries change nothing.
    pub(crate) fn come_to(&mut self, place: usize) {
        self.applied = self.applied.max(place);
    }

    /// The answer to a query of this machine.
    pub(crate) fn answer(&mut self, query: &Query) -> Checked<QueryResult> {
        self.disk.answer(query, &self.model)
    }

    /// Does the work that is left for idle time.
    pub(crate) fn rest(&mut self) -> Checked {
        self.disk.rest()
    }

    /// The machine crashes when this many thousandths of a batch have been written. From [`WHOLE_FROM`] on
    /// all of it is there, and nobody has been told of it.
    pub(crate) fn crash(&mut self, batch: Vec<OfEntry>, thousandths: u64, of_all: &Store) -> Checked {
        if thousandths >= WHOLE_FROM {
            let place = batch.last().map_or(0, |entry| entry.place);
            self.write(batch, of_all)?;
            self.come_to(place);
            return self.disk.crash(UnderWay { changes: &[], thousandths });
        }
        let of_entries = batch.into_iter().filter(|entry| entry.place > self.applied);
        let changes: Vec<Change> = of_entries.flat_map(|entry| entry.changes).collect();
        self.disk.crash(UnderWay { changes: &changes, thousandths })
    }

    /// Checks the store when the machine starts again: it must have exactly what was written, and the machine
    /// must not start behind that.
    pub(crate) fn is_found(&mut self, rules: &NameRules, begins_at: usize) -> Checked {
        ensure(begins_at <= self.applied, "snapshot", || {
            format!("it is of {begins_at}, and the store has come to {}", self.applied)
        })?;
        self.disk.found(rules, &self.model).map(|_| ())
    }

    /// Checks, when nothing is on its way, that the store has exactly what any machine has stored.
    pub(crate) fn has_all(&mut self, rules: &NameRules, of_all: &Store) -> Checked {
        self.disk
            .found(rules, of_all)
            .map(|_| ())
            .map_err(|finding| Finding::new("projection", format!("{}: {}", finding.checker, finding.what)))
    }
}

#[cfg(test)]
mod tests {
    use parla_proto::{ChannelName, Timestamp};
    use parla_server::{ChannelId, ChannelState, Flags};

    use super::*;

    fn entry(settings: &Settings, place: usize) -> OfEntry {
        let id = ChannelId::from_number(place as u64);
        let name = ChannelName::parse(&format!("#room{place}"), &settings.network.name_rules()).unwrap();
        let state = ChannelState::new(id, name, Timestamp::from_millis(1), Flags::empty());
        OfEntry { place, changes: vec![Change::Channel(Box::new(state))], deleted: Vec::new() }
    }

    /// The stores of two machines: the first has everything, and the second, which crashed, has what it was
    /// told.
    struct Two {
        settings: Settings,
        of_all: Store,
        own: Projection,
    }

    impl Two {
        fn new(disk: Disk) -> Self {
            let settings = Settings::named("a.b");
            let mut of_all = Store::new(&settings);
            for place in [1, 2] {
                of_all.write(entry(&settings, place).changes, &[]).unwrap();
            }
            let mut own = Projection::new(disk, &settings);
            own.write(vec![entry(&settings, 1)], &of_all).unwrap();
            own.come_to(1);
            Self { settings, of_all, own }
        }

        fn has_all(&mut self) -> bool {
            self.own.has_all(&self.settings.network.name_rules(), &self.of_all).is_ok()
        }

        fn reads(&mut self, places: &[usize]) {
            let entries = places.iter().map(|place| entry(&self.settings, *place)).collect();
            self.own.write(entries, &self.of_all).unwrap();
        }
    }

    #[test]
    fn what_is_read_twice_is_kept_once_and_what_is_missing_is_noticed() {
        for (disk, thousandths) in
            [(Disk::Memory(None), 0), (Disk::Memory(None), 900), (Disk::folder(), 600), (Disk::folder(), 900)]
        {
            let mut two = Two::new(disk);
            assert!(!two.has_all());
            let under_way = vec![entry(&two.settings, 2)];
            two.own.crash(under_way, thousandths, &two.of_all).unwrap();
            assert_eq!(two.has_all(), thousandths >= WHOLE_FROM);
            two.own.is_found(&two.settings.network.name_rules(), 1).unwrap();
            two.reads(&[1, 2]);
            assert!(two.has_all(), "{thousandths}");
            // It never starts behind what it has stored.
            assert!(two.own.is_found(&two.settings.network.name_rules(), 9).is_err());
        }
    }
}
