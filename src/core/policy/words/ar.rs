//! Arabic.

use crate::policy::words::direction::Direction;
use crate::policy::words::words::Words;

/// Arabic.
pub(super) const ARABIC: Words = Words {
    language: "ar",
    direction: Direction::RightToLeft,
    title: "الموقع قيد الصيانة",
    message: "نُجري حاليًا أعمال صيانة مخططًا لها وسنعود قريبًا. يُرجى المحاولة مرة أخرى لاحقًا.",
    expected_back: "العودة المتوقعة: ",
    any_moment: "في أي لحظة",
    request: "الطلب ",
};
