use super::*;
use crate::policy::outlook::Outlook;
use crate::policy::policy::policy;
use crate::request::attribute::AttributePath;
use crate::request::head::testing::TestRequest;
use crate::request::headers::HeaderList;
use crate::syntax::timestamp::Timestamp;

const BYPASS: &str = r#""bypass":{"key":"0123456789abcdef0123456789abcdef"}"#;

fn verdict(json: &str, request: &TestRequest) -> String {
    let policy = policy(json);
    match decide(&policy, &State::default(), &Outlook::default(), request).verdict {
        Verdict::Pass => "pass".into(),
        Verdict::Allowed(exemption) => format!("allowed:{}", exemption.reason().as_str()),
        Verdict::Observed => "observed".into(),
        Verdict::Held(hold) => format!("held for {} ms", request.now.millis_until(hold.until)),
        Verdict::Blocked(reply) => format!("blocked:{}", reply.status),
        Verdict::Admin(_) => "admin".into(),
    }
}

fn of_path(json: &str, path: &str) -> String {
    verdict(
        json,
        &TestRequest::new(&[(":path", path), (":method", "GET")]),
    )
}

#[test]
fn the_admin_endpoint_comes_first_whatever_the_flag() {
    for mode in ["on", "off", "auto"] {
        let json = format!(
            r#"{{"mode":"{mode}","allow":{{"paths":["/*"]}},"admin":{{"path":"/m","token_env":"T"}},
                "rules":[{{"name":"r","match":{{"methods":["GET"]}},"action":"block"}}]}}"#
        );
        assert_eq!(of_path(&json, "/m"), "admin", "{mode}");
        assert_eq!(of_path(&json, "/m/on?x"), "admin", "{mode}");
        assert_eq!(of_path(&json, "/mx"), "blocked:503", "{mode}");
    }
}

