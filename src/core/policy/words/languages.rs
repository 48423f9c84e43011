//! The languages.

use crate::policy::words::en::ENGLISH;
use crate::policy::words::words::Words;

/// All of them.
pub const LANGUAGES: [Words; 1] = [ENGLISH];
