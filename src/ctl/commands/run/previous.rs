//! What was before `run`, and how to put it back.

use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::commands::run::ours::{Ours, Unreplaced};
use crate::ctl::endpoints::client::EndpointClient;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::clock::now;
use crate::ctl::process::exit::{Abort, Exit};

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
            start: setting.start,
            until: setting.until,
        }
    }

    /// Puts it back where what is set is still ours.
    ///
    /// # Errors
    /// Somebody else has changed the state since, or a call failed.
    pub(super) fn put_back(
        &self,
        client: &EndpointClient,
        url: &str,
        ours: &Ours,
    ) -> Result<(), Abort> {
        let failed = |problem: String| {
            let problem = format_args!("what was could not be put back: {problem}");
            Exit::OWN_FAILURE.because(problem)
        };
        let is_planned = self.is_planned();
        let replaced = ours.replace(client, url, || {
            // An `on` that is to come does not replace one that is in force.
            if is_planned {
                &Toggle::Reset
            } else {
                self.toggle()
            }
        });
        match replaced {
            Ok(reset) if is_planned => {
                let planned = client.change(url, self.toggle(), Some(reset.generation));
                planned.map(drop).map_err(|error| failed(error.to_string()))
            }
            Ok(_) => Ok(()),
            // Another endpoint of the same state may have put it back already.
            Err(Unreplaced::Foreign(current)) if Self::of(&current).toggle() == self.toggle() => {
                Ok(())
            }
            Err(Unreplaced::Foreign(_)) => Err(Exit::NOT_OURS.because(format_args!(
                "{url}: somebody else has changed the state meanwhile, so it is left as it is"
            ))),
            Err(Unreplaced::Failed(problem)) => Err(failed(problem)),
        }
    }

    fn is_planned(&self) -> bool {
        let is_on = matches!(self.toggle(), Toggle::On(_));
        is_on && self.start.is_some_and(|start| now() < start)
    }

    /// An `on` whose end has come meanwhile counts as off.
    fn toggle(&self) -> &Toggle {
        match (&self.toggle, self.until) {
            (Toggle::On(_), Some(until)) if until <= now() => &Toggle::Off,
            (toggle, _) => toggle,
        }
    }
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
        let opening = status(r#"{"maintenance":false,"ramp_until":"9999-01-01T00:00:00Z"}"#);
        assert_eq!(*Previous::of(&opening).toggle(), Toggle::Off);
        let mut window = on;
        window.decided_by = "window".to_owned();
        assert_eq!(*Previous::of(&window).toggle(), Toggle::Reset);
    }
}
