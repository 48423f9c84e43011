//! The policy by which an API server refuses what the filter would refuse: its JSON Schema, said in
//! CEL.

pub(crate) mod cel;
pub(crate) mod fault_writer;
pub(crate) mod holds;
pub(crate) mod manifest;
pub(crate) mod part;
pub(crate) mod plugins;
pub(crate) mod schema;
