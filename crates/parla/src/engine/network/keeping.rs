//! What is kept of one network, as its engine wants it.

use parla_engine::{Change, Question, Recalled, Storage};

use super::Shell;

impl Storage for Shell<'_> {
    fn store(&mut self, key: String, value: Option<String>) {
        // What is left when the program ends is to be found again as it is.
        if self.is_ending {
            return;
        }
        match &value {
            Some(value) => self.remembered.records.insert(key.clone(), value.clone()),
            None => self.remembered.records.remove(&key),
        };
        self.around.store.record(&self.remembered.id, key, value);
    }

    /// If the disk does not take it, the person was told, and what is to be sent is sent all the same.
    fn sync(&mut self) {
        self.around.store.sync();
    }

    fn change(&mut self, change: Change) {
        if let Some(archive) = &mut self.archive {
            archive.change(change);
        }
    }

    fn recall(&mut self, question: Question) -> Option<Recalled> {
        let is_asked = self.archive.as_ref().is_some_and(|archive| archive.recall(question));
        (!is_asked).then(Recalled::default)
    }
}
