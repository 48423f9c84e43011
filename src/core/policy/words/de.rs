//! German.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// German.
pub(super) const GERMAN: Words = Words {
    language: "de",
    direction: Direction::LeftToRight,
    title: "Wartungsarbeiten",
    message: "Wir führen gerade geplante Wartungsarbeiten durch und sind bald wieder da. Bitte versuchen Sie es später noch einmal.",
    expected_back: "Voraussichtlich wieder da: ",
    any_moment: "jeden Moment",
    request: "Anfrage ",
};
