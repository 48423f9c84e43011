//! The state in Envoy's shared data, which all workers of one Envoy see.
//!
//! Two keys a scope. One holds the state. The other is always empty, and rewritten after
//! each change of the state: the compare-and-swap number that Envoy keeps for it tells a
//! worker at the price of a look-up, without a copy, whether there is more to read.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use crate::state::{PreconditionFailed, State, StateChange, UnreadableState};

/// Envoy's shared data: a map of one process and VM id. An update of the configuration or
/// of the code leaves it intact; it ends with the process.
pub trait SharedData {
    /// The compare-and-swap number of an empty value; `None` where there is no such key.
    fn version(&self, key: &str) -> Option<u32>;

    /// A value and its compare-and-swap number; `None` where there is no such key.
    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)>;

    /// Writes a value, and tells whether it did: only if the number is still the value's,
    /// or there is no such key, or the number is 0.
    fn set(&self, key: &str, value: &[u8], cas: u32) -> bool;
}

/// The state of a scope, and a snapshot of it that requests read.
#[derive(Debug)]
pub struct Store<D> {
    data: D,
    state_key: String,
    generation_key: String,
    snapshot: RefCell<Rc<State>>,
    /// The number of the generation key when the snapshot was taken.
    seen: Cell<Option<u32>>,
}

/// Why a change was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The state has moved on.
    #[error(transparent)]
    Precondition(#[from] PreconditionFailed),
    /// Others were always faster.
    #[error("the state could not be changed: too many changes at once")]
    Contended,
}

/// How often a change that loses a race is tried again.
const ATTEMPTS: usize = 16;
/// Envoy counts from 1 upwards: no value has this number, so that with it a key is
/// created but never overwritten.
const CREATE_ONLY: u32 = u32::MAX;
/// Overwrites whatever is there.
const UNCONDITIONAL: u32 = 0;

impl<D: SharedData> Store<D> {
    /// The store of a scope. Creates its keys where they are missing, so that
    /// compare-and-swap holds from the first change on.
    pub fn new(data: D, scope: &str) -> Self {
        let store = Self {
            data,
            state_key: format!("maintenance_mode.{scope}.state"),
            generation_key: format!("maintenance_mode.{scope}.generation"),
            snapshot: RefCell::default(),
            seen: Cell::new(None),
        };
        store.data.set(&store.state_key, b"", CREATE_ONLY);
        store.data.set(&store.generation_key, b"", CREATE_ONLY);
        store
    }

    /// The state as it was last read.
    pub fn snapshot(&self) -> Rc<State> {
        Rc::clone(&self.snapshot.borrow())
    }

    /// Reads the state if it changed since it was last read.
    ///
    /// # Errors
    /// The state cannot be read; the snapshot stays, and the error comes once a change.
    pub fn refresh(&self) -> Result<(), UnreadableState> {
        let version = self.data.version(&self.generation_key);
        if version.is_some() && version == self.seen.get() {
            return Ok(());
        }
        self.seen.set(version);
        self.reload()
    }

    /// Reads the state, whether it changed or not.
    ///
    /// # Errors
    /// The state cannot be read; the snapshot stays.
    pub fn reload(&self) -> Result<(), UnreadableState> {
        if let Some((bytes, _)) = self.data.get(&self.state_key) {
            let state = State::decode(&bytes)?;
            if state != **self.snapshot.borrow() {
                self.snapshot.replace(Rc::new(state));
            }
        }
        Ok(())
    }

