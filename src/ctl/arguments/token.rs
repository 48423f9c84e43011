//! The token of a call.

use std::convert::Infallible;
use std::fmt;

/// A secret, which is not printed.
#[derive(Clone)]
pub(crate) struct BearerToken(pub(crate) String);

impl BearerToken {
    /// Never an error, which would repeat the text.
    pub(super) fn parse(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.trim_ascii().to_owned()))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken")
    }
}

/// Whether a header can carry it: it is printable ASCII.
pub(crate) fn can_be_sent(token: &[u8]) -> bool {
    !token.is_empty() && token.iter().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_printed() {
        assert!(!format!("{:?}", BearerToken::parse("secret")).contains("secret"));
    }
}
