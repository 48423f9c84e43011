//! What there is to say of a decision.

use maintenance_mode_core::config::rules::Action;
use maintenance_mode_core::decision::decision::{Decision, Exemption, Ruling, Verdict};
use maintenance_mode_core::policy::matchers::Entry;
use maintenance_mode_core::state::flag::{DecidedBy, Flag};
use maintenance_mode_core::syntax::one_line::OneLine;
use serde::Serialize;

use crate::ctl::commands::explain::nearly::Near;

/// The decision, and where it comes from.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Explanation {
    decision: &'static str,
    reason: &'static str,
    /// The entry of the configuration; `state` and `route_metadata` are outside it.
    matched: String,
    /// The name of the rule that matched, also where it left the decision to the flag; while that
    /// is off, only one that blocks or is on, or stands before such a one, is looked at.
    rule: Option<Box<str>>,
    /// The status of the reply; `null` where the request goes on, and for the admin endpoint,
    /// which depends on the caller.
    status: Option<u16>,
    /// What nearly matched, and why it did not.
    nearly: Vec<Near>,
}

impl Explanation {
    pub(super) fn of(decision: &Decision<'_>, nearly: Vec<Near>) -> Self {
        let rule = decision.ruling.and_then(Ruling::rule);
        let (name, status, (reason, matched)) = match &decision.verdict {
            Verdict::Admin(_) => ("admin", None, ("admin", "admin.path".to_owned())),
            Verdict::Pass => ("pass", None, of_flag(&decision.flag)),
            Verdict::Allowed(exemption) => ("pass", None, of_exemption(*exemption, decision)),
            Verdict::Observed => ("observe", None, of_maintenance(decision)),
            Verdict::Held(_) => ("hold", None, of_maintenance(decision)),
            Verdict::Blocked(reply) => ("block", Some(reply.status), of_maintenance(decision)),
        };
        Self {
            decision: name,
            reason,
            matched,
            rule: rule.and_then(|rule| rule.name.clone()),
            status,
            nearly,
        }
    }

    /// Lines for people.
    pub(super) fn to_text(&self) -> String {
        let status = self.status.map(|status| format!(" with {status}"));
        let mut lines = vec![
            format!("decision  {}{}", self.decision, status.unwrap_or_default()),
            format!("reason    {}", self.reason),
            format!("matched   {}", self.matched),
        ];
        if let Some(rule) = &self.rule {
            lines.push(format!("rule      {}", OneLine(rule)));
        }
        lines.extend(self.nearly.iter().map(Near::to_text));
        lines.join("\n")
    }
}

/// A reason, and its place in the configuration.
type Origin = (&'static str, String);

fn of_exemption(exemption: Exemption, decision: &Decision<'_>) -> Origin {
    let place = match exemption {
        Exemption::Entry(Entry { kind, index }) => format!("allow.{}[{index}]", kind.key()),
        Exemption::Bypass => "bypass".to_owned(),
        Exemption::Ruling => place_of(decision.ruling),
        Exemption::Ramp => "state".to_owned(),
    };
    (exemption.reason().as_str(), place)
}

fn of_maintenance(decision: &Decision<'_>) -> Origin {
    match decision.ruling.map(Ruling::action) {
        Some(Action::Block | Action::On) => ("rule", place_of(decision.ruling)),
        Some(Action::Allow | Action::Follow) | None => of_flag(&decision.flag),
    }
}

fn of_flag(flag: &Flag<'_>) -> Origin {
    let reason = match flag.decided_by {
        DecidedBy::Mode => "mode",
        DecidedBy::State => "state",
        DecidedBy::Window => "window",
        DecidedBy::Initial => "initial",
    };
    let window = flag.window.map(|index| format!("windows[{index}]"));
    (reason, window.unwrap_or_else(|| reason.to_owned()))
}

fn place_of(ruling: Option<Ruling<'_>>) -> String {
    match ruling.and_then(Ruling::rule) {
        Some(rule) => format!("rules[{}]", rule.index),
        None => "route_metadata".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use maintenance_mode_core::decision::decide::decide;
    use maintenance_mode_core::policy::outlook::Outlook;
    use maintenance_mode_core::state::state::State;
    use maintenance_mode_core::syntax::timestamp::Timestamp;

    use super::*;
    use crate::ctl::arguments::arguments::{Arguments, Command};
    use crate::ctl::commands::explain::request::described;
    use crate::ctl::documents::document::documents;
    use crate::ctl::setup::compilation::Compilation;
    use crate::ctl::setup::environment::Variables;

    fn explained(configuration: &str, arguments: &[&str]) -> (&'static str, String) {
        let root = &documents("-", configuration).unwrap()[0].root;
        let (_, policy) = Compilation::of(root, &Variables::All).accepted().unwrap();
        let explain = ["maintenancectl", "explain", "-", "--ip", "192.0.2.1"];
        let arguments = [&explain, arguments].concat();
        let Command::Explain(options) = Arguments::parse_from(arguments).command else {
            panic!("not explain");
        };
        let now = Timestamp::parse("2026-01-01T12:00:00Z").unwrap();
        let request = described(&options, &policy.client_address, now);
        let state = State::default();
        let explanation = Explanation::of(
            &decide(&policy, &state, &Outlook::default(), &request),
            Vec::new(),
        );
        (explanation.reason, explanation.matched)
    }

    #[test]
    fn an_entry_is_named_by_its_kind_and_place() {
        let arguments = [
            "--path",
            "/b/c?d",
            "--host",
            "b.example",
            "--header",
            "x-a: 1",
            "--cookie",
            "a=1",
            "--cookie",
            "b=2",
            "--attribute",
            "a.b=c",
        ];
        for (allow, reason, place) in [
            (
                r#"{"client_ips":["10.0.0.0/8","192.0.2.0/24"]}"#,
                "client_ip",
                "client_ips[1]",
            ),
            (
                r#"{"paths":["/a","/b","/b/*",{"suffix":"c"}]}"#,
                "path",
                "paths[2]",
            ),
            (
                r#"{"hosts":["*.b.example","b.example"]}"#,
                "host",
                "hosts[1]",
            ),
            (
                r#"{"methods":["PUT","HEAD","GET"]}"#,
                "method",
                "methods[2]",
            ),
            (
                r#"{"headers":[{"name":"x-a","present":true}]}"#,
                "header",
                "headers[0]",
            ),
            (
                r#"{"cookies":[{"name":"a","exact":"2"},{"name":"b","exact":"2"}]}"#,
                "cookie",
                "cookies[1]",
            ),
            (
                r#"{"attributes":[{"path":["a"],"present":true},{"path":["a","b"],"exact":"c"}]}"#,
                "attribute",
                "attributes[1]",
            ),
        ] {
            let configuration = format!(r#"{{"initial":"on","allow":{allow}}}"#);
            let expected = (reason, format!("allow.{place}"));
            assert_eq!(explained(&configuration, &arguments), expected, "{allow}");
        }
    }

    #[test]
    fn a_window_is_named_by_its_place() {
        let configuration = r#"{"windows":[
            {"end":"2026-01-01T00:00:00Z"}, {"start":"2026-01-01T00:00:00Z"}
        ]}"#;
        let expected = ("window", "windows[1]".to_owned());
        assert_eq!(explained(configuration, &["--path", "/"]), expected);
        let recurring = r#"{"windows":[
            {"schedule":"0 11 * * *","duration":"1h"},
            {"schedule":"0 12 * * THU","duration":"1h","time_zone":"Europe/London"}
        ]}"#;
        assert_eq!(explained(recurring, &["--path", "/"]), expected);
    }
}
