//! Polish.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Polish.
pub(super) const POLISH: Words = Words {
    language: "pl",
    direction: Direction::LeftToRight,
    title: "Przerwa techniczna",
    message: "Prowadzimy zaplanowane prace konserwacyjne i wkrótce wrócimy. Prosimy spróbować ponownie później.",
    expected_back: "Planowany powrót: ",
    any_moment: "lada chwila",
    request: "Żądanie ",
};
