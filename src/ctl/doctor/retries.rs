//! `retries`: proxies in front send a blocked request again and again.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::setup::setup::Setup;

/// The status without one that is set, for which the reply has a header against retries.
const DEFAULT: u16 = 503;
/// What proxies send again, beside faults of servers.
const RETRIED: [u16; 3] = [408, 409, 425];

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for plugin in &setup.plugins {
        for response in plugin.responses() {
            if let Some(no_retry) = response.get("no_retry")
                && response.bool_of("no_retry") == Some(false)
            {
                findings.add(
                    no_retry.place(),
                    "without x-envoy-ratelimited the Envoys in front with a retry policy send \
                     each blocked request again: several times the load, just in maintenance",
                    "Remove no_retry: it is true then.",
                );
            }
            let status = response.number_of("status").unwrap_or_default();
            let is_retried =
                |status: u16| status != DEFAULT && (status >= 500 || RETRIED.contains(&status));
            if let Some(spot) = response.get("status").filter(|_| is_retried(status as u16)) {
                findings.add(
                    spot.place(),
                    format!(
                        "balancers and clients take {status} for a fault that another try may \
                         mend, and send each blocked request again"
                    ),
                    "Remove `status`: it is 503 then, which says with retry-after when to come \
                     back; or write 429.",
                );
            }
        }
    }
}
