//! What was before `run`, and how to put it back.

use std::thread;
use std::time::Duration;

use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::endpoints::client::{Client, EndpointError};
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::clock::now;

/// How often to try where others change the state at the same time, or an Envoy of a fleet
/// has not heard of the last change yet.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);
const PRECONDITION_FAILED: u16 = 412;

/// What somebody had set.
pub(super) struct Previous {
    /// What sets it again.
    toggle: Toggle,
    start: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Previous {
    /// Where a window or `mode` decides, the status does not tell what was set.
    pub(super) fn of(status: &EndpointStatus) -> Self {
        let setting = &status.setting;
        let is_planned = setting.start.is_some_and(|start| now() < start);
        let toggle = match status.decided_by.as_str() {
            "state" if setting.maintenance || is_planned => Toggle::On(Parameters::of(setting)),
            "state" => Toggle::Off,
            _ => Toggle::Reset,
        };
        Self {
            toggle,
            start: setting.start.filter(|_| status.decided_by == "state"),
            until: setting.until,
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
        ours: &[EndpointStatus],
    ) -> Result<(), String> {
        for _ in 0..ATTEMPTS {
            let current = client.status(url).map_err(|error| error.to_string())?;
            if !ours.iter().any(|ours| is_same(ours, &current)) {
                // Another endpoint of the same state may have put it back already.
                if Self::of(&current).toggle == self.toggle {
                    return Ok(());
                }
                return Err(
                    "somebody else has changed the state meanwhile, it is left as it is".to_owned(),
                );
            }
            match self.change(client, url, current.generation) {
                Ok(_) => return Ok(()),
                Err(EndpointError::Refused {
                    status: PRECONDITION_FAILED,
                    ..
                }) => thread::sleep(PAUSE),
                Err(error) => return Err(format!("what was could not be put back: {error}")),
            }
        }
        Err("what was could not be put back: the state changes all the time".to_owned())
    }

    /// An `on` that is to begin later is not taken while one is in force.
    fn change(
        &self,
        client: &Client,
        url: &str,
        mut generation: u64,
    ) -> Result<EndpointStatus, EndpointError> {
        if self.start.is_some_and(|start| now() < start) {
            generation = client
                .change(url, &Toggle::Reset, Some(generation))?
                .generation;
        }
        client.change(url, self.toggle(), Some(generation))
    }

    /// An `on` whose end has come meanwhile counts as off.
    fn toggle(&self) -> &Toggle {
        match (&self.toggle, self.until) {
            (Toggle::On(_), Some(until)) if until <= now() => &Toggle::Off,
            (toggle, _) => toggle,
        }
    }
}

/// Whether two set the same, though not at the same moment. An `off` has no parameters, and
/// where a window decides, only the generation tells.
fn is_same(ours: &EndpointStatus, current: &EndpointStatus) -> bool {
    let parameters = Parameters::of(&ours.setting);
    let is_set_again = current.decided_by == "state"
        && parameters == Parameters::of(&current.setting)
        && ours.setting.changed_by == current.setting.changed_by
        && (current.setting.maintenance || !parameters.is_empty());
    ours.generation == current.generation || is_set_again
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::endpoints::status::testing::status;

    fn again(status: &EndpointStatus) -> Toggle {
        Toggle::On(Parameters::of(&status.setting))
    }

    #[test]
    fn what_was_is_what_was_set() {
        let on = status(r#"{"maintenance":true,"until":"9999-01-01T00:00:00Z","message":"a"}"#);
        assert_eq!(*Previous::of(&on).toggle(), again(&on));
        let planned = status(r#"{"maintenance":false,"start":"9998-01-01T00:00:00Z"}"#);
        assert_eq!(*Previous::of(&planned).toggle(), again(&planned));
        let over = status(r#"{"maintenance":false,"until":"2001-01-01T00:00:00Z"}"#);
        assert_eq!(*Previous::of(&over).toggle(), Toggle::Off);
        let off = status(r#"{"maintenance":false}"#);
        assert_eq!(*Previous::of(&off).toggle(), Toggle::Off);
        let mut window = on;
        window.decided_by = "window".to_owned();
        assert_eq!(*Previous::of(&window).toggle(), Toggle::Reset);
    }
}
