//! `past`: a time that is over.

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::imf_fixdate::parse;
use crate::ctl::process::clock::now;
use crate::ctl::setup::setup::Setup;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    let now = now();
    for plugin in &setup.plugins {
        let settings = plugin.settings();
        let policy = plugin.policy();
        for (index, window) in settings.list("windows").iter().enumerate() {
            let compiled = policy.and_then(|policy| policy.windows.get(index));
            if compiled.is_some_and(|window| window.is_over(now)) {
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
        let responses = plugin.responses().into_iter();
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
