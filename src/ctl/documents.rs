//! Files, as trees of values that know where they stand.

pub(crate) mod config_dump;
pub(crate) mod dialect;
pub(crate) mod document;
pub(crate) mod fault;
pub(crate) mod indented;
pub(crate) mod json;
pub(crate) mod load;
pub(crate) mod node;
pub(crate) mod spot;
pub(crate) mod yaml;
