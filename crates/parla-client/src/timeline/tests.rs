//! The timeline against a server whose clock can say anything: the server's order is kept, whatever arrives
//! when.

use proptest::prelude::*;

use super::*;
use crate::{
    text::Text,
    view::{Gap, GapState, Manner},
};

fn row(id: u64, at: i64, text: &str) -> Row {
    let said = MessageView::new(Manner::Message, "alice", Text::parse(text));
    Row { id: RowId(id), at: Timestamp::from_millis(at), content: Content::Message(Arc::new(said)) }
}

fn ids(timeline: &Timeline) -> Vec<u64> {
    timeline.rows().map(|row| row.id.0).collect()
}

#[test]
fn a_message_comes_once() {
    let mut timeline = Timeline::default();
    assert!(timeline.insert(row(1, 10, "hello"), Some("a")));
    assert!(!timeline.insert(row(2, 10, "hello"), Some("a")));
    assert!(timeline.insert(row(3, 10, "hello"), Some("b")));
    // A server that gives one msgid to two messages must not cost us the second.
    assert!(timeline.insert(row(4, 11, "other"), Some("a")));
    assert_eq!(timeline.index.len(), 3);
}

#[test]
fn what_comes_now_stands_last_whatever_the_clock_says() {
    let mut timeline = Timeline::default();
    for (id, at) in [(1, 3_600_000), (2, 0), (3, 0), (4, -5)] {
        timeline.insert(row(id, at, "x"), None);
    }
    assert_eq!(ids(&timeline), [1, 2, 3, 4]);
}

#[test]
fn what_waits_stands_last() {
    let mut timeline = Timeline::default();
    timeline.add_unconfirmed(row(1, 5, "mine"));
    timeline.insert(row(2, 10, "theirs"), None);
    let shown: Vec<_> = timeline.view().rows().map(|row| row.id.0).collect();
    assert_eq!(shown, [2, 1]);
    assert_eq!(timeline.take_unconfirmed(RowId(1)).unwrap().at.as_millis(), 5);
}

#[test]
fn a_long_one_loses_its_beginning() {
    let mut timeline = Timeline::default();
    for n in 0..=TIMELINE_ROWS_MAX {
        timeline.insert(row(n as u64, n as i64, "x"), Some(&n.to_string()));
    }
    assert_eq!(timeline.index.len(), TIMELINE_ROWS_MAX + 1 - CHUNK_ROWS_MAX);
    assert_eq!(timeline.oldest().unwrap().msgid.as_deref(), Some("50"));
    assert_eq!((timeline.row_of("49"), timeline.row_of("50")), (None, Some(RowId(50))));
    assert!(!timeline.contains(RowId(49)));
    // What was read is gone, and everything that is here is unread.
    timeline.set_read(Some(RowBoundary::Behind(RowId(60))));
    for n in TIMELINE_ROWS_MAX + 1..TIMELINE_ROWS_MAX + 52 {
        timeline.insert(row(n as u64, 0, "x"), None);
    }
    assert_eq!(timeline.read_boundary(), Some(RowBoundary::Before(RowId(100))));
}

#[test]
fn a_row_has_neighbours() {
    let mut timeline = Timeline::default();
    for n in 1..4 {
        timeline.insert(row(n, n as i64, "x"), Some(&n.to_string()));
    }
    let (before, after) = timeline.around(RowId(2));
    assert_eq!(
        (before.unwrap().after(true), after.unwrap().before(true)),
        ("msgid=1".into(), "msgid=3".into())
    );
    assert_eq!(timeline.around(RowId(3)).1, None);
    let (before, after) = timeline.beside(RowId(2));
    assert_eq!((before.map(|row| row.id), after.map(|row| row.id)), (Some(RowId(1)), Some(RowId(3))));
}

#[test]
fn a_place_stays_when_its_row_goes() {
    let mut timeline = Timeline::default();
    for n in 1..5 {
        timeline.insert(row(n, 0, "x"), None);
    }
    timeline.set_read(Some(RowBoundary::Behind(RowId(2))));
    timeline.remove(RowId(2));
    assert_eq!(timeline.read_boundary(), Some(RowBoundary::Behind(RowId(1))));
    timeline.remove(RowId(1));
    assert_eq!(timeline.read_boundary(), Some(RowBoundary::Before(RowId(3))));
    assert_eq!(timeline.behind(RowBoundary::Before(RowId(3))).count(), 2);
    // The first live row was the first of all.
    assert_eq!(timeline.seam(), Some(RowBoundary::Before(RowId(3))));
}

