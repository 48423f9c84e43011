//! What a site takes when an outage ends: thousands of clients come again, and the filter answers
//! them by a simulated clock.

mod chart;
mod outcome;
mod site;

use std::{fmt, fs, path::Path};

use self::{chart::draw, outcome::Outcome, site::simulate};

/// How an outage ends.
#[derive(Clone, Copy)]
pub struct Ending {
    /// `response.retry_after_jitter`.
    jitter: u32,
    /// The call of the endpoint.
    call: &'static str,
}

const ENDINGS: [Ending; 4] = [
    Ending {
        jitter: 0,
        call: "off",
    },
    Ending {
        jitter: 60,
        call: "off",
    },
    Ending {
        jitter: 0,
        call: "off?ramp=2m",
    },
    Ending {
        jitter: 60,
        call: "off?ramp=2m",
    },
];

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.call)?;
        match self.jitter {
            0 => Ok(()),
            seconds => write!(f, " with a jitter of {seconds} s"),
        }
    }
}

#[test]
fn jitter_and_ramp_spare_the_upstream() {
    let outcomes = ENDINGS.map(|ending| (ending, Outcome::of(&simulate(ending))));
    let [neither, jitter, ramp, both] = outcomes.each_ref().map(|(_, outcome)| outcome);
    assert!(neither.late > 4000 && neither.longest() > 30_000);
    assert!(jitter.late < neither.late / 2);
    for ramp in [ramp, both] {
        assert!(ramp.most < outcome::CAPACITY && ramp.longest() < 200);
    }
    let drawn = draw(&outcomes);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::write(directory.join("stampede.svg"), &drawn).unwrap();
    let shown = include_str!("stampede/stampede.svg");
    assert_eq!(drawn, shown, "`make pictures` takes the picture anew");
}
