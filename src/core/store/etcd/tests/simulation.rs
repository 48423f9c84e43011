//! A fleet under bad luck: answers are lost, late or out of order, watches break off, etcd
//! compacts, workers die. The same on every run.

use std::mem;

use super::*;
use crate::state::change::StateChange;
use crate::state::setting::Setting;
use crate::store::etcd::testing::Answer;
use crate::store::etcd::value::{decode, decode_revocation};
use crate::store::grpc::{CallError, CallId};

const PROCESSES: usize = 2;
const WORKERS: usize = 2;

struct Fleet {
    model: Rc<Model>,
    /// Of each process; workers of one share a process.
    processes: Vec<Rc<Process>>,
    workers: Vec<Vec<Member>>,
    /// Answers that are on their way.
    late: Vec<(CallId, Answer)>,
    /// The messages of changes that were begun, and how they ended.
    begun: u64,
    acknowledged: Vec<(u64, String)>,
    /// Nothing may have been written of these.
    refused: Vec<String>,
    random: u64,
    /// What happened, for the one who reads of a fault.
    story: Vec<String>,
}

struct Member {
    worker: Worker,
    pending: Vec<(String, Box<dyn PendingChange>)>,
    /// The last generation that a request obeyed.
    obeyed: u64,
}

impl Fleet {
    fn new(seed: u64) -> Self {
        let model = Model::new();
        let processes: Vec<Rc<Process>> = (0..PROCESSES).map(|_| Rc::default()).collect();
        let mut fleet = Self {
            model,
            processes,
            workers: Vec::new(),
            late: Vec::new(),
            begun: 0,
            acknowledged: Vec::new(),
            refused: Vec::new(),
            random: seed | 1,
            story: Vec::new(),
        };
        for process in 0..PROCESSES {
            let members = (0..WORKERS).map(|_| fleet.member(process)).collect();
            fleet.workers.push(members);
        }
        fleet
    }

    fn member(&mut self, process: usize) -> Member {
        let number = self.below(usize::MAX >> 1) as u64 + 1;
        Member {
            worker: Worker::new(&self.model, &self.processes[process], number),
            pending: Vec::new(),
            obeyed: 0,
        }
    }

    /// Something happens.
    fn happen(&mut self) {
        let (process, worker) = (self.below(PROCESSES), self.below(WORKERS));
        match self.below(40) {
            0..10 => self.request(process, worker),
            10..16 => self.tick(process, worker),
            16..26 => self.answer(),
            26..31 => self.message(),
            31..35 => self.begin(process, worker),
            35 => self.break_off(),
            36 => self.somebody_else_writes(),
            37 => {
                self.story.push("compacted".into());
                self.model.compact();
            }
            38 => self.die(process, worker),
            _ => {
                let is_down = !self.model.is_down.get() && self.below(3) == 0;
                self.story.push(format!("down: {is_down}"));
                self.set_down(is_down);
            }
        }
    }

    /// What a request obeys never goes back, nor behind what this process acknowledged.
    fn request(&mut self, process: usize, worker: usize) {
        let member = &mut self.workers[process][worker];
        let state = &member.worker.store.state;
        state.refresh().unwrap();
        let generation = state.snapshot().generation;
        assert!(generation >= member.obeyed, "{:#?}", self.story);
        member.obeyed = generation;
    }

    fn all_request(&mut self, process: usize) {
        for worker in 0..WORKERS {
            self.request(process, worker);
        }
    }

    fn tick(&mut self, process: usize, worker: usize) {
        self.story.push(format!("tick of {process} {worker}"));
        let member = &mut self.workers[process][worker].worker;
        let notices = member.follower.tick(now());
        if !notices.is_empty() {
            self.story.push(format!("{notices:?}"));
        }
        let state = &member.store.state;
        state.refresh().unwrap();
        state.recheck().unwrap();
    }