#[test]
fn a_page_fills_chunks_and_leaves_the_others_alone() {
    let mut timeline = Timeline::default();
    for n in 100..300 {
        timeline.insert(row(n, 10, "x"), None);
    }
    let before = timeline.chunks.clone();
    let mut spot = Spot::Start;
    for n in 0..70 {
        timeline.insert_at(spot, row(n, 10, "x"), None);
        spot = Spot::Behind(RowId(n));
    }
    assert_eq!(ids(&timeline), (0..70).chain(100..300).collect::<Vec<_>>());
    assert!(timeline.chunks.len() <= 7, "{}", timeline.chunks.len());
    let kept = |chunk: &Arc<Chunk>| timeline.chunks.iter().any(|other| Arc::ptr_eq(chunk, other));
    assert!(before.iter().all(kept));
}

/// A server that numbers its messages, and a person who is there only now and then.
#[derive(Default)]
struct Room {
    /// The time that the server's clock gave each message.
    said: Vec<i64>,
    timeline: Timeline,
    rows: u64,
    gaps: Vec<RowId>,
}

#[derive(Clone, Debug)]
enum Step {
    /// Somebody sends a message while the person is there.
    Hear { at: i64 },
    /// The person sends a message, whose echo follows what others sent in the meantime.
    Say { at: i64, meanwhile: usize },
    /// This many messages are sent while the person is gone.
    Miss { count: usize, at: i64 },
    /// The newest page.
    Latest { count: usize },
    /// A page before what is known, with part of it repeated.
    Earlier { count: usize, overlap: usize },
    /// The newest page of a hole, with part of the known messages around it.
    Fill { hole: usize, count: usize, overlap: usize },
    /// A row marks the gap.
    Gap { hole: usize },
    /// The row that marks the gap is removed.
    Close { gap: usize },
}

impl Room {
    fn row(&mut self, message: usize) -> Row {
        self.rows += 1;
        row(self.rows, self.said[message], &message.to_string())
    }

    fn hear(&mut self, at: i64) {
        self.said.push(at);
        let message = self.said.len() - 1;
        let row = self.row(message);
        assert!(self.timeline.insert(row, Some(&message.to_string())));
    }

    fn page(&mut self, messages: std::ops::Range<usize>, wished: Spot) {
        let known = messages.clone().map(|message| self.timeline.row_of(&message.to_string())).collect();
        let mut neighbours = Neighbours::new(wished);
        for (message, after) in messages.zip(next_known(known)) {
            neighbours.after = after;
            let row = self.row(message);
            let id = row.id;
            let spot = neighbours.spot(&self.timeline);
            let msgid = message.to_string();
            let is_new = self.timeline.insert_at(spot, row, Some(&msgid));
            let placed = if is_new { Some(id) } else { self.timeline.row_of(&msgid) };
            neighbours.passed(&self.timeline, placed);
        }
    }

    fn known(&self) -> Vec<usize> {
        let said = self.timeline.rows().filter_map(|row| match &row.content {
            Content::Message(said) => said.text.plain.parse().ok(),
            _ => None,
        });
        said.collect()
    }

