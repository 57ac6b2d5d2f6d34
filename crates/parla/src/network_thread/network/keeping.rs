//! What is stored for one network, on behalf of its engine.

use parla_engine::{ArchiveChange, RecallRequest, Recalled, Storage};

use super::Shell;

impl Storage for Shell<'_> {
    fn store(&mut self, key: String, value: Option<String>) {
        // When the program ends, everything must be found again as it is.
        if self.is_ending {
            return;
        }
        match &value {
            Some(value) => self.remembered.records.insert(key.clone(), value.clone()),
            None => self.remembered.records.remove(&key),
        };
        self.around.store.record(&self.remembered.id, key, value);
    }

    /// If the disk fails, the person has been told, and messages are sent nevertheless.
    fn sync(&mut self) {
        self.around.store.sync();
    }

    fn change(&mut self, change: ArchiveChange) {
        if let Some(archive) = &mut self.archive {
            archive.change(change);
        }
    }

    fn recall(&mut self, request: RecallRequest) -> Option<Recalled> {
        let is_asked = self.archive.as_ref().is_some_and(|archive| archive.recall(request));
        (!is_asked).then(Recalled::default)
    }
}
