//! The admin endpoint, as far as a request that changes nothing sees it.

use serde_json::Value;

use super::{
    address,
    case::{Case, Reply, Request},
    complaints::Complaints,
    decision::Decision,
    flag, path, time,
};

/// What proves who calls.
pub const TOKEN: &str = "a token of the operators";

pub fn judge(
    case: &Case,
    request: &Request,
    decision: &Decision,
    reply: &Reply,
    complaints: &mut Complaints,
) {
    let all = &case.configuration;
    let admin = &all["admin"];
    let is_known = request.text("authorization") == format!("Bearer {TOKEN}");
    let client = address::client(all, request);
    let is_near = match &admin["client_ips"] {
        Value::Null => true,
        entries => client.is_some_and(|client| address::lies_in_any(entries, client)),
    };
    let below = path::of(request)[admin["path"].as_str().unwrap().len()..].to_vec();
    let path = request.text(":path");
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let has_parameters = query.split('&').any(|parameter| !parameter.is_empty());
    let is_root = below.is_empty() || below == b"/";
    let expected = match request.method().as_str() {
        // No case has `admin.public`.
        _ if below == b"/public" => 404,
        _ if !is_known => 401,
        _ if !is_near => 403,
        _ if !is_root && below != b"/on" => 404,
        "GET" | "HEAD" if is_root && has_parameters => 400,
        "GET" | "HEAD" if is_root => 200,
        _ => 405,
    };
    complaints.expect("status of the endpoint", expected, reply.status);
    complaints.expect(
        "cache-control",
        Some("no-store"),
        reply.header("cache-control"),
    );
    if expected == 401 {
        complaints.expect(
            "www-authenticate",
            Some("Bearer"),
            reply.header("www-authenticate"),
        );
    }
    if expected == 200 && reply.status == 200 {
        status(case, request, decision, reply, complaints);
    }
}

fn status(
    case: &Case,
    request: &Request,
    decision: &Decision,
    reply: &Reply,
    complaints: &mut Complaints,
) {
    let all = &case.configuration;
    let flag = &decision.flag;
    let Ok(got) = serde_json::from_str::<Value>(&reply.body) else {
        complaints.0.push("the status is no JSON".to_owned());
        return;
    };
    let mode = match &all["mode"] {
        Value::Bool(true) => "on",
        Value::Bool(false) => "off",
        mode => mode.as_str().unwrap_or("auto"),
    };
    let mut expect = |key: &str, value: Value| {
        complaints.unless(got.get(key) == Some(&value), || {
            format!("status.{key}: expected {value}, got {:?}", got.get(key))
        });
    };
    expect("maintenance", flag.on.into());
    expect("decided_by", flag.decided_by.into());
    expect("mode", mode.into());
    expect("scope", all["scope"].as_str().unwrap_or("default").into());
    if !flag.on {
        let until = flag.opening.map(|opening| time::format(opening.until));
        expect("ramp_until", until.into());
    }
    if flag.on {
        expect("until", flag.until.map(time::format).into());
        expect("message", flag.message.clone().into());
    }
    complaints.expect("ramp_key of the status", None, got.get("ramp_key"));
    let next = flag::next(all, &decision.state, request.at);
    let start = got.get("next").map(|next| match next {
        Value::Null => None,
        next => next["start"].as_str().map(time::parse),
    });
    complaints.expect("next.start of the status", Some(next), start);
}
