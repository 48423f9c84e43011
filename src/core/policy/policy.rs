//! The policy: a plugin configuration that was checked and compiled once, so that nothing
//! is parsed when a request comes.

use crate::config::mode::{Mode, Switch};
use crate::config::number::Number;
use crate::config::plugin::PluginConfig;
use crate::config::seconds::Seconds;
use crate::policy::bypass::Bypass;
use crate::policy::client_address::ClientAddress;
use crate::policy::endpoint::Endpoint;
use crate::policy::environment::Environment;
use crate::policy::fleet_store::FleetStore;
use crate::policy::matchers::Matchers;
use crate::policy::request_header;
use crate::policy::response::response::Response;
use crate::policy::rules::Rules;
use crate::policy::windows::Windows;
use crate::state::flag::Next;
use crate::state::state::State;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, both, optional};
use crate::syntax::timestamp::Timestamp;
use crate::syntax::wire;

/// What to do with which request.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Whether the flag is fixed, or the state decides.
    pub mode: Mode,
    /// The flag in [`Mode::Auto`] until somebody sets it.
    pub initial: Switch,
    /// The name of the state that this policy shares with others.
    pub scope: Box<str>,
    /// Decide, count and log, but block nothing.
    pub observe: bool,
    /// Read the route's metadata as a rule.
    pub route_metadata: bool,
    /// The request header that tells the upstream of maintenance, in lower case.
    pub upstream_header: Option<Box<str>>,
    /// Where the client's address comes from.
    pub client_address: ClientAddress,
    /// The requests that pass while maintenance is on.
    pub allow: Matchers,
    /// Overrides by host, path, method and so on.
    pub rules: Rules,
    /// Planned maintenance.
    pub windows: Windows,
    /// How long before planned maintenance it is announced, in milliseconds.
    announce_millis: u64,
    /// How many requests a worker holds at most.
    pub max_held_requests: u64,
    /// What the others get.
    pub response: Response,
    /// The admin endpoint, if there is one.
    pub endpoint: Option<Endpoint>,
    /// Signed bypass tokens, if there are any.
    pub bypass: Option<Bypass>,
    /// The store of a fleet; the shared map without.
    pub store: Option<FleetStore>,
}

const MAX_SCOPE_BYTES: usize = 64;
const DEFAULT_MAX_HELD: u64 = 1000;

impl Policy {
    /// Checks and compiles a plugin configuration.
    ///
    /// # Errors
    /// The values that are out of range, with their paths, as far as they can be seen at once.
    pub fn compile(config: &PluginConfig, environment: Environment<'_>) -> Compiled<Self> {
        let PluginConfig {
            mode,
            initial,
            scope,
            observe,
            route_metadata,
            upstream_header,
            client_address,
            allow,
            rules,
            windows,
            announce_seconds,
            max_held_requests,
            response,
            admin,
            bypass,
            store,
        } = config;
        let scope = compile_scope(scope.as_deref().unwrap_or("default")).at("scope")?;
        let endpoint_of = |admin| Endpoint::compile(admin, environment);
        let bypass_of = |bypass| Bypass::compile(bypass, environment);
        let store_of = |store| FleetStore::compile(store, &scope, environment);
        let upstream_header = optional(upstream_header.as_deref(), request_header::of_the_filter)
            .at("upstream_header")?;
        let client_address = optional(client_address.as_ref(), ClientAddress::compile)
            .at("client_address")?
            .unwrap_or_default();
        let allow = Matchers::compile(allow, environment.check_attribute).at("allow");
        let rules =
            Rules::compile(rules, response, &scope, environment.check_attribute).at("rules");
        let response = Response::compile(response, &scope).at("response");
        let windows = Windows::compile(windows).at("windows");
        let ((allow, response), (rules, windows)) =
            both(both(allow, response), both(rules, windows))?;
        Ok(Self {
            mode: *mode,
            initial: *initial,
            observe: *observe,
            route_metadata: *route_metadata,
            upstream_header,
            client_address,
            allow,
            rules,
            response,
            windows,
            announce_millis: announce_seconds
                .map_or(0, |Seconds(seconds)| seconds.saturating_mul(1000)),
            max_held_requests: optional(*max_held_requests, compile_max_held)
                .at("max_held_requests")?
                .unwrap_or(DEFAULT_MAX_HELD),
            endpoint: optional(admin.as_ref(), endpoint_of).at("admin")?,
            bypass: optional(bypass.as_ref(), bypass_of).at("bypass")?,
            store: optional(store.as_ref(), store_of).at("store")?,
            scope,
        })
    }
}

