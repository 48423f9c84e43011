//! The words of one language.

use crate::policy::words::direction::Direction;

/// What the built-in page and text say in one language.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The [BCP 47](https://www.rfc-editor.org/info/bcp47) tag, by which browsers write times.
    pub language: &'static str,
    /// How it is written.
    pub direction: Direction,
    /// `{{title}}` where nobody has set one.
    pub title: &'static str,
    /// `{{message}}` where nobody has set one.
    pub message: &'static str,
    /// Before the end of maintenance.
    pub expected_back: &'static str,
    /// In the place of an end that has come.
    pub any_moment: &'static str,
    /// Before the id of the request.
    pub request: &'static str,
}
