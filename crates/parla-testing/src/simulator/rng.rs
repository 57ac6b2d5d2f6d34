//! The simulator's random choices. They depend only on the seed, so the same seed makes the same run on every
//! machine.

/// A generator with the few methods that the simulator needs.
#[derive(Debug)]
pub(crate) struct Rng(fastrand::Rng);

impl Rng {
    /// The generator of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A number below `bound`; 0 if there is none.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { self.0.usize(..bound) }
    }

    /// True with this probability, in percent.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// True once in this many times, on average.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A random one of these, if there are any.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len()))
    }

    /// A random one of these words.
    pub(crate) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// At most `most` random bytes that are allowed in a line.
    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        let count = self.below(most);
        (0..count).map(|_| self.0.u8(..)).filter(|byte| *byte != b'\n').collect()
    }

    /// A random 32-bit number, for sets of flags.
    pub(crate) fn bits(&mut self) -> u32 {
        self.0.u32(..)
    }
}
