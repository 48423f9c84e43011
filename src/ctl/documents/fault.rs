//! What is wrong with the text of a file.

use crate::ctl::documents::node::Position;

/// A text that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxFault {
    pub(crate) position: Option<Position>,
    pub(crate) problem: String,
}
