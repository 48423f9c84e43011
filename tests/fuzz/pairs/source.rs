//! Choices, made by bytes.

/// The bytes of an input, and when they are used up, a number that they seed.
pub struct Source<'d> {
    bytes: &'d [u8],
    random: u64,
}

impl<'d> Source<'d> {
    pub fn new(bytes: &'d [u8]) -> Self {
        // FNV-1a.
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self {
            bytes,
            random: hash | 1,
        }
    }

    fn byte(&mut self) -> u8 {
        if let Some((first, rest)) = self.bytes.split_first() {
            self.bytes = rest;
            return *first;
        }
        // Xorshift, by Marsaglia.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 32) as u8
    }

    /// Less than a bound, which is 256 at most.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// Once in so many times.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Some of the choices, at least one, each once.
    pub fn some<T: Clone + PartialEq>(&mut self, choices: &[T], most: usize) -> Vec<T> {
        let mut some: Vec<T> = Vec::new();
        for _ in 0..=self.below(most) {
            let one = self.pick(choices);
            if !some.contains(&one) {
                some.push(one);
            }
        }
        some
    }
}
