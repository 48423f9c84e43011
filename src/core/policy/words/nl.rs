//! Dutch.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Dutch.
pub(super) const DUTCH: Words = Words {
    language: "nl",
    direction: Direction::LeftToRight,
    title: "Onderhoud",
    message: "We voeren gepland onderhoud uit en zijn snel weer terug. Probeer het later opnieuw.",
    expected_back: "Naar verwachting terug: ",
    any_moment: "elk moment",
    request: "Verzoek ",
};
