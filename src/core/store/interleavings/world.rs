//! Several workers, as a value.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use crate::state::change::StateChange;
use crate::state::state::State;
use crate::store::interleavings::replay::{Fault, Replay, SCOPE, STATE_KEY, Suspended, hash};
use crate::store::shared_map::SharedMap;
use crate::store::shared_map::testing::Process;
use crate::store::shared_state::SharedState;

/// What a worker does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A request that reads the state to be decided.
    Request,
    /// A tick, which also makes good what a worker that died left half done.
    Tick,
    /// A call of the admin endpoint.
    Change(Box<StateChange>),
}

/// What came of a step.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Obeyed(State),
    Acknowledged(State),
    Refused,
}

#[derive(Clone)]
pub(super) struct Worker {
    pub(super) script: Rc<[Step]>,
    pub(super) answers: Vec<Rc<dyn Any>>,
    /// Of the answers.
    pub(super) history: u64,
    pub(super) outcomes: usize,
    pub(super) is_done: bool,
    /// The step of the last call.
    pub(super) step: usize,
    /// The last generation acknowledged when that step began.
    pub(super) floor: u64,
    /// The last generation that it obeyed.
    pub(super) obeyed: u64,
}

impl Worker {
    pub(super) fn new(script: Rc<[Step]>) -> Self {
        Self {
            script,
            answers: Vec::new(),
            history: 0,
            outcomes: 0,
            is_done: false,
            step: 0,
            floor: 0,
            obeyed: 0,
        }
    }

    /// It has begun a step, and not ended it.
    pub(super) fn is_busy(&self) -> bool {
        !self.answers.is_empty() && self.outcomes < self.step.max(1)
    }
}

#[derive(Clone)]
pub(super) struct World {
    pub(super) process: Rc<Process>,
    pub(super) fault: Fault,
    pub(super) workers: Vec<Worker>,
    /// How many may still die.
    pub(super) deaths: usize,
    /// The generations that were written, and those of them that were acknowledged.
    pub(super) written: Vec<u64>,
    pub(super) acknowledged: Vec<u64>,
}

/// A property that does not hold.
pub(super) type Violation = String;

pub(super) fn ensure(holds: bool, what: &str, seen: &dyn Debug) -> Result<(), Violation> {
    holds
        .then_some(())
        .ok_or_else(|| format!("{what}: {seen:?}"))
}

impl World {
    pub(super) fn new(fault: Fault, deaths: usize, scripts: &[Vec<Step>]) -> Self {
        let workers = scripts
            .iter()
            .map(|script| Worker::new(script.as_slice().into()));
        Self {
            process: Rc::default(),
            fault,
            workers: workers.collect(),
            deaths,
            written: Vec::new(),
            acknowledged: Vec::new(),
        }
    }

    pub(super) fn fork(&self) -> Self {
        Self {
            process: self.process.fork(),
            ..self.clone()
        }
    }

    /// The state, and the number of its value.
    pub(super) fn state(&self) -> (State, u32) {
        let (value, cas) = self.process.get(STATE_KEY).unwrap_or_default();
        (State::decode(&value).unwrap(), cas)
    }

    pub(super) fn last_acknowledged(&self) -> u64 {
        self.acknowledged.iter().copied().max().unwrap_or(0)
    }

