//! Chinese, in simplified characters.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Chinese, in simplified characters.
pub(super) const CHINESE: Words = Words {
    language: "zh",
    direction: Direction::LeftToRight,
    title: "正在维护",
    message: "我们正在进行计划内维护，很快就会恢复。请稍后再试。",
    expected_back: "预计恢复时间：",
    any_moment: "即将恢复",
    request: "请求 ",
};
