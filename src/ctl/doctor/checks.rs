//! All checks, in the order in which their findings are told.

use crate::ctl::doctor::finding::{Finding, Findings, Severity};
use crate::ctl::doctor::{
    blocked_check, dead_rule, ejects, endpoint_blocked, everybody, fails_open, forgeable_address,
    hold_timeout, invalid, no_filter, null, order, past, placeholder, reply_replaced, retries,
    route_skips_filter, shared_scope, store_cluster, unguarded_way, upgrade_skips_filter,
};
use crate::ctl::setup::setup::Setup;

/// What one kind of fault is called, and how it is found.
pub(crate) struct Check {
    pub(crate) code: &'static str,
    /// Unless a finding says otherwise.
    severity: Severity,
    run: fn(&Setup, &mut Findings),
    side: Side,
}

/// Which proxies a check is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Any,
    /// Those with the filter.
    Filter,
    /// Those in front of it.
    Front,
}

use Severity::{Error, Note, Warning};

const fn check(code: &'static str, severity: Severity, run: fn(&Setup, &mut Findings)) -> Check {
    Check {
        code,
        severity,
        run,
        side: Side::Any,
    }
}

/// The table of contents of `envoy/operations.md`; what is told in another way, or of proxies in front,
/// has a row of its own.
pub(crate) const CHECKS: [Check; 24] = [
    check("invalid", Error, invalid::check),
    Check {
        side: Side::Filter,
        ..check("no-filter", Error, no_filter::check)
    },
    Check {
        side: Side::Front,
        ..check("no-filter", Error, no_filter::check_front)
    },
    check("forgeable-address", Warning, forgeable_address::check),
    check("fails-open", Warning, fails_open::check),
    check("upgrade-skips-filter", Error, upgrade_skips_filter::check),
    check("route-skips-filter", Note, route_skips_filter::check),
    check("unguarded-way", Warning, unguarded_way::check),
    check("reply-replaced", Warning, reply_replaced::check),
    Check {
        side: Side::Front,
        ..check("reply-replaced", Warning, reply_replaced::check_front)
    },
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
    Check {
        side: Side::Front,
        ..check("ejects", Warning, ejects::check)
    },
    Check {
        side: Side::Front,
        ..check("ejects", Warning, blocked_check::check_front)
    },
    check("ejects", Warning, blocked_check::check),
];

/// Runs the checks for proxies with the filter, or for those in front of them.
pub(crate) fn diagnose(setup: &Setup, is_front: bool) -> Vec<Finding> {
    let other = if is_front { Side::Filter } else { Side::Front };
    let checks = CHECKS.iter().filter(|check| check.side != other);
    checks
        .flat_map(|check| {
            let mut findings = Findings::of(check.code, check.severity);
            (check.run)(setup, &mut findings);
            findings.into_vec()
        })
        .collect()
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
