//! The commands of a tab that does not lead: each is carried out once, whichever tab leads in the end.

use std::{collections::VecDeque, fmt::Write as _, time::Duration};

use parla_proto::Timestamp;
use serde::{Deserialize, Serialize};

use super::{TabId, election::ANSWER_WITHIN};
use crate::limits::TABS_REMEMBERED_MAX;

/// If the leader does not confirm a command for this long, its presence is checked.
const DONE_WITHIN: Duration = Duration::from_secs(2);

/// A command on its way to the leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardedCommand {
    /// Counts the commands of a tab.
    pub number: u64,
    /// The number of the tab's first command that it does not know to be carried out.
    pub first: u64,
    /// When it was sent; `None` if the tab is being left, so that it will neither lead nor send it again.
    pub at: Option<Timestamp>,
    /// The interface's command, packed by [`super::pack`].
    pub command: Vec<u8>,
}

/// The commands that wait to be carried out, in order.
#[derive(Debug)]
pub struct PendingCommands<C> {
    last: u64,
    done: u64,
    waiting: VecDeque<Waiting<C>>,
}

#[derive(Debug)]
struct Waiting<C> {
    number: u64,
    command: C,
    /// When it was sent to the tab that leads now.
    sent_at: Option<Timestamp>,
}

impl<C> Default for PendingCommands<C> {
    fn default() -> Self {
        Self { last: 0, done: 0, waiting: VecDeque::new() }
    }
}

impl<C> PendingCommands<C> {
    /// The number that the next command will have.
    pub const fn next_number(&self) -> u64 {
        self.last + 1
    }

    /// Adds a command.
    pub fn push(&mut self, command: C) {
        self.last += 1;
        self.waiting.push_back(Waiting { number: self.last, command, sent_at: None });
    }

    /// Marks all waiting commands as unsent, because another tab leads or the leader may have missed some.
    pub fn send_again(&mut self) {
        for waiting in &mut self.waiting {
            waiting.sent_at = None;
        }
    }

    /// The commands to send. `write` packs a command; one that cannot be sent yet holds up those after it.
    pub fn unsent(
        &mut self,
        now: Timestamp,
        mut write: impl FnMut(&C) -> Option<Vec<u8>>,
    ) -> Vec<ForwardedCommand> {
        let mut forwarded = Vec::new();
        let first = self.done + 1;
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.sent_at.is_none()) {
            let Some(command) = write(&waiting.command) else { break };
            waiting.sent_at = Some(now);
            forwarded.push(ForwardedCommand { number: waiting.number, first, at: Some(now), command });
        }
        forwarded
    }

    /// The commands up to this number have been carried out. Returns those of which this was not known.
    pub fn done(&mut self, number: u64) -> Vec<C> {
        self.done = self.done.max(number);
        let done = self.waiting.iter().take_while(|waiting| waiting.number <= number).count();
        self.waiting.drain(..done).map(|waiting| waiting.command).collect()
    }

    /// The number of the last command that is known to be carried out.
    pub const fn last_done(&self) -> u64 {
        self.done
    }

    /// When the leader's presence must be checked, if it sends nothing.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.waiting.front().and_then(|waiting| waiting.sent_at).map(|at| at + DONE_WITHIN)
    }

    /// The first waiting command, with its number.
    pub fn first(&self) -> Option<(u64, &C)> {
        self.waiting.front().map(|waiting| (waiting.number, &waiting.command))
    }

    /// The waiting commands, in order.
    pub fn iter(&self) -> impl Iterator<Item = &C> {
        self.waiting.iter().map(|waiting| &waiting.command)
    }

    /// Whether no command is waiting.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// The last command of each tab that was carried out. The browser stores this for the next leader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarriedOut(VecDeque<Done>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Done {
    tab: TabId,
    /// The last one that any leader carried out.
    number: u64,
    /// The last one that the current leader carried out or showed again.
    here: u64,
}

/// What has already happened to a command that a leader is asked to carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing, so it must be carried out.
    Nothing,
    /// An earlier leader has carried it out, and may have left before it could show the result.
    DoneElsewhere,
    /// The current leader has carried it out.
    DoneHere,
}

impl CarriedOut {
    /// Whether a command may be carried out now. Otherwise the tab sends it again, to this leader or the next.
    pub fn accepts(&self, now: Timestamp, tab: TabId, forwarded: &ForwardedCommand) -> bool {
        let done = self.0.iter().find(|done| done.tab == tab).map_or(0, |done| done.number);
        // The tab, or another one, may lead by now, without this one having heard of it.
        let is_late = forwarded.at.is_some_and(|at| now.since(at) >= ANSWER_WITHIN);
        // If one before it was late, that one would otherwise count as carried out.
        let is_next = forwarded.number <= forwarded.first.max(done + 1);
        is_next && !is_late
    }

