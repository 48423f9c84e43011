//! What all workers of a process share.

/// A map that all workers of a process share. An update of the configuration or of the code
/// leaves it intact; it ends with the process.
pub trait SharedMap: Clone + 'static {
    /// What tells that a state changed.
    type Signal: Signal;

    /// The signal of a scope; to ask for it may raise it.
    fn signal(&self, scope: &str) -> Self::Signal;

    /// A value and its version; `None` where there is no such key.
    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)>;

    /// A value, empty where there is none, and the version to set it by.
    fn read(&self, key: &str) -> (Vec<u8>, u32) {
        self.get(key).unwrap_or((Vec::new(), CREATE_ONLY))
    }

    /// Writes a value, and tells whether it did: only if the version is still the value's,
    /// or there is no such key, or the version is [`UNCONDITIONAL`].
    fn set(&self, key: &str, value: &[u8], version: u32) -> bool;
}

/// Tells all workers that there is something to read, at less than it costs to read it.
pub trait Signal {
    /// A number that is another one after [`Signal::raise`], by whomever.
    fn number(&self) -> u64;

    /// Tells of a change that was made.
    fn raise(&self);
}

/// Versions count from 1 upwards: no value has this one, so that with it a key is created but
/// never overwritten.
pub const CREATE_ONLY: u32 = u32::MAX;

/// Overwrites whatever is there.
pub const UNCONDITIONAL: u32 = 0;

#[cfg(test)]
pub(crate) mod testing {
    //! The shared map for unit tests, with compare-and-swap.

    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;
    use std::hash::Hash;
    use std::rc::Rc;

    use super::*;

    pub(crate) type Rival = Box<dyn FnOnce(&Process)>;

    #[derive(Default)]
    pub(crate) struct Process {
        values: RefCell<BTreeMap<String, (Vec<u8>, u32)>>,
        last_cas: Cell<u32>,
        signals: RefCell<BTreeMap<String, Rc<Cell<u64>>>>,
        /// The number of reads of a value.
        pub(crate) reads: Cell<usize>,
        /// Called before each write: somebody else was faster.
        pub(crate) before_set: RefCell<Option<Rival>>,
    }

    impl Process {
        /// Another process that has come this far.
        pub(crate) fn fork(&self) -> Rc<Self> {
            let numbers = self.numbers().into_iter();
            let signals = numbers.map(|(scope, number)| (scope, Rc::new(Cell::new(number))));
            Rc::new(Self {
                values: self.values.clone(),
                last_cas: self.last_cas.clone(),
                signals: RefCell::new(signals.collect()),
                ..Self::default()
            })
        }

        /// All that can be read: the keys with their values and numbers, and the signals.
        pub(crate) fn contents(&self) -> impl Hash + use<> {
            (self.values.borrow().clone(), self.numbers())
        }

        fn numbers(&self) -> BTreeMap<String, u64> {
            let signals = self.signals.borrow();
            let numbers = signals.iter().map(|(scope, signal)| (scope, signal.get()));
            numbers
                .map(|(scope, number)| (scope.clone(), number))
                .collect()
        }
    }

    impl SharedMap for Rc<Process> {
        type Signal = Rc<Cell<u64>>;

        fn signal(&self, scope: &str) -> Rc<Cell<u64>> {
            let mut signals = self.signals.borrow_mut();
            Rc::clone(signals.entry(scope.to_owned()).or_default())
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

    impl Signal for Rc<Cell<u64>> {
        fn number(&self) -> u64 {
            self.get()
        }

        fn raise(&self) {
            self.set(self.get() + 1);
        }
    }
}
