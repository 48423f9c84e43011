//! `hold-timeout`: Envoy ends requests before their wait for the end of maintenance is over.

use maintenance_mode_core::config::mode::Mode;
use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::config::rules::Action;
use maintenance_mode_core::policy::policy::Policy;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::route_skips_filter::disabling;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

/// What ends a request that waits, unless it is 0.
const OF_MANAGERS: [&[&str]; 3] = [
    &["stream_idle_timeout"],
    &["request_timeout"],
    &["common_http_protocol_options", "max_stream_duration"],
];
/// The same of a route, which goes before.
const OF_ROUTES: [&[&str]; 2] = [
    &["route", "idle_timeout"],
    &["route", "max_stream_duration", "max_stream_duration"],
];

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (index, _, config, policy) in setup.accepted() {
        let millis = longest_hold(policy);
        if millis == 0 || !holds(config, policy) {
            continue;
        }
        for (manager, at) in setup.managers_of(index) {
            for keys in OF_MANAGERS {
                report(keys, &manager.spot, millis, findings);
            }
            let filter = manager.filters.get(at).map_or("", |filter| filter.name);
            let scopes = setup.scopes_of(manager).into_iter();
            for scope in scopes.filter(|scope| disabling(scope, filter).is_none()) {
                for keys in OF_ROUTES {
                    report(keys, &scope.spot, millis, findings);
                }
            }
        }
    }
}

/// Whether anybody ever waits.
fn holds(config: &PluginConfig, policy: &Policy) -> bool {
    config.mode == Mode::Auto && !config.observe && policy.max_held_requests > 0
}

/// The longest wait that the configuration allows, in milliseconds.
fn longest_hold(policy: &Policy) -> u64 {
    let rules = policy.rules.all().iter();
    let own = rules.filter(|rule| rule.action == Action::Follow);
    let own = own.filter_map(|rule| rule.response.as_ref());
    let all = own.chain([&policy.response]);
    all.map(|response| response.hold.millis())
        .max()
        .unwrap_or_default()
}

fn report(keys: &[&str], around: &Spot, hold: u64, findings: &mut Findings) {
    let Some(spot) = around.at(keys) else {
        return;
    };
    let name = keys.join(".");
    let seconds = hold / 1000;
    let enough = seconds + 60;
    match millis(&spot) {
        // Nothing else ends the streams of clients that are gone without a word.
        Some(0) if name.ends_with("idle_timeout") => findings.add(
            spot.place(),
            format!(
                "{name} is 0, so Envoy never ends a request on which nothing moves: one that \
                 waits {seconds} s and whose client is gone without a word keeps its place, its \
                 body and its connection"
            ),
            format!("Remove {name}, or write {enough}s or more."),
        ),
        Some(millis) if millis > 0 && millis <= hold => findings.add(
            spot.place(),
            format!(
                "{name} ends a request before it has waited the {seconds} s of hold_seconds: its \
                 client gets an error of Envoy in the place of the reply, or of its answer"
            ),
            format!("Write {name}: {enough}s or more, or a shorter hold_seconds."),
        ),
        _ => {}
    }
}

/// The milliseconds of a duration as Protobuf's JSON has it, such as `1.5s`.
fn millis(spot: &Spot) -> Option<u64> {
    let seconds = spot.text()?.strip_suffix('s')?.parse::<f64>().ok()?;
    (seconds >= 0.0).then_some((seconds * 1000.0) as u64)
}
