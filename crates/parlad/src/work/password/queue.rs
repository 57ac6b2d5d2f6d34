//! Questions that wait: by turns of their addresses, so that an address with many keeps nobody else waiting.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
};

/// A bounded queue that is fair between addresses.
#[derive(Debug)]
pub(super) struct Queue<T> {
    /// Each address with its questions, in order; none is without.
    waiting: HashMap<IpAddr, VecDeque<T>>,
    /// Whose turn it is; each address once.
    turns: VecDeque<IpAddr>,
    length: usize,
    most: usize,
}

impl<T> Queue<T> {
    pub(super) fn new(most: usize) -> Self {
        Self { waiting: HashMap::new(), turns: VecDeque::new(), length: 0, most }
    }

    /// Adds a question behind the others of its address.
    ///
    /// # Errors
    /// There is no room; the question.
    pub(super) fn push(&mut self, from: IpAddr, question: T) -> Result<(), T> {
        if self.length >= self.most {
            return Err(question);
        }
        let waiting = self.waiting.entry(from).or_default();
        if waiting.is_empty() {
            self.turns.push_back(from);
        }
        waiting.push_back(question);
        self.length += 1;
        Ok(())
    }

    /// The next question, of the address that has waited longest for a turn.
    pub(super) fn pop(&mut self) -> Option<T> {
        let from = self.turns.pop_front()?;
        let waiting = self.waiting.get_mut(&from)?;
        let question = waiting.pop_front();
        if waiting.is_empty() {
            self.waiting.remove(&from);
        } else {
            self.turns.push_back(from);
        }
        self.length -= usize::from(question.is_some());
        question
    }

    /// Drops what nobody waits for any more.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(&T) -> bool) {
        for waiting in self.waiting.values_mut() {
            waiting.retain(&is_wanted);
        }
        self.waiting.retain(|_, waiting| !waiting.is_empty());
        self.turns.retain(|from| self.waiting.contains_key(from));
        self.length = self.waiting.values().map(VecDeque::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(questions: &[(u8, u8)]) -> Queue<u8> {
        let mut queue = Queue::new(6);
        for (address, question) in questions {
            queue.push(IpAddr::from([192, 0, 2, *address]), *question).unwrap();
        }
        queue
    }

    fn all(mut queue: Queue<u8>) -> Vec<u8> {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn addresses_take_turns() {
        assert_eq!(
            all(queue(&[(1, 10), (1, 11), (1, 12), (2, 20), (3, 30), (2, 21)])),
            [10, 20, 30, 11, 21, 12]
        );
        let mut queue = queue(&[(1, 10), (1, 11)]);
        assert_eq!(queue.pop(), Some(10));
        queue.push(IpAddr::from([192, 0, 2, 2]), 20).unwrap();
        queue.push(IpAddr::from([192, 0, 2, 1]), 12).unwrap();
        assert_eq!(all(queue), [11, 20, 12]);
    }

    #[test]
    fn it_is_bounded() {
        let mut queue = queue(&[(1, 1), (1, 2), (1, 3), (2, 4), (2, 5), (2, 6)]);
        let address = IpAddr::from([192, 0, 2, 3]);
        assert_eq!(queue.push(address, 7), Err(7));
        queue.pop();
        queue.push(address, 7).unwrap();
        assert_eq!(queue.push(address, 8), Err(8));
    }

    #[test]
    fn what_is_not_wanted_takes_no_room() {
        let mut queue = queue(&[(1, 1), (1, 2), (1, 3), (2, 5), (3, 6), (3, 7)]);
        queue.retain(|question| question % 2 == 0);
        assert_eq!(queue.length, 2);
        queue.push(IpAddr::from([192, 0, 2, 2]), 8).unwrap();
        assert_eq!(all(queue), [2, 6, 8]);
    }
}
