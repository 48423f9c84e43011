//! Modules as HTTP filters; the bare ones are compiled from their text.

use std::{fs, path::PathBuf};

use maintenance_mode::hosts::abi::header_map::HeaderMap;
use serde_json::{Value, json};
use support::Host;

use crate::reply;

/// A HTTP filter of a bare module.
pub fn filter(name: &str, text: &str) -> Value {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name).with_extension("wasm");
    let module = wat::parse_str(with_reply(text)).unwrap_or_else(|error| panic!("{name}: {error}"));
    fs::write(&path, module).unwrap();
    wasm(name, &path.to_string_lossy(), &Value::Null)
}

/// A HTTP filter of any module; those of one VM id share their VMs.
pub fn wasm(vm_id: &str, module: &str, configuration: &Value) -> Value {
    json!({
        "name": vm_id,
        "typed_config": {
            "@type": Host::Wasm.type_url(),
            "config": {
                "name": vm_id,
                "failure_policy": "FAIL_RELOAD",
                "vm_config": {
                    "vm_id": vm_id,
                    "runtime": "envoy.wasm.runtime.v8",
                    "code": {"local": {"filename": module}},
                },
                "configuration": string_value(configuration),
            },
        },
    })
}

/// A HTTP filter of a dynamic module.
pub fn dynamic(name: &str, module: &str, configuration: &Value) -> Value {
    json!({
        "name": name,
        "typed_config": {
            "@type": Host::Native.type_url(),
            "dynamic_module_config": {
                "module": {"local": {"filename": module}},
                "do_not_close": true,
            },
            "filter_name": name,
            "filter_config": string_value(configuration),
        },
    })
}

fn string_value(configuration: &Value) -> Value {
    json!({
        "@type": "type.googleapis.com/google.protobuf.StringValue",
        "value": configuration.to_string(),
    })
}

/// Fills in the reply.
fn with_reply(text: &str) -> String {
    let headers = HeaderMap::encode(&reply::HEADERS);
    text.replace("{{status}}", &reply::STATUS.to_string())
        .replace("{{headers}}", &escaped(&headers))
        .replace("{{headers_size}}", &headers.len().to_string())
        .replace("{{body}}", &escaped(reply::BODY.as_bytes()))
        .replace("{{body_size}}", &reply::BODY.len().to_string())
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}
