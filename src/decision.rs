//! The decision on a request.

use crate::{
    flag::Flag,
    policy::{Endpoint, Policy},
    reply::LocalReply,
    request::RequestHead,
};

/// What to do with a request.
#[derive(Debug)]
pub enum Decision<'p> {
    /// Maintenance is off: to the upstream.
    Pass,
    /// Maintenance is on, but this request is exempt: to the upstream.
    Allowed(Reason),
    /// Maintenance is on: answered here.
    Blocked(LocalReply<'p>),
    /// A call of the admin endpoint: answered here, whatever the flag.
    Admin(&'p Endpoint),
}

/// Why a request passes while maintenance is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `client_ips`
    ClientIp,
    /// `paths`
    Path,
    /// `hosts`
    Host,
    /// `methods`
    Method,
    /// `headers`
    Header,
    /// `cookies`
    Cookie,
    /// `attributes`
    Attribute,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ClientIp,
        Self::Path,
        Self::Host,
        Self::Method,
        Self::Header,
        Self::Cookie,
        Self::Attribute,
    ];

    /// The name in stats and logs.
    pub fn as_str(self) -> &'static str {
        let state = self.filter_state();
        state.strip_prefix("allowed:").unwrap_or(state)
    }

    /// The value of the filter state, `allowed:` and the name.
    pub fn filter_state(self) -> &'static str {
        match self {
            Self::ClientIp => "allowed:client_ip",
            Self::Path => "allowed:path",
            Self::Host => "allowed:host",
            Self::Method => "allowed:method",
            Self::Header => "allowed:header",
            Self::Cookie => "allowed:cookie",
            Self::Attribute => "allowed:attribute",
        }
    }
}

/// Decides on a request, in the order: admin endpoint, flag, `allow`.
pub fn decide<'p>(policy: &'p Policy, flag: &Flag<'p>, request: &impl RequestHead) -> Decision<'p> {
    if let Some(endpoint) = &policy.endpoint {
        // While on, what follows needs the headers anyway: the path comes with them.
        if flag.on {
            request.headers();
        }
        if endpoint.call(request.path()).is_some() {
            return Decision::Admin(endpoint);
        }
    }
    if !flag.on {
        return Decision::Pass;
    }
    match policy.allow.first_match(request) {
        Some(reason) => Decision::Allowed(reason),
        None => Decision::Blocked(LocalReply::blocked(policy, flag, request)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        policy::policy, request::testing::TestRequest, state::State, timestamp::Timestamp,
    };

    fn verdict(json: &str, path: &str) -> String {
        let policy = policy(json);
        let state = State::default();
        let flag = Flag::decide(&policy, &state, || Timestamp::from_unix_millis(0));
        match decide(&policy, &flag, &TestRequest::new(&[(":path", path)])) {
            Decision::Pass => "pass".into(),
            Decision::Allowed(reason) => format!("allowed:{}", reason.as_str()),
            Decision::Blocked(reply) => format!("blocked:{}", reply.status),
            Decision::Admin(_) => "admin".into(),
        }
    }

    #[test]
    fn the_admin_endpoint_comes_first_whatever_the_flag() {
        for mode in ["on", "off", "auto"] {
            let json = format!(
                r#"{{"mode":"{mode}","allow":{{"paths":["/*"]}},"admin":{{"path":"/m","token_env":"T"}}}}"#
            );
            assert_eq!(verdict(&json, "/m"), "admin", "{mode}");
            assert_eq!(verdict(&json, "/m/on?x"), "admin", "{mode}");
            assert_ne!(verdict(&json, "/mx"), "admin", "{mode}");
        }
    }

    #[test]
    fn off_passes_and_on_blocks_but_for_the_allow_list() {
        let allow = r#""allow":{"paths":["/healthz"]}"#;
        assert_eq!(verdict(&format!("{{{allow}}}"), "/a"), "pass");
        assert_eq!(
            verdict(&format!(r#"{{"mode":"on",{allow}}}"#), "/a"),
            "blocked:503"
        );
        assert_eq!(
            verdict(&format!(r#"{{"mode":"on",{allow}}}"#), "/healthz"),
            "allowed:path"
        );
        assert_eq!(verdict(r#"{"initial":"on"}"#, "/"), "blocked:503");
    }
}
