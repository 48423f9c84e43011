//! The languages.

use crate::policy::words::ar::ARABIC;
use crate::policy::words::de::GERMAN;
use crate::policy::words::en::ENGLISH;
use crate::policy::words::es::SPANISH;
use crate::policy::words::fr::FRENCH;
use crate::policy::words::it::ITALIAN;
use crate::policy::words::ja::JAPANESE;
use crate::policy::words::ko::KOREAN;
use crate::policy::words::nl::DUTCH;
use crate::policy::words::pl::POLISH;
use crate::policy::words::pt::PORTUGUESE;
use crate::policy::words::uk::UKRAINIAN;
use crate::policy::words::words::Words;
use crate::policy::words::zh::CHINESE;

/// All of them. Who asks for none of them gets the first.
pub static LANGUAGES: [Words; 13] = [
    ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, UKRAINIAN, JAPANESE,
    CHINESE, KOREAN, ARABIC,
];