    /// What happened to this command before. It counts as carried out from now on.
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

    /// The text to store, with one line per tab.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for Done { tab, number, .. } in &self.0 {
            let written = writeln!(text, "{} {number}", tab.0);
            debug_assert!(written.is_ok(), "a string takes everything");
        }
        text
    }

    /// Parses the result of [`CarriedOut::to_text`], as far as possible.
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

    fn numbers(forwarded: &[ForwardedCommand]) -> Vec<u64> {
        forwarded.iter().map(|forwarded| forwarded.number).collect()
    }

    #[test]
    fn what_comes_late_or_before_its_turn_is_sent_again() {
        let write = |command: &&str| Some(command.as_bytes().to_vec());
        let (mut pending, mut carried_out) = (PendingCommands::default(), CarriedOut::default());
        let (tab, start) = (TabId(7), Timestamp::from_millis(1_000));
        pending.push("/part #chess");
        let first = pending.unsent(start, write);
        let soon = start + ANSWER_WITHIN / 2;
        pending.push("/join #tea");
        let second = pending.unsent(soon, write);
        // The leader was busy for so long that the sender may have taken over.
        let late = start + ANSWER_WITHIN;
        assert!(!carried_out.accepts(late, tab, &first[0]));
        assert!(!carried_out.accepts(late, tab, &second[0]), "the first one would be lost");
        // A tab that is closed says so, and does not lead.
        assert!(carried_out.accepts(late, tab, &ForwardedCommand { at: None, ..first[0].clone() }));
        // It leads after all.
        pending.send_again();
        for forwarded in pending.unsent(late, write) {
            assert!(carried_out.accepts(late, tab, &forwarded));
            assert_eq!(carried_out.begin(tab, forwarded.number), Before::Nothing);
        }
        pending.done(2);
        // The next leader may not know the tab.
        pending.push("/nick bob");
        let third = pending.unsent(late, write);
        assert!(CarriedOut::default().accepts(late, tab, &third[0]));
    }

    #[test]
    fn what_was_not_confirmed_is_sent_to_the_next_leader_once() {
        let now = Timestamp::from_millis(1_000);
        let write = |command: &&str| Some(command.as_bytes().to_vec());
        let (mut pending, mut carried_out) = (PendingCommands::default(), CarriedOut::default());
        let tab = TabId(7);
        for command in ["a", "b", "c"] {
            pending.push(command);
        }
        assert_eq!(numbers(&pending.unsent(now, write)), [1, 2, 3]);
        assert_eq!(pending.unsent(now, write), []);
        assert_eq!(pending.next_deadline(), Some(now + DONE_WITHIN));
        // The leader carries out two, and only the first confirmation arrives.
        assert_eq!([carried_out.begin(tab, 1), carried_out.begin(tab, 2)], [Before::Nothing; 2]);
        assert_eq!(carried_out.begin(tab, 2), Before::DoneHere);
        assert_eq!(pending.done(1), ["a"]);
        assert_eq!(pending.last_done(), 1);
        pending.send_again();
        let mut next = CarriedOut::from_text(&carried_out.to_text());
        let again = pending.unsent(now, write);
        let before: Vec<_> = again.iter().map(|forwarded| next.begin(tab, forwarded.number)).collect();
        assert_eq!(before, [Before::DoneElsewhere, Before::Nothing]);
        assert_eq!(next.begin(tab, 2), Before::DoneHere);
        assert_eq!(pending.done(3), ["b", "c"]);
        assert_eq!(pending.next_deadline(), None);
    }

    #[test]
    fn what_cannot_be_sent_yet_holds_up_the_rest() {
        let mut pending = PendingCommands::default();
        for command in ["a", "later", "b"] {
            pending.push(command);
        }
        let write = |command: &&str| (*command != "later").then(|| command.as_bytes().to_vec());
        let sent = pending.unsent(Timestamp::from_millis(1), write);
        assert_eq!((numbers(&sent), &*sent[0].command), (vec![1], &b"a"[..]));
        assert_eq!(pending.first(), Some((1, &"a")));
        assert_eq!(pending.done(1), ["a"]);
        assert_eq!(pending.first(), Some((2, &"later")));
        assert!(!pending.is_empty());
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
