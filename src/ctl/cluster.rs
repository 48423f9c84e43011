//! The configuration of a filter in an object of a cluster, read and patched by kubectl.

pub(crate) mod change;
pub(crate) mod kubectl;
pub(crate) mod overlay;
pub(crate) mod patch;
pub(crate) mod secrets;
pub(crate) mod snapshot;
pub(crate) mod status;
pub(crate) mod window;