impl Policy {
    /// The name of the store that keeps the state.
    pub fn store_name(&self) -> &'static str {
        (self.store.as_ref()).map_or(wire::SHARED_DATA, FleetStore::name)
    }

    /// Whether planned maintenance is announced at all.
    pub fn announces(&self) -> bool {
        self.announce_millis > 0
    }

    /// From when on maintenance is announced that begins at a moment.
    pub fn announced_from(&self, start: Timestamp) -> Timestamp {
        start.minus_millis(self.announce_millis)
    }

    /// The maintenance to come that is announced.
    pub fn announced<'s>(&'s self, state: &'s State, now: Timestamp) -> Option<Next<'s>> {
        let next = self.next(state, now)?;
        (self.announces() && self.announced_from(next.start) <= now).then_some(next)
    }
}

fn compile_max_held(requests: Number) -> Compiled<u64> {
    requests.within(0..=100_000, "a number of requests")
}

fn compile_scope(scope: &str) -> Compiled<Box<str>> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !(1..=MAX_SCOPE_BYTES).contains(&scope.len()) || !scope.bytes().all(is_allowed) {
        let expected =
            format!("a scope: expected 1 to {MAX_SCOPE_BYTES} of A-Z, a-z, 0-9, _ and -");
        return Err(InvalidConfig::is_not(scope, &expected));
    }
    Ok(scope.into())
}

#[cfg(test)]
pub(crate) fn policy(json: &str) -> Policy {
    use crate::policy::environment::testing::environment;

    let config = PluginConfig::parse(json.as_bytes()).unwrap();
    Policy::compile(
        &config,
        environment(&|_| Some("a token of the environment".into())),
    )
    .unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::environment::testing::environment;

    fn error(json: &str) -> String {
        let config = PluginConfig::parse(json.as_bytes()).unwrap();
        Policy::compile(&config, environment(&|_| None))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn defaults() {
        let policy = policy("");
        assert_eq!((policy.mode, policy.initial), (Mode::Auto, Switch::Off));
        assert_eq!(&*policy.scope, "default");
        assert!(policy.endpoint.is_none());
    }

    #[test]
    fn a_fault_is_named_with_its_whole_path() {
        assert_eq!(
            error(r#"{"allow":{"client_ips":["::1","10.0.0.1","10.0.0.300"]}}"#),
            "allow.client_ips[2]: \"10.0.0.300\" is not an IP address or CIDR block"
        );
        assert!(error(r#"{"admin":{"path":"/m"}}"#).starts_with("admin: expected `tokens`"));
        assert!(error(r#"{"admin":{"path":"/"}}"#).starts_with("admin.path: \"/\" is every path"));
        assert!(error(r#"{"response":{"status":100}}"#).starts_with("response.status: 100"));
    }

    #[test]
    fn a_scope_is_a_short_plain_name() {
        assert_eq!(&*policy(r#"{"scope":"Shop_1-a"}"#).scope, "Shop_1-a");
        for scope in ["", "a b", "a.b", "\u{e9}", &"a".repeat(65)] {
            assert!(
                error(&format!(r#"{{"scope":"{scope}"}}"#)).starts_with("scope: "),
                "{scope}"
            );
        }
    }
}
