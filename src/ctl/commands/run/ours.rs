//! What `run` itself has set, and how that is replaced and nothing else.

use std::thread;
use std::time::Duration;

use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::endpoints::client::EndpointClient;
use crate::ctl::endpoints::error::EndpointError;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;

/// How often to try where others change the state at the same time, or an Envoy of a fleet
/// has not heard of the last change yet.
const ATTEMPTS: usize = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// What was set at each endpoint, and by each renewal.
#[derive(Clone, Debug, Default)]
pub(super) struct Ours(Vec<EndpointStatus>);

/// Why something is not replaced.
#[derive(Debug)]
pub(super) enum Unreplaced {
    /// It is somebody else's.
    Foreign(Box<EndpointStatus>),
    Failed(String),
}

impl Ours {
    pub(super) fn add(&mut self, status: EndpointStatus) {
        self.0.push(status);
    }

    /// The shortest time for which one of the last `count` holds, as the endpoint has it.
    pub(super) fn lifetime(&self, count: usize) -> Option<Duration> {
        let last = self.0.iter().rev().take(count);
        let lifetimes = last.filter_map(|status| {
            let (since, until) = (status.setting.since?, status.setting.until?);
            Some(since.unix_millis().abs_diff(until.unix_millis()))
        });
        lifetimes.min().map(Duration::from_millis)
    }

    /// Replaces what an endpoint has, where it is still ours; the status after it.
    pub(super) fn replace<'t>(
        &self,
        client: &EndpointClient,
        url: &str,
        toggle: impl Fn() -> &'t Toggle,
    ) -> Result<EndpointStatus, Unreplaced> {
        for _ in 0..ATTEMPTS {
            let current = client.status(url).map_err(failed)?;
            if !self.0.iter().any(|ours| is_same(ours, &current)) {
                return Err(Unreplaced::Foreign(Box::new(current)));
            }
            match client.change(url, toggle(), Some(current.generation)) {
                Ok(status) => return Ok(status),
                Err(error) if error.is_lost_race() => thread::sleep(PAUSE),
                Err(error) => return Err(failed(error)),
            }
        }
        let problem = format!("{url}: the state changes all the time");
        Err(Unreplaced::Failed(problem))
    }
}

fn failed(error: EndpointError) -> Unreplaced {
    Unreplaced::Failed(error.to_string())
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
