//! The questions that wait for a worker: bounded, fair between addresses, and dropped when nobody waits for
//! the answer.
//!
//! Addresses take turns, so that one with many questions does not delay the others. Those that recently sent
//! wrong passwords take turns among themselves, and get only every [`GUESSERS_TURN`]th turn while others
//! wait.

use std::collections::{HashMap, VecDeque};

use parla_server::{AddressBlock, QuestionId};

use crate::limits::GUESSERS_TURN;

/// The reputation of an address whose questions wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Nothing is known against it.
    Trusted,
    /// It recently sent wrong passwords.
    Guesser,
}

/// A bounded queue that is fair between addresses.
#[derive(Debug)]
pub(super) struct Queue<T> {
    /// Each address with its questions in order; no list is empty.
    lines: HashMap<AddressBlock, Line<T>>,
    /// Where each question waits.
    places: HashMap<QuestionId, AddressBlock>,
    /// Whose turn it is. Each address of `lines` is in exactly one of the two, once.
    trusted: VecDeque<AddressBlock>,
    guessers: VecDeque<AddressBlock>,
    /// How many turns there have been; it may wrap around.
    turns: u32,
    most: usize,
}

/// The questions of one address.
#[derive(Debug)]
struct Line<T> {
    questions: VecDeque<(QuestionId, T)>,
    standing: Standing,
}

impl<T> Queue<T> {
    /// An empty queue for this many questions.
    pub(super) fn new(most: usize) -> Self {
        Self {
            lines: HashMap::new(),
            places: HashMap::new(),
            trusted: VecDeque::new(),
            guessers: VecDeque::new(),
            turns: 0,
            most,
        }
    }

    /// Adds a question after the others of its address.
    ///
    /// # Errors
    /// There is no room; the error contains the question.
    pub(super) fn push(
        &mut self,
        from: AddressBlock,
        standing: Standing,
        id: QuestionId,
        question: T,
    ) -> Result<(), T> {
        if self.places.len() >= self.most {
            return Err(question);
        }
        let is_new = !self.lines.contains_key(&from);
        let line = self.lines.entry(from).or_insert_with(|| Line { questions: VecDeque::new(), standing });
        line.standing = line.standing.max(standing);
        line.questions.push_back((id, question));
        self.places.insert(id, from);
        if is_new {
            self.turns_of(standing).push_back(from);
        }
        self.check();
        Ok(())
    }

    /// Takes the next question, from the address that has waited longest for a turn.
    pub(super) fn pop(&mut self) -> Option<(QuestionId, T)> {
        self.turns = self.turns.wrapping_add(1);
        let (first, second) = if self.turns.is_multiple_of(GUESSERS_TURN) {
            (Standing::Guesser, Standing::Trusted)
        } else {
            (Standing::Trusted, Standing::Guesser)
        };
        let next = self.pop_from(first).or_else(|| self.pop_from(second));
        self.check();
        next
    }

    /// Notes that a wrong password came from this address; its other questions now wait like a guesser's.
    pub(super) fn distrust(&mut self, from: AddressBlock) {
        if let Some(line) = self.lines.get_mut(&from) {
            // It changes queues when its turn comes.
            line.standing = Standing::Guesser;
        }
    }

    /// Drops a question that nobody waits for any more; does nothing if it is not here.
    pub(super) fn forget(&mut self, id: QuestionId) {
        let Some(from) = self.places.remove(&id) else { return };
        let Some(line) = self.lines.get_mut(&from) else { return };
        line.questions.retain(|(other, _)| *other != id);
        if line.questions.is_empty() {
            self.lines.remove(&from);
            self.trusted.retain(|other| *other != from);
            self.guessers.retain(|other| *other != from);
        }
        self.check();
    }

    fn pop_from(&mut self, standing: Standing) -> Option<(QuestionId, T)> {
        loop {
            let from = self.turns_of(standing).pop_front()?;
            let line = self.lines.get_mut(&from)?;
            if line.standing != standing {
                let standing = line.standing;
                self.turns_of(standing).push_back(from);
                continue;
            }
            let (id, question) = line.questions.pop_front()?;
            if line.questions.is_empty() {
                self.lines.remove(&from);
            } else {
                self.turns_of(standing).push_back(from);
            }
            self.places.remove(&id);
            return Some((id, question));
        }
    }