    /// A worker makes its next call.
    pub(super) fn step(&mut self, index: usize) -> Result<(), Violation> {
        let (before, written_at) = self.state();
        let floor = self.last_acknowledged();
        let worker = &mut self.workers[index];
        let replay = Rc::new(Replay {
            process: Rc::clone(&self.process),
            fault: self.fault,
            answers: RefCell::new(std::mem::take(&mut worker.answers)),
            at: Cell::new(0),
            made: Cell::new(None),
            step: Cell::new(0),
            made_in: Cell::new(0),
        });
        let outcomes = RefCell::new(Vec::new());
        let lived = catch_unwind(AssertUnwindSafe(|| {
            live(&replay, &worker.script, &outcomes)
        }));
        match lived {
            Ok(()) => worker.is_done = true,
            Err(payload) if payload.is::<Suspended>() => {}
            Err(payload) => resume_unwind(payload),
        }
        worker.answers = replay.answers.take();
        let Some(made) = replay.made.get() else {
            return Ok(());
        };
        worker.history = hash((worker.history, made));
        let step = replay.made_in.get();
        if worker.step != step || worker.history == hash((0u64, made)) {
            (worker.step, worker.floor) = (step, floor);
        }
        let doing = step
            .checked_sub(1)
            .and_then(|at| worker.script.get(at))
            .cloned();

        let (after, cas) = self.state();
        if cas != written_at && after != before {
            let Some(Step::Change(change)) = &doing else {
                return Err(format!("who changes nothing wrote {after:?}"));
            };
            let expected = change.apply(&before).ok();
            ensure(
                Some(&after) == expected.as_ref(),
                "a change was lost",
                &(&before, &after),
            )?;
            self.written.push(after.generation);
        }
        let new: Vec<Outcome> = outcomes.take().split_off(self.workers[index].outcomes);
        self.workers[index].outcomes += new.len();
        for outcome in new {
            let (Outcome::Obeyed(state) | Outcome::Acknowledged(state)) = &outcome else {
                continue;
            };
            let worker = &mut self.workers[index];
            let generation = state.generation;
            let is_forward = generation >= worker.obeyed;
            ensure(is_forward, "a generation went back", state)?;
            if let Outcome::Obeyed(_) = outcome {
                let is_obeyed = generation >= worker.floor;
                ensure(is_obeyed, "an acknowledged change is not obeyed", state)?;
                worker.obeyed = generation;
            } else {
                let is_written = self.written.contains(&generation);
                ensure(is_written, "what was not written is acknowledged", state)?;
                let is_first = !self.acknowledged.contains(&generation);
                ensure(is_first, "a generation is acknowledged twice", state)?;
                self.acknowledged.push(generation);
            }
        }
        Ok(())
    }

    /// A worker dies, and another goes on with what comes after the step it was at.
    pub(super) fn kill(&mut self, index: usize) {
        self.deaths -= 1;
        let worker = &mut self.workers[index];
        *worker = Worker::new(worker.script[worker.step.min(worker.script.len())..].into());
    }

    pub(super) fn living(&self) -> impl Iterator<Item = usize> {
        (0..self.workers.len()).filter(|index| !self.workers[*index].is_done)
    }

    /// All is done: the next request of each worker obeys what was acknowledged, and after a
    /// tick all are in the last state.
    pub(super) fn quiesce(mut self) -> Result<(), Violation> {
        let (last, _) = self.state();
        let is_last = self
            .written
            .iter()
            .all(|written| *written <= last.generation);
        ensure(is_last, "a change was lost", &last)?;
        let mut seen = self.written.clone();
        seen.dedup();
        ensure(
            seen == self.written,
            "a generation was written twice",
            &self.written,
        )?;
        for index in 0..self.workers.len() {
            for step in [Step::Request, Step::Tick] {
                let worker = &mut self.workers[index];
                let script: Vec<Step> = worker.script.iter().cloned().chain([step]).collect();
                worker.script = script.into();
                worker.is_done = false;
                while !self.workers[index].is_done {
                    self.step(index)?;
                }
            }
            let obeyed = self.workers[index].obeyed;
            ensure(
                obeyed == last.generation,
                "a worker is left behind",
                &(obeyed, &last),
            )?;
        }
        Ok(())
    }

    /// Two worlds of one key go on alike.
    pub(super) fn key(&self) -> u64 {
        let workers: Vec<_> = (self.workers.iter())
            .map(|worker| {
                (
                    worker.history,
                    worker.script.len(),
                    worker.floor,
                    worker.obeyed,
                    worker.is_done,
                )
            })
            .collect();
        let contents = self.process.contents();
        hash((
            contents,
            workers,
            self.deaths,
            &self.written,
            &self.acknowledged,
        ))
    }
}

/// The life of a worker, as the application leads it.
pub(super) fn live(replay: &Rc<Replay>, script: &[Step], outcomes: &RefCell<Vec<Outcome>>) {
    let store = SharedState::of_scope(Rc::clone(replay), SCOPE);
    store.refresh().unwrap();
    store.recheck().unwrap();
    for (at, step) in script.iter().enumerate() {
        replay.step.set(at + 1);
        let outcome = match step {
            Step::Request => {
                store.refresh().unwrap();
                Outcome::Obeyed((*store.snapshot()).clone())
            }
            Step::Tick => {
                store.refresh().unwrap();
                store.recheck().unwrap();
                Outcome::Obeyed((*store.snapshot()).clone())
            }
            Step::Change(change) => match store.change(change) {
                Ok(state) => Outcome::Acknowledged((*state).clone()),
                Err(_) => Outcome::Refused,
            },
        };
        outcomes.borrow_mut().push(outcome);
    }
}
