//! What the built-in page and text say, a file a language.

pub mod ar;
pub mod de;
pub mod direction;
pub mod en;
pub mod es;
pub mod fr;
pub mod it;
pub mod ja;
pub mod ko;
pub mod languages;
pub mod nl;
pub mod pl;
pub mod pt;
pub mod uk;
pub mod words;
pub mod zh;
