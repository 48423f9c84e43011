//! A change, and what became of it.

use std::time::Duration;

use super::{Call, Setting};
use crate::clock::Moment;

#[derive(Debug)]
pub(super) struct Change {
    pub call: Call,
    /// The Envoy that was asked.
    pub by: usize,
    pub asked: Moment,
    pub outcome: Outcome,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    Pending,
    Acknowledged(Moment, Setting),
    Refused,
    Unknown,
}

impl Change {
    pub(super) fn acknowledged(&self) -> Option<Moment> {
        match self.outcome {
            Outcome::Acknowledged(at, _) => Some(at),
            _ => None,
        }
    }

    pub(super) fn setting(&self) -> Option<Setting> {
        match self.outcome {
            Outcome::Acknowledged(_, setting) => Some(setting),
            _ => None,
        }
    }

    pub(super) fn hold(&self) -> Option<Duration> {
        match self.call {
            Call::On { hold, .. } => hold,
            _ => None,
        }
    }
}
