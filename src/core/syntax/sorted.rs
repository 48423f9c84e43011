//! The order in which lists are searched.

use std::collections::BinaryHeap;

/// The entries in order. By a heap, because the sorts of slices take ten times the code.
pub(crate) fn sorted<T: Ord>(entries: Vec<T>) -> Vec<T> {
    BinaryHeap::from(entries).into_sorted_vec()
}
