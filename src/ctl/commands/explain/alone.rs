//! Entries of matchers, each alone.

use maintenance_mode_core::config::matchers::MatchersConfig;
use maintenance_mode_core::policy::kind::Kind;

/// Each entry of a kind, as if nothing else stood in the configuration.
pub(super) fn entries(config: &MatchersConfig, kind: Kind) -> Vec<MatchersConfig> {
    let none = MatchersConfig::default;
    match kind {
        Kind::ClientIp => each(&config.client_ips, |client_ips| MatchersConfig {
            client_ips,
            ..none()
        }),
        Kind::Path => each(&config.paths, |paths| MatchersConfig { paths, ..none() }),
        Kind::Host => each(&config.hosts, |hosts| MatchersConfig { hosts, ..none() }),
        Kind::Method => each(&config.methods, |methods| MatchersConfig {
            methods,
            ..none()
        }),
        Kind::Header => each(&config.headers, |headers| MatchersConfig {
            headers,
            ..none()
        }),
        Kind::Cookie => each(&config.cookies, |cookies| MatchersConfig {
            cookies,
            ..none()
        }),
        Kind::Attribute => each(&config.attributes, |attributes| MatchersConfig {
            attributes,
            ..none()
        }),
    }
}

fn each<E: Clone>(
    list: &Option<Vec<E>>,
    alone: impl Fn(Option<Vec<E>>) -> MatchersConfig,
) -> Vec<MatchersConfig> {
    let list = list.iter().flatten();
    list.map(|entry| alone(Some(vec![entry.clone()]))).collect()
}

/// All but a kind.
pub(super) fn without(config: &MatchersConfig, kind: Kind) -> MatchersConfig {
    let mut rest = config.clone();
    match kind {
        Kind::ClientIp => rest.client_ips = None,
        Kind::Path => rest.paths = None,
        Kind::Host => rest.hosts = None,
        Kind::Method => rest.methods = None,
        Kind::Header => rest.headers = None,
        Kind::Cookie => rest.cookies = None,
        Kind::Attribute => rest.attributes = None,
    }
    rest
}
