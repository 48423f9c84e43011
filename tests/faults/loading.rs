//! The module is missing or corrupt.

mod local;
mod modules;
mod remote;
mod server;
