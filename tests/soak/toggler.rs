//! Changes through the admin endpoint.

mod script;

use std::{
    fmt,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use serde::Serialize;
use serde_json::Value;
use support::{Connection, Response, admin_request};
use time::format_description::well_known::Rfc3339;

use self::script::{BEYOND, LONGEST, OFF, REST, SCENES, Step};
use crate::{
    clock::{Moment, after, now},
    expectation::{Call, Expectation, Told},
    load::{Target, message, retry_after, shown},
    report::as_millis,
    run::Run,
    windows::Windows,
};

/// From a change that was not made to the same again.
const RETRY: Duration = Duration::from_millis(250);
/// No answer takes longer: the timeout of the store, and what a busy machine adds.
const PATIENCE: Duration = Duration::from_secs(5);
/// etcd is not away for that long.
const LAST_CALLS: usize = 80;

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
    windows: Windows,
    toggles: Toggles,
    /// The Envoy that is asked next.
    turn: usize,
    /// The highest that any Envoy has named.
    generation: u64,
    /// The last that each Envoy has named.
    generations: Vec<u64>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Yes,
    No,
    Perhaps,
}

impl<'a> Toggler<'a> {
    pub fn new(targets: &'a [Arc<Target>], windows: Windows) -> Self {
        Self {
            run: &targets[0].run,
            targets,
            expectation: &targets[0].expectation,
            windows,
            toggles: Toggles {
                calls: vec![0; targets.len()],
                ..Toggles::default()
            },
            turn: 0,
            generation: 0,
            generations: vec![0; targets.len()],
        }
    }

    /// Makes changes for as long as the run goes on; nobody is left waiting.
    pub fn toggle(mut self) -> Toggles {
        for scene in SCENES.iter().cycle() {
            self.rest_at_edge();
            self.play(scene);
            if !self.run.goes_on() {
                break;
            }
        }
        for _ in 0..LAST_CALLS {
            if self.change(Call::OFF) == Made::Yes {
                break;
            }
            thread::sleep(RETRY);
        }
        self.toggles
    }

    /// Where a window begins or ends soon, waits until it has.
    fn rest_at_edge(&mut self) {
        let edge = after(now(), self.windows.next_edge(now()));
        if edge < LONGEST {
            let pause = edge + BEYOND;
            self.play(&[Step { call: REST, pause }]);
        }
    }

    /// Makes one change after the other, each until it is made. What follows one that nobody
    /// knows of would mean nobody knows what, so it is an `off`.
    fn play(&mut self, scene: &[Step]) {
        for step in scene {
            loop {
                if !self.run.goes_on() {
                    return;
                }
                match self.change(step.call) {
                    Made::Yes => break,
                    Made::No => self.run.wait(RETRY),
                    Made::Perhaps => return self.play(&[OFF]),
                };
            }
            // The other Envoy, where there is one, is asked what it knows of it.
            self.look(self.turn);
            self.run.wait(step.pause);
        }
    }

    fn change(&mut self, call: Call) -> Made {
        let envoy = self.turn;
        self.turn = (envoy + 1) % self.targets.len();
        let asked = now();
        let change = self.expectation.ask(call, envoy);
        let path = path(call, change);
        let begin = Instant::now();
        let answer = self.call(envoy, "POST", &path);
        let (took, answered) = (begin.elapsed(), now());
        self.toggles.slowest = self.toggles.slowest.max(took);
        if took > PATIENCE {
            self.wrong(envoy, &path, &format!("an answer after {took:?}"));
        }
        let Some(response) = answer else {
            self.expectation.doubt();
            return Made::Perhaps;
        };
        let answer = response.json();
        let detail = answer["detail"].as_str().unwrap_or_default();
        let may_fail = self.expectation.was_down(asked);
        match response.status {
            200 => self.made(envoy, &path, call, answered, &answer),
            503 if may_fail && detail.contains("nothing was changed") => {
                self.toggles.refused += 1;
                self.expectation.refuse();
                Made::No
            }
            503 if may_fail && detail.contains("did not confirm") => {
                self.toggles.unknown += 1;
                self.expectation.doubt();
                Made::Perhaps
            }
            _ => {
                self.expectation.doubt();
                self.wrong(envoy, &path, &shown(&response));
                Made::Perhaps
            }
        }
    }

    /// The generation of a change is one that no Envoy has named before.
    fn made(
        &mut self,
        envoy: usize,
        path: &str,
        call: Call,
        answered: Moment,
        answer: &Value,
    ) -> Made {
        self.toggles.acknowledged += 1;
        let generation = answer["generation"].as_u64().unwrap();
        if generation <= self.generation {
            let why = format!("{answer}, after generation {}", self.generation);
            self.wrong(envoy, path, &why);
        }
        self.learn(envoy, generation);
        if call != Call::Reset && answer["decided_by"] != "state" {
            // A window has begun meanwhile, and the answer tells of that.
            self.expectation.doubt();
            return Made::Perhaps;
        }
        let moment = |key: &str| Moment::parse(answer[key].as_str()?, &Rfc3339).ok();
        let told = Told {
            since: moment("since"),
            until: moment("until"),
            ramp_until: moment("ramp_until"),
        };
        if let Err(why) = self.expectation.acknowledge(answered, told) {
            self.wrong(envoy, path, &why);
        }
        Made::Yes
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

/// The call that asks for a change of this number.
fn path(call: Call, change: usize) -> String {
    match call {
        Call::On { hold, lasts } => {
            let message = message(change).replace(' ', "%20");
            let mut path = format!("on?message={message}&retry_after={}", retry_after(change));
            for (name, value) in [("hold", hold), ("for", lasts)] {
                if let Some(value) = value {
                    path += &format!("&{name}={}", value.as_secs());
                }
            }
            path
        }
        Call::Off { ramp: Some(ramp) } => format!("off?ramp={}", ramp.as_secs()),
        Call::Off { ramp: None } => "off".to_owned(),
        Call::Reset => "reset".to_owned(),
    }
}
