//! A worker that is replayed with the answers it got.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::resume_unwind;
use std::rc::Rc;

use crate::store::shared_map::testing::Process;
use crate::store::shared_map::{SharedMap, Signal, UNCONDITIONAL};

pub(super) const SCOPE: &str = "a";
pub(super) const STATE_KEY: &str = "maintenance_mode.a.state";

/// What is wrong with the shared map, to show that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    None,
    /// Writes overwrite whatever is there.
    NoCompare,
    /// The signal that the state has changed is lost.
    NoSignal,
    /// Somebody else is always faster.
    NoSuccess,
}

/// The shared map as a worker that is replayed sees it.
pub(super) struct Replay {
    pub(super) process: Rc<Process>,
    pub(super) fault: Fault,
    pub(super) answers: RefCell<Vec<Rc<dyn Any>>>,
    pub(super) at: Cell<usize>,
    /// A hash of the answer to the call that was made now, if it was.
    pub(super) made: Cell<Option<u64>>,
    /// What the worker is at, and was when it made that call.
    pub(super) step: Cell<usize>,
    pub(super) made_in: Cell<usize>,
}

/// The worker is to make a call, but not now.
pub(super) struct Suspended;

impl Replay {
    /// The answer that the worker got, or the call if it is its turn.
    pub(super) fn call<T: Clone + Debug + 'static>(
        &self,
        make: impl FnOnce(&Rc<Process>) -> T,
    ) -> T {
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
pub(super) struct ReplayedSignal {
    pub(super) replay: Rc<Replay>,
    pub(super) scope: String,
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

pub(super) fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
