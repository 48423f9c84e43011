//! Settings that do nothing beside others: no fault, but a remark.

use maintenance_mode_core::config::mode::{Mode, Switch};
use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::config::response::{Format, RetryAfterConfig};
use maintenance_mode_core::config::rules::Action;
use maintenance_mode_core::policy::policy::Policy;

/// What there is to say of a configuration.
pub(super) fn remarks(config: &PluginConfig, policy: &Policy) -> Vec<String> {
    let response = &config.response;
    let is_fixed = config.mode != Mode::Auto;
    let holds = policy.response.hold.millis() > 0;
    let of_pages = [
        ("redirect", response.redirect.is_some()),
        ("refresh", response.refresh.is_some()),
        ("html", response.html.is_some()),
    ];
    let is_json = response.format == Some(Format::Json);
    let of_pages = of_pages
        .into_iter()
        .filter(|(_, is_there)| is_json && *is_there);
    let of_pages =
        of_pages.map(|(key, _)| idle(&format!("response.{key}"), "`response.format` is json"));
    let rules = config.rules.iter().enumerate();
    let passing = rules.filter(|(_, rule)| rule.action == Action::Allow && rule.response.is_some());
    let of_rules = passing.map(|(index, _)| {
        idle(
            &format!("rules[{index}].response"),
            "what it allows gets none",
        )
    });
    let rows = [
        (
            !config.windows.is_empty() && is_fixed,
            "windows",
            "`mode` is fixed",
        ),
        (
            config.initial == Switch::On && is_fixed,
            "initial",
            "`mode` is fixed",
        ),
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
            response.retry_after == Some(RetryAfterConfig::None)
                && response.retry_after_jitter.is_some(),
            "response.retry_after_jitter",
            "`response.retry_after` is none",
        ),
    ];
    let rows = rows.into_iter().filter(|(is_idle, ..)| *is_idle);
    let rows = rows.map(|(_, key, why)| idle(key, why));
    rows.chain(of_pages).chain(of_rules).collect()
}

fn idle(key: &str, why: &str) -> String {
    format!("`{key}` does nothing here: {why}")
}
