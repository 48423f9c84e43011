//! What the filter may cost at most, beside others.

use std::fmt;

use support::Host;

use crate::{
    callgrind::Sample,
    cpu::{Pair, Rounds, median},
    django::Django,
    filters::{
        BARE_BLOCK, BARE_ENDPOINT, BARE_PASS, DIRECT_RESPONSE, LUA_BLOCK, LUA_ENDPOINT, LUA_OFF,
        NO_FILTER,
    },
    plugins::{
        BLOCK, BLOCK_LARGE, BLOCK_TOGGLE, BLOCK_WINDOWS, OFF, OFF_ENDPOINT, OFF_WINDOWS, name,
    },
};

/// A ratio, and what it may be.
#[derive(Clone, Debug)]
pub struct Verdict {
    what: String,
    ratio: f64,
    target: Target,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Verdict {
    /// Whether the target is met.
    pub fn is_met(&self) -> bool {
        match self.target {
            Target::AtMost(limit) => self.ratio <= limit,
            Target::AtLeast(limit) => self.ratio >= limit,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bound, limit) = match self.target {
            Target::AtMost(limit) => ("at most", limit),
            Target::AtLeast(limit) => ("at least", limit),
        };
        let verdict = if self.is_met() { "ok" } else { "MISSED" };
        write!(
            f,
            "{verdict:<6} {:>7.3} {bound:>8} {limit:<5} {}",
            self.ratio, self.what
        )
    }
}

/// What callgrind counts, as ratios that have a target.
pub fn of_instructions(samples: &[Sample]) -> Vec<Verdict> {
    let counted = Instructions { samples };
    let mut verdicts = vec![
        counted.over_no_filter(&wasm(OFF), BARE_PASS, 1.40),
        counted.over_no_filter(&wasm(OFF_ENDPOINT), BARE_ENDPOINT, 1.20),
        counted.ratio(&native(OFF_ENDPOINT), NO_FILTER, 1.04),
    ];
    for block in [BLOCK, BLOCK_TOGGLE] {
        verdicts.push(counted.ratio(&wasm(block), BARE_BLOCK, 1.09));
        verdicts.push(counted.ratio(&native(block), DIRECT_RESPONSE, 1.22));
    }
    for name in [wasm, native] {
        for (case, other) in [(BLOCK_TOGGLE, BLOCK), (BLOCK_LARGE, BLOCK)] {
            verdicts.push(counted.ratio(&name(case), &name(other), 1.03));
        }
        for (case, other) in [(OFF_WINDOWS, OFF_ENDPOINT), (BLOCK_WINDOWS, BLOCK_TOGGLE)] {
            verdicts.push(counted.ratio(&name(case), &name(other), 1.01));
        }
    }
    verdicts
}

/// The pairs whose CPU time has a target.
pub fn pairs() -> Vec<Pair> {
    let mut pairs = vec![
        Pair::new(&wasm(OFF), LUA_OFF, 1.02),
        Pair::new(&wasm(OFF_ENDPOINT), LUA_ENDPOINT, 1.02),
        Pair::new(&native(OFF_ENDPOINT), NO_FILTER, 1.03),
    ];
    for block in [BLOCK, BLOCK_TOGGLE] {
        pairs.push(Pair::new(&wasm(block), LUA_BLOCK, 1.06));
        pairs.push(Pair::new(&native(block), LUA_BLOCK, 0.95));
        pairs.push(Pair::new(&native(block), DIRECT_RESPONSE, 1.15));
    }
    for name in [wasm, native] {
        for (case, other) in [(BLOCK_TOGGLE, BLOCK), (BLOCK_LARGE, BLOCK)] {
            pairs.push(Pair::new(&name(case), &name(other), 1.03));
        }
    }
    pairs
}

/// What the clock measures, as ratios that have a target.
pub fn of_time(pairs: &[Pair], cpu: &[Rounds]) -> Vec<Verdict> {
    let rate = |name: &str| {
        let rounds = cpu.iter().find(|rounds| rounds.name == name).unwrap();
        median(&rounds.rates)
    };
    let mut verdicts: Vec<Verdict> = pairs
        .iter()
        .map(|pair| Verdict {
            what: format!("CPU time, {} / {}", pair.case, pair.other),
            ratio: median(&pair.ratios),
            target: Target::AtMost(pair.at_most),
        })
        .collect();
    verdicts.push(Verdict {
        what: format!("requests per second, {} / {}", wasm(BLOCK), Django::NAME),
        ratio: rate(&wasm(BLOCK)) / rate(Django::NAME),
        target: Target::AtLeast(15.0),
    });
    verdicts
}

fn wasm(case: &str) -> String {
    name(Host::Wasm, case)
}

fn native(case: &str) -> String {
    name(Host::Native, case)
}

struct Instructions<'a> {
    samples: &'a [Sample],
}

impl Instructions<'_> {
    fn ratio(&self, case: &str, other: &str, limit: f64) -> Verdict {
        Verdict {
            what: format!("instructions, {case} / {other}"),
            ratio: self.sample(case) / self.sample(other),
            target: Target::AtMost(limit),
        }
    }

    fn over_no_filter(&self, case: &str, other: &str, limit: f64) -> Verdict {
        let base = self.sample(NO_FILTER);
        Verdict {
            what: format!("instructions over {NO_FILTER}, {case} / {other}"),
            ratio: (self.sample(case) - base) / (self.sample(other) - base),
            target: Target::AtMost(limit),
        }
    }

    fn sample(&self, name: &str) -> f64 {
        let sample = self.samples.iter().find(|sample| sample.name == name);
        sample.unwrap().instructions
    }
}
