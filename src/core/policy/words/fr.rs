//! French.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// French.
pub(super) const FRENCH: Words = Words {
    language: "fr",
    direction: Direction::LeftToRight,
    title: "Maintenance en cours",
    message: "Nous effectuons une maintenance planifiée et serons bientôt de retour. Veuillez réessayer plus tard.",
    expected_back: "Retour prévu\u{a0}: ",
    any_moment: "d’un instant à l’autre",
    request: "Requête ",
};
