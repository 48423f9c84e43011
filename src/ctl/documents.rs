//! The plugin configurations in files: on their own, in an Envoy configuration, or in
//! manifests for Kubernetes.

pub(crate) mod envoy;
pub(crate) mod file;
pub(crate) mod found;
pub(crate) mod manifest;
pub(crate) mod protobuf_struct;
pub(crate) mod yaml;
