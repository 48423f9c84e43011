//! What the filter may cost at most, beside others.

use std::fmt;

use support::Host;

use crate::{
    callgrind::Sample,
    cpu::{Rounds, median},
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
    let figures = Figures { cpu: &[], samples };
    let mut verdicts = vec![
        figures.instructions_over(&wasm(OFF), BARE_PASS, 1.40),
        figures.instructions_over(&wasm(OFF_ENDPOINT), BARE_ENDPOINT, 1.20),
        figures.instructions(&native(OFF_ENDPOINT), NO_FILTER, 1.04),
    ];
    for block in [BLOCK, BLOCK_TOGGLE] {
        verdicts.push(figures.instructions(&wasm(block), BARE_BLOCK, 1.09));
        verdicts.push(figures.instructions(&native(block), DIRECT_RESPONSE, 1.22));
    }
    for name in [wasm, native] {
        for (case, other) in [(BLOCK_TOGGLE, BLOCK), (BLOCK_LARGE, BLOCK)] {
            verdicts.push(figures.instructions(&name(case), &name(other), 1.03));
        }
        for (case, other) in [(OFF_WINDOWS, OFF_ENDPOINT), (BLOCK_WINDOWS, BLOCK_TOGGLE)] {
            verdicts.push(figures.instructions(&name(case), &name(other), 1.01));
        }
    }
    verdicts
}

/// What the clock measures, as ratios that have a target.
pub fn of_time(cpu: &[Rounds]) -> Vec<Verdict> {
    let figures = Figures { cpu, samples: &[] };
    let mut verdicts = vec![
        figures.cpu(&wasm(OFF), LUA_OFF, 1.02),
        figures.cpu(&wasm(OFF_ENDPOINT), LUA_ENDPOINT, 1.02),
        figures.cpu(&native(OFF_ENDPOINT), NO_FILTER, 1.03),
    ];
    for block in [BLOCK, BLOCK_TOGGLE] {
        verdicts.push(figures.cpu(&wasm(block), LUA_BLOCK, 1.06));
        verdicts.push(figures.cpu(&native(block), LUA_BLOCK, 0.95));
        verdicts.push(figures.cpu(&native(block), DIRECT_RESPONSE, 1.15));
    }
    for name in [wasm, native] {
        for (case, other) in [(BLOCK_TOGGLE, BLOCK), (BLOCK_LARGE, BLOCK)] {
            verdicts.push(figures.cpu(&name(case), &name(other), 1.03));
        }
    }
    verdicts.push(figures.rate(&wasm(BLOCK), Django::NAME, 15.0));
    verdicts
}

fn wasm(case: &str) -> String {
    name(Host::Wasm, case)
}

fn native(case: &str) -> String {
    name(Host::Native, case)
}

struct Figures<'a> {
    cpu: &'a [Rounds],
    samples: &'a [Sample],
}

impl Figures<'_> {
    /// The median of the ratios of each round, so that what disturbs both counts not.
    fn cpu(&self, case: &str, other: &str, limit: f64) -> Verdict {
        let rounds = self.rounds(case).micros.iter();
        let ratios: Vec<f64> = rounds
            .zip(&self.rounds(other).micros)
            .map(|(case, other)| case / other)
            .collect();
        Verdict {
            what: format!("CPU time, {case} / {other}"),
            ratio: median(&ratios),
            target: Target::AtMost(limit),
        }
    }

    fn rate(&self, case: &str, other: &str, limit: f64) -> Verdict {
        Verdict {
            what: format!("requests per second, {case} / {other}"),
            ratio: median(&self.rounds(case).rates) / median(&self.rounds(other).rates),
            target: Target::AtLeast(limit),
        }
    }

    fn instructions(&self, case: &str, other: &str, limit: f64) -> Verdict {
        Verdict {
            what: format!("instructions, {case} / {other}"),
            ratio: self.sample(case) / self.sample(other),
            target: Target::AtMost(limit),
        }
    }

    fn instructions_over(&self, case: &str, other: &str, limit: f64) -> Verdict {
        let base = self.sample(NO_FILTER);
        Verdict {
            what: format!("instructions over {NO_FILTER}, {case} / {other}"),
            ratio: (self.sample(case) - base) / (self.sample(other) - base),
            target: Target::AtMost(limit),
        }
    }

    fn rounds(&self, name: &str) -> &Rounds {
        self.cpu.iter().find(|rounds| rounds.name == name).unwrap()
    }

    fn sample(&self, name: &str) -> f64 {
        let sample = self.samples.iter().find(|sample| sample.name == name);
        sample.unwrap().instructions
    }
}
