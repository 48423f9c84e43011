//! A case, run through the filter.

use maintenance_mode_core::filter::{filter::Filter, outcome::Outcome};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    host::{Exchange, Process},
    reading::{
        case::{Call, Case, Fault, Given, On, Request, Seen, Token, What},
        decision::cookie_of,
        endpoint::TOKEN,
        flag::{Flag, State},
        time,
    },
    turns::turns,
};

/// What signs the tokens.
pub const KEY: &str = "a key that has at least 32 bytes, or more";
const OTHER_KEY: &str = "another key that has more than 32 bytes";

/// The `tokens` of an admin endpoint.
pub fn admin_tokens() -> Value {
    let digest = Sha256::digest(TOKEN);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    json!([{"name": "ops", "sha256": hex}])
}

/// What the filter did with each request.
///
/// # Errors
/// It refused the configuration, or a call.
pub fn run(case: &Case) -> Result<Vec<Seen>, String> {
    let process = Process::default();
    process.set_now(case.calls.first().map_or(START, |call| call.at));
    let mut tokens = Vec::new();
    let mut state = State::default();
    if !case.calls.is_empty() {
        let endpoint = endpoint(&process, case)?;
        for call in &case.calls {
            make(call, &endpoint, &process, case, &mut state)?;
        }
    }
    for token in &case.tokens {
        tokens.push(minted(&process, token)?);
    }
    let text = case.configuration.to_string();
    let Some(filter) = Filter::configure(process.clone(), text.as_bytes()) else {
        return Err(format!("refused: {}", process.last_line()));
    };
    let last = case.calls.last().map(|call| call.at);
    let turns = turns(&process, case, last.and_then(|at| state.opening(at)))?;
    process.take_counts();
    let seen = (0..)
        .zip(&case.requests)
        .map(|(number, request): (usize, _)| {
            process.set_now(request.at);
            let exchange = Exchange::new(with_tokens(request, &tokens, false));
            let passed = matches!(filter.handle(&exchange), Outcome::Passed);
            let mut seen = exchange.seen(passed, process.take_counts());
            seen.turn = turns.get(number).copied();
            if let Some(upstream) = &mut seen.upstream {
                let shown = Request {
                    lines: std::mem::take(upstream),
                    ..request.clone()
                };
                *upstream = with_tokens(&shown, &tokens, true).lines;
            }
            seen
        });
    Ok(seen.collect())
}

/// Before all that is called.
const START: i64 = 1_795_000_000_000;

/// Makes a call, which changes the state.
fn make(
    call: &Call,
    endpoint: &Filter<Process>,
    process: &Process,
    case: &Case,
    state: &mut State,
) -> Result<(), String> {
    let is_on = Flag::at(&case.configuration, state, call.at).on;
    let before = turns(process, case, state.opening(call.at).filter(|_| !is_on))?;
    process.set_now(call.at);
    let path = match &call.what {
        What::On(on) => format!("on?{}", query(on)),
        What::Off(query) => format!("off?{query}"),
        What::Reset => "reset".to_owned(),
        What::Revoke => "bypass/revoke".to_owned(),
    };
    let (status, body) = post(endpoint, &path);
    let right = state.apply(&case.configuration, call);
    if status != right {
        let at = time::format(call.at);
        return Err(format!(
            "a call: answered {status}, not {right}: {path} at {at}: {body}"
        ));
    }
    let after = turns(process, case, state.opening(call.at))?;
    let mut pairs = before.iter().zip(&after);
    match pairs.all(|(before, after)| after <= before.max(&call.at)) {
        true => Ok(()),
        false => Err(format!("a call: {path} took turns back")),
    }
}

/// The endpoint of the case, at a path where it is found.
fn endpoint(process: &Process, case: &Case) -> Result<Filter<Process>, String> {
    let mut configuration = json!({"admin": {}});
    for key in ["scope", "mode", "initial", "windows"] {
        if let Some(value) = case.configuration.get(key) {
            configuration[key] = value.clone();
        }
    }
    if let Some(longest) = case.configuration["admin"].get("max_on_seconds") {
        configuration["admin"]["max_on_seconds"] = longest.clone();
    }
    admin(process, configuration, KEY)
}

fn admin(process: &Process, mut more: Value, key: &str) -> Result<Filter<Process>, String> {
    more["admin"]["path"] = "/m".into();
    more["admin"]["tokens"] = admin_tokens();
    more["bypass"] = json!({"key": key, "max_ttl_seconds": 1_000_000});
    let filter = Filter::configure(process.clone(), more.to_string().as_bytes());
    filter.ok_or_else(|| process.last_line())
}

fn query(on: &On) -> String {
    let escaped = |text: &str| -> String { text.bytes().map(|b| format!("%{b:02X}")).collect() };
    let mut parameters = Vec::new();
    for (name, moment) in [("start", on.start), ("until", on.until)] {
        parameters.extend(moment.map(|moment| format!("{name}={}", time::format(moment))));
    }
    parameters.extend(
        on.retry_after
            .map(|seconds| format!("retry_after={seconds}")),
    );
    parameters.extend(on.hold.map(|seconds| format!("hold={seconds}")));
    let message = on.message.as_ref();
    parameters.extend(message.map(|message| format!("message={}", escaped(message))));
    parameters.join("&")
}

fn post(filter: &Filter<Process>, call: &str) -> (u16, String) {
    let lines = [
        (":method", "POST".to_owned()),
        (":path", format!("/m/{call}")),
        (":authority", "admin".to_owned()),
        ("content-length", "0".to_owned()),
        ("authorization", format!("Bearer {TOKEN}")),
    ];
    let lines = lines.map(|(name, value)| (name.to_owned(), value.into_bytes()));
    let exchange = Exchange::new(Request {
        at: 0,
        source: Some("192.0.2.9:4711".to_owned()),
        lines: lines.to_vec(),
        attributes: Vec::new(),
        route_action: Given::Absent,
    });
    filter.handle(&exchange);
    let reply = exchange.reply().unwrap();
    (reply.status, reply.body)
}

fn minted(process: &Process, token: &Token) -> Result<String, String> {
    process.set_now(token.issued);
    let key = match token.fault {
        Fault::OtherKey => OTHER_KEY,
        _ => KEY,
    };
    let filter = admin(process, json!({"scope": "other"}), key)?;
    let (_, body) = post(&filter, &format!("bypass?name=qa&ttl={}", token.seconds));
    let answer: Value = serde_json::from_str(&body).map_err(|_| body.clone())?;
    let mut text = answer["token"].as_str().ok_or(body)?.to_owned();
    if token.fault == Fault::Tampered {
        let last = text.pop();
        text.push(if last == Some('0') { '1' } else { '0' });
    }
    Ok(text)
}

/// Puts tokens into the places of their names, or `back`.
fn with_tokens(request: &Request, tokens: &[String], back: bool) -> Request {
    let mut request = request.clone();
    for (number, token) in tokens.iter().enumerate() {
        let name = format!("{{token {number}}}");
        let (from, to) = if back { (token, &name) } else { (&name, token) };
        for (header, value) in &mut request.lines {
            if header == "cookie" || header == "x-maintenance-bypass" {
                let (from, to) = (from.as_bytes(), to.as_bytes());
                while let Some(at) = value.windows(from.len()).position(|part| part == from) {
                    value.splice(at..at + from.len(), to.iter().copied());
                }
            }
        }
    }
    request
}

/// The cookie that holds a token.
pub fn cookie(configuration: &Value, token: usize) -> String {
    let name = cookie_of(&configuration["bypass"]);
    format!("{name}={{token {token}}}")
}
