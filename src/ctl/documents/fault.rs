//! What is wrong with the text of a file.

use crate::ctl::documents::node::Position;

/// A text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxFault {
    pub(crate) position: Option<Position>,
    pub(crate) problem: String,
    /// What to write instead.
    pub(crate) fix: &'static str,
}

/// What to do about a key that is there twice.
pub(crate) const TWICE: &str = "Remove one of the two, or put what both hold under one key.";

/// What YAML wants most.
pub(super) const NO_YAML: &str = "Indent with spaces alone, what belongs together alike; close \
    every bracket and quote; put quotes around a value that begins with one of @ ` % & * ! | > or \
    that has a colon with a space after it.";
