//! A browser full of tabs, in which time and failures come from a seed.

use std::collections::BTreeMap;

use super::*;

/// Several tabs, and the votes on the way between them.
struct Tabs {
    now: Timestamp,
    last_term: LastTerm,
    tabs: BTreeMap<TabId, Tab>,
    /// The votes on their way: arrival time, sender, recipient, vote.
    mail: Vec<(Timestamp, TabId, TabId, Ballot)>,
    random: fastrand::Rng,
    /// The percentage of votes that are lost.
    lost: u64,
    delay_max: u64,
    last: u64,
}

struct Tab {
    election: Election,
    is_frozen: bool,
    /// The votes that arrived while it was frozen.
    waiting: Vec<(TabId, Ballot)>,
}

impl Tabs {
    fn new(seed: u64) -> Self {
        Self {
            now: Timestamp::from_millis(1_000_000),
            last_term: LastTerm::default(),
            tabs: BTreeMap::new(),
            mail: Vec::new(),
            random: fastrand::Rng::with_seed(seed),
            lost: 0,
            delay_max: 3,
            last: 0,
        }
    }

    fn open(&mut self) -> TabId {
        self.last += 1;
        // Ids come in no particular order.
        let id = TabId(self.last.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let tab = Tab { election: Election::new(id), is_frozen: false, waiting: Vec::new() };
        self.tabs.insert(id, tab);
        let last_term = self.last_term;
        self.act(id, |election, now, out| election.arrive(now, last_term, out));
        id
    }

    fn act(&mut self, id: TabId, act: impl FnOnce(&mut Election, Timestamp, &mut Vec<Ballot>)) {
        let Some(tab) = self.tabs.get_mut(&id) else { return };
        let mut out = Vec::new();
        let before = tab.election.role();
        act(&mut tab.election, self.now, &mut out);
        // All tabs share one stored last term, which only a tab that leads or has led writes.
        if matches!(tab.election.role(), Role::Leading(_))
            || matches!(before, Role::Leading(_)) && tab.election.role() == Role::Away
        {
            self.last_term = tab.election.last_term();
        }
        let others: Vec<TabId> = self.tabs.keys().copied().filter(|other| *other != id).collect();
        for ballot in out {
            for other in &others {
                if self.random.u64(0..100) >= self.lost {
                    let delay = Duration::from_millis(self.random.u64(1..=self.delay_max));
                    self.mail.push((self.now + delay, id, *other, ballot));
                }
            }
        }
    }

    /// The person closes the tab, or leaves the page.
    fn close(&mut self, id: TabId) {
        let next = self.tabs.keys().copied().find(|other| *other != id);
        self.act(id, |election, _, out| election.leave(next, out));
        self.tabs.remove(&id);
    }

    /// The tab ends without announcing it.
    fn die(&mut self, id: TabId) {
        self.tabs.remove(&id);
    }

    fn thaw(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(&id) else { return };
        tab.is_frozen = false;
        let waiting = std::mem::take(&mut tab.waiting);
        // Its timers may fire before it gets its votes.
        if self.random.bool() {
            self.act(id, |election, now, out| election.due(now, out));
        }
        for (from, ballot) in waiting {
            self.act(id, |election, now, out| election.handle(now, from, ballot, out));
        }
    }

    /// Lets time pass.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            let awake = || self.tabs.values().filter(|tab| !tab.is_frozen);
            let timers = awake().filter_map(|tab| tab.election.next_deadline()).min();
            let mail = self.mail.iter().map(|(at, ..)| *at).min();
            let next = [timers, mail].into_iter().flatten().fold(end, Timestamp::min);
            self.now = self.now.max(next);
            let due: Vec<_> = self.mail.extract_if(.., |(at, ..)| *at <= self.now).collect();
            for (_, from, to, ballot) in due {
                match self.tabs.get_mut(&to) {
                    Some(tab) if tab.is_frozen => tab.waiting.push((from, ballot)),
                    Some(_) => self.act(to, |election, now, out| election.handle(now, from, ballot, out)),
                    None => {}
                }
            }
            let ids: Vec<TabId> = self.tabs.keys().copied().collect();
            for id in ids {
                if !self.tabs[&id].is_frozen {
                    self.act(id, |election, now, out| election.due(now, out));
                }
            }
        }
    }

    fn leaders(&self) -> Vec<TabId> {
        let leads = |tab: &&Tab| !tab.is_frozen && matches!(tab.election.role(), Role::Leading(_));
        self.tabs.values().filter(leads).map(|tab| tab.election.me()).collect()
    }

    fn any(&mut self) -> Option<TabId> {
        let ids: Vec<TabId> = self.tabs.keys().copied().collect();
        self.random.choice(ids)
    }
}

