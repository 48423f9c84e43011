//! What was found out, and is kept.

use std::cell::OnceCell;

/// Values by their keys, each found out when it is first asked for. The first costs no memory of
/// its own.
#[derive(Debug)]
pub struct Kept<K, V> {
    first: OnceCell<(K, V)>,
    rest: OnceCell<Box<Self>>,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self {
            first: OnceCell::new(),
            rest: OnceCell::new(),
        }
    }
}

impl<K: PartialEq, V> Kept<K, V> {
    /// The value of a key, the same at each call.
    pub fn get(&self, key: K, find: impl FnOnce() -> V) -> &V {
        let mut here = self;
        while let Some((other, value)) = here.first.get() {
            if *other == key {
                return value;
            }
            here = here.rest.get_or_init(Box::default);
        }
        &here.first.get_or_init(|| (key, find())).1
    }
}

/// One by one: they may be too many for the stack.
impl<K, V> Drop for Kept<K, V> {
    fn drop(&mut self) {
        while let Some(after) = self.rest.get_mut().and_then(|next| next.rest.take()) {
            self.rest = after.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_found_out_once() {
        let kept = Kept::default();
        for key in 0..100 {
            assert_eq!(*kept.get(key, || key * 2), key * 2);
        }
        for key in 0..100 {
            assert_eq!(*kept.get(key, || panic!("{key}")), key * 2);
        }
    }
}
