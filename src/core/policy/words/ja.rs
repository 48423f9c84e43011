//! Japanese.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Japanese.
pub(super) const JAPANESE: Words = Words {
    language: "ja",
    direction: Direction::LeftToRight,
    title: "メンテナンス中",
    message: "ただいま計画メンテナンスを実施しています。まもなく再開しますので、しばらくしてからもう一度お試しください。",
    expected_back: "再開予定：",
    any_moment: "まもなく",
    request: "リクエスト ",
};
