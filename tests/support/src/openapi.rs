//! `envoy/openapi.yaml`: what it says of the admin endpoint, and whether an answer fits it.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

use serde_json::{Value, json};

use crate::{ADMIN, Request, Response, json_schema::JsonSchema, project::read, yaml};

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| yaml::parse(&read("envoy/openapi.yaml")));

/// The description.
pub fn description() -> &'static Value {
    &DESCRIPTION
}

/// What a `$ref` names, or the value itself.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap();
            let named = DESCRIPTION.pointer(pointer);
            named.unwrap_or_else(|| panic!("{reference} is not there"))
        }
        None => value,
    }
}

/// Whether a response is an answer of the endpoint that [`crate::admin`] configures: neither the
/// upstream's, nor one that requests get, nor Envoy's own where there is no VM, or no request.
pub fn is_answer(request: &Request, response: &Response) -> bool {
    let path = request.path();
    let call = path.strip_prefix(ADMIN);
    call.is_some_and(|call| call.is_empty() || call.starts_with('/'))
        && !(response.is_upstream() || response.is_blocked() || response.is_failed())
        && response.header("content-type") != Some("text/plain")
}

/// Checks an answer to a call of the endpoint: its status, its headers and its body are described.
pub fn assert_described(request: &Request, answer: &Response) {
    let (method, path) = (request.method(), request.path());
    let checked = check(method, &path, answer);
    assert!(
        checked.is_ok(),
        "envoy/openapi.yaml, {method} {path}: {checked:?}\n{answer:?}\n{}",
        answer.text()
    );
}

fn check(method: &str, path: &str, answer: &Response) -> Result<(), String> {
    let described = response(method, path, &answer.status.to_string());
    let described = described.ok_or("this status is not described")?;
    for (name, header) in described["headers"].as_object().into_iter().flatten() {
        let header = resolved(header);
        match answer.header(&name.to_ascii_lowercase()) {
            Some(value) => fits(&header["schema"], &value.into())?,
            None if header["required"] == true => return Err(format!("no {name}")),
            None => {}
        }
    }
    let content_type = answer.header("content-type").unwrap_or_default();
    let content_type = content_type.split(';').next().unwrap_or_default();
    match described.get("content") {
        Some(content) => {
            let content = content.get(content_type);
            let content = content.ok_or("this content type is not described")?;
            let body = match content_type {
                _ if method == "HEAD" => return Ok(()),
                "text/html" => answer.text().into(),
                _ => answer.json(),
            };
            fits(&content["schema"], &body)
        }
        None if answer.body.is_empty() => Ok(()),
        None => Err("no body is described".to_owned()),
    }
}

/// What is said of a status. The answer to another method than those of a path is one that one of
/// them may get, too.
fn response(method: &str, path: &str, status: &str) -> Option<&'static Value> {
    let Some(item) = DESCRIPTION["paths"].get(path).map(resolved) else {
        return unknown_path(status);
    };
    let method = match method {
        "HEAD" => "get".to_owned(),
        method => method.to_ascii_lowercase(),
    };
    let operations = match item.get(&method) {
        Some(operation) => vec![operation],
        None => item.as_object()?.values().collect(),
    };
    let mut responses = operations.iter().map(|operation| &operation["responses"]);
    responses
        .find_map(|responses| responses.get(status))
        .map(resolved)
}

fn unknown_path(status: &str) -> Option<&'static Value> {
    let name = match status {
        "401" => "Unauthorized",
        "403" => "Forbidden",
        "404" => "NotFound",
        _ => return None,
    };
    DESCRIPTION["components"]["responses"].get(name)
}

/// Whether a value fits a schema of the description, whose objects have no other keys than it names.
///
/// # Errors
/// What is expected, and where.
pub fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    static SCHEMAS: LazyLock<Mutex<HashMap<String, JsonSchema>>> = LazyLock::new(Mutex::default);
    let mut schemas = SCHEMAS.lock().unwrap();
    let compiled = schemas.entry(schema.to_string()).or_insert_with(|| {
        let mut whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": {"schemas": DESCRIPTION["components"]["schemas"]},
            "allOf": [schema],
        });
        close(&mut whole);
        JsonSchema::new(&whole)
    });
    compiled.check(value)
}

/// Lets objects have no other keys than are named. Clients are to bear more, tests are not.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(entries) => {
            entries.values_mut().for_each(close);
            if entries.get("properties").is_some_and(Value::is_object) {
                entries.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
