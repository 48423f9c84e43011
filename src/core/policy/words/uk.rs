//! Ukrainian.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Ukrainian.
pub(super) const UKRAINIAN: Words = Words {
    language: "uk",
    direction: Direction::LeftToRight,
    title: "Технічне обслуговування",
    message: "Ми проводимо планові технічні роботи й незабаром повернемося. Будь ласка, спробуйте пізніше.",
    expected_back: "Очікуване повернення: ",
    any_moment: "з хвилини на хвилину",
    request: "Запит ",
};
