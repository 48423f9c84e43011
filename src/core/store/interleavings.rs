//! Every order in which the workers of one process can call the shared map, with workers that die
//! between any two calls.
//!
//! A worker is replayed from its birth with the answers it got, up to the one call that it
//! makes next: so a world of several workers is a value, which can be copied and gone on with
//! in all directions.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::HashSet,
    fmt::Debug,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
};

use crate::{
    state::{
        change::{Edit, Precondition, StateChange},
        setting::Setting,
        state::State,
    },
    store::{
        shared_map::{SharedMap, Signal, UNCONDITIONAL, testing::Process},
        shared_state::SharedState,
    },
    syntax::timestamp::Timestamp,
};

const SCOPE: &str = "a";
const STATE_KEY: &str = "maintenance_mode.a.state";

/// What is wrong with the shared map, to show that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fault {
    None,
    /// Writes overwrite whatever is there.
    NoCompare,
    /// The signal that the state has changed is lost.
    NoSignal,
    /// Somebody else is always faster.
    NoSuccess,
}

/// The shared map as a worker that is replayed sees it.
struct Replay {
    process: Rc<Process>,
    fault: Fault,
    answers: RefCell<Vec<Rc<dyn Any>>>,
    at: Cell<usize>,
    /// A hash of the answer to the call that was made now, if it was.
    made: Cell<Option<u64>>,
    /// What the worker is at, and was when it made that call.
    step: Cell<usize>,
    made_in: Cell<usize>,
}

/// The worker is to make a call, but not now.
struct Suspended;

impl Replay {
    /// The answer that the worker got, or the call if it is its turn.
    fn call<T: Clone + Debug + 'static>(&self, make: impl FnOnce(&Rc<Process>) -> T) -> T {
        let at = self.at.replace(self.at.get() + 1);
        if let Some(answer) = self.answers.borrow().get(at) {
            return answer.downcast_ref::<T>().unwrap().clone();
        }
        if self.made.get().is_some() {
            resume_unwind(Box::new(Suspended));
        }
        let answer = make(&self.process);
        self.made.set(Some(hash(format!("{answer:?}"))));
        self.made_in.set(self.step.get());
        self.answers.borrow_mut().push(Rc::new(answer.clone()));
        answer
    }
}

impl SharedMap for Rc<Replay> {
    type Signal = ReplayedSignal;

    /// Changes nothing, so it is no call.
    fn signal(&self, scope: &str) -> ReplayedSignal {
        ReplayedSignal {
            replay: Rc::clone(self),
            scope: scope.to_owned(),
        }
    }

    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        self.call(|process| process.get(key))
    }

    fn set(&self, key: &str, value: &[u8], cas: u32) -> bool {
        self.call(|process| match self.fault {
            Fault::NoSuccess if key == STATE_KEY => false,
            Fault::NoCompare => process.set(key, value, UNCONDITIONAL),
            _ => process.set(key, value, cas),
        })
    }
}

/// A signal as a worker that is replayed sees it.
struct ReplayedSignal {
    replay: Rc<Replay>,
    scope: String,
}

impl Signal for ReplayedSignal {
    fn number(&self) -> u64 {
        self.replay
            .call(|process| process.signal(&self.scope).number())
    }

    fn raise(&self) {
        self.replay.call(|process| {
            if self.replay.fault != Fault::NoSignal {
                process.signal(&self.scope).raise();
            }
        });
    }
}

/// What a worker does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A request that reads the state to be decided.
    Request,
    /// A tick, which also makes good what a worker that died left half done.
    Tick,
    /// A call of the admin endpoint.
    Change(StateChange),
}

/// What came of a step.
#[derive(Clone, Debug)]
enum Outcome {
    Obeyed(State),
    Acknowledged(State),
    Refused,
}

#[derive(Clone)]
struct Worker {
    script: Rc<[Step]>,
    answers: Vec<Rc<dyn Any>>,
    /// Of the answers.
    history: u64,
    outcomes: usize,
    is_done: bool,
    /// The step of the last call.
    step: usize,
    /// The last generation acknowledged when that step began.
    floor: u64,
    /// The last generation that it obeyed.
    obeyed: u64,
}

