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
    run: Run,
    /// Where it is not for all.
    side: Option<Side>,
}

type Run = fn(&Setup, &mut Findings);

/// Which proxies are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Those with the filter.
    Filter,
    /// Those in front of it.
    Front,
}

const fn check(code: &'static str, severity: Severity, run: Run) -> Check {
    Check {
        code,
        severity,
        run,
        side: None,
    }
}

const fn filter_check(code: &'static str, severity: Severity, run: Run) -> Check {
    Check {
        side: Some(Side::Filter),
        ..check(code, severity, run)
    }
}

const fn front_check(code: &'static str, severity: Severity, run: Run) -> Check {
    Check {
        side: Some(Side::Front),
        ..check(code, severity, run)
    }
}

/// The table of contents of `envoy/operations.md`; what is told in another way, of other proxies, or
/// looked for elsewhere, has a row of its own.
pub(crate) const CHECKS: [Check; 29] = [
    check("invalid", Error, invalid::check),
    check("invalid", Error, remote_code::check),
    check("invalid", Error, route_config::check),
    check("invalid", Error, route_metadata::check),
    filter_check("no-filter", Error, no_filter::check),
    filter_check("no-filter", Warning, reach::check),
    filter_check("no-filter", Warning, patch_place::check),
    front_check("no-filter", Error, no_filter::check_front),
    check("forgeable-address", Warning, forgeable_address::check),
    check("fails-open", Warning, fails_open::check),
    check("upgrade-skips-filter", Error, upgrade_skips_filter::check),
    check("route-skips-filter", Note, route_skips_filter::check),
    check("unguarded-way", Warning, unguarded_way::check),
    check("reply-replaced", Warning, reply_replaced::check),
    front_check("reply-replaced", Warning, reply_replaced::check_front),
    check("order", Warning, order::check),
    check("store-cluster", Warning, store_cluster::check),
    check("shared-scope", Warning, shared_scope::check),
    check("dead-rule", Warning, dead_rule::check),
    check("past", Warning, past::check),
    check("everybody", Warning, everybody::check),
    check("retries", Warning, retries::check),
    check("null", Warning, null::check),
    check("hold-timeout", Warning, hold_timeout::check),
    check("endpoint-blocked", Warning, endpoint_blocked::check),
    check("placeholder", Note, placeholder::check),
    front_check("ejects", Warning, ejects::check),
    front_check("ejects", Warning, blocked_check::check_front),
    check("ejects", Warning, blocked_check::check),
];

/// Runs the checks for proxies of a side.
pub(crate) fn diagnose(setup: &Setup, side: Side) -> Vec<Finding> {
    let checks = CHECKS.iter();
    let checks = checks.filter(|check| check.side.is_none_or(|of| of == side));
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
