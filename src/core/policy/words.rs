//! What the built-in page and text say, a file a language.

pub mod en;
pub mod languages;
pub mod words;
