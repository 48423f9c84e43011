//! `past`: a time that is over.

use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::imf_fixdate::parse;
use crate::ctl::documents::spot::Spot;
use crate::ctl::process::clock::now;
use crate::ctl::setup::setup::Setup;

/// How long an occurrence may last that began in time.
const LONGEST_OCCURRENCE: u64 = 31 * 24 * 3600;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let now = now();
    for plugin in &setup.plugins {
        let settings = plugin.settings();
        for window in settings.list("windows") {
            if end(&window).is_some_and(|end| end <= now) {
                findings.add(
                    window.place(),
                    format!(
                        "this window was over on {}: it never makes maintenance again",
                        window.text_of("end").unwrap_or_default()
                    ),
                    "Remove it, or write the time that is meant.",
                );
            }
        }
        let rules = settings.list("rules");
        let responses = rules
            .iter()
            .chain([&settings])
            .filter_map(|spot| spot.get("response"));
        for date in responses.filter_map(|response| response.get("retry_after")) {
            let time = date.text().and_then(parse);
            if time.is_some_and(|time| time <= now) {
                findings.add(
                    date.place(),
                    "this date is over: clients are told that they may come back at once, and do",
                    "Write a number of seconds, such as 3600, or the date that is meant.",
                );
            }
        }
    }
}

/// When a window is over for good.
fn end(window: &Spot) -> Option<Timestamp> {
    let end = Timestamp::parse(window.text_of("end")?)?;
    match window.get("schedule") {
        Some(_) => end.plus_seconds(LONGEST_OCCURRENCE),
        None => Some(end),
    }
}
