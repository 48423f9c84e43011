//! The built-in page.

/// The page, a [`Template`](crate::policy::Template) that loads nothing else.
pub(super) const HTML: &str = include_str!("page.html");

/// What the page may do: use its own style and script, which are known by their hashes, and
/// ask its own host whether it is back.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    style-src 'sha256-STYLE'; \
    script-src 'sha256-SCRIPT'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::assert_allows;

    #[test]
    fn the_policy_allows_its_style_and_its_script_and_nothing_else() {
        assert_allows(CONTENT_SECURITY_POLICY, HTML);
    }

    #[test]
    fn the_page_is_small() {
        assert!(HTML.len() < 6 * 1024, "{}", HTML.len());
    }
}
