//! What `check` says of sound files, beside its findings.

use serde_json::json;

use super::WASM;
use crate::command::ctl_with;

#[test]
fn a_secret_of_the_environment_is_told_of() {
    let config =
        r#"{"admin":{"path":"/m","token_env":"NOT_SET_A"},"bypass":{"key_env":"NOT_SET_B"}}"#;
    let checked = ctl_with(config, &["check", "-"]);
    assert_eq!(
        (checked.code, &*checked.stdout),
        (Some(0), "-: OK\n"),
        "{checked:?}"
    );
    let two = "NOT_SET_A, NOT_SET_B are not set here: checked with stand-ins";
    assert!(checked.stderr.contains(two), "{checked:?}");
    let config = r#"{"admin":{"path":"/m","token_env":"NOT_SET_A"}}"#;
    let checked = ctl_with(config, &["check", "--strict", "-"]);
    let one = "NOT_SET_A is not set here: checked with a stand-in";
    assert!(checked.stderr.contains(one), "{checked:?}");
    assert!(!checked.stderr.contains("note"), "{checked:?}");
}

#[test]
fn a_remark_on_a_sound_file_is_no_finding() {
    for text in ["# nothing\n", "{}"] {
        let checked = ctl_with(text, &["check", "--strict", "-"]);
        assert_eq!((checked.code, &*checked.stdout), (Some(0), "-: OK\n"));
        let empty = "the configuration is empty, so all traffic passes";
        assert!(checked.stderr.contains(empty), "{checked:?}");
        assert!(!checked.stderr.contains("note"), "{checked:?}");
    }
    let checked = ctl_with("mode: 'on'\n", &["check", "--strict", "-"]);
    assert!(checked.stderr.is_empty(), "{checked:?}");
}

#[test]
fn what_may_well_be_meant_is_told_all_the_same() {
    for (text, said) in [
        ("mode: 'off'", "nobody is blocked"),
        (
            "{\"mode\": \"on\", \"observe\": true}",
            "nobody is blocked, only counted",
        ),
        (
            "allow: {paths: [/a]}",
            "only a change of `mode` switches it on",
        ),
        (
            "mode: 'on'\nresponse: {format: json}",
            "browsers get no page",
        ),
        ("mode: 'on'\nresponse: {status: 204}", "nobody sees a page"),
        (
            "mode: 'on'\nresponse: {html: /etc/page.html}",
            "no file is read",
        ),
        (
            "mode: 'on'\nresponse: {headers: {content-encoding: br}}",
            "nobody can read it",
        ),
        (
            "mode: 'on'\nallow: {headers: [{name: x-a, present: false}]}",
            "everybody pass who does not send \"x-a\"",
        ),
        (
            "mode: 'on'\nallow: {attributes: [{path: [my, state], present: false}]}",
            "everybody pass who has no [\"my\", \"state\"]",
        ),
        (
            "mode: 'on'\nallow: {paths: [{prefix: /a*}]}",
            "the `*` in {\"prefix\": \"/a*\"} stands for itself",
        ),
        (
            "mode: 'on'\nwindows: [{start: '2999-01-01T00:00:00Z'}]",
            "`windows` does nothing here: `mode` is fixed",
        ),
        ("mode: 'on'\ninitial: 'on'", "`initial` does nothing here"),
        (
            "mode: 'on'\nresponse: {hold_seconds: 5}",
            "`response.hold_seconds` does nothing here",
        ),
        (
            "initial: 'on'\nmax_held_requests: 0\nresponse: {hold_seconds: 5}",
            "`response.hold_seconds` does nothing here",
        ),
        (
            "mode: 'on'\nresponse: {format: json, redirect: 'https://a.net/'}",
            "`response.redirect` does nothing here",
        ),
        (
            "mode: 'on'\nresponse: {retry_after: none, retry_after_jitter: 5}",
            "`response.retry_after_jitter` does nothing here",
        ),
        (
            "mode: 'on'\nrules: [{match: {paths: [/a]}, action: allow, response: {message: a}}]",
            "`rules[0].response` does nothing here",
        ),
    ] {
        let checked = ctl_with(text, &["check", "--strict", "-"]);
        assert_eq!(
            (checked.code, &*checked.stdout),
            (Some(0), "-: OK\n"),
            "{text}"
        );
        assert!(checked.stderr.contains(said), "{checked:?}");
        let json = ctl_with(text, &["check", "--json", "-"]);
        assert_eq!((json.json(), &*json.stderr), (json!({"findings": []}), ""));
    }
    for text in [
        "initial: 'on'",
        "windows: [{start: '2100-01-01T00:00:00Z'}]",
        "rules: [{match: {paths: [/a]}, action: block}]",
    ] {
        let checked = ctl_with(text, &["check", "-"]);
        assert_eq!(
            (&*checked.stdout, &*checked.stderr),
            ("-: OK\n", ""),
            "{text}"
        );
    }
    let text = "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: {name: maintenance}\n\
                spec: {url: \"file:///m.wasm\", pluginConfig: {mode: \"on\"}}";
    let checked = ctl_with(text, &["check", "-"]);
    assert!(checked.code == Some(0) && checked.stderr.contains("the container of a proxy"));
    // What else is found does not hide it.
    let text = "allow: {paths: [/a, /a]}\nobserve: true";
    let checked = ctl_with(text, &["check", "-"]);
    assert!(checked.stdout.contains("dead-rule") && checked.stderr.contains("only counted"));
}

#[test]
fn routes_say_what_else_there_is_to_tell() {
    let file = |of_route: &str, settings: &str| {
        format!(
            "static_resources: {{listeners: [{{filter_chains: [{{filters: [{{typed_config: {{'@type': \
             type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, \
             route_config: {{virtual_hosts: [{{name: a, domains: [shop.corp.net], routes: [{{{of_route}}}]}}]}}, \
             http_filters: [{{name: maintenance_mode, typed_config: {{'@type': {WASM}, config: {{configuration: \
             {{'@type': type.googleapis.com/google.protobuf.Struct, value: {settings}}}}}}}}}]}}}}]}}]}}]}}"
        )
    };
    let metadata = "metadata: {filter_metadata: {maintenance_mode: {action: allow}}}";
    let misnamed = "metadata: {filter_metadata: {maintenance-mode: {action: allow}}}";
    let weighted = format!("route: {{weighted_clusters: {{clusters: [{{name: a, {metadata}}}]}}}}");
    let redirect = "response: {redirect: 'https://shop.corp.net/back-soon'}";
    for (of_route, settings, said) in [
        (
            metadata,
            "{mode: 'on'}".to_owned(),
            "counts only with `route_metadata: true`",
        ),
        (
            metadata,
            "{mode: 'on', route_metadata: true}".to_owned(),
            "",
        ),
        (
            misnamed,
            "{mode: 'on', route_metadata: true}".to_owned(),
            "did you mean `maintenance_mode`?",
        ),
        (
            &weighted,
            "{mode: 'on', route_metadata: true}".to_owned(),
            "only a route's is read",
        ),
        (
            "name: a",
            format!("{{mode: 'on', {redirect}}}"),
            "takes \"/back-soon\"",
        ),
        (
            "name: a",
            format!("{{mode: 'on', {redirect}, allow: {{paths: [/back-soon]}}}}"),
            "",
        ),
    ] {
        let checked = ctl_with(&file(of_route, &settings), &["check", "--strict", "-"]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
        assert!(checked.stderr.contains(said), "{checked:?}");
        assert_eq!(checked.stderr.is_empty(), said.is_empty(), "{checked:?}");
    }
}
