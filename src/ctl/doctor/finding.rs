//! What a check has found.

use crate::ctl::documents::spot::Place;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// The filter or Envoy refuses it.
    Error,
    /// It will not work as it is meant.
    Warning,
    /// It may well be meant so.
    Note,
}

/// What is wrong, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) place: Place,
    /// What happens because of it, too.
    pub(crate) message: String,
    pub(crate) fix: String,
}

/// The findings so far, and what the next ones are called.
#[derive(Debug)]
pub(crate) struct Findings {
    code: &'static str,
    severity: Severity,
    found: Vec<Finding>,
}

impl Severity {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Findings {
    /// None, of a check.
    pub(super) fn of(code: &'static str, severity: Severity) -> Self {
        Self {
            code,
            severity,
            found: Vec::new(),
        }
    }

    /// One more, as severe as those of the check are.
    pub(super) fn add(&mut self, place: Place, message: impl Into<String>, fix: impl Into<String>) {
        self.add_as(self.severity, place, message, fix);
    }

    /// One more, said once of each place.
    pub(super) fn add_as(
        &mut self,
        severity: Severity,
        place: Place,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let finding = Finding {
            severity,
            code: self.code,
            place,
            message: message.into(),
            fix: fix.into(),
        };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    pub(super) fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}
