use super::*;
use crate::config::response::RetryAfterConfig;

fn error(text: &str) -> String {
    PluginConfig::parse(text.as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn empty_text_is_the_default() {
    for text in ["", " \n", "{}"] {
        assert_eq!(
            PluginConfig::parse(text.as_bytes()).unwrap(),
            PluginConfig::default(),
            "{text:?}"
        );
    }
}

#[test]
fn an_unknown_key_is_named_with_its_path() {
    for (text, path) in [
        (r#"{"mdoe":"on"}"#, "mdoe: "),
        (r#"{"allow":{"client_ip":[]}}"#, "allow.client_ip: "),
        (
            r#"{"allow":{"paths":["/a",{"exat":"/b"}]}}"#,
            "allow.paths[1].exat: ",
        ),
        (
            r#"{"allow":{"headers":[{"name":"x","is":"y"}]}}"#,
            "allow.headers[0].is: ",
        ),
        (
            r#"{"admin":{"path":"/m","tokens":[{"name":"a","sha":""}]}}"#,
            "admin.tokens[0].sha: ",
        ),
    ] {
        let error = error(text);
        assert!(error.starts_with(path), "{text} gave {error}");
        assert!(error.contains("unknown"), "{error}");
        assert!(error.contains("expected"), "{error}");
    }
}

#[test]
fn a_wrong_type_is_named_with_its_path_and_what_was_expected() {
    for (text, expected) in [
        (
            r#"{"mode":"of"}"#,
            "mode: unknown variant `of`, expected one of `auto`, `on`, `off`",
        ),
        (r#"{"mode":null}"#, "mode: invalid type: null"),
        (
            r#"{"scope":null}"#,
            "scope: invalid type: null, expected a string",
        ),
        (
            r#"{"admin":null}"#,
            "admin: invalid type: null, expected an object",
        ),
        (
            r#"{"allow":{"client_ips":["10.0.0.1",7]}}"#,
            "allow.client_ips[1]: invalid type: integer `7`, expected a string",
        ),
        (
            r#"{"allow":{"paths":[true]}}"#,
            "allow.paths[0]: invalid type: boolean `true`, expected a path or an object with exact, prefix, suffix or regex",
        ),
        (
            r#"{"response":{"status":"503"}}"#,
            "response.status: invalid type: string \"503\", expected a whole number",
        ),
        (
            r#"{"response":{"status":503.0}}"#,
            "response.status: invalid type: a number that is not whole, expected a whole number",
        ),
        (
            r#"{"response":{"retry_after":-1}}"#,
            "response.retry_after: invalid type: integer `-1`, expected seconds, a duration like 1h30m, an IMF-fixdate or \"none\"",
        ),
        (
            r#"{"response":{"headers":{"x-a":1}}}"#,
            "response.headers.x-a: invalid type: integer `1`, expected a string",
        ),
        (r#"{"admin":{}}"#, "admin: missing field `path`"),
        (r#"[]"#, "invalid type: list, expected an object"),
        (
            r#"{"mode":"on","mode":"on"}"#,
            "mode: duplicate field `mode`",
        ),
    ] {
        let error = error(text);
        assert!(error.contains(expected), "{text} gave {error}");
        assert!(!error.contains(" at line "), "{error}");
    }
}

#[test]
fn a_syntax_error_names_line_and_column() {
    assert!(error("{\n  \"mode\": on\n}").ends_with("at line 2 column 11"));
    assert!(error("{} x").ends_with("at line 1 column 4"));
    assert!(error("{\"mode\": \"on\"").contains("at line 1 column 13"));
}

#[test]
fn retry_after_tells_absent_from_null() {
    let retry_after = |text: &str| {
        PluginConfig::parse(text.as_bytes())
            .unwrap()
            .response
            .retry_after
    };
    assert_eq!(retry_after("{}"), None);
    assert_eq!(
        retry_after(r#"{"response":{"retry_after":"1h30m"}}"#),
        Some(RetryAfterConfig::Seconds(5400))
    );
    assert_eq!(
        retry_after(r#"{"response":{"retry_after":"5"}}"#),
        Some(RetryAfterConfig::Date("5".into()))
    );
    assert_eq!(
        retry_after(r#"{"response":{"retry_after":"none"}}"#),
        retry_after(r#"{"response":{"retry_after":null}}"#)
    );
    assert_eq!(
        retry_after(r#"{"response":{"retry_after":null}}"#),
        Some(RetryAfterConfig::None)
    );
    assert_eq!(
        retry_after(r#"{"response":{"retry_after":5}}"#),
        Some(RetryAfterConfig::Seconds(5))
    );
}

#[test]
fn an_error_is_one_line() {
    assert!(!error("{\"a\\nb\":1}").contains('\n'));
}

#[test]
fn a_protobuf_struct_is_read_like_its_json() {
    let json = serde_json::json!({
        "scope": "shop",
        "allow": {"client_ips": ["10.0.0.0/8"], "paths": ["/a", {"prefix": "/b"}]},
        "response": {"status": 500, "retry_after": null, "headers": {"x-a": "b"}},
    });
    let text = PluginConfig::parse(json.to_string().as_bytes()).unwrap();
    let encoded = crate::config::protobuf_struct::testing::encode(&json);
    assert_eq!(PluginConfig::parse(&encoded).unwrap(), text);

    let wrong = serde_json::json!({"response": {"status": 503.5}});
    let error =
        PluginConfig::parse(&crate::config::protobuf_struct::testing::encode(&wrong)).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("response.status: invalid type"),
        "{error}"
    );
}

#[test]
fn a_list_or_an_object_in_the_place_of_a_value_is_named_as_what_it_is() {
    for (json, error) in [
        (
            r#"{"response":{"status":[1]}}"#,
            "response.status: invalid type: list, expected a whole number",
        ),
        (
            r#"{"response":{"retry_after":{"a":[1]}}}"#,
            "response.retry_after: invalid type: object, expected seconds",
        ),
        (
            r#"{"observe":[true]}"#,
            "observe: invalid type: list, expected a boolean",
        ),
        (
            r#"{"scope":{}}"#,
            "scope: invalid type: object, expected a string",
        ),
        (
            r#"{"response":{"status":1.5}}"#,
            "response.status: invalid type: a number that is not whole, expected a whole number",
        ),
    ] {
        let refused = PluginConfig::parse(json.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(refused.starts_with(error), "{json} gave {refused}");
    }
}

/// That is what YAML makes of an `on` without quotes.
#[test]
fn a_boolean_is_read_as_on_and_off_where_those_stand() {
    let read = |json: &str| PluginConfig::parse(json.as_bytes()).unwrap();
    for (boolean, word) in [("true", "\"on\""), ("false", "\"off\"")] {
        for key in ["mode", "initial"] {
            let of = |value: &str| read(&format!("{{\"{key}\": {value}}}"));
            assert_eq!(of(boolean), of(word), "{key}");
        }
    }
    let rule = |action: &str| {
        format!(r#"{{"rules": [{{"match": {{"paths": ["/a"]}}, "action": {action}}}]}}"#)
    };
    assert_eq!(read(&rule("true")), read(&rule("\"on\"")));
    assert!(PluginConfig::parse(rule("false").as_bytes()).is_err());
    assert!(PluginConfig::parse(br#"{"response": {"format": true}}"#).is_err());
}
