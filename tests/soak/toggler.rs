//! Changes through the admin endpoint.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Serialize;
use serde_json::Value;
use support::{Connection, Response, admin_request};

use crate::{
    expectation::Expectation,
    load::{Target, message, retry_after, shown},
    report::as_millis,
    run::Run,
};

/// From one change to the next, in turn.
const GAPS: [u64; 5] = [120, 400, 200, 350, 80];
/// No answer takes longer: the timeout of the store, and what a busy machine adds.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of the changes of a site.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Toggles {
    pub acknowledged: usize,
    /// Nothing was changed.
    pub refused: usize,
    /// Nobody knows.
    pub unknown: usize,
    /// What took longest to be answered.
    #[serde(rename = "slowest_ms", serialize_with = "as_millis")]
    pub slowest: Duration,
    /// The calls that each Envoy answered.
    #[serde(skip)]
    pub calls: Vec<u64>,
}

impl fmt::Display for Toggles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} toggles, {} refused, {} unknown, all answered within {:.0?}",
            self.acknowledged, self.refused, self.unknown, self.slowest
        )
    }
}

/// Makes changes at the Envoys of a site in turn.
pub struct Toggler<'a> {
    run: &'a Run,
    targets: &'a [Arc<Target>],
    expectation: &'a Expectation,
    toggles: Toggles,
    /// The highest that any Envoy has named.
    generation: u64,
    /// The last that each Envoy has named.
    generations: Vec<u64>,
}

impl<'a> Toggler<'a> {
    pub fn new(targets: &'a [Arc<Target>]) -> Self {
        Self {
            run: &targets[0].run,
            targets,
            expectation: &targets[0].expectation,
            toggles: Toggles {
                calls: vec![0; targets.len()],
                ..Toggles::default()
            },
            generation: 0,
            generations: vec![0; targets.len()],
        }
    }

    /// Makes changes for as long as the run goes on.
    pub fn toggle(mut self) -> Toggles {
        for (gap, number) in GAPS.iter().cycle().zip(0..) {
            if !self.run.wait(Duration::from_millis(*gap)) {
                break;
            }
            // Twice on, with another message, then off; the other Envoy, where there is one, is
            // asked what it knows of it.
            self.change(number % 3 != 2, number % self.targets.len());
            self.look((number + 1) % self.targets.len());
        }
        self.toggles
    }

    fn change(&mut self, on: bool, envoy: usize) {
        let asked = Instant::now();
        let change = self.expectation.ask(on, envoy);
        let call = if on {
            let message = message(change).replace(' ', "%20");
            format!("on?message={message}&retry_after={}", retry_after(change))
        } else {
            "off".to_owned()
        };
        let answer = self.call(envoy, "POST", &call);
        let answered = Instant::now();
        let took = answered - asked;
        self.toggles.slowest = self.toggles.slowest.max(took);
        if took > PATIENCE {
            self.wrong(envoy, &call, &format!("an answer after {took:?}"));
        }
        let Some(response) = answer else {
            self.expectation.doubt(change);
            return;
        };
        let answer = response.json();
        let detail = answer["detail"].as_str().unwrap_or_default();
        let may_fail = self.expectation.was_down(asked);
        match response.status {
            200 => {
                self.expectation.acknowledge(change, answered);
                self.toggles.acknowledged += 1;
                self.acknowledged(envoy, &call, on, &answer);
            }
            503 if may_fail && detail.contains("nothing was changed") => {
                self.toggles.refused += 1;
                if let Err(why) = self.expectation.refuse(change) {
                    self.wrong(envoy, &call, &why);
                }
            }
            503 if may_fail && detail.contains("did not confirm") => {
                self.toggles.unknown += 1;
                self.expectation.doubt(change);
            }
            _ => {
                self.expectation.doubt(change);
                self.wrong(envoy, &call, &shown(&response));
            }
        }
    }

    /// The generation of a change is one that no Envoy has named before.
    fn acknowledged(&mut self, envoy: usize, call: &str, on: bool, answer: &Value) {
        let generation = answer["generation"].as_u64().unwrap();
        if generation <= self.generation || answer["maintenance"] != on {
            let why = format!("{answer}, after generation {}", self.generation);
            self.wrong(envoy, call, &why);
        }
        self.learn(envoy, generation);
    }

    /// The generation in the status of an Envoy never goes back.
    fn look(&mut self, envoy: usize) {
        let Some(response) = self.call(envoy, "GET", "") else {
            return;
        };
        let Some(generation) = response.json()["generation"].as_u64() else {
            return self.wrong(envoy, "", &shown(&response));
        };
        if generation < self.generations[envoy] {
            let before = self.generations[envoy];
            self.wrong(
                envoy,
                "",
                &format!("{}, after generation {before}", shown(&response)),
            );
        }
        self.learn(envoy, generation);
    }

    fn learn(&mut self, envoy: usize, generation: u64) {
        self.generation = self.generation.max(generation);
        self.generations[envoy] = generation;
    }

    fn call(&mut self, envoy: usize, method: &str, call: &str) -> Option<Response> {
        let connection = Connection::try_open(self.targets[envoy].address);
        let request = admin_request(method, call);
        let response = connection.and_then(|mut connection| connection.try_fetch(&request));
        match response {
            Some(_) => self.toggles.calls[envoy] += 1,
            None => self.wrong(envoy, call, "no answer"),
        }
        response
    }

    fn wrong(&self, envoy: usize, call: &str, what: &str) {
        let name = &self.targets[envoy].name;
        self.run
            .report_wrong(&format!("{name}, admin call {call:?}: {what}"));
    }
}
