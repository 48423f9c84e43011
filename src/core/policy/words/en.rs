//! English.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// English.
pub(super) const ENGLISH: Words = Words {
    language: "en",
    direction: Direction::LeftToRight,
    title: "Down for maintenance",
    message: "We are carrying out planned maintenance and will be back soon. Please try again later.",
    expected_back: "Expected back: ",
    any_moment: "any moment now",
    request: "Request ",
};