const MOMENT: Duration = Duration::from_millis(20);

#[test]
fn the_first_leads_at_once_and_the_next_one_follows() {
    let mut tabs = Tabs::new(1);
    let first = tabs.open();
    assert_eq!(tabs.leaders(), [first]);
    let second = tabs.open();
    tabs.run(MOMENT);
    assert_eq!(tabs.leaders(), [first]);
    assert_eq!(tabs.tabs[&second].election.role(), Role::Following(Term { number: 1, leader: first }));
}

#[test]
fn who_leaves_names_the_next() {
    let mut tabs = Tabs::new(2);
    let first = tabs.open();
    let others = [tabs.open(), tabs.open(), tabs.open()];
    tabs.run(MOMENT);
    tabs.close(first);
    tabs.run(MOMENT);
    assert_eq!(tabs.leaders().len(), 1);
    assert!(others.contains(&tabs.leaders()[0]));
    // The last one leaves, so a tab that opens later need not ask.
    for other in others {
        tabs.close(other);
    }
    let next = tabs.open();
    assert_eq!(tabs.leaders(), [next]);
    assert!(!tabs.tabs[&next].election.is_unasked());
}

#[test]
fn a_leader_that_died_is_missed() {
    let mut tabs = Tabs::new(3);
    let first = tabs.open();
    let second = tabs.open();
    tabs.run(MOMENT);
    tabs.die(first);
    // Its silence is noticed at the next check at the latest; at once if it should have done something.
    tabs.act(second, |election, now, out| election.doubt(now, out));
    tabs.run(ANSWER_WITHIN + MOMENT);
    assert_eq!(tabs.leaders(), [second]);
    assert!(tabs.tabs[&second].election.is_unasked(), "the first may still have its connection");
    tabs.die(second);
    let third = tabs.open();
    assert_eq!(tabs.leaders(), []);
    tabs.run(ANSWER_WITHIN + MOMENT);
    assert_eq!(tabs.leaders(), [third]);
}

#[test]
fn a_leader_that_was_frozen_learns_that_another_leads() {
    let mut tabs = Tabs::new(4);
    let first = tabs.open();
    let second = tabs.open();
    tabs.run(MOMENT);
    tabs.tabs.get_mut(&first).unwrap().is_frozen = true;
    tabs.act(second, |election, now, out| election.doubt(now, out));
    tabs.run(ANSWER_WITHIN + MOMENT);
    assert_eq!(tabs.leaders(), [second]);
    tabs.run(Duration::from_secs(3_600));
    tabs.thaw(first);
    tabs.run(MOMENT);
    assert_eq!(tabs.leaders(), [second]);
}

#[test]
fn a_follower_that_was_frozen_does_not_push_its_leader_away() {
    let mut tabs = Tabs::new(5);
    let first = tabs.open();
    let second = tabs.open();
    tabs.run(MOMENT);
    // It asks, and is frozen before the answer arrives.
    tabs.act(second, |election, now, out| election.doubt(now, out));
    tabs.tabs.get_mut(&second).unwrap().is_frozen = true;
    tabs.run(Duration::from_secs(3_600));
    // Its timer fires before the answer arrives.
    let tab = tabs.tabs.get_mut(&second).unwrap();
    tab.is_frozen = false;
    let waiting = std::mem::take(&mut tab.waiting);
    assert!(!waiting.is_empty());
    tabs.act(second, |election, now, out| election.due(now, out));
    assert_eq!(tabs.leaders(), [first]);
    tabs.run(MOMENT);
    assert_eq!(tabs.leaders(), [first]);
}

