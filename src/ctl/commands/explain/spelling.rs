//! What nearly matches an entry: its matcher is asked again, with another reading, another
//! spelling of the request, or another of the entry.

use crate::ctl::requests::synthetic_request::SyntheticRequest;
use maintenance_mode_core::config::matchers::{MatchersConfig, PathConfig, PathKindConfig};
use maintenance_mode_core::policy::environment::any_attribute;
use maintenance_mode_core::policy::matchers::Matchers;
use maintenance_mode_core::policy::reading::Reading;
use maintenance_mode_core::policy::seen::Seen;
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::syntax::path::{MAX_COMPARED_BYTES, without_query};
use maintenance_mode_core::syntax::percent::encode_but;
use maintenance_mode_core::syntax::readings::normalised;

/// Whether the filter's matcher finds an entry; what it would refuse matches nothing.
pub(super) fn finds(config: &MatchersConfig, reading: Reading, request: &SyntheticRequest) -> bool {
    let matchers = Matchers::compile_match(config, reading, any_attribute);
    matchers.is_ok_and(|matchers| matchers.first_match(&Seen::new(request)).is_some())
}

/// How a path differs from one that the entry would match.
pub(super) fn of_path(
    entry: &MatchersConfig,
    reading: Reading,
    request: &SyntheticRequest,
) -> Option<String> {
    let sent = without_query(request.path());
    let path = String::from_utf8_lossy(sent);
    let not_canonical = || {
        if sent.len() > MAX_COMPARED_BYTES {
            return "the path is over 8 KiB, and none so long is canonical".to_owned();
        }
        let advice = match &*String::from_utf8_lossy(&normalised(sent)) {
            same if same == path => {
                let encoded = encode_but(&path, |byte| byte.is_ascii_graphic());
                format!("percent-encode it: {encoded:?}")
            }
            other => format!("a server may read {path:?} as {other:?}"),
        };
        format!("the path is not canonical, so the entry does not count; {advice}")
    };
    if finds(entry, Reading::Any, request) {
        return Some(not_canonical());
    }
    let lower_entry = lower_case(entry);
    let lower = request.with_path(&path.to_ascii_lowercase());
    if finds(&lower_entry, reading, &lower) {
        return Some("the path differs from it in case".to_owned());
    }
    if finds(&lower_entry, Reading::Any, &lower) {
        return Some(format!("{}, and it differs in case", not_canonical()));
    }
    match path.strip_suffix('/') {
        Some(shorter) if finds(entry, reading, &request.with_path(shorter)) => {
            Some("the path has a slash at its end that the entry has not".to_owned())
        }
        None if finds(entry, reading, &request.with_path(&format!("{path}/"))) => {
            Some("the entry has a slash at its end that the path has not".to_owned())
        }
        _ => None,
    }
}

/// An entry of `paths` as if nobody had written a capital letter.
fn lower_case(entry: &MatchersConfig) -> MatchersConfig {
    let lower = |text: &String| text.to_ascii_lowercase();
    let lower_path = |path: &PathConfig| match path {
        PathConfig::Pattern(pattern) => PathConfig::Pattern(lower(pattern)),
        PathConfig::Kind(kind) => PathConfig::Kind(PathKindConfig {
            exact: kind.exact.as_ref().map(lower),
            prefix: kind.prefix.as_ref().map(lower),
            suffix: kind.suffix.as_ref().map(lower),
            regex: kind.regex.as_ref().map(|regex| format!("(?i:{regex})")),
        }),
    };
    let paths = entry.paths.iter().flatten().map(lower_path).collect();
    MatchersConfig {
        paths: Some(paths),
        ..MatchersConfig::default()
    }
}

/// How a host differs from one that the entry would match.
pub(super) fn of_host(
    entry: &MatchersConfig,
    reading: Reading,
    request: &SyntheticRequest,
) -> Option<String> {
    let host = request.host();
    if finds(entry, Reading::Any, request) {
        return Some(format!("the host {host:?} is no host name"));
    }
    let written = entry.hosts.iter().flatten().next()?;
    let asked = |host: String| {
        let hosts = Some(vec![host]);
        let config = MatchersConfig {
            hosts,
            ..MatchersConfig::default()
        };
        finds(&config, reading, request)
    };
    match written.strip_prefix("*.") {
        Some(domain) if asked(domain.to_owned()) => Some(format!(
            "the host is {domain:?} itself, and {written:?} takes only what is below it"
        )),
        None if asked(format!("*.{written}")) => Some(format!(
            "the host {host:?} is below it: \"*.{written}\" would take it"
        )),
        _ => None,
    }
}

/// Whether a method differs from the entry in case alone.
pub(super) fn of_method(
    entry: &MatchersConfig,
    reading: Reading,
    request: &SyntheticRequest,
) -> Option<String> {
    let method = request.method();
    let config = MatchersConfig {
        methods: Some(vec![method.to_ascii_uppercase()]),
        ..MatchersConfig::default()
    };
    let is_standard = entry.methods == config.methods && !finds(&config, reading, request);
    is_standard.then(|| format!("the method is {method:?}, and methods have a case"))
}
