//! A model of what files say of proxies: connection managers, filters, routes, clusters, and
//! our plugins with what the filter makes of their configurations.

pub(crate) mod compilation;
pub(crate) mod environment;
pub(crate) mod fix;
pub(crate) mod handed;
pub(crate) mod manager;
pub(crate) mod manifest;
pub(crate) mod mistaken;
pub(crate) mod plugin;
pub(crate) mod routes;
pub(crate) mod setup;
pub(crate) mod standalone;
pub(crate) mod survey;
pub(crate) mod typed;
