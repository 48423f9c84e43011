//! What was before `run`, and how to put it back.

use std::{thread, time::Duration};

use super::super::{
    client::{CallError, Client, Edit, Status, Terms},
    now,
};

/// How often to try where others change the state at the same time, or an Envoy of a fleet
/// has not heard of the last change yet.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);
const PRECONDITION_FAILED: u16 = 412;

/// What somebody had set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Previous {
    /// Nothing.
    Unset,
    Off,
    /// On, perhaps not yet.
    On(Terms),
}

impl Previous {
    /// Where a window or `mode` decides, the status does not tell what was set.
    pub(super) fn of(status: &Status) -> Self {
        if status.decided_by != "state" {
            return Self::Unset;
        }
        let planned = status.terms.start.is_some_and(|start| now() < start);
        if status.maintenance || planned {
            Self::On(status.terms.clone())
        } else {
            Self::Off
        }
    }

    /// Puts it back where what is set is still ours.
    ///
    /// # Errors
    /// Somebody else has changed the state since, or a call failed.
    pub(super) fn put_back(
        &self,
        client: &Client,
        url: &str,
        ours: &[Status],
    ) -> Result<(), String> {
        for _ in 0..ATTEMPTS {
            let current = client.status(url).map_err(|error| error.to_string())?;
            if !ours.iter().any(|ours| is_same(ours, &current)) {
                // Another endpoint of the same state may have put it back already.
                if Self::of(&current) == *self {
                    return Ok(());
                }
                return Err(
                    "somebody else has changed the state meanwhile, it is left as it is".to_owned(),
                );
            }
            match client.change(url, &self.edit(), Some(current.generation)) {
                Ok(_) => return Ok(()),
                Err(CallError::Refused {
                    status: PRECONDITION_FAILED,
                    ..
                }) => thread::sleep(PAUSE),
                Err(error) => return Err(format!("what was could not be put back: {error}")),
            }
        }
        Err("what was could not be put back: the state changes all the time".to_owned())
    }

    /// An `on` whose end has come meanwhile counts as off.
    fn edit(&self) -> Edit {
        match self {
            Self::Unset => Edit::Reset,
            Self::On(terms) if terms.until.is_none_or(|until| now() < until) => Edit::again(terms),
            Self::Off | Self::On(_) => Edit::Off,
        }
    }
}

/// Whether two set the same, though not at the same moment. An `off` has no terms, and where
/// a window decides, only the generation tells.
fn is_same(ours: &Status, current: &Status) -> bool {
    let changed_by = |status: &Status| status.document.get("changed_by").cloned();
    let set_again = current.decided_by == "state"
        && ours.terms == current.terms
        && changed_by(ours) == changed_by(current)
        && (current.maintenance || ours.terms != Terms::default());
    ours.generation == current.generation || set_again
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::client::status;

    #[test]
    fn what_was_is_what_was_set() {
        let on = status(r#"{"maintenance":true,"until":"9999-01-01T00:00:00Z","message":"a"}"#);
        assert_eq!(Previous::of(&on).edit(), Edit::again(&on.terms));
        let planned = status(r#"{"maintenance":false,"start":"9998-01-01T00:00:00Z"}"#);
        assert_eq!(Previous::of(&planned).edit(), Edit::again(&planned.terms));
        let over = status(r#"{"maintenance":false,"until":"2001-01-01T00:00:00Z"}"#);
        assert_eq!(Previous::of(&over).edit(), Edit::Off);
        let off = status(r#"{"maintenance":false}"#);
        assert_eq!(Previous::of(&off).edit(), Edit::Off);
        let mut window = on;
        window.decided_by = "window".to_owned();
        assert_eq!(Previous::of(&window).edit(), Edit::Reset);
    }
}