    const fn turns_of(&mut self, standing: Standing) -> &mut VecDeque<AddressBlock> {
        match standing {
            Standing::Trusted => &mut self.trusted,
            Standing::Guesser => &mut self.guessers,
        }
    }

    /// The invariants between two calls.
    fn check(&self) {
        debug_assert_eq!(
            self.lines.len(),
            self.trusted.len() + self.guessers.len(),
            "each address has one turn"
        );
        debug_assert!(self.places.len() <= self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Rig(Queue<()>);

    impl Rig {
        /// A queue with these questions, each given by the last part of its address and its number.
        fn new(questions: &[(u8, u64)]) -> Self {
            let mut rig = Self(Queue::new(6));
            questions.iter().for_each(|(address, number)| assert!(rig.push(*address, *number)));
            rig
        }

        fn push(&mut self, address: u8, number: u64) -> bool {
            self.push_as(Standing::Trusted, address, number)
        }

        fn push_as(&mut self, standing: Standing, address: u8, number: u64) -> bool {
            self.0.push(at(address), standing, QuestionId::from_number(number), ()).is_ok()
        }

        fn pop(&mut self) -> Option<u64> {
            self.0.pop().map(|(id, ())| id.number())
        }

        fn all(mut self) -> Vec<u64> {
            std::iter::from_fn(|| self.pop()).collect()
        }
    }

    fn at(address: u8) -> AddressBlock {
        AddressBlock::of(std::net::IpAddr::from([192, 0, 2, address]))
    }

    #[test]
    fn addresses_take_turns() {
        assert_eq!(
            Rig::new(&[(1, 10), (1, 11), (1, 12), (2, 20), (3, 30), (2, 21)]).all(),
            [10, 20, 30, 11, 21, 12]
        );
        let mut rig = Rig::new(&[(1, 10), (1, 11)]);
        assert_eq!(rig.pop(), Some(10));
        assert!(rig.push(2, 20) && rig.push(1, 12));
        assert_eq!(rig.all(), [11, 20, 12]);
    }

    #[test]
    fn it_is_bounded() {
        let mut rig = Rig::new(&[(1, 1), (1, 2), (1, 3), (2, 4), (2, 5), (2, 6)]);
        assert!(!rig.push(3, 7));
        rig.pop();
        assert!(rig.push(3, 7) && !rig.push(3, 8));
    }

    #[test]
    fn what_is_forgotten_takes_no_room() {
        let mut rig = Rig::new(&[(1, 1), (1, 2), (1, 3), (2, 5), (3, 6), (3, 7)]);
        for number in [1, 3, 5, 7, 99] {
            rig.0.forget(QuestionId::from_number(number));
        }
        assert_eq!(rig.0.places.len(), 2);
        assert!(rig.push(2, 8));
        assert_eq!(rig.all(), [2, 6, 8]);
    }

    #[test]
    fn whoever_guesses_does_not_stand_before_others() {
        let mut rig = Rig(Queue::new(100));
        for number in 0..10 {
            rig.push(1, 100 + number);
            rig.push(2, 200 + number);
            rig.push_as(Standing::Guesser, 3, 300 + number);
        }
        assert_eq!([rig.pop(), rig.pop()], [Some(100), Some(200)]);
        // The first password was wrong.
        rig.0.distrust(at(1));
        let order = rig.all();
        let last_of_2 = order.iter().position(|number| *number == 209).unwrap();
        let guesses_before = order.iter().take(last_of_2).filter(|number| **number / 100 != 2).count();
        assert_eq!(guesses_before, 1, "{order:?}");
        assert_eq!(order.len(), 28, "they get their turn, too");
    }

    #[test]
    fn guessers_get_a_turn_however_many_others_there_are() {
        let mut rig = Rig(Queue::new(1_000));
        rig.push_as(Standing::Guesser, 1, 1);
        for number in 0..100 {
            rig.push(2, 1_000 + number);
        }
        let place = rig.all().iter().position(|number| *number == 1).unwrap();
        assert!(place < GUESSERS_TURN as usize, "{place}");
    }
}
