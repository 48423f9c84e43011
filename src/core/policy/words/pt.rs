//! Portuguese.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Portuguese.
pub(super) const PORTUGUESE: Words = Words {
    language: "pt",
    direction: Direction::LeftToRight,
    title: "Em manutenção",
    message: "Estamos realizando uma manutenção programada e voltaremos em breve. Tente novamente mais tarde.",
    expected_back: "Retorno previsto: ",
    any_moment: "a qualquer momento",
    request: "Pedido ",
};
