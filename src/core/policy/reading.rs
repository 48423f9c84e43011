//! How doubt about what a client sends is read.

use crate::config::rules::Action;

/// Which readings of what a client sends count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Where a match lets a request pass: only a path that all servers read the same way,
    /// and a host that is a host name.
    #[default]
    Canonical,
    /// Where a match blocks: a path in any reading that a server may have, and any host.
    Any,
}

impl Reading {
    /// That of a rule with an action.
    pub fn of(action: Action) -> Self {
        match action {
            Action::Allow | Action::Follow => Self::Canonical,
            Action::Block | Action::On => Self::Any,
        }
    }
}
