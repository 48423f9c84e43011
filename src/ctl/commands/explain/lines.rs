//! Lines of a header that are repeated, as Envoy hands them over.

use std::borrow::Cow;

/// Headers that Envoy keeps in a place of their own: it joins their lines itself, and leaves out
/// those that are empty. The lines of all others are joined by the filter, as they were sent.
const JOINED_BY_ENVOY: [&str; 37] = [
    ":authority",
    "accept",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "authorization",
    "cache-control",
    "content-encoding",
    "content-type",
    "expect",
    "grpc-accept-encoding",
    "grpc-timeout",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "pragma",
    "proxy-status",
    "referer",
    "user-agent",
    "via",
    "x-client-trace-id",
    "x-envoy-attempt-count",
    "x-envoy-decorator-operation",
    "x-envoy-downstream-service-cluster",
    "x-envoy-downstream-service-node",
    "x-envoy-external-address",
    "x-envoy-original-path",
    "x-forwarded-client-cert",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
];

/// The lines of a request, in order.
#[derive(Default)]
pub(super) struct Lines<'l>(Vec<(&'l str, Cow<'l, str>)>);

impl<'l> Lines<'l> {
    pub(super) fn add(&mut self, name: &'l str, value: &'l str) {
        let mut earlier = self.0.iter_mut().filter(|(other, _)| *other == name);
        match earlier.next() {
            Some((_, joined)) if JOINED_BY_ENVOY.contains(&name) => {
                if !joined.is_empty() && !value.is_empty() {
                    joined.to_mut().push(',');
                }
                joined.to_mut().push_str(value);
            }
            _ => self.0.push((name, value.into())),
        }
    }

    pub(super) fn into_vec(self) -> Vec<(String, String)> {
        let lines = self.0.into_iter();
        let lines = lines.map(|(name, value)| (name.to_owned(), value.into_owned()));
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_left_out_where_envoy_does() {
        let of = |name: &'static str, values: &[&'static str]| {
            let mut lines = Lines::default();
            values.iter().for_each(|value| lines.add(name, value));
            let values: Vec<_> = lines.0.into_iter().map(|(_, value)| value).collect();
            values
        };
        assert_eq!(of("accept", &["", "a", "", "b"]), ["a,b"]);
        assert_eq!(of("accept", &["", ""]), [""]);
        assert_eq!(of("x-a", &["", "a", ""]), ["", "a", ""]);
    }
}
