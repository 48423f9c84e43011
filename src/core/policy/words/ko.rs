//! Korean.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Korean.
pub(super) const KOREAN: Words = Words {
    language: "ko",
    direction: Direction::LeftToRight,
    title: "점검 중",
    message: "예정된 점검을 진행하고 있으며 곧 다시 이용하실 수 있습니다. 잠시 후 다시 시도해 주세요.",
    expected_back: "재개 예정: ",
    any_moment: "곧 재개",
    request: "요청 ",
};
