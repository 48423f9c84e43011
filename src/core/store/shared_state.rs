//! The state in the shared map, which all workers of one process see.
//!
//! A signal is raised after each change, so that a worker knows without a look at the state
//! whether there is more to read.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::state::change::StateChange;
use crate::state::state::{State, UnreadableState};
use crate::store::shared_map::{CREATE_ONLY, SharedMap, Signal};
use crate::store::state_store::{ChangeError, Changing, Contended, StateStore};
use crate::syntax::timestamp::Timestamp;
use crate::syntax::wire;

/// The state of a scope, and a snapshot of it that requests read.
#[derive(Debug)]
pub struct SharedState<D: SharedMap> {
    data: D,
    state_key: String,
    signal: D::Signal,
    snapshot: RefCell<Rc<State>>,
    /// The number of the signal when the snapshot was taken.
    seen: Cell<Option<u64>>,
    /// The compare-and-swap number of the value that was last read, if it was unreadable.
    unreadable: Cell<Option<u32>>,
}

/// How often a write that loses a race is tried again.
const ATTEMPTS: usize = 16;

impl<D: SharedMap> SharedState<D> {
    /// The state of a scope under the key `prefix.state`. Creates it where it is missing,
    /// so that compare-and-swap holds from the first change on.
    pub fn new(data: D, scope: &str, prefix: &str) -> Self {
        let state = Self {
            state_key: format!("{prefix}.state"),
            signal: data.signal(scope),
            data,
            snapshot: RefCell::default(),
            seen: Cell::new(None),
            unreadable: Cell::default(),
        };
        state.data.set(&state.state_key, b"", CREATE_ONLY);
        state
    }

    /// The state of a scope that the shared map alone keeps.
    pub fn of_scope(data: D, scope: &str) -> Self {
        Self::new(data, scope, &format!("{}.{scope}", wire::PREFIX))
    }

    /// The state as it was last read.
    pub fn snapshot(&self) -> Rc<State> {
        Rc::clone(&self.snapshot.borrow())
    }

    /// Reads the state if it changed since it was last read.
    ///
    /// # Errors
    /// The state cannot be read; the snapshot stays, and the error comes once a signal.
    pub fn refresh(&self) -> Result<(), UnreadableState> {
        let number = Some(self.signal.number());
        if number == self.seen.replace(number) {
            return Ok(());
        }
        self.reload()
    }

    /// Reads the state, whether it changed or not.
    ///
    /// # Errors
    /// The state cannot be read; the snapshot stays.
    pub fn reload(&self) -> Result<(), UnreadableState> {
        if let Some((bytes, cas)) = self.data.get(&self.state_key) {
            self.unreadable.set(Some(cas));
            let state = State::decode(&bytes)?;
            self.unreadable.set(None);
            if state != **self.snapshot.borrow() {
                self.snapshot.replace(Rc::new(state));
            }
        }
        Ok(())
    }

    /// Whether to report that the state could not be read: of all workers one is to, once.
    pub fn claim_report(&self) -> bool {
        let key = format!("{}.unreadable", self.state_key);
        let (reported, cas) = self.data.read(&key);
        let unreadable = self.unreadable.get().unwrap_or_default().to_le_bytes();
        reported != unreadable && self.data.set(&key, &unreadable, cas)
    }

    /// Reads the state although no signal came: a worker may have died before it raised one.
    /// What is unreadable, and may be large, is left alone until one comes.
    ///
    /// # Errors
    /// The state cannot be read; the snapshot stays.
    pub fn recheck(&self) -> Result<(), UnreadableState> {
        match self.unreadable.get() {
            Some(_) => Ok(()),
            None => self.reload(),
        }
    }

    /// Changes the state for all workers. A state that cannot be read is replaced.
    ///
    /// # Errors
    /// The state is not one that the change may follow, or others changed it at each try;
    /// nothing was changed.
    pub fn change(&self, change: &StateChange) -> Result<Rc<State>, ChangeError> {
        self.replace(|current| Ok(change.apply(current)?))
    }

    /// Takes over a state for all workers, unless they have a newer one. Those of a
    /// generation up to `known` are none, whatever their number: the state was asked for
    /// after they were known. Bypass tokens that were revoked stay so.
    ///
    /// # Errors
    /// Others changed the state at each try.
    pub fn adopt(&self, state: &State, known: u64) -> Result<(), Contended> {
        let adopted = self.replace(|current| {
            if current.generation > known && current.generation >= state.generation {
                return Err(None);
            }
            let mut state = state.clone();
            state.keep_revocation(current);
            Ok(state)
        });
        match adopted {
            Ok(_) | Err(None) => Ok(()),
            Err(Some(contended)) => Err(contended),
        }
    }

    fn replace<E: From<Contended>>(
        &self,
        next: impl Fn(&State) -> Result<State, E>,
    ) -> Result<Rc<State>, E> {
        for _ in 0..ATTEMPTS {
            let (bytes, cas) = self.data.read(&self.state_key);
            let current = State::decode(&bytes).unwrap_or_else(|_| (*self.snapshot()).clone());
            let next = next(&current)?;
            if self.data.set(&self.state_key, &next.encode(), cas) {
                self.signal.raise();
                let next = Rc::new(next);
                self.snapshot.replace(Rc::clone(&next));
                return Ok(next);
            }
        }
        Err(Contended.into())
    }
}

