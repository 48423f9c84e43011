//! Spanish.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Spanish.
pub(super) const SPANISH: Words = Words {
    language: "es",
    direction: Direction::LeftToRight,
    title: "En mantenimiento",
    message: "Estamos realizando un mantenimiento programado y volveremos pronto. Inténtelo de nuevo más tarde.",
    expected_back: "Regreso previsto: ",
    any_moment: "en cualquier momento",
    request: "Solicitud ",
};
