//! What there is to say of a decision.

use maintenance_mode_core::decision::decision::{Decision, Ruling, Verdict};
use maintenance_mode_core::syntax::one_line::OneLine;
use serde::Serialize;

use crate::ctl::commands::explain::origin::origin;

/// The decision, and where it comes from.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Explanation {
    decision: &'static str,
    reason: &'static str,
    /// The entry of the configuration; `state` and `route_metadata` are outside it.
    matched: String,
    /// The name of the rule that matched, also where it left the decision to the flag; while that
    /// is off, only one that blocks or is on, or stands before such a one, is looked at.
    rule: Option<String>,
    /// The status of the reply; `null` where the request goes on, and for the admin endpoint,
    /// which depends on the caller.
    status: Option<u16>,
}

/// HTTP's status of a gRPC reply.
const GRPC_STATUS: u16 = 200;

impl Explanation {
    pub(super) fn of(decision: &Decision<'_>) -> Self {
        let (reason, matched) = origin(decision);
        let rule = decision.ruling.and_then(Ruling::rule);
        let (decision, status) = match &decision.verdict {
            Verdict::Admin(_) => ("admin", None),
            Verdict::Pass | Verdict::Allowed(_) => ("pass", None),
            Verdict::Observed => ("observe", None),
            Verdict::Blocked(reply) => {
                let status = reply.grpc_status.map_or(reply.status, |_| GRPC_STATUS);
                ("block", Some(status))
            }
        };
        Self {
            decision,
            reason,
            matched,
            rule: rule.and_then(|rule| rule.name.as_deref().map(str::to_owned)),
            status,
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
        lines.join("\n")
    }
}
