//! What other tabs will save when they learn that their earlier commands were carried out. If one of them is
//! closed before that, the leading tab saves it instead.

use std::time::Duration;

use parla_proto::Timestamp;

use super::TabId;

/// A tab that is still there after this time has saved it, or no longer wants to.
const SAVE_WITHIN: Duration = Duration::from_secs(5);

/// What other tabs will save. `T` says what and where.
#[derive(Debug)]
pub struct Saves<T>(Vec<Save<T>>);

#[derive(Debug)]
struct Save<T> {
    tab: TabId,
    /// The number of the command that asks for it.
    number: u64,
    what: T,
    at: Timestamp,
    /// Whether the tab was closed before it could save this.
    is_left: bool,
}

impl<T> Default for Saves<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Saves<T> {
    /// Adds what a tab will save, with the number of the command.
    pub fn push(&mut self, (tab, number): (TabId, u64), what: T, at: Timestamp) {
        self.0.push(Save { tab, number, what, at, is_left: false });
    }

    /// A tab was closed that had learned of its commands up to this number. It has saved what those asked
    /// for; to save it again could delete what the person has written since.
    pub fn left(&mut self, tab: TabId, done: u64) {
        self.0.retain(|save| save.tab != tab || save.number > done);
        self.0.iter_mut().filter(|save| save.tab == tab).for_each(|save| save.is_left = true);
    }

    /// Whether something must be saved here.
    pub fn is_urgent(&self) -> bool {
        self.0.iter().any(|save| save.is_left)
    }

    /// Saves what closed tabs wanted to save. `save` returns false if it is too early, because it takes a
    /// moment until this tab sees what the other one has stored.
    pub fn due(&mut self, now: Timestamp, mut save: impl FnMut(&T) -> bool) {
        self.0.retain(|it| !(it.is_left && save(&it.what)) && now.since(it.at) < SAVE_WITHIN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAB: TabId = TabId(7);
    const OTHER: TabId = TabId(8);

    fn saved(saves: &mut Saves<&'static str>, now: Timestamp) -> Vec<&'static str> {
        let mut saved = Vec::new();
        saves.due(now, |what| {
            saved.push(*what);
            true
        });
        saved
    }

    #[test]
    fn only_what_a_closed_tab_could_not_save_is_saved_for_it() {
        let now = Timestamp::from_millis(1_000);
        let mut saves = Saves::default();
        saves.push((TAB, 2), "known", now);
        saves.push((TAB, 4), "not known", now);
        saves.push((OTHER, 1), "of another", now);
        assert_eq!(saved(&mut saves, now), [""; 0]);
        saves.left(TAB, 3);
        assert!(saves.is_urgent());
        assert_eq!(saved(&mut saves, now), ["not known"]);
        assert!(!saves.is_urgent());
        assert_eq!(saved(&mut saves, now), [""; 0]);
        saves.left(OTHER, 0);
        assert_eq!(saved(&mut saves, now), ["of another"]);
    }

    #[test]
    fn what_cannot_be_saved_yet_is_tried_again_for_a_while() {
        let now = Timestamp::from_millis(1_000);
        let mut saves = Saves::default();
        saves.push((TAB, 1), "draft", now);
        saves.left(TAB, 0);
        saves.due(now, |_| false);
        assert!(saves.is_urgent());
        saves.due(now + SAVE_WITHIN, |_| false);
        assert!(!saves.is_urgent());
    }
}
