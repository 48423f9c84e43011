//! `dead-rule`: a rule, or an entry, whose requests one before it always takes.

use maintenance_mode_core::policy::kind::Kind;

use crate::ctl::doctor::cover::{Covered, covers};
use crate::ctl::doctor::finding::Findings;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

/// How many comparisons are worth their time: a second or so.
const MAX_COMPARISONS: usize = 1_000_000;

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (_, plugin, ..) in setup.accepted() {
        let settings = plugin.settings();
        let rules = settings.list("rules");
        let matches: Vec<Spot> = rules.iter().filter_map(|rule| rule.get("match")).collect();
        for matchers in settings.get("allow").iter().chain(&matches) {
            entries(matchers, findings);
        }
        let lists: Vec<_> = matches.iter().map(lists).collect();
        behind_rules(&settings, &rules, &lists, findings);
        for (index, later) in lists.iter().enumerate() {
            let mut before = lists.iter().take(index).enumerate();
            let taker = before.find(|(_, earlier)| takes(earlier, later));
            if let (Some((taker, _)), Some(rule)) = (taker, rules.get(index)) {
                findings.add(
                    rule.place(),
                    format!(
                        "this rule is never reached: {} takes each of its requests",
                        title(rules.get(taker), taker)
                    ),
                    "Put it before that rule, or make that one narrower: the first rule that \
                     matches wins.",
                );
            }
        }
    }
}

/// Entries of `allow`, which count only where no rule has decided.
fn behind_rules(settings: &Spot, rules: &[Spot], lists: &[Lists], findings: &mut Findings) {
    let decides = |rule: &Spot| matches!(rule.text_of("action"), Some("allow" | "block"));
    let deciding: Vec<_> = rules.iter().zip(lists).enumerate().collect();
    for (kind, entries) in settings.get("allow").iter().flat_map(self::lists) {
        for entry in entries {
            let place = entry.spot.place();
            let entry = [(kind, vec![entry])];
            let mut taking = deciding.iter().filter(|(_, (rule, _))| decides(rule));
            if let Some((index, (rule, _))) = taking.find(|(_, (_, rule))| takes(rule, &entry)) {
                findings.add(
                    place,
                    format!(
                        "this entry changes nothing: {} takes each of its requests, and rules come \
                         before `allow`",
                        title(Some(rule), *index)
                    ),
                    "Put a rule with it and the action `allow` before that rule, or remove it.",
                );
            }
        }
    }
}

fn title(rule: Option<&Spot>, index: usize) -> String {
    match rule.and_then(|rule| rule.text_of("name")) {
        Some(name) => format!("rules[{index}], {name:?},"),
        None => format!("rules[{index}]"),
    }
}

/// The entries of each kind.
type Lists<'s> = Vec<(Kind, Vec<Covered<'s>>)>;

fn lists<'s>(matchers: &Spot<'s>) -> Lists<'s> {
    let lists = Kind::ALL.into_iter().map(|kind| {
        let entries = matchers.list(kind.key()).into_iter();
        let entries = entries.map(|entry| Covered::new(kind, entry));
        (kind, entries.collect::<Vec<_>>())
    });
    lists.filter(|(_, entries)| !entries.is_empty()).collect()
}

/// Whether each request that matches `later` matches `earlier`: of each kind that this names,
/// the other has entries, and one of this takes each.
fn takes(earlier: &[(Kind, Vec<Covered>)], later: &[(Kind, Vec<Covered>)]) -> bool {
    let takes_kind = |(kind, wide): &(Kind, Vec<Covered>)| {
        let narrow = later.iter().find(|(other, _)| other == kind);
        narrow.is_some_and(|(_, narrow)| {
            let is_taken = |entry| wide.iter().any(|wide| covers(wide, entry));
            wide.len() * narrow.len() <= MAX_COMPARISONS && narrow.iter().all(is_taken)
        })
    };
    !earlier.is_empty() && earlier.iter().all(takes_kind)
}

fn entries(matchers: &Spot, findings: &mut Findings) {
    for (kind, entries) in lists(matchers) {
        // Blocks of addresses are compared as numbers, which takes no time.
        if kind != Kind::ClientIp && entries.len() * entries.len() > 2 * MAX_COMPARISONS {
            continue;
        }
        for (index, later) in entries.iter().enumerate() {
            let mut before = entries.iter().take(index);
            if let Some(earlier) = before.find(|earlier| covers(earlier, later)) {
                findings.add(
                    later.spot.place(),
                    format!(
                        "this entry changes nothing: {} takes each of its requests",
                        earlier.spot.place().path
                    ),
                    "Remove it, or make the other one narrower.",
                );
            }
        }
    }
}