    /// Changes the state for all workers. A state that cannot be read is replaced.
    ///
    /// # Errors
    /// The state is not one that the change may follow, or others changed it at each try;
    /// nothing was changed.
    pub fn change(&self, change: &StateChange) -> Result<Rc<State>, ChangeError> {
        for _ in 0..ATTEMPTS {
            let (bytes, cas) = self
                .data
                .get(&self.state_key)
                .unwrap_or((Vec::new(), CREATE_ONLY));
            let current = State::decode(&bytes).unwrap_or_else(|_| (*self.snapshot()).clone());
            let next = change.apply(&current)?;
            if self.data.set(&self.state_key, &next.encode(), cas) {
                self.data.set(&self.generation_key, b"", UNCONDITIONAL);
                let next = Rc::new(next);
                self.snapshot.replace(Rc::clone(&next));
                return Ok(next);
            }
        }
        Err(ChangeError::Contended)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Shared data for unit tests, with Envoy's semantics of compare-and-swap.

    use std::collections::HashMap;

    use super::*;

    pub(crate) type Rival = Box<dyn FnOnce(&Process)>;

    #[derive(Default)]
    pub(crate) struct Process {
        values: RefCell<HashMap<String, (Vec<u8>, u32)>>,
        last_cas: Cell<u32>,
        /// The number of reads of a value.
        pub(crate) reads: Cell<usize>,
        /// Called before each write: somebody else was faster.
        pub(crate) before_set: RefCell<Option<Rival>>,
    }

    impl SharedData for Rc<Process> {
        fn version(&self, key: &str) -> Option<u32> {
            self.values.borrow().get(key).map(|(_, cas)| *cas)
        }

        fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
            self.reads.set(self.reads.get() + 1);
            self.values.borrow().get(key).cloned()
        }

        fn set(&self, key: &str, value: &[u8], cas: u32) -> bool {
            let before = self.before_set.borrow_mut().take();
            if let Some(before) = before {
                before(self);
            }
            let mut values = self.values.borrow_mut();
            if cas != UNCONDITIONAL && values.get(key).is_some_and(|(_, current)| *current != cas) {
                return false;
            }
            self.last_cas.set(self.last_cas.get() + 1);
            values.insert(key.to_owned(), (value.to_owned(), self.last_cas.get()));
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::Process, *};
    use crate::state::{Edit, Precondition};

    fn change(maintenance: bool) -> StateChange {
        let setting = format!(r#"{{"maintenance":{maintenance}}}"#);
        StateChange {
            edit: Edit::Set(serde_json::from_str(&setting).unwrap()),
            precondition: Precondition::Any,
        }
    }

    fn is_on(store: &Store<Rc<Process>>) -> bool {
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
        let [one, two] = [(); 2].map(|()| Store::new(Rc::clone(&process), "a"));
        let other = Store::new(Rc::clone(&process), "b");
        one.change(&change(true)).unwrap();
        assert!(is_on(&one) && is_on(&two) && !is_on(&other));
        two.change(&change(false)).unwrap();
        assert!(!is_on(&one) && !is_on(&two));
        assert_eq!(one.snapshot().generation, 2);
    }

    #[test]
    fn a_store_that_comes_later_finds_the_state() {
        let process = Rc::new(Process::default());
        Store::new(Rc::clone(&process), "a")
            .change(&change(true))
            .unwrap();
        assert!(is_on(&Store::new(process, "a")));
    }

    #[test]
    fn nothing_is_read_twice() {
        let process = Rc::new(Process::default());
        let store = Store::new(Rc::clone(&process), "a");
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
        let [one, two] = [(); 2].map(|()| Store::new(Rc::clone(&process), "a"));
        let rival = Rc::clone(&process);
        process.before_set.replace(Some(Box::new(move |_| {
            Store::new(rival, "a").change(&change(false)).unwrap();
        })));
        assert_eq!(one.change(&change(true)).unwrap().generation, 2);
        assert!(is_on(&two));
    }

    #[test]
    fn a_change_for_a_generation_that_is_past_changes_nothing() {
        let process = Rc::new(Process::default());
        let store = Store::new(process, "a");
        store.change(&change(true)).unwrap();
        let stale = StateChange {
            precondition: Precondition::OneOf(vec![0]),
            ..change(false)
        };
        let failed = PreconditionFailed { generation: 1 };
        assert_eq!(store.change(&stale), Err(failed.into()));
        assert!(is_on(&store));
    }

    #[test]
    fn a_state_that_cannot_be_read_keeps_the_last_one_and_can_be_replaced() {
        let process = Rc::new(Process::default());
        let store = Store::new(Rc::clone(&process), "a");
        store.change(&change(true)).unwrap();
        process.set("maintenance_mode.a.state", b"\0other", UNCONDITIONAL);
        process.set("maintenance_mode.a.generation", b"", UNCONDITIONAL);
        assert_eq!(store.refresh(), Err(UnreadableState));
        assert_eq!(store.refresh(), Ok(()), "the error comes once");
        assert!(store.snapshot().setting.as_ref().unwrap().maintenance);
        assert_eq!(store.change(&change(false)).unwrap().generation, 2);
        assert!(!is_on(&store));
    }

    #[test]
    fn a_worker_that_died_between_the_two_writes_is_made_good_by_a_reload() {
        let process = Rc::new(Process::default());
        let store = Store::new(Rc::clone(&process), "a");
        store.refresh().unwrap();
        let state = change(true).apply(&State::default()).unwrap();
        process.set("maintenance_mode.a.state", &state.encode(), UNCONDITIONAL);
        assert!(!is_on(&store));
        store.reload().unwrap();
        assert!(is_on(&store));
    }
}
