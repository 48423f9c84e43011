//! The module is missing or corrupt.
