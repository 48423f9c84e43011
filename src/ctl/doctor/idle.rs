//! Settings that do nothing beside others: no fault, but a remark.

use maintenance_mode_core::config::mode::{Mode, Switch};
use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::config::response::{Format, RetryAfterConfig};
use maintenance_mode_core::config::rules::Action;
use maintenance_mode_core::policy::policy::Policy;

/// What there is to say of a configuration.
pub(super) fn remarks(config: &PluginConfig, policy: &Policy) -> Vec<String> {
    const FIXED: &str = "`mode` is fixed";
    const JSON: &str = "`response.format` is json";
    let response = &config.response;
    let is_fixed = config.mode != Mode::Auto;
    let is_json = response.format == Some(Format::Json);
    let holds = policy.response.hold.millis() > 0;
    let has_no_header = response.retry_after == Some(RetryAfterConfig::None);
    let rows = [
        (!config.windows.is_empty() && is_fixed, "windows", FIXED),
        (config.initial == Switch::On && is_fixed, "initial", FIXED),
        (
            holds && config.mode == Mode::On,
            "response.hold_seconds",
            "with `mode` on nobody waits",
        ),
        (
            holds && policy.max_held_requests == 0,
            "response.hold_seconds",
            "`max_held_requests` is 0",
        ),
        (
            has_no_header && response.retry_after_jitter.is_some(),
            "response.retry_after_jitter",
            "`response.retry_after` is none",
        ),
        (
            is_json && response.redirect.is_some(),
            "response.redirect",
            JSON,
        ),
        (
            is_json && response.refresh.is_some(),
            "response.refresh",
            JSON,
        ),
        (is_json && response.html.is_some(), "response.html", JSON),
    ];
    let rows = rows.into_iter().filter(|(is_idle, ..)| *is_idle);
    let rows = rows.map(|(_, key, why)| idle(key, why));
    let rules = config.rules.iter().enumerate();
    let passing = rules.filter(|(_, rule)| rule.action == Action::Allow && rule.response.is_some());
    let of_rules = passing.map(|(index, _)| {
        let key = format!("rules[{index}].response");
        idle(&key, "what it allows gets none")
    });
    rows.chain(of_rules).collect()
}

fn idle(key: &str, why: &str) -> String {
    format!("`{key}` does nothing here: {why}")
}
