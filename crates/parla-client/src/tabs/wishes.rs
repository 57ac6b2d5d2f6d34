//! What the person wants in a tab that does not lead: each is carried out once, whichever tab leads in the end.

use std::{collections::VecDeque, fmt::Write as _, time::Duration};

use parla_proto::Timestamp;

use super::TabId;
use crate::limits::TABS_REMEMBERED_MAX;

/// After so long without a word of the leader it is to be looked whether it is still there.
const DONE_WITHIN: Duration = Duration::from_secs(2);

/// What waits to be carried out, in order.
#[derive(Debug)]
pub struct Wishes<C> {
    last: u64,
    waiting: VecDeque<Waiting<C>>,
}

#[derive(Debug)]
struct Waiting<C> {
    number: u64,
    command: C,
    /// When it was sent to the tab that leads now.
    sent_at: Option<Timestamp>,
}

impl<C> Default for Wishes<C> {
    fn default() -> Self {
        Self { last: 0, waiting: VecDeque::new() }
    }
}

impl<C> Wishes<C> {
    /// Adds one.
    pub fn push(&mut self, command: C) {
        self.last += 1;
        self.waiting.push_back(Waiting { number: self.last, command, sent_at: None });
    }

    /// Another tab leads, or the one that leads may have missed something: all that waits is to be sent again.
    pub fn send_again(&mut self) {
        for waiting in &mut self.waiting {
            waiting.sent_at = None;
        }
    }

    /// What is to be sent. `write` gives the bytes of a command; what cannot be sent yet holds up what is behind it.
    pub fn unsent(
        &mut self,
        now: Timestamp,
        mut write: impl FnMut(&C) -> Option<Vec<u8>>,
    ) -> Vec<(u64, Vec<u8>)> {
        let mut packed = Vec::new();
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.sent_at.is_none()) {
            let Some(bytes) = write(&waiting.command) else { break };
            waiting.sent_at = Some(now);
            packed.push((waiting.number, bytes));
        }
        packed
    }

    /// They are carried out up to this number. Gives those that were not known to be.
    pub fn done(&mut self, number: u64) -> Vec<C> {
        let done = self.waiting.iter().take_while(|waiting| waiting.number <= number).count();
        self.waiting.drain(..done).map(|waiting| waiting.command).collect()
    }

    /// When the leader is to be doubted, if it says nothing.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.waiting.front().and_then(|waiting| waiting.sent_at).map(|at| at + DONE_WITHIN)
    }

    /// The first that waits, with its number.
    pub fn first(&self) -> Option<(u64, &C)> {
        self.waiting.front().map(|waiting| (waiting.number, &waiting.command))
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// Up to which number the commands of each tab are carried out. Kept by the browser, for the tab that leads next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarriedOut(VecDeque<Done>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Done {
    tab: TabId,
    /// By whichever tab that led.
    number: u64,
    /// By the tab that leads now, or shown again by it.
    here: u64,
}

/// What has already become of a command that a leader is asked to carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: it is to be carried out.
    Nothing,
    /// An earlier leader has carried it out, and perhaps left before it could say what came of it.
    DoneElsewhere,
    /// This leader has carried it out.
    DoneHere,
}

impl CarriedOut {
    /// What became of this command before. From now on it is noted as done.
    pub fn begin(&mut self, tab: TabId, number: u64) -> Before {
        let at = self.0.iter().position(|done| done.tab == tab);
        let done = at.and_then(|at| self.0.remove(at)).unwrap_or(Done { tab, number: 0, here: 0 });
        self.0.push_back(Done { tab, number: done.number.max(number), here: done.here.max(number) });
        if self.0.len() > TABS_REMEMBERED_MAX {
            self.0.pop_front();
        }
        if number > done.number {
            Before::Nothing
        } else if number > done.here {
            Before::DoneElsewhere
        } else {
            Before::DoneHere
        }
    }

    /// One line a tab.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for Done { tab, number, .. } in &self.0 {
            let written = writeln!(text, "{} {number}", tab.0);
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        text
    }

    /// Reads what [`CarriedOut::to_text`] wrote, as far as it can be read.
    pub fn from_text(text: &str) -> Self {
        let line = |line: &str| {
            let (tab, number) = line.split_once(' ')?;
            Some(Done { tab: TabId(tab.parse().ok()?), number: number.parse().ok()?, here: 0 })
        };
        Self(text.lines().filter_map(line).take(TABS_REMEMBERED_MAX).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_confirmed_is_sent_to_the_next_leader_once() {
        let now = Timestamp::from_millis(1_000);
        let write = |command: &&str| Some(command.as_bytes().to_vec());
        let (mut wishes, mut carried_out) = (Wishes::default(), CarriedOut::default());
        let tab = TabId(7);
        for command in ["a", "b", "c"] {
            wishes.push(command);
        }
        let sent = wishes.unsent(now, write);
        assert_eq!(sent.len(), 3);
        assert_eq!(wishes.unsent(now, write), []);
        assert_eq!(wishes.next_deadline(), Some(now + DONE_WITHIN));
        // The leader carries two out, and only the first answer comes.
        assert_eq!([carried_out.begin(tab, 1), carried_out.begin(tab, 2)], [Before::Nothing; 2]);
        assert_eq!(carried_out.begin(tab, 2), Before::DoneHere);
        assert_eq!(wishes.done(1), ["a"]);
        wishes.send_again();
        let mut next = CarriedOut::from_text(&carried_out.to_text());
        let again = wishes.unsent(now, write);
        let before: Vec<_> = again.iter().map(|(number, _)| next.begin(tab, *number)).collect();
        assert_eq!(before, [Before::DoneElsewhere, Before::Nothing]);
        assert_eq!(next.begin(tab, 2), Before::DoneHere);
        assert_eq!(wishes.done(3), ["b", "c"]);
        assert_eq!(wishes.next_deadline(), None);
    }

    #[test]
    fn what_cannot_be_sent_yet_holds_up_the_rest() {
        let mut wishes = Wishes::default();
        for command in ["a", "later", "b"] {
            wishes.push(command);
        }
        let write = |command: &&str| (*command != "later").then(|| command.as_bytes().to_vec());
        assert_eq!(wishes.unsent(Timestamp::from_millis(1), write), [(1, b"a".to_vec())]);
        assert_eq!(wishes.first(), Some((1, &"a")));
        assert_eq!(wishes.done(1), ["a"]);
        assert_eq!(wishes.first(), Some((2, &"later")));
        assert!(!wishes.is_empty());
    }

    #[test]
    fn few_tabs_are_remembered() {
        let mut carried_out = CarriedOut::default();
        for tab in 0..1_000 {
            assert_eq!(carried_out.begin(TabId(tab), 1), Before::Nothing);
        }
        assert_eq!(carried_out.0.len(), TABS_REMEMBERED_MAX);
        assert_eq!(carried_out.begin(TabId(999), 1), Before::DoneHere);
        let mut read = CarriedOut::from_text(&carried_out.to_text());
        assert_eq!(read.to_text(), carried_out.to_text());
        assert_eq!(read.begin(TabId(999), 1), Before::DoneElsewhere);
        assert_eq!(CarriedOut::from_text("x\n1\n1 x\n-1 2"), CarriedOut::default());
    }
}
