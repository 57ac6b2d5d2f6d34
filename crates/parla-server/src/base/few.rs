//! A list that nearly always has exactly one element. A single element needs no allocation of its own, and
//! the whole list is no larger than that element with a pointer beside it.

use std::{mem, slice};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Elements in the order in which they were added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Few<T>(Count<T>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Count<T> {
    None,
    One(T),
    #[expect(clippy::box_collection, reason = "a vector in place would make the ordinary case larger")]
    Several(Box<Vec<T>>),
}

impl<T> Few<T> {
    pub(crate) fn as_slice(&self) -> &[T] {
        match &self.0 {
            Count::None => &[],
            Count::One(one) => slice::from_ref(one),
            Count::Several(several) => several,
        }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        match &mut self.0 {
            Count::None => &mut [],
            Count::One(one) => slice::from_mut(one),
            Count::Several(several) => several,
        }
    }

    pub(crate) fn push(&mut self, next: T) {
        *self = match mem::take(self) {
            Self(Count::None) => Self(Count::One(next)),
            several => {
                let mut all = several.into_vec();
                all.push(next);
                all.into()
            }
        };
    }

    pub(crate) fn retain(&mut self, keeps: impl FnMut(&T) -> bool) {
        let mut all = mem::take(self).into_vec();
        all.retain(keeps);
        *self = all.into();
    }

    fn into_vec(self) -> Vec<T> {
        match self.0 {
            Count::None => Vec::new(),
            Count::One(one) => vec![one],
            Count::Several(several) => *several,
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Count::None)
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(all: Vec<T>) -> Self {
        if all.len() > 1 {
            return Self(Count::Several(Box::new(all)));
        }
        Self(all.into_iter().next().map_or(Count::None, Count::One))
    }
}

/// Serializes as a sequence, whatever the representation in memory.
impl<T: Serialize> Serialize for Few<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_held_as_if_nothing_else_had_been_there() {
        let mut few = Few::default();
        for number in [1, 2, 3] {
            few.push(number);
        }
        assert_eq!(few.as_slice(), [1, 2, 3]);
        few.retain(|number| *number != 2);
        assert_eq!(few.as_slice(), [1, 3]);
        few.retain(|number| *number == 3);
        assert_eq!(few, Few(Count::One(3)));
        few.as_mut_slice().iter_mut().for_each(|number| *number += 1);
        assert_eq!(few.as_slice(), [4]);
        few.retain(|_| false);
        assert_eq!(few, Few::default());
    }

    #[test]
    fn it_is_written_as_a_sequence() {
        for all in [vec![], vec![7_u8], vec![7, 8, 9]] {
            let few = Few::from(all.clone());
            let bytes = postcard::to_extend(&few, Vec::new()).unwrap();
            assert_eq!(bytes, postcard::to_extend(&all, Vec::new()).unwrap());
            assert_eq!(postcard::from_bytes::<Few<u8>>(&bytes).unwrap(), few);
        }
    }
}
