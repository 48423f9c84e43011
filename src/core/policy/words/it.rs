//! Italian.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Italian.
pub(super) const ITALIAN: Words = Words {
    language: "it",
    direction: Direction::LeftToRight,
    title: "In manutenzione",
    message: "Stiamo effettuando una manutenzione programmata e torneremo presto. Si prega di riprovare più tardi.",
    expected_back: "Ritorno previsto: ",
    any_moment: "da un momento all’altro",
    request: "Richiesta ",
};