    fn begin(&mut self, process: usize, worker: usize) {
        self.begun += 1;
        let mut name = format!("change {}", self.begun);
        let edit = match self.below(4) {
            0 => {
                name = format!("revocation {}", self.begun);
                Edit::RevokeBypass(now())
            }
            _ => {
                let maintenance = self.below(2) == 0;
                let json = format!(r#"{{"maintenance":{maintenance},"message":"{name}"}}"#);
                Edit::Set(crate::syntax::json_reader::read(&json))
            }
        };
        let precondition = match self.below(4) {
            0 => Precondition::OneOf(vec![self.workers[process][worker].worker.generation()]),
            _ => Precondition::Any,
        };
        let change = StateChange { edit, precondition };
        self.story
            .push(format!("{name} on {process} {worker}: {change:?}"));
        let member = &mut self.workers[process][worker];
        let pending = member.worker.begin(change);
        member.pending.push((name, pending));
    }

    /// A call is answered: now, later, or not although it was carried out, or not at all.
    fn answer(&mut self) {
        if !self.late.is_empty() && self.below(2) == 0 {
            let at = self.below(self.late.len());
            let (call, answer) = self.late.remove(at);
            self.story.push(format!("late answer to {call}"));
            return self.deliver(call, &answer);
        }
        let (at, luck) = (self.below(self.model.waiting().max(1)), self.below(10));
        if luck == 0 {
            if let Some(call) = self.model.lose(at) {
                self.story.push(format!("{call} was never sent"));
                self.deliver(call, &Err(CallError::new(CallError::UNAVAILABLE, "reset")));
            }
            return;
        }
        let Some((call, answer)) = self.model.answer_at(at) else {
            return;
        };
        let what = if answer.is_ok() { "done" } else { "refused" };
        self.story.push(format!("{call} is {what}, luck {luck}"));
        match luck {
            1 => self.deliver(
                call,
                &Err(CallError::new(CallError::DEADLINE_EXCEEDED, "lost")),
            ),
            2..5 => self.late.push((call, answer)),
            _ => self.deliver(call, &answer),
        }
    }

    /// To whoever called.
    fn deliver(&mut self, call: CallId, answer: &Answer) {
        let answer = answer.as_deref().map_err(Clone::clone);
        for process in 0..PROCESSES {
            for worker in 0..WORKERS {
                let member = &mut self.workers[process][worker];
                let follower = &mut member.worker.follower;
                follower.on_answer(call, answer.clone(), now());
                for (name, mut pending) in mem::take(&mut member.pending) {
                    let changed = if pending.awaits(call) {
                        pending.on_answer(answer.clone(), now())
                    } else {
                        None
                    };
                    match changed {
                        None => self.workers[process][worker].pending.push((name, pending)),
                        Some(changed) => self.end(process, name, changed),
                    }
                }
            }
        }
    }

    fn end(&mut self, process: usize, name: String, changed: Changed) {
        self.story.push(format!("{name} ends: {changed:?}"));
        match changed {
            Ok(state) => {
                let generation = state.generation;
                self.acknowledged.push((generation, name));
                // The next request of every member of this process obeys it.
                self.all_request(process);
                let obeyed = self.workers[process]
                    .iter()
                    .all(|member| member.obeyed >= generation);
                assert!(obeyed, "{:#?}", self.story);
            }
            Err(ChangeError::Unconfirmed(_)) => {}
            Err(_) => self.refused.push(name),
        }
    }

    /// The next message of a watch arrives.
    fn message(&mut self) {
        let streams = self.model.open_streams();
        let Some(&stream) = streams.get(self.below(streams.len().max(1))) else {
            return;
        };
        if let Some(message) = self.model.next_message(stream) {
            self.story.push(format!("message of {stream}"));
            self.each(|member| {
                drop(
                    member
                        .worker
                        .follower
                        .on_answer(stream, Ok(&message), now()),
                )
            });
        }
    }

    fn break_off(&mut self) {
        let streams = self.model.open_streams();
        if let Some(&stream) = streams.get(self.below(streams.len().max(1))) {
            self.story.push(format!("{stream} breaks off"));
            self.close(stream);
        }
    }

    /// What was sent to a store that is down is lost, and so is the connection.
    fn set_down(&mut self, is_down: bool) {
        let was_down = self.model.is_down.replace(is_down);
        if was_down && !is_down {
            for stream in self.model.open_streams() {
                self.close(stream);
            }
        }
    }

    fn close(&mut self, stream: CallId) {
        let failure = || CallError::new(CallError::UNAVAILABLE, "reset");
        self.each(|member| {
            drop(
                member
                    .worker
                    .follower
                    .on_answer(stream, Err(failure()), now()),
            )
        });
    }

    fn somebody_else_writes(&mut self) {
        let value = match self.below(3) {
            0 => None,
            1 => Some(ON),
            _ => Some(OFF),
        };
        self.story.push(format!("somebody writes {value:?}"));
        self.model.put(value);
    }

    /// No code of the worker runs any more: not even that which leaves the lease to others.
    fn die(&mut self, process: usize, worker: usize) {
        self.story.push(format!("{process} {worker} dies"));
        let heir = self.member(process);
        let dead = mem::replace(&mut self.workers[process][worker], heir);
        mem::forget(dead);
    }

    fn each(&mut self, mut act: impl FnMut(&mut Member)) {
        self.workers.iter_mut().flatten().for_each(&mut act);
    }

    /// All is well again, and what is on its way arrives.
    fn quiesce(&mut self) {
        self.set_down(false);
        for (call, answer) in mem::take(&mut self.late) {
            self.deliver(call, &answer);
        }
        for _ in 0..40 {
            for process in 0..PROCESSES {
                for worker in 0..WORKERS {
                    self.tick(process, worker);
                    while let Some((call, answer)) = self.model.answer() {
                        self.deliver(call, &answer);
                    }
                    for (stream, message) in self.model.messages() {
                        self.each(|member| {
                            drop(
                                member
                                    .worker
                                    .follower
                                    .on_answer(stream, Ok(&message), now()),
                            )
                        });
                    }
                }
            }
        }
    }

    fn check(&mut self) {
        let story = format!("{:#?}", self.story);
        let history = self.model.values();
        for (generation, name) in &self.acknowledged {
            let is_revocation = name.starts_with("revocation");
            let expected = if is_revocation { REVOCATION_KEY } else { "k" };
            let mut written = history.iter();
            let written = written.find(|(at, key, _)| at == generation && key == expected);
            let (.., value) = written.unwrap_or_else(|| panic!("{name} was lost: {story}"));
            let is_it = is_revocation || value.contains(&format!("\"{name}\""));
            assert!(is_it, "{name}: {story}");
        }
        let mut generations: Vec<u64> = self.acknowledged.iter().map(|(at, _)| *at).collect();
        generations.sort_unstable();
        generations.dedup();
        assert_eq!(generations.len(), self.acknowledged.len(), "{story}");
        for name in &self.refused {
            let is_there = history
                .iter()
                .any(|(.., value)| value.contains(&format!("\"{name}\"")));
            assert!(!is_there, "{name} was refused, but made: {story}");
        }
        let keys = self.model.keys.borrow().clone();
        let revocation = keys.get(REVOCATION_KEY);
        for member in self.workers.iter_mut().flatten() {
            assert!(member.worker.store.is_connected(), "{story}");
            let state = &member.worker.store.state;
            state.refresh().unwrap();
            let state = state.snapshot();
            if let Some((revision, value)) = revocation {
                assert!(state.generation >= *revision, "{story}");
                let expected = decode_revocation(value).unwrap();
                assert!(state.bypass_revoked_at >= Some(expected), "{story}");
            }
            match keys.get("k") {
                Some((revision, value)) => {
                    let last = revocation.map_or(0, |(revision, _)| *revision);
                    assert_eq!(state.generation, last.max(*revision), "{story}");
                    let expected = decode(value).unwrap().setting;
                    // When it was learnt of is no part of the value.
                    let known = state.setting.clone().map(|setting| Setting {
                        off_at: None,
                        ..setting
                    });
                    assert_eq!(known, expected, "{story}");
                }
                None => assert_eq!(state.setting, None, "{story}"),
            }
        }
    }

    /// Xorshift, by Marsaglia.
    fn below(&mut self, bound: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 16) as usize % bound
    }
}

#[test]
fn no_bad_luck_loses_a_change_or_leaves_a_worker_behind() {
    let mut acknowledged = 0;
    for seed in 1..=200u64 {
        let mut fleet = Fleet::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        fleet.model.denies_ranges.set(seed % 4 == 0);
        for _ in 0..200 {
            fleet.happen();
        }
        fleet.quiesce();
        fleet.check();
        acknowledged += fleet.acknowledged.len();
    }
    assert!(acknowledged > 1_000, "{acknowledged}");
}