#[test]
fn off_passes_and_on_blocks_but_for_the_allow_list() {
    let allow = r#""allow":{"paths":["/healthz"]}"#;
    assert_eq!(of_path(&format!("{{{allow}}}"), "/a"), "pass");
    assert_eq!(
        of_path(&format!(r#"{{"mode":"on",{allow}}}"#), "/a"),
        "blocked:503"
    );
    assert_eq!(
        of_path(&format!(r#"{{"mode":"on",{allow}}}"#), "/healthz"),
        "allowed:path"
    );
    assert_eq!(of_path(r#"{"initial":"on"}"#, "/"), "blocked:503");
}

#[test]
fn each_action_of_a_rule_does_what_it_says() {
    for (action, on, expected) in [
        ("allow", true, ["allowed:rule", "allowed:rule"]),
        ("allow", false, ["pass", "pass"]),
        ("block", true, ["blocked:599", "blocked:599"]),
        ("block", false, ["blocked:599", "blocked:599"]),
        ("on", true, ["blocked:599", "allowed:path"]),
        ("on", false, ["blocked:599", "allowed:path"]),
        ("follow", true, ["blocked:599", "allowed:path"]),
        ("follow", false, ["pass", "pass"]),
    ] {
        let json = format!(
            r#"{{"mode":"{}","allow":{{"paths":["/r/open"]}},
                "rules":[{{"name":"r","match":{{"paths":["/r/*"]}},"action":"{action}","response":{{"status":599}}}}]}}"#,
            if on { "on" } else { "off" }
        );
        let paths = ["/r/shut", "/r/open"].map(|path| of_path(&json, path));
        assert_eq!(paths, expected, "{action} {on}");
        let other = if on { "blocked:503" } else { "pass" };
        assert_eq!(of_path(&json, "/other"), other, "{action} {on}");
    }
}

#[test]
fn a_bypass_token_counts_after_allow_and_not_against_block() {
    let rule = r#""rules":[{"name":"r","match":{"paths":["/never"]},"action":"block"}]"#;
    let json = format!(r#"{{"mode":"on",{BYPASS},{rule}}}"#);
    let policy = policy(&json);
    let now = Timestamp::from_unix_millis(0);
    let token = policy
        .bypass
        .as_ref()
        .unwrap()
        .mint("qa", now, 60, None)
        .unwrap()
        .token;
    let request =
        |path: &str| TestRequest::new(&[(":path", path), ("x-maintenance-bypass", token.as_str())]);
    assert_eq!(verdict(&json, &request("/")), "allowed:bypass");
    assert_eq!(verdict(&json, &request("/never")), "blocked:503");
    let mut late = request("/");
    late.now = now.plus_seconds(60).unwrap();
    assert_eq!(verdict(&json, &late), "blocked:503");
}

#[test]
fn observe_blocks_nothing() {
    let json = r#"{"mode":"on","observe":true,"allow":{"paths":["/open"]}}"#;
    assert_eq!(of_path(json, "/"), "observed");
    assert_eq!(of_path(json, "/open"), "allowed:path");
    assert_eq!(of_path(r#"{"observe":true}"#, "/"), "pass");
}

#[test]
fn the_metadata_of_a_route_is_a_rule_where_none_matched() {
    let rules = r#""rules":[{"name":"r","match":{"paths":["/ruled"]},"action":"follow"}]"#;
    let json =
        |mode: &str, read: bool| format!(r#"{{"mode":"{mode}","route_metadata":{read},{rules}}}"#);
    let request = |path: &str, action: &str| {
        let mut request = TestRequest::new(&[(":path", path)]);
        request.route_action = Attribute::Text(action.into());
        request
    };
    for (mode, action, expected) in [
        ("off", "block", "blocked:503"),
        ("off", "on", "blocked:503"),
        ("off", "allow", "pass"),
        ("off", "follow", "pass"),
        ("on", "allow", "allowed:rule"),
        ("on", "follow", "blocked:503"),
        ("off", "Block", "blocked:503"),
        ("off", "true", "blocked:503"),
        ("off", "", "blocked:503"),
    ] {
        let request = request("/", action);
        assert_eq!(
            verdict(&json(mode, true), &request),
            expected,
            "{mode} {action}"
        );
        let is_misread = ["Block", "true", ""].contains(&action);
        assert_eq!(request.errors.get(), usize::from(is_misread), "{action}");
    }
    let mut other = request("/", "");
    other.route_action = Attribute::Other;
    assert_eq!(verdict(&json("off", true), &other), "blocked:503");
    assert_eq!(other.errors.get(), 1);
    assert_eq!(
        verdict(&json("off", true), &request("/ruled", "block")),
        "pass"
    );
    assert_eq!(verdict(&json("off", false), &request("/", "block")), "pass");
}

/// A request of which only the path, or the client's address, may be read.
struct Sealed {
    path: Option<&'static str>,
    client_ip: Option<&'static str>,
}

impl RequestHead for Sealed {
    type Headers = HeaderList;

    fn path(&self) -> &[u8] {
        self.path.expect("the path was read").as_bytes()
    }

    fn headers(&self) -> &HeaderList {
        panic!("the headers were read")
    }

    fn ends_with_headers(&self) -> bool {
        panic!("the end was asked for")
    }

    fn client_ip(&self) -> Option<std::net::IpAddr> {
        self.client_ip.expect("the address was read").parse().ok()
    }

    fn attribute(&self, _path: &AttributePath) -> Attribute {
        panic!("an attribute was read")
    }

    fn route_action(&self) -> Attribute {
        panic!("the route was read")
    }

    fn now(&self) -> Timestamp {
        panic!("the clock was read")
    }

    fn random(&self) -> u64 {
        panic!("a random number was drawn")
    }

    fn report_error(&self) {
        panic!("an error was reported")
    }
}

#[test]
fn what_a_decision_does_not_need_is_not_read() {
    const ADMIN: &str = r#""admin":{"path":"/m","token_env":"T"}"#;
    const ALLOW: &str = r#""allow":{"client_ips":["10.0.0.0/8"],"paths":["/a"],"hosts":["a"]}"#;
    const RULES: &str = r#""rules":[{"name":"r","match":{"paths":["/a"]},"action":"allow"}]"#;
    const CORS: &str = r#""response":{"cors":{"allow_origins":["*"]},"expire_cookies":["a"]}"#;
    let nothing = || Sealed {
        path: None,
        client_ip: None,
    };
    let path = || Sealed {
        path: Some("/x"),
        ..nothing()
    };
    let address = || Sealed {
        client_ip: Some("10.0.0.1"),
        ..nothing()
    };
    for (json, request, expected) in [
        ("{}".to_owned(), nothing(), "pass"),
        (
            format!("{{{ALLOW},{RULES},{CORS},{BYPASS}}}"),
            nothing(),
            "pass",
        ),
        (
            format!("{{{ALLOW},{RULES},{CORS},{BYPASS},{ADMIN}}}"),
            path(),
            "pass",
        ),
        (
            format!(r#"{{"mode":"on",{ALLOW},{CORS},{BYPASS}}}"#),
            address(),
            "allowed:client_ip",
        ),
    ] {
        let policy = policy(&json);
        let verdict =
            match decide(&policy, &State::default(), &Outlook::default(), &request).verdict {
                Verdict::Pass => "pass".to_owned(),
                Verdict::Allowed(exemption) => format!("allowed:{}", exemption.reason().as_str()),
                other => format!("{other:?}"),
            };
        assert_eq!(verdict, expected, "{json}");
    }
}
