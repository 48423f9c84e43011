//! What each command does.

pub(crate) mod bypass;
pub(crate) mod calls;
pub(crate) mod check;
pub(crate) mod chosen;
pub(crate) mod explain;
pub(crate) mod hash_token;
pub(crate) mod manual;
pub(crate) mod objects;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod windows;