/// While it is not sure, it passes no commands to the leader that it may carry out itself a moment later.
#[test]
fn a_follower_is_not_sure_of_a_leader_that_owes_an_answer() {
    let mut tabs = Tabs::new(6);
    let first = tabs.open();
    let second = tabs.open();
    tabs.run(MOMENT);
    let is_sure = |tabs: &Tabs| tabs.tabs[&second].election.is_sure_of_leader();
    assert!(is_sure(&tabs));
    tabs.act(second, |election, now, out| election.doubt(now, out));
    assert!(!is_sure(&tabs));
    tabs.run(MOMENT);
    assert!(is_sure(&tabs));
    tabs.die(first);
    tabs.act(second, |election, now, out| election.doubt(now, out));
    tabs.run(ANSWER_WITHIN + MOMENT);
    assert_eq!(tabs.leaders(), [second]);
    assert!(!is_sure(&tabs), "it leads itself");
}

#[test]
fn what_is_kept_is_read_as_it_was_written() {
    for last_term in [
        LastTerm::default(),
        LastTerm { number: 7, is_led: true },
        LastTerm { number: u64::MAX, is_led: false },
    ] {
        assert_eq!(LastTerm::from_text(&last_term.to_text()), last_term);
    }
    for bad in ["", " led", "x", "-1 led", "7 leading"] {
        assert_eq!(LastTerm::from_text(bad), LastTerm::default(), "{bad}");
    }
}

/// Whatever happens, there are never two leaders for long, and exactly one in the end.
#[test]
fn there_is_one_leader_in_the_end() {
    /// A vote may be lost, but hardly ever so often in a row.
    const TOGETHER_MAX: Duration = Duration::from_secs(150);
    for seed in 0..300 {
        let mut tabs = Tabs::new(seed);
        (tabs.lost, tabs.delay_max) = (seed % 30, 1 + seed * 7 % 900);
        let mut together = Duration::ZERO;
        for _ in 0..150 {
            match tabs.random.u8(0..10) {
                0..=2 if tabs.tabs.len() < 6 => drop(tabs.open()),
                3 => tabs.any().into_iter().for_each(|id| tabs.close(id)),
                4 => tabs.any().into_iter().for_each(|id| tabs.die(id)),
                5 => {
                    if let Some(tab) = tabs.any().and_then(|id| tabs.tabs.get_mut(&id)) {
                        tab.is_frozen = true;
                    }
                }
                6 | 7 => tabs.any().into_iter().for_each(|id| tabs.thaw(id)),
                8 => {
                    if let Some(id) = tabs.any().filter(|id| !tabs.tabs[id].is_frozen) {
                        tabs.act(id, |election, now, out| election.doubt(now, out));
                    }
                }
                _ => {}
            }
            let pause = Duration::from_millis(tabs.random.u64(1..4_000));
            tabs.run(pause);
            together = if tabs.leaders().len() > 1 { together + pause } else { Duration::ZERO };
            assert!(together < TOGETHER_MAX, "seed {seed}: two lead since {together:?}");
        }
        tabs.lost = 0;
        let ids: Vec<TabId> = tabs.tabs.keys().copied().collect();
        ids.into_iter().for_each(|id| tabs.thaw(id));
        if tabs.tabs.is_empty() {
            tabs.open();
        }
        tabs.run(CHECK_EVERY * 3);
        let leaders = tabs.leaders();
        assert_eq!(leaders.len(), 1, "seed {seed}");
        for tab in tabs.tabs.values() {
            let (Role::Leading(term) | Role::Following(term)) = tab.election.role() else {
                panic!("seed {seed}: {:?}", tab.election)
            };
            assert_eq!(term.leader, leaders[0], "seed {seed}");
        }
    }
}
