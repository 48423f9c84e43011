//! The token of a call.

use std::fmt;

/// A secret, which is not printed, and where it comes from, which is.
#[derive(Clone)]
pub(crate) struct BearerToken {
    secret: String,
    source: TokenSource,
}

/// Where a token comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenSource {
    /// The command line.
    Option,
    /// An environment variable.
    Variable(&'static str),
}

impl BearerToken {
    pub(super) fn read(text: &str, source: TokenSource) -> Self {
        Self {
            secret: text.trim_ascii().to_owned(),
            source,
        }
    }

    /// Why it cannot be used, and what is expected.
    pub(super) fn problem(&self) -> Option<String> {
        if self.secret.is_empty() {
            Some(format!(
                "expected the token of the endpoint in {}",
                match self.source {
                    TokenSource::Option => "--token".to_owned(),
                    TokenSource::Variable(name) => format!("{name} or --token"),
                }
            ))
        } else if !can_be_sent(self.secret.as_bytes()) {
            Some(format!("{self} cannot be sent: expected printable ASCII"))
        } else {
            None
        }
    }

    /// The value of the header `authorization`.
    pub(crate) fn authorization(&self) -> String {
        format!("Bearer {}", self.secret)
    }
}

/// What it is called in an error.
impl fmt::Display for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            TokenSource::Option => f.write_str("the token of --token"),
            TokenSource::Variable(name) => write!(f, "the token in {name}"),
        }
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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
    fn it_is_called_by_where_it_comes_from_and_never_printed() {
        let of = |text, source| BearerToken::read(text, source);
        let token = of(" secret\n", TokenSource::Option);
        assert_eq!(token.authorization(), "Bearer secret");
        assert_eq!(
            format!("{token} {token:?}"),
            "the token of --token the token of --token"
        );
        assert_eq!(token.problem(), None);
        for (text, source, told) in [
            (" ", TokenSource::Variable("A"), "in A or --token"),
            ("", TokenSource::Option, "in --token"),
            (
                "a\nb",
                TokenSource::Variable("A"),
                "the token in A cannot be sent",
            ),
        ] {
            let problem = of(text, source).problem().unwrap();
            assert!(problem.contains(told), "{problem}");
        }
    }
}
