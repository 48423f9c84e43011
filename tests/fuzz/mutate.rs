//! Changes of the seeds, the same on every run.

/// Makes inputs from seeds.
pub struct Mutator<'s> {
    seeds: &'s [Vec<u8>],
    /// What the seeds are made of: their words, which fit together in other ways too.
    words: Vec<&'s [u8]>,
    random: u64,
}

const MAX_CHANGES: usize = 4;
const MAX_LENGTH: usize = 4096;

impl<'s> Mutator<'s> {
    pub fn new(seeds: &'s [Vec<u8>]) -> Self {
        let mut words: Vec<&[u8]> = seeds
            .iter()
            .flat_map(|seed| seed.split(|byte| b" ,;:/.=&\"{}[]\n".contains(byte)))
            .filter(|word| (1..40).contains(&word.len()))
            .chain(NASTY.iter().copied())
            .collect();
        words.sort_unstable();
        words.dedup();
        Self {
            seeds,
            words,
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// A seed after one change or some.
    pub fn next_input(&mut self) -> Vec<u8> {
        let seeds = self.seeds;
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(MAX_CHANGES) {
            self.change(&mut input);
        }
        input.truncate(MAX_LENGTH);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + 1 + self.below(8)).min(input.len());
        match self.below(8) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.below(256) as u8,
            2 => input.insert(at, self.below(256) as u8),
            3 => drop(input.drain(at..end)),
            4 => {
                let piece = input[at..end].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            5 => {
                let other = &self.seeds[self.below(self.seeds.len())];
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let word = self.below(self.words.len());
                let word = self.words[word];
                let end = if self.below(2) == 0 { at } else { end };
                input.splice(at..end, word.iter().copied());
            }
        }
    }

    /// Xorshift, by Marsaglia.
    fn below(&mut self, bound: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 16) as usize % bound.max(1)
    }
}

/// What readers stumble over.
const NASTY: [&[u8]; 34] = [
    b"",
    b"/",
    b"//",
    b"/../",
    b"/./",
    b"/..",
    b"%2e",
    b"%2F",
    b"%5c",
    b"\\",
    b";",
    b"%25",
    b"%00",
    b"%",
    b"?",
    b"*",
    b"..",
    b",",
    b"\"",
    b"null",
    b"-1",
    b"0",
    b"18446744073709551615",
    b"1e9",
    b"\0",
    b"\xff",
    b"\xef\xbf\xbd",
    b"\xc2\x85",
    b"::ffff:10.0.0.1",
    b"[::1]:80",
    b"/0",
    b"q=0",
    b"\n",
    b" ",
];
