//! Several workers of several processes and a model of etcd.

mod changing;
mod following;
mod lease;
mod login;
mod simulation;

use std::rc::Rc;

use crate::policy::fleet_store::{EtcdSettings, Login};
use crate::state::change::{Conflict, Edit, Precondition, StateChange};
use crate::store::etcd::etcd::*;
use crate::store::etcd::follower::EtcdFollower;
use crate::store::etcd::testing::Model;
use crate::store::follower::Follower;
use crate::store::grpc::CallError;
use crate::store::notice::Notices;
use crate::store::shared_map::SharedMap;
use crate::store::shared_map::testing::Process;
use crate::store::state_store::{ChangeError, Changed, Changing, PendingChange, StateStore};
use crate::syntax::timestamp::Timestamp;

type Store = Rc<Etcd<Rc<Process>>>;
const ON: &str = r#"{"maintenance":true}"#;
const OFF: &str = r#"{"maintenance":false}"#;
const ENOUGH_TICKS: usize = 12;

/// A worker, at a time that stands still.
struct Worker {
    model: Rc<Model>,
    store: Store,
    follower: EtcdFollower<Rc<Process>>,
    notices: Notices,
}

impl Worker {
    fn new(model: &Rc<Model>, process: &Rc<Process>, number: u64) -> Self {
        Self::with(model, process, number, None)
    }

    fn with(model: &Rc<Model>, process: &Rc<Process>, number: u64, login: Option<Login>) -> Self {
        let settings = EtcdSettings {
            cluster: "etcd".into(),
            key: "k".into(),
            timeout_ms: 1000,
            login,
        };
        let (model, process) = (Rc::clone(model), Rc::clone(process));
        let client = Box::new(Rc::clone(&model));
        let etcd = Etcd::new(settings, client, process, "default", number);
        let store = Rc::new(etcd);
        Self {
            model,
            follower: EtcdFollower::new(Rc::clone(&store), number),
            store,
            notices: Notices::new(),
        }
    }

    /// The only worker of a process.
    fn alone(model: &Rc<Model>) -> Self {
        Self::new(model, &Rc::default(), 1)
    }

    fn connected(model: &Rc<Model>) -> Self {
        let mut worker = Self::alone(model);
        worker.tick();
        assert!(worker.store.is_connected());
        worker
    }

    /// A tick, and all that comes of it.
    fn tick(&mut self) {
        let notices = self.follower.tick(now());
        self.notices.extend(notices);
        self.receive();
    }

    fn receive(&mut self) {
        while let Some((call, answer)) = self.model.answer() {
            let answer = answer.as_deref().map_err(Clone::clone);
            let notices = self.follower.on_answer(call, answer, now());
            self.notices.extend(notices);
        }
        for (stream, message) in self.model.messages() {
            let notices = self.follower.on_answer(stream, Ok(&message), now());
            self.notices.extend(notices);
        }
    }

    fn flag(&self) -> Option<bool> {
        let state = self.store.latest();
        state.setting.as_ref().map(|setting| setting.maintenance)
    }

    fn generation(&self) -> u64 {
        self.store.latest().generation
    }

    fn begin(&self, change: StateChange) -> Box<dyn PendingChange> {
        match self.store.change(change, now()) {
            Changing::Waiting(change) => change,
            Changing::Done(changed) => panic!("{changed:?}"),
        }
    }

    fn change(&self, change: StateChange) -> Changed {
        finish(&self.model, &mut *self.begin(change))
    }
}

fn finish(model: &Rc<Model>, pending: &mut dyn PendingChange) -> Changed {
    loop {
        if let Some(changed) = step(model, pending) {
            return changed;
        }
    }
}

/// The answer to the oldest call.
fn step(model: &Rc<Model>, pending: &mut dyn PendingChange) -> Option<Changed> {
    let (call, answer) = model.answer().unwrap();
    assert!(pending.awaits(call));
    pending.on_answer(answer.as_deref().map_err(Clone::clone), now())
}

fn now() -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap()
}

fn set(value: &str) -> StateChange {
    StateChange {
        edit: Edit::Set(crate::syntax::json_reader::read(value)),
        precondition: Precondition::Any,
    }
}

fn value(model: &Model) -> String {
    model.value("k").unwrap()
}

const REVOCATION_KEY: &str = "k/bypass-revoked-at";
