//! What the built-in page and text say, a file a language.

mod ar;
mod de;
pub mod direction;
mod en;
mod es;
mod fr;
mod it;
mod ja;
mod ko;
pub mod languages;
mod nl;
mod pl;
mod pt;
mod uk;
pub mod words;
mod zh;
