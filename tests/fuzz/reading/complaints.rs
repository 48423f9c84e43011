//! What the filter did and what the contract says, side by side.

use std::fmt::Debug;

use super::{
    Stance, address,
    case::{Case, Request, Seen},
    decision::{Decision, Verdict, cookie_of, decide},
    endpoint, reply,
};

/// Where the filter differs from the contract.
#[derive(Debug, Default)]
pub struct Complaints(pub Vec<String>);

impl Complaints {
    pub fn expect<T: PartialEq + Debug>(&mut self, what: &str, expected: T, got: T) {
        if expected != got {
            self.0
                .push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }

    pub fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push(what());
        }
    }
}

/// What a request was found to be, and what is wrong with what the filter did.
pub struct Judgement {
    pub decision: Decision,
    pub complaints: Vec<String>,
    /// Whether it is right only because an odd path may be read in more ways.
    pub is_warier: bool,
}

/// Compares what was seen of a request.
pub fn judge(case: &Case, request: &Request, seen: &Seen) -> Judgement {
    let (decision, complaints) = judge_as(case, request, seen, Stance::Wary);
    if !complaints.is_empty() {
        let (decision, complaints) = judge_as(case, request, seen, Stance::Warier);
        if complaints.is_empty() {
            return Judgement {
                decision,
                complaints,
                is_warier: true,
            };
        }
    }
    Judgement {
        decision,
        complaints,
        is_warier: false,
    }
}

fn judge_as(case: &Case, request: &Request, seen: &Seen, wary: Stance) -> (Decision, Vec<String>) {
    let decision = decide(case, request, seen.turn, wary);
    let mut complaints = Complaints::default();
    if let Some(opening) = decision.flag.opening {
        let turn = seen.turn.unwrap_or(i64::MIN);
        complaints.unless(opening.start <= turn && turn <= opening.until, || {
            format!("a turn: {turn} of {opening:?}")
        });
        if address::client(&case.configuration, request).is_none() {
            complaints.expect("the turn without an address", opening.until, turn);
        }
    }
    let (state, counted) = match decision.verdict {
        Verdict::Allowed(reason) => (format!("allowed:{reason}"), format!("allowed.{reason}=1")),
        Verdict::Observed => ("observed".to_owned(), "observed=1".to_owned()),
        Verdict::Held => ("held".to_owned(), String::new()),
        Verdict::Blocked => ("blocked".to_owned(), "blocked=1".to_owned()),
        Verdict::Passed | Verdict::Endpoint => Default::default(),
    };
    let mut counts: Vec<String> = Vec::from_iter((!counted.is_empty()).then_some(counted));
    counts.extend((decision.errors > 0).then(|| format!("errors={}", decision.errors)));
    counts.sort();
    if state != seen.filter_state {
        let by = decision.by;
        let got = &seen.filter_state;
        complaints
            .0
            .push(format!("{state:?} by {by} expected, got {got:?}"));
    }
    complaints.expect("counters", counts, seen.counted.clone());
    let stops = [Verdict::Held, Verdict::Blocked, Verdict::Endpoint];
    let passes = !stops.contains(&decision.verdict);
    complaints.expect("it passes", passes, seen.upstream.is_some());
    if complaints.0.is_empty() {
        match (&seen.upstream, &seen.reply) {
            (Some(upstream), None) => passed(case, request, &decision, upstream, &mut complaints),
            (None, Some(reply)) if decision.verdict == Verdict::Endpoint => {
                endpoint::judge(case, request, &decision, reply, &mut complaints);
            }
            (None, None) if decision.verdict == Verdict::Held => {}
            (None, Some(reply)) if decision.verdict == Verdict::Blocked => {
                reply::judge(case, request, &decision, reply, &mut complaints)
            }
            _ => complaints.0.push("no reply, or one too many".to_owned()),
        }
    }
    (decision, complaints.0)
}

/// What the upstream gets.
fn passed(
    case: &Case,
    request: &Request,
    decision: &Decision,
    upstream: &[(String, Vec<u8>)],
    complaints: &mut Complaints,
) {
    let got = Request {
        lines: upstream.to_vec(),
        ..request.clone()
    };
    let all = &case.configuration;
    let mut names: Vec<&String> = request.lines.iter().map(|(name, _)| name).collect();
    names.extend(upstream.iter().map(|(name, _)| name));
    names.sort_unstable();
    names.dedup();
    let tells = all["upstream_header"].as_str().map(str::to_lowercase);
    for name in names {
        if name == "cookie" {
            let mut cookies = request.cookies();
            if !all["bypass"].is_null() {
                let bypass = cookie_of(&all["bypass"]).as_bytes();
                cookies.retain(|(name, _)| name != bypass);
            }
            complaints.unless(cookies == got.cookies(), || {
                "the upstream gets other cookies".to_owned()
            });
            continue;
        }
        let expected = match decision.verdict {
            _ if name == "x-maintenance-bypass" => None,
            _ if tells.as_ref() != Some(name) => request.header(name),
            Verdict::Allowed(reason) => Some(format!("on; allowed={reason}").into_bytes()),
            Verdict::Observed => Some(b"on; observed".to_vec()),
            _ => None,
        };
        let text = |value: Option<Vec<u8>>| value.map(|value| value.escape_ascii().to_string());
        complaints.expect(name, text(expected), text(got.header(name)));
    }
    let says = matches!(decision.verdict, Verdict::Allowed(_) | Verdict::Observed);
    if let Some(name) = tells.filter(|_| says) {
        complaints.expect("upstream_header", true, got.header(&name).is_some());
    }
}
