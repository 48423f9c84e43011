//! The arguments of the command line.

pub(crate) mod address;
pub(crate) mod args;
pub(crate) mod arguments;
pub(crate) mod bypass;
pub(crate) mod called;
pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod endpoints;
pub(crate) mod explain;
pub(crate) mod misspelt;
pub(crate) mod object;
pub(crate) mod parameters;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod target;
pub(crate) mod token;
pub(crate) mod values;
pub(crate) mod windows;
