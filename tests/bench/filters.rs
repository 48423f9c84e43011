//! The cases that are not this filter.

use serde_json::{Value, json};

use crate::{
    case::{Answer, Case},
    modules, reply,
};

pub const NO_FILTER: &str = "no filter";
pub const DIRECT_RESPONSE: &str = "direct_response";
pub const BARE_PASS: &str = "bare module: pass";
pub const BARE_REPLY: &str = "bare module: reply";
pub const BARE_ENDPOINT: &str = "bare module: pass, endpoint";
pub const BARE_BLOCK: &str = "bare module: block";
pub const LUA_OFF: &str = "Lua: off";
pub const LUA_ENDPOINT: &str = "Lua: off, endpoint";
pub const LUA_BLOCK: &str = "Lua: block";
pub const RBAC: &str = "RBAC: block";

/// What Envoy does without a filter: the others are measured against it.
pub fn references() -> Vec<Case> {
    vec![
        Case::new(NO_FILTER, vec![], Answer::Upstream),
        Case::new(DIRECT_RESPONSE, vec![], Answer::Route),
    ]
}

/// Modules that do no more than the host calls which a policy needs.
pub fn bare_modules() -> Vec<Case> {
    vec![
        bare(
            BARE_PASS,
            "pass",
            include_str!("pass.wat"),
            Answer::Upstream,
        ),
        bare(
            BARE_ENDPOINT,
            "pass_endpoint",
            include_str!("pass_endpoint.wat"),
            Answer::Upstream,
        ),
        bare(
            BARE_BLOCK,
            "block",
            include_str!("block.wat"),
            Answer::Reply,
        ),
    ]
}

/// All of them, the references first.
pub fn all() -> Vec<Case> {
    let mut cases = references();
    cases.extend(bare_modules());
    cases.extend([
        bare(
            BARE_REPLY,
            "reply",
            include_str!("reply.wat"),
            Answer::Reply,
        ),
        lua(LUA_OFF, include_str!("off.lua"), Answer::Upstream),
        lua(LUA_ENDPOINT, include_str!("endpoint.lua"), Answer::Upstream),
        lua(LUA_BLOCK, include_str!("block.lua"), Answer::Reply),
        Case::new(
            RBAC,
            vec![rbac()],
            Answer::Other(403, "RBAC: access denied"),
        ),
    ]);
    cases
}

fn bare(name: &'static str, vm_id: &str, text: &str, answer: Answer) -> Case {
    Case::new(name, vec![modules::filter(vm_id, text)], answer)
}

fn lua(name: &'static str, script: &str, answer: Answer) -> Case {
    let headers: String = reply::HEADERS
        .iter()
        .map(|(name, value)| format!("[\"{name}\"] = \"{value}\", "))
        .collect();
    let script = script
        .replace("{{status}}", &reply::STATUS.to_string())
        .replace("{{headers}}", &headers)
        .replace("{{body}}", reply::BODY);
    let filter = json!({
        "name": "envoy.filters.http.lua",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": script},
        },
    });
    Case::new(name, vec![filter], answer)
}

fn rbac() -> Value {
    json!({
        "name": "envoy.filters.http.rbac",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
            "rules": {
                "action": "ALLOW",
                "policies": {
                    "addresses": {
                        "permissions": [{"any": true}],
                        "principals": [
                            {"remote_ip": {"address_prefix": "10.0.0.0", "prefix_len": 8}},
                        ],
                    },
                    "paths": {
                        "permissions": [{"url_path": {"path": {"exact": "/healthz"}}}],
                        "principals": [{"any": true}],
                    },
                },
            },
        },
    })
}
