//! The HTML documents that are built in.

/// An HTML document that loads nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HtmlDocument {
    pub(crate) html: &'static str,
    /// Its `Content-Security-Policy`: it may use the style and the script that it holds, which
    /// are known by their hashes, and ask its own host.
    pub(crate) policy: &'static str,
}

/// A document and its hashes, which a test compares with what they should be.
macro_rules! html_document {
    ($html:expr, style: $style:literal, script: $script:literal, $more:literal) => {
        $crate::syntax::html_document::HtmlDocument {
            html: $html,
            policy: concat!(
                "default-src 'none'; style-src 'sha256-",
                $style,
                "'; script-src 'sha256-",
                $script,
                "'; connect-src 'self'; base-uri 'none'; form-action 'none'; ",
                $more
            ),
        }
    };
}
pub(crate) use html_document;

#[cfg(test)]
impl HtmlDocument {
    /// Fails unless the policy allows the one style and the one script of the document.
    pub(crate) fn assert_policy_fits(&self) {
        use base64::Engine;
        use base64::prelude::BASE64_STANDARD;
        use sha2::Digest;
        use sha2::Sha256;

        for tag in ["style", "script"] {
            let (_, opened) = self.html.split_once(&format!("<{tag}>")).unwrap();
            let (content, after) = opened.split_once(&format!("</{tag}>")).unwrap();
            assert!(!after.contains(&format!("<{tag}")), "another {tag}");
            let hash = BASE64_STANDARD.encode(Sha256::digest(content));
            let allowed = format!("{tag}-src 'sha256-{hash}';");
            assert!(self.policy.contains(&allowed), "{allowed} is missing");
        }
    }
}