impl Worker {
    fn new(script: Rc<[Step]>) -> Self {
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
    fn is_busy(&self) -> bool {
        !self.answers.is_empty() && self.outcomes < self.step.max(1)
    }
}

#[derive(Clone)]
struct World {
    process: Rc<Process>,
    fault: Fault,
    workers: Vec<Worker>,
    /// How many may still die.
    deaths: usize,
    /// The generations that were written, and those of them that were acknowledged.
    written: Vec<u64>,
    acknowledged: Vec<u64>,
}

/// A property that does not hold.
type Violation = String;

fn ensure(holds: bool, what: &str, seen: &dyn Debug) -> Result<(), Violation> {
    holds
        .then_some(())
        .ok_or_else(|| format!("{what}: {seen:?}"))
}

impl World {
    fn new(fault: Fault, deaths: usize, scripts: &[Vec<Step>]) -> Self {
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

    fn fork(&self) -> Self {
        Self {
            process: self.process.fork(),
            ..self.clone()
        }
    }

    /// The state, and the number of its value.
    fn state(&self) -> (State, u32) {
        let (value, cas) = self.process.get(STATE_KEY).unwrap_or_default();
        (State::decode(&value).unwrap(), cas)
    }

    fn last_acknowledged(&self) -> u64 {
        self.acknowledged.iter().copied().max().unwrap_or(0)
    }

    /// A worker makes its next call.
    fn step(&mut self, index: usize) -> Result<(), Violation> {
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
            let worker = &mut self.workers[index];
            match outcome {
                Outcome::Obeyed(state) => {
                    let generation = state.generation;
                    ensure(
                        generation >= worker.obeyed,
                        "a generation went back",
                        &state,
                    )?;
                    ensure(
                        generation >= worker.floor,
                        "an acknowledged change is not obeyed",
                        &state,
                    )?;
                    worker.obeyed = generation;
                }
                Outcome::Acknowledged(state) => {
                    let generation = state.generation;
                    ensure(
                        generation >= worker.obeyed,
                        "a generation went back",
                        &state,
                    )?;
                    let is_written = self.written.contains(&generation);
                    ensure(is_written, "what was not written is acknowledged", &state)?;
                    let is_first = !self.acknowledged.contains(&generation);
                    ensure(is_first, "a generation is acknowledged twice", &state)?;
                    self.acknowledged.push(generation);
                }
                Outcome::Refused => {}
            }
        }
        Ok(())
    }

    /// A worker dies, and another goes on with what comes after the step it was at.
    fn kill(&mut self, index: usize) {
        self.deaths -= 1;
        let worker = &mut self.workers[index];
        *worker = Worker::new(worker.script[worker.step.min(worker.script.len())..].into());
    }

    fn living(&self) -> impl Iterator<Item = usize> {
        (0..self.workers.len()).filter(|index| !self.workers[*index].is_done)
    }

