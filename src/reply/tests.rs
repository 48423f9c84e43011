use super::*;
use crate::{policy::policy, request::testing::TestRequest, state::State};

/// The reply of a policy to a request, `json` being the plugin configuration without `mode`.
fn reply(json: &str, setting: Option<&str>, headers: &[(&str, &str)]) -> LocalReply<'static> {
    let policy: &'static Policy = Box::leak(Box::new(policy(json)));
    let setting = setting.map(|setting| serde_json::from_str(setting).unwrap());
    let state: &'static State = Box::leak(Box::new(State {
        generation: 1,
        setting,
    }));
    let request = TestRequest::new(headers);
    LocalReply::blocked(
        policy,
        &Flag::decide(policy, state, || request.now()),
        &request,
    )
}

fn header<'a>(reply: &'a LocalReply, name: &str) -> Option<&'a str> {
    let mut values = reply.headers.iter().filter(|(key, _)| key == name);
    let value = values.next().map(|(_, value)| &**value);
    assert!(values.next().is_none(), "{name} is there twice");
    value
}

#[test]
fn the_reply_names_status_retry_after_and_scope_and_is_never_cached() {
    let reply = reply(r#"{"scope":"shop","response":{"status":529}}"#, None, &[]);
    assert_eq!(reply.status, 529);
    assert_eq!(header(&reply, "retry-after"), Some("3600"));
    assert_eq!(header(&reply, "cache-control"), Some("no-store"));
    assert_eq!(header(&reply, "x-maintenance-mode"), Some("shop"));
    assert_eq!(header(&reply, "vary"), Some("accept"));
    assert_eq!(reply.details, "maintenance_mode");
}

#[test]
fn retry_after_comes_from_the_toggle_then_its_end_then_the_configuration() {
    let until = |millis| Timestamp::from_unix_millis(millis).to_string();
    for (response, setting, expected) in [
        ("{}", None, Some("3600")),
        (r#"{"retry_after":0}"#, None, Some("0")),
        (r#"{"retry_after":null}"#, None, None),
        (
            r#"{"retry_after":"Sun, 06 Nov 1994 08:49:37 GMT"}"#,
            None,
            Some("Sun, 06 Nov 1994 08:49:37 GMT"),
        ),
        (r#"{"retry_after":null}"#, Some((1500, "")), Some("2")),
        ("{}", Some((1, "")), Some("1")),
        ("{}", Some((-1, "")), Some("1")),
        ("{}", Some((60_000, r#","retry_after":7"#)), Some("7")),
    ] {
        let setting = setting
            .map(|(end, more)| format!(r#"{{"maintenance":true,"until":"{}"{more}}}"#, until(end)));
        let config = format!(r#"{{"response":{response}}}"#);
        let reply = reply(&config, setting.as_deref(), &[]);
        assert_eq!(
            header(&reply, "retry-after"),
            expected,
            "{response} {setting:?}"
        );
    }
}

#[test]
fn json_is_problem_details_with_what_is_known() {
    let json = [("accept", "application/json")];
    let reply1 = reply(
        r#"{"response":{"title":"T","message":"\"M\"","retry_after":null}}"#,
        None,
        &json,
    );
    assert_eq!(
        header(&reply1, "content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        reply1.body,
        r#"{"type":"about:blank","title":"T","status":503,"detail":"\"M\""}"#
    );
    let setting = r#"{"maintenance":true,"until":"1970-01-01T00:01:00Z","message":"N"}"#;
    let reply2 = reply(
        r#"{"response":{"title":"T","message":"M"}}"#,
        Some(setting),
        &json,
    );
    assert_eq!(
        reply2.body,
        r#"{"type":"about:blank","title":"T","status":503,"detail":"N","retry_after":60,"until":"1970-01-01T00:01:00Z"}"#
    );
}

#[test]
fn each_format_has_its_content_type_and_only_auto_varies() {
    for (format, content_type, begin) in [
        ("html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("json", "application/problem+json", "{"),
        (
            "text",
            "text/plain; charset=utf-8",
            "Down for maintenance\n",
        ),
    ] {
        let config = format!(r#"{{"response":{{"format":"{format}"}}}}"#);
        let reply = reply(&config, None, &[("accept", "image/png")]);
        assert_eq!(header(&reply, "content-type"), Some(content_type));
        assert_eq!(header(&reply, "vary"), None);
        assert!(reply.body.starts_with(begin), "{}", reply.body);
    }
}

#[test]
fn custom_bodies_replace_the_built_in_ones() {
    let config = r#"{"response":{"message":"<M>","html":"<p>{{message}}","json":"{\"m\":\"{{message}}\"}","text":"{{message}} {{request_id}}"}}"#;
    for (accept, content_type, body) in [
        ("text/html", "text/html; charset=utf-8", "<p>&lt;M&gt;"),
        ("application/json", "application/json", r#"{"m":"<M>"}"#),
        ("text/plain", "text/plain; charset=utf-8", "<M> r-1"),
    ] {
        let reply = reply(config, None, &[("accept", accept), ("x-request-id", "r-1")]);
        assert_eq!(header(&reply, "content-type"), Some(content_type));
        assert_eq!(reply.body, body);
    }
}

#[test]
fn grpc_gets_a_status_and_the_message_never_html() {
    for (content_type, grpc) in [
        ("application/grpc", true),
        ("application/grpc+proto", true),
        ("application/grpc-web", false),
        ("application/grpcx", false),
        ("application/json", false),
    ] {
        let headers = [("content-type", content_type), ("accept", "text/html")];
        let reply = reply(
            r#"{"response":{"message":"M","format":"html","status":200}}"#,
            None,
            &headers,
        );
        assert_eq!(reply.grpc_status, grpc.then_some(14), "{content_type}");
        assert_eq!(reply.body == "M", grpc, "{content_type}");
        assert_eq!(
            header(&reply, "content-type").is_none(),
            grpc,
            "{content_type}"
        );
        assert_eq!(header(&reply, "retry-after"), Some("3600"));
    }
}

#[test]
fn statuses_without_a_body_have_none() {
    for status in [204, 304] {
        let reply = reply(
            &format!(r#"{{"response":{{"status":{status}}}}}"#),
            None,
            &[],
        );
        assert_eq!((reply.status, &*reply.body), (status, ""));
        assert_eq!(header(&reply, "content-type"), None);
        assert_eq!(header(&reply, "retry-after"), Some("3600"));
    }
}

#[test]
fn configured_headers_replace_ours_of_that_name() {
    let config =
        r#"{"response":{"headers":{"Cache-Control":"private","Retry-After":"9","x-a":"b"}}}"#;
    let reply = reply(config, None, &[]);
    assert_eq!(header(&reply, "cache-control"), Some("private"));
    assert_eq!(header(&reply, "retry-after"), Some("9"));
    assert_eq!(header(&reply, "x-a"), Some("b"));
}
