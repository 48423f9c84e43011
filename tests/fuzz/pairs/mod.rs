//! Pairs of configurations and requests: made of bytes, and what the filter does with them
//! compared with what the contract says.

mod calls;
pub mod configuration;
pub mod host;
mod request;
pub mod run;
pub mod shrink;
mod source;
mod turns;
mod windows;

use std::collections::BTreeMap;

use serde_json::Value;

use self::source::Source;
use super::reading::{
    self,
    case::{Case, Request, Seen},
    complaints::judge,
    decision::{Decision, Verdict},
    path,
};

/// How many requests of each outcome were compared.
pub type Outcomes = BTreeMap<String, u64>;

/// How many requests a case has.
const REQUESTS: usize = 4;

/// The case that bytes make.
pub fn case(data: &[u8]) -> Case {
    let mut source = Source::new(data);
    let configuration = configuration::configuration(&mut source);
    let calls = calls::calls(&mut source);
    let tokens = match configuration["bypass"].is_null() {
        true => Vec::new(),
        false => request::tokens(&mut source),
    };
    let requests = (0..REQUESTS).map(|_| {
        let mut request = request::request(&mut source, &configuration, tokens.len());
        // No clock goes back: not before the last call, nor before a token was issued.
        let last = calls.last().map(|call| call.at);
        let issued = tokens.iter().map(|token| token.issued);
        request.at = issued.chain(last).fold(request.at, i64::max);
        request
    });
    Case {
        requests: requests.collect(),
        configuration,
        calls,
        tokens,
    }
}

/// One thing that is wrong, and with which request.
#[derive(Clone, Debug)]
pub struct Difference {
    pub complaint: String,
    /// The number of the request, if it is not the configuration.
    pub at: Option<usize>,
}

impl Difference {
    /// What differs, whatever the values are.
    pub fn kind(&self) -> String {
        // Of a refusal, the key and what is wrong with it.
        let most = if self.at.is_some() { 1 } else { 3 };
        let first = self.complaint.split(" (and ").next().unwrap_or_default();
        let words: Vec<&str> = first.split(": ").take(most).collect();
        words.join(": ").replace(|c: char| c.is_ascii_digit(), "")
    }
}

/// All differences of a case.
pub fn compare(case: &Case, outcomes: &mut Outcomes) -> Vec<Difference> {
    let all = match run::run(case) {
        Ok(all) => all,
        Err(complaint) => {
            *outcomes.entry("refused".to_owned()).or_default() += case.requests.len() as u64;
            return vec![Difference {
                complaint,
                at: None,
            }];
        }
    };
    let mut differences = Vec::new();
    let mut varies: Vec<(Option<Value>, String)> = Vec::new();
    for (at, (request, seen)) in case.requests.iter().zip(&all).enumerate() {
        let mut judgement = judge(case, request, seen);
        let decision = &judgement.decision;
        let mut count = |outcome| *outcomes.entry(outcome).or_default() += 1;
        count(outcome(decision, request, seen));
        if judgement.is_warier {
            count("(in doubt, blocked)".to_owned());
        }
        // Of an odd spelling, rules of the core may take more than it must.
        let path = path::of(request);
        let is_plain = path::is_canonical(&path) && !path.contains(&b'%');
        let is_blocked = decision.verdict == Verdict::Blocked;
        let blocked = Some(decision).filter(|_| is_blocked && is_plain);
        if let (Some(decision), Some(reply)) = (blocked, &seen.reply) {
            let rule = decision.rule.as_ref();
            let response = rule.and_then(|rule| rule.get("response")).cloned();
            let vary = reply.header("vary").unwrap_or_default().to_owned();
            let known = varies.iter().find(|(other, _)| *other == response);
            match known {
                Some((_, other)) if *other != vary => judgement.complaints.push(format!(
                    "vary of one response: {other:?} of one reply, {vary:?} of another"
                )),
                Some(_) => {}
                None => varies.push((response, vary)),
            }
        }
        let complaints = judgement.complaints.into_iter();
        differences.extend(complaints.map(|complaint| Difference {
            complaint,
            at: Some(at),
        }));
    }
    differences
}

/// What became of a request, to see what is covered.
fn outcome(decision: &Decision, request: &Request, seen: &Seen) -> String {
    let by = decision.by;
    match decision.verdict {
        Verdict::Endpoint => {
            let status = seen.reply.as_ref().map_or(0, |reply| reply.status);
            format!("endpoint: {status}")
        }
        Verdict::Passed => format!("passed: {by}"),
        Verdict::Allowed(reason) => format!("allowed: {reason}"),
        Verdict::Observed => format!("observed: {by}"),
        Verdict::Held => format!("held: {by}"),
        Verdict::Blocked => {
            let kind = match &seen.reply {
                Some(reply) if reply.grpc_status.is_some() => "gRPC",
                Some(reply) if reply.header("access-control-allow-methods").is_some() => {
                    "preflight"
                }
                Some(reply) if reply.header("location").is_some() => "redirect",
                _ if request.method() == "HEAD" => "HEAD",
                Some(reply) => match reply.header("content-type").unwrap_or_default() {
                    kind if kind.starts_with("text/html") => "HTML",
                    kind if kind.starts_with("text/plain") => "text",
                    _ => "JSON",
                },
                None => "nothing",
            };
            format!("blocked: {by}, {kind}")
        }
    }
}

/// A case and its difference, for people.
pub fn shown(case: &Case) -> String {
    let mut text = format!("configuration: {}\n", case.configuration);
    for call in &case.calls {
        let at = reading::time::format(call.at);
        text += &format!("call at {at}: {:?}\n", call.what);
    }
    for (number, token) in case.tokens.iter().enumerate() {
        let issued = reading::time::format(token.issued);
        let (seconds, fault) = (token.seconds, token.fault);
        text += &format!("token {number}: {issued}, {seconds} s, fault {fault:?}\n");
    }
    for request in &case.requests {
        text += &format!("request:\n{request}");
    }
    let differences = compare(case, &mut Outcomes::new());
    for difference in &differences {
        text += &format!("- {}\n", difference.complaint);
    }
    let at = differences.first().and_then(|difference| difference.at);
    if let (Ok(all), Some(at)) = (run::run(case), at) {
        let expected = judge(case, &case.requests[at], &all[at]).decision;
        let (verdict, by, flag) = (expected.verdict, expected.by, expected.flag);
        text += &format!("expected: {verdict:?} by {by}, {flag:?}\n");
        text += &format!("got: {}\n", all[at]);
    }
    text
}
