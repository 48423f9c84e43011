//! The environment variables of this process.

/// The value of a variable; none where it is not UTF-8.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
