//! All checks, in the order in which their findings are told.

use crate::ctl::doctor::finding::Severity::{self, Error, Note, Warning};
use crate::ctl::doctor::finding::{Finding, Findings};
use crate::ctl::doctor::{
    blocked_check, dead_rule, ejects, endpoint_blocked, everybody, fails_open, forgeable_address,
    hold_timeout, invalid, no_filter, null, order, past, patch_place, placeholder, reach,
    remote_code, reply_replaced, retries, route_config, route_metadata, route_skips_filter,
    shared_scope, store_cluster, unguarded_way, upgrade_skips_filter,
};
use crate::ctl::setup::setup::Setup;

/// What one kind of fault is called, and how it is found.
pub(crate) struct Check {
    pub(crate) code: &'static str,
    /// Unless a finding says otherwise.
    severity: Severity,
    side: Side,
    run: fn(&Setup, &mut Findings),
}

/// Which proxies a check is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Any,
    /// Those with the filter.
    Filter,
    /// Those in front of it.
    Front,
}

use Side::{Any, Filter, Front};

const fn check(
    code: &'static str,
    severity: Severity,
    side: Side,
    run: fn(&Setup, &mut Findings),
) -> Check {
    Check {
        code,
        severity,
        side,
        run,
    }
}

/// The table of contents of `envoy/operations.md`; what is told in another way, of other proxies, or
/// looked for elsewhere, has a row of its own.
pub(crate) const CHECKS: [Check; 29] = [
    check("invalid", Error, Any, invalid::check),
    check("invalid", Error, Any, remote_code::check),
    check("invalid", Error, Any, route_config::check),
    check("invalid", Error, Any, route_metadata::check),
    check("no-filter", Error, Filter, no_filter::check),
    check("no-filter", Warning, Filter, reach::check),
    check("no-filter", Warning, Filter, patch_place::check),
    check("no-filter", Error, Front, no_filter::check_front),
    check("forgeable-address", Warning, Any, forgeable_address::check),
    check("fails-open", Warning, Any, fails_open::check),
    check(
        "upgrade-skips-filter",
        Error,
        Any,
        upgrade_skips_filter::check,
    ),
    check("route-skips-filter", Note, Any, route_skips_filter::check),
    check("unguarded-way", Warning, Any, unguarded_way::check),
    check("reply-replaced", Warning, Any, reply_replaced::check),
    check(
        "reply-replaced",
        Warning,
        Front,
        reply_replaced::check_front,
    ),
    check("order", Warning, Any, order::check),
    check("store-cluster", Warning, Any, store_cluster::check),
    check("shared-scope", Warning, Any, shared_scope::check),
    check("dead-rule", Warning, Any, dead_rule::check),
    check("past", Warning, Any, past::check),
    check("everybody", Warning, Any, everybody::check),
    check("retries", Warning, Any, retries::check),
    check("null", Warning, Any, null::check),
    check("hold-timeout", Warning, Any, hold_timeout::check),
    check("endpoint-blocked", Warning, Any, endpoint_blocked::check),
    check("placeholder", Note, Any, placeholder::check),
    check("ejects", Warning, Front, ejects::check),
    check("ejects", Warning, Front, blocked_check::check_front),
    check("ejects", Warning, Any, blocked_check::check),
];

/// Runs the checks for proxies of a side.
pub(crate) fn diagnose(setup: &Setup, side: Side) -> Vec<Finding> {
    let checks = CHECKS.iter();
    let checks = checks.filter(|check| [Any, side].contains(&check.side));
    let findings = checks.flat_map(|check| {
        let mut findings = Findings::of(check.code, check.severity);
        (check.run)(setup, &mut findings);
        findings.into_vec()
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_a_heading_in_the_operations_guide() {
        let guide = include_str!("../../../envoy/operations.md");
        let headings: Vec<&str> = guide.lines().filter(|line| line.starts_with('#')).collect();
        for Check { code, .. } in CHECKS {
            let name = format!("`{code}`");
            assert!(
                headings.iter().any(|heading| heading.contains(&name)),
                "{code}"
            );
        }
    }
}
