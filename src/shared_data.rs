//! Envoy's shared data.

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

/// Envoy counts from 1 upwards: no value has this number, so that with it a key is
/// created but never overwritten.
pub const CREATE_ONLY: u32 = u32::MAX;
/// Overwrites whatever is there.
pub const UNCONDITIONAL: u32 = 0;

#[cfg(test)]
pub(crate) mod testing {
    //! Shared data for unit tests, with Envoy's semantics of compare-and-swap.

    use std::{
        cell::{Cell, RefCell},
        collections::HashMap,
        rc::Rc,
    };

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

    impl Process {
        /// Another process that has come this far.
        pub(crate) fn fork(&self) -> Rc<Self> {
            Rc::new(Self {
                values: self.values.clone(),
                last_cas: self.last_cas.clone(),
                ..Self::default()
            })
        }

        /// All keys, with their values and numbers.
        pub(crate) fn contents(&self) -> Vec<(String, (Vec<u8>, u32))> {
            let mut contents: Vec<_> = self.values.borrow().clone().into_iter().collect();
            contents.sort();
            contents
        }
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