    /// All is done: the next request of each worker obeys what was acknowledged, and after a
    /// tick all are in the last state.
    fn quiesce(mut self) -> Result<(), Violation> {
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
    fn key(&self) -> u64 {
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

/// The life of a worker, as `proxy` leads it.
fn live(replay: &Rc<Replay>, script: &[Step], outcomes: &RefCell<Vec<Outcome>>) {
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

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Goes on in all directions; how many worlds there are.
fn explore(world: World) -> Result<usize, Violation> {
    let mut known = HashSet::from([world.key()]);
    let mut open = vec![world];
    while let Some(world) = open.pop() {
        let mut next = Vec::new();
        for index in world.living() {
            let mut stepped = world.fork();
            stepped.step(index)?;
            next.push(stepped);
            if world.deaths > 0 && world.workers[index].is_busy() {
                let mut killed = world.fork();
                killed.kill(index);
                next.push(killed);
            }
        }
        if next.is_empty() {
            world.quiesce()?;
        }
        open.extend(next.into_iter().filter(|world| known.insert(world.key())));
    }
    Ok(known.len())
}

/// One way through, by chance.
fn wander(mut world: World, random: &mut Random) -> Result<(), Violation> {
    loop {
        let living: Vec<usize> = world.living().collect();
        let Some(&index) = living.get(random.below(living.len())) else {
            return world.quiesce();
        };
        if world.deaths > 0 && random.below(20) == 0 {
            world.kill(index);
        } else {
            world.step(index)?;
        }
    }
}

/// Xorshift, by Marsaglia.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound.max(1)
    }
}

fn change(edit: Edit) -> Step {
    Step::Change(StateChange {
        edit,
        precondition: Precondition::Any,
    })
}

/// `message` tells one change from another.
fn set(maintenance: bool, message: &str) -> Step {
    change(Edit::Set(Setting {
        maintenance,
        since: None,
        start: None,
        until: None,
        retry_after: None,
        message: Some(message.to_owned()),
        changed_by: None,
    }))
}

/// Two workers that were born, each with two changes to make.
fn two_workers(fault: Fault, deaths: usize, with_requests: bool) -> World {
    let scripts = ["a", "b"].map(|name| {
        let changes = [set(true, name), set(false, name)];
        let requests = with_requests.then_some(Step::Request);
        let steps = changes
            .into_iter()
            .flat_map(|change| [Some(change), requests.clone()]);
        steps.flatten().collect()
    });
    let mut world = World::new(fault, deaths, &scripts);
    for index in 0..2 {
        // The key created, the number, the state, and the state again.
        for _ in 0..4 {
            world.step(index).unwrap();
        }
    }
    world
}

#[test]
fn no_order_of_two_workers_loses_a_change() {
    let worlds = explore(two_workers(Fault::None, 0, true)).unwrap();
    assert!(worlds > 10_000, "{worlds}");
}

#[test]
fn no_death_of_a_worker_loses_a_change() {
    let worlds = explore(two_workers(Fault::None, 1, false)).unwrap();
    assert!(worlds > 10_000, "{worlds}");
}

#[test]
fn no_order_of_two_births_loses_a_change() {
    let scripts = ["a", "b"].map(|name| vec![set(true, name), Step::Request]);
    explore(World::new(Fault::None, 1, &scripts)).unwrap();
}

#[test]
fn shared_data_that_does_not_compare_is_noticed() {
    let violation = explore(two_workers(Fault::NoCompare, 0, true)).unwrap_err();
    assert!(violation.starts_with("a change was lost"), "{violation}");
}

#[test]
fn a_signal_that_is_lost_is_noticed() {
    let violation = explore(two_workers(Fault::NoSignal, 0, true)).unwrap_err();
    let expected = "an acknowledged change is not obeyed";
    assert!(violation.starts_with(expected), "{violation}");
}

#[test]
fn what_could_not_be_written_is_not_acknowledged() {
    let mut world = two_workers(Fault::NoSuccess, 0, true);
    while !world.workers[0].is_done {
        world.step(0).unwrap();
    }
    assert_eq!(
        (world.workers[0].outcomes, world.acknowledged.len()),
        (4, 0)
    );
}

#[test]
fn chance_finds_no_order_of_many_workers_that_loses_a_change() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..100 {
        let scripts: Vec<Vec<Step>> = (0..4)
            .map(|worker| {
                let steps = (0..6).map(|at| match random.below(8) {
                    0 | 1 => Step::Request,
                    2 => Step::Tick,
                    3 => change(Edit::Reset),
                    4 => change(Edit::RevokeBypass(Timestamp::from_unix_millis(5))),
                    5 => Step::Change(StateChange {
                        edit: Edit::Reset,
                        precondition: Precondition::OneOf(vec![random.below(6) as u64]),
                    }),
                    _ => set(random.below(2) == 0, &format!("{worker} {at}")),
                });
                steps.collect()
            })
            .collect();
        wander(World::new(Fault::None, 3, &scripts), &mut random).unwrap();
    }
}
