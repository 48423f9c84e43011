//! The whole address of an admin endpoint.

/// Without a slash at its end.
///
/// # Errors
/// What is wrong with it, and what to write.
pub(super) fn endpoint_url(text: &str) -> Result<String, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(expected("printable ASCII without spaces"));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(expected(&format!(
            "the scheme as well: http://{text} or https://{text}"
        )));
    };
    if !["http", "https"].contains(&scheme) {
        return Err(expected("http:// or https://"));
    }
    if text.contains(['?', '#']) {
        return Err(expected("no `?` and no `#`"));
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.is_empty() {
        return Err(expected("a host"));
    }
    if authority.contains('@') {
        return Err(expected("no user and no password: the token is enough"));
    }
    if path.is_empty() {
        return Err(expected(
            "the path of the endpoint as well, which is `admin.path` of the configuration",
        ));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn expected(what: &str) -> String {
    format!("expected {what}, such as {EXAMPLE}")
}

/// An address of an endpoint.
pub(super) const EXAMPLE: &str = "http://localhost:8080/maintenance-mode";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_whole_address() {
        for url in ["http://a/m", "https://[::1]:8080/a/m", "http://a/m/"] {
            assert_eq!(endpoint_url(url).unwrap(), url.trim_end_matches('/'));
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        for (url, expected) in [
            ("", "printable"),
            ("http://a/m n", "without spaces"),
            ("a:8080/m", "http://a:8080/m or https://a:8080/m"),
            ("http://a", "`admin.path`"),
            ("http://a/", "`admin.path`"),
            ("http:///m", "a host"),
            ("ftp://a/m", "http://"),
            ("http://u:p@a/m", "no user"),
            ("http://a/m?x", "no `?`"),
        ] {
            let problem = endpoint_url(url).unwrap_err();
            assert!(problem.contains(expected), "{url}: {problem}");
            assert!(problem.ends_with(EXAMPLE), "{url}: {problem}");
        }
    }
}