    /// The messages on both sides of a hole.
    fn hole(&self, hole: usize) -> Option<(usize, usize)> {
        let known = self.known();
        let holes: Vec<_> = known.windows(2).filter(|pair| pair[1] > pair[0] + 1).collect();
        let pair = holes.get(hole % holes.len().max(1))?;
        Some((pair[0], pair[1]))
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Hear { at } => self.hear(at),
            Step::Say { at, meanwhile } => {
                self.rows += 1;
                let mine = row(self.rows, at, &(self.said.len() + meanwhile).to_string());
                let id = mine.id;
                self.timeline.add_unconfirmed(mine);
                (0..meanwhile).for_each(|_| self.hear(at + 5));
                let mine = self.timeline.take_unconfirmed(id).unwrap();
                self.said.push(at);
                assert!(self.timeline.insert_at(Spot::End, mine, Some(&(self.said.len() - 1).to_string())));
            }
            Step::Miss { count, at } => {
                self.timeline.begin_anew();
                self.said.extend((0..count).map(|n| at - n as i64));
                self.timeline.begin_anew();
            }
            Step::Latest { count } => {
                let all = self.said.len();
                self.page(all.saturating_sub(count)..all, Spot::Seam);
            }
            Step::Earlier { count, overlap } => {
                let Some(first) = self.known().first().copied() else { return };
                self.page(first.saturating_sub(count)..(first + overlap).min(self.said.len()), Spot::Start);
            }
            Step::Fill { hole, count, overlap } => {
                let Some((before, behind)) = self.hole(hole) else { return };
                let first = (before + 1).max(behind.saturating_sub(count)).saturating_sub(overlap);
                let wished = Spot::Before(self.timeline.row_of(&behind.to_string()).unwrap());
                self.page(first..(behind + overlap).min(self.said.len()), wished);
            }
            Step::Gap { hole } => {
                let Some((_, behind)) = self.hole(hole) else { return };
                self.rows += 1;
                let to = Timestamp::from_millis(0);
                let content = Content::Gap(Gap { from: None, to, state: GapState::Loadable });
                let spot = Spot::Before(self.timeline.row_of(&behind.to_string()).unwrap());
                self.gaps.push(RowId(self.rows));
                self.timeline.insert_at(spot, Row { id: RowId(self.rows), at: to, content }, None);
            }
            Step::Close { gap } if !self.gaps.is_empty() => {
                let gap = self.gaps.remove(gap % self.gaps.len());
                self.timeline.remove(gap);
            }
            Step::Close { .. } => {}
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let at = -5000_i64..5000;
    prop_oneof![
        4 => at.clone().prop_map(|at| Step::Hear { at }),
        1 => (at.clone(), 0_usize..3).prop_map(|(at, meanwhile)| Step::Say { at, meanwhile }),
        2 => (0_usize..90, at).prop_map(|(count, at)| Step::Miss { count, at }),
        2 => (1_usize..60).prop_map(|count| Step::Latest { count }),
        1 => (1_usize..60, 0_usize..4).prop_map(|(count, overlap)| Step::Earlier { count, overlap }),
        3 => (0_usize..9, 1_usize..60, 0_usize..4).prop_map(|(hole, count, overlap)| Step::Fill { hole, count, overlap }),
        1 => (0_usize..9).prop_map(|hole| Step::Gap { hole }),
        1 => (0_usize..9).prop_map(|gap| Step::Close { gap }),
    ]
}

/// Chunks in which nothing changed must be the same allocations.
fn check_shared(before: &[Arc<Chunk>], after: &[Arc<Chunk>]) {
    for old in before {
        let same = after.iter().find(|new| new.id == old.id);
        assert!(same.is_none_or(|new| new.rows != old.rows || Arc::ptr_eq(new, old)), "copied for nothing");
    }
    let changed = after.iter().filter(|new| !before.iter().any(|old| Arc::ptr_eq(old, new)));
    // A page of 60 fills two chunks and splits two; the insertion may change one more.
    assert!(changed.count() <= 6, "more is new than a page can change");
}

proptest! {
    #[test]
    fn the_servers_order_is_kept(steps in proptest::collection::vec(step(), 0..60)) {
        let mut room = Room::default();
        for step in &steps {
            let before = room.timeline.chunks.clone();
            room.step(step);
            let known = room.known();
            prop_assert!(known.windows(2).all(|pair| pair[0] < pair[1]), "after {:?}: {:?}", step, known);
            let chunks = &room.timeline.chunks;
            prop_assert!(chunks.iter().all(|chunk| (1..=CHUNK_ROWS_MAX).contains(&chunk.rows.len())));
            prop_assert_eq!(room.timeline.index.len(), room.timeline.rows().count());
            check_shared(&before, chunks);
        }
        // Every row is found by its id, and places compare in the order of the rows.
        let ids = ids(&room.timeline);
        for (n, id) in ids.iter().enumerate() {
            prop_assert_eq!(room.timeline.row(RowId(*id)).map(|row| row.id.0), Some(*id));
            let behind = room.timeline.behind(RowBoundary::Behind(RowId(*id))).count();
            prop_assert_eq!(behind, ids.len() - n - 1);
            prop_assert!(room.timeline.is_behind(RowId(*id), RowBoundary::Before(RowId(ids[0]))));
        }
    }
}
