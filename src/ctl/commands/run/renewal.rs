//! Puts the end off that an endpoint has given to what is set without one.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::commands::run::ours::{Ours, Unreplaced};
use crate::ctl::endpoints::client::EndpointClient;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::complain;

/// A lifetime is renewed after a half of it; after a failure, eight times before its end.
const PARTS: u32 = 16;
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// Sets the same again, before its end and until told to stop.
pub(super) fn renew(
    client: &EndpointClient,
    urls: &[String],
    parameters: &Parameters,
    ours: &mut Ours,
    stop: &Receiver<()>,
) {
    let mut urls: Vec<&String> = urls.iter().collect();
    let mut has_failed = false;
    while !urls.is_empty()
        && let Some(lifetime) = ours.lifetime(urls.len())
    {
        let parts = if has_failed { PARTS } else { 2 };
        let pause = (lifetime / parts).max(SHORTEST_PAUSE);
        if stop.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            break;
        }
        has_failed = false;
        let toggle = Toggle::On(parameters.begun(now()));
        urls.retain(|url| match ours.replace(client, url, || &toggle) {
            Ok(status) => {
                ours.add(status);
                true
            }
            Err(Unreplaced::Foreign(_)) => false,
            Err(Unreplaced::Failed(problem)) => {
                complain(&format!("the end could not be put off: {problem}"));
                has_failed = true;
                true
            }
        });
    }
}
