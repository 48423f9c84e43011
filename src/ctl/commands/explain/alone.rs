//! Entries of matchers, each alone.

use maintenance_mode_core::config::matchers::MatchersConfig;
use maintenance_mode_core::policy::kind::Kind;

/// Each entry of a kind, as if nothing else stood in the configuration.
pub(super) fn entries(config: &MatchersConfig, kind: Kind) -> Vec<MatchersConfig> {
    macro_rules! each {
        ($list:ident) => {{
            let alone = |entry| MatchersConfig {
                $list: Some(vec![entry]),
                ..MatchersConfig::default()
            };
            config.$list.iter().flatten().cloned().map(alone).collect()
        }};
    }
    match kind {
        Kind::ClientIp => each!(client_ips),
        Kind::Path => each!(paths),
        Kind::Host => each!(hosts),
        Kind::Method => each!(methods),
        Kind::Header => each!(headers),
        Kind::Cookie => each!(cookies),
        Kind::Attribute => each!(attributes),
    }
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