/// The shared map as the store of one process: a change is made when the call returns.
impl<D: SharedMap> StateStore for Rc<SharedState<D>> {
    fn is_connected(&self) -> bool {
        true
    }

    fn change(&self, change: StateChange, _now: Timestamp) -> Changing {
        Changing::Done(SharedState::change(self, &change))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::change::{Conflict, Edit, Precondition};
    use crate::store::shared_map::UNCONDITIONAL;
    use crate::store::shared_map::testing::Process;

    fn change(maintenance: bool) -> StateChange {
        let setting = format!(r#"{{"maintenance":{maintenance}}}"#);
        StateChange {
            edit: Edit::Set(crate::syntax::json_reader::read(&setting)),
            precondition: Precondition::Any,
        }
    }

    fn is_on(store: &SharedState<Rc<Process>>) -> bool {
        store.refresh().unwrap();
        store
            .snapshot()
            .setting
            .as_ref()
            .is_some_and(|setting| setting.maintenance)
    }

    #[test]
    fn a_change_is_seen_by_every_worker_of_the_scope_and_no_other() {
        let process = Rc::new(Process::default());
        let [one, two] = [(); 2].map(|()| SharedState::of_scope(Rc::clone(&process), "a"));
        let other = SharedState::of_scope(Rc::clone(&process), "b");
        one.change(&change(true)).unwrap();
        assert!(is_on(&one) && is_on(&two) && !is_on(&other));
        two.change(&change(false)).unwrap();
        assert!(!is_on(&one) && !is_on(&two));
        assert_eq!(one.snapshot().generation, 2);
    }

    #[test]
    fn a_store_that_comes_later_finds_the_state() {
        let process = Rc::new(Process::default());
        SharedState::of_scope(Rc::clone(&process), "a")
            .change(&change(true))
            .unwrap();
        assert!(is_on(&SharedState::of_scope(process, "a")));
    }

    #[test]
    fn nothing_is_read_twice() {
        let process = Rc::new(Process::default());
        let store = SharedState::of_scope(Rc::clone(&process), "a");
        store.refresh().unwrap();
        process.reads.set(0);
        for _ in 0..3 {
            store.refresh().unwrap();
        }
        assert_eq!(process.reads.get(), 0);
    }

    #[test]
    fn a_change_that_loses_a_race_is_made_after_the_winner() {
        let process = Rc::new(Process::default());
        let [one, two] = [(); 2].map(|()| SharedState::of_scope(Rc::clone(&process), "a"));
        let rival = Rc::clone(&process);
        process.before_set.replace(Some(Box::new(move |_| {
            SharedState::of_scope(rival, "a")
                .change(&change(false))
                .unwrap();
        })));
        assert_eq!(one.change(&change(true)).unwrap().generation, 2);
        assert!(is_on(&two));
    }

    #[test]
    fn a_change_for_a_generation_that_is_past_changes_nothing() {
        let process = Rc::new(Process::default());
        let store = SharedState::of_scope(process, "a");
        store.change(&change(true)).unwrap();
        let stale = StateChange {
            precondition: Precondition::OneOf(vec![0]),
            ..change(false)
        };
        let failed = Conflict::Generation(1);
        assert_eq!(store.change(&stale), Err(failed.into()));
        assert!(is_on(&store));
    }

    #[test]
    fn a_state_that_cannot_be_read_keeps_the_last_one_and_can_be_replaced() {
        let process = Rc::new(Process::default());
        let store = SharedState::of_scope(Rc::clone(&process), "a");
        store.change(&change(true)).unwrap();
        process.set("maintenance_mode.a.state", b"\0other", UNCONDITIONAL);
        process.signal("a").raise();
        assert_eq!(store.refresh(), Err(UnreadableState));
        assert_eq!(store.refresh(), Ok(()), "the error comes once");
        let other = SharedState::of_scope(Rc::clone(&process), "a");
        assert_eq!(other.refresh(), Err(UnreadableState));
        assert!(other.claim_report());
        assert!(!store.claim_report(), "the other has reported it");
        assert!(store.snapshot().setting.as_ref().unwrap().maintenance);
        assert_eq!(store.change(&change(false)).unwrap().generation, 2);
        assert!(!is_on(&store));
        process.set("maintenance_mode.a.state", b"\0other", UNCONDITIONAL);
        assert_eq!(store.reload(), Err(UnreadableState));
        assert!(store.claim_report(), "it is another value");
    }

    #[test]
    fn a_worker_that_died_between_the_two_writes_is_made_good_by_a_reload() {
        let process = Rc::new(Process::default());
        let store = SharedState::of_scope(Rc::clone(&process), "a");
        store.refresh().unwrap();
        let state = change(true).apply(&State::default()).unwrap();
        process.set("maintenance_mode.a.state", &state.encode(), UNCONDITIONAL);
        assert!(!is_on(&store));
        store.recheck().unwrap();
        assert!(is_on(&store));
    }

    #[test]
    fn what_is_unreadable_is_read_once() {
        let process = Rc::new(Process::default());
        let store = SharedState::of_scope(Rc::clone(&process), "a");
        process.set("maintenance_mode.a.state", b"\0other", UNCONDITIONAL);
        assert_eq!(store.recheck(), Err(UnreadableState));
        process.reads.set(0);
        assert_eq!(store.recheck(), Ok(()));
        assert_eq!(process.reads.get(), 0);
        SharedState::of_scope(process, "a")
            .change(&change(true))
            .unwrap();
        assert!(is_on(&store));
    }
}
