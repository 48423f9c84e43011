//! Answers that no endpoint gives.

use maintenance_mode_core::syntax::one_line::OneLine;
use maintenance_mode_core::syntax::wire::MODE;
use ureq::http::HeaderMap;

use crate::ctl::endpoints::error::EndpointError;

/// An answer of something else: another path of the same Envoy, or another server.
pub(super) fn foreign(url: &str, status: u16, headers: &HeaderMap) -> EndpointError {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let text = if let Some(scope) = header(MODE) {
        format!(
            "{url} is blocked, for maintenance of the scope {} is on: expected the address of the \
             endpoint, which is never blocked: `admin.path` of the configuration after the host",
            OneLine(scope)
        )
    } else if let (300..400, Some(location)) = (status, header("location")) {
        format!(
            "{url} leads to {} ({status}), and the token is sent nowhere else: call that address if \
             it is the endpoint's",
            OneLine(location)
        )
    } else if status >= 500 {
        format!(
            "{url} answers {status}, but not as an admin endpoint: expected Envoy with the filter; is \
             it up, and is what stands before it?"
        )
    } else {
        format!(
            "{url} is no admin endpoint ({status}): expected `admin.path` of the filter's \
             configuration after the host, such as /maintenance-mode"
        )
    };
    EndpointError::answered(status, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers_is_told_as_far_as_it_shows() {
        let told = |status, header: Option<(&'static str, &str)>| {
            let header =
                header.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let headers = header.into_iter().collect();
            foreign("http://a/m", status, &headers).to_string()
        };
        for (status, header, expected) in [
            (200, None, "is no admin endpoint (200)"),
            (404, None, "is no admin endpoint (404)"),
            (
                302,
                Some(("location", "http://b/m")),
                "leads to http://b/m (302)",
            ),
            (302, None, "is no admin endpoint (302)"),
            (502, None, "answers 502"),
            (
                503,
                Some((MODE, "shop")),
                "maintenance of the scope shop is on",
            ),
        ] {
            let told = told(status, header);
            assert!(
                told.starts_with("http://a/m ") && told.contains(expected),
                "{told}"
            );
        }
    }
}
