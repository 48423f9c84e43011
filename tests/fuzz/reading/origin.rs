//! Origins: which of them `cors` allows.

use serde_json::Value;

/// An origin in lower case, without the port that its scheme has anyway.
fn plain(origin: &str) -> String {
    let origin = origin.to_lowercase();
    for (scheme, port) in [("https://", ":443"), ("http://", ":80")] {
        if origin.starts_with(scheme)
            && let Some(short) = origin.strip_suffix(port)
        {
            return short.to_owned();
        }
    }
    origin
}

/// Whether `allow_origins` name an origin, as a browser sends it.
pub fn is_allowed(cors: &Value, origin: &str) -> bool {
    let mut entries = cors["allow_origins"].as_array().into_iter().flatten();
    entries.any(|entry| {
        let entry = plain(entry.as_str().unwrap());
        match entry.split_once("*.") {
            _ if entry == "*" => true,
            Some((scheme, domain)) => {
                let host = origin.strip_prefix(scheme);
                let label = host.and_then(|host| host.strip_suffix(domain));
                label.is_some_and(|label| label.len() > 1 && label.ends_with('.'))
            }
            None => entry == origin,
        }
    })
}
