//! The host: what Envoy knows and does. A call that fails here is an absent value.

use std::hash::{BuildHasher, RandomState};

use proxy_wasm::types::{Action, BufferType, MapType, MetricType};

use super::abi::{self, Failed};
use crate::{
    grpc, header_map::HeaderMap, policy::AttributePath, protobuf::Message, reply::LocalReply,
    request::Attribute, timestamp::Timestamp,
};

const NO_GRPC_STATUS: i32 = -1;

/// The time of day.
pub(super) fn now() -> Timestamp {
    let millis = abi::get_current_time() / 1_000_000;
    Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// The plugin configuration; empty where there is none.
pub(super) fn plugin_configuration() -> Vec<u8> {
    abi::get_buffer(BufferType::PluginConfiguration).unwrap_or_default()
}

/// All headers of the request.
pub(super) fn request_headers() -> HeaderMap {
    HeaderMap::decode(abi::get_header_map(MapType::HttpRequestHeaders).unwrap_or_default())
}

/// The first line of one header of the request; empty where there is none.
pub(super) fn request_header(name: &str) -> Vec<u8> {
    abi::get_header(MapType::HttpRequestHeaders, name).unwrap_or_default()
}

/// Envoy's `source.address`.
pub(super) fn source_address() -> Option<Vec<u8>> {
    abi::get_property(b"source\0address").ok()
}

/// Any number, another one at each call.
pub(super) fn random() -> u64 {
    // Each hasher of the standard library has keys of its own, random ones.
    RandomState::new().hash_one(0)
}

/// The id of Envoy's node.
pub(super) fn node_id() -> String {
    let id = abi::get_property(b"xds\0node\0id").unwrap_or_default();
    String::from_utf8_lossy(&id).into_owned()
}

/// Whether the request has ended: only then it has a duration.
pub(super) fn is_complete() -> bool {
    abi::get_property(b"request\0duration").is_ok()
}

/// The `action` in the metadata of the request's route.
pub(super) fn route_action() -> Attribute {
    const PATH: &[u8] = b"xds\0route_metadata\0filter_metadata\0maintenance_mode\0action";
    match abi::get_property(PATH) {
        Ok(bytes) => Attribute::decode(bytes, |_| false),
        Err(Failed::NotFound) => Attribute::Absent,
        Err(Failed::Otherwise) => Attribute::Other,
    }
}

/// An attribute of Envoy.
pub(super) fn attribute(path: &AttributePath) -> Attribute {
    match abi::get_property(path.as_bytes()) {
        Ok(bytes) => Attribute::decode(bytes, |value| {
            path.is_string(value, |root| abi::get_property(root).unwrap_or_default())
        }),
        Err(Failed::NotFound) => Attribute::Absent,
        Err(Failed::Otherwise) => Attribute::Other,
    }
}

/// Sets a header of the request, or removes it.
pub(super) fn set_request_header(name: &str, value: Option<&str>) {
    match value {
        Some(value) => abi::set_header(MapType::HttpRequestHeaders, name, value),
        None => abi::remove_header(MapType::HttpRequestHeaders, name),
    }
}

/// Sets `%FILTER_STATE(wasm.maintenance_mode:PLAIN)%` of the request.
pub(super) fn set_filter_state(value: &str) {
    abi::set_property(b"maintenance_mode", value.as_bytes());
}

/// Answers the request here; `false` if the host could not. One call a request.
pub(super) fn send_local_reply(reply: &LocalReply) -> bool {
    let grpc_status = reply.grpc_status.map_or(NO_GRPC_STATUS, i32::from);
    abi::send_local_response(
        reply.status,
        reply.details.as_bytes(),
        reply.body.as_bytes(),
        reply.headers.as_bytes(),
        grpc_status,
    )
    .is_ok()
}

/// Answers a request of which nothing is known; no plugin should ever have one.
pub(super) fn refuse() -> Action {
    let _ = abi::send_local_response(503, b"maintenance_mode", b"", &[], NO_GRPC_STATUS);
    Action::Pause
}

/// A number in Envoy's stats; where Envoy refuses one, it counts nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Metric(Option<u32>);

impl Metric {
    /// A counter, `wasmcustom.<name>` in Envoy.
    pub(super) fn counter(name: &str) -> Self {
        Self(abi::define_metric(MetricType::Counter, name).ok())
    }

    /// A gauge, `wasmcustom.<name>` in Envoy.
    pub(super) fn gauge(name: &str) -> Self {
        Self(abi::define_metric(MetricType::Gauge, name).ok())
    }

    /// Adds one.
    pub(super) fn increment(self) {
        self.add(1);
    }

    /// Adds to it.
    pub(super) fn add(self, amount: u32) {
        if let Some(id) = self.0 {
            abi::increment_metric(id, i64::from(amount));
        }
    }

    /// Sets a gauge.
    pub(super) fn record(self, value: u64) {
        if let Some(id) = self.0 {
            abi::record_metric(id, value);
        }
    }

    /// What it is; 0 where Envoy keeps no such number.
    pub(super) fn value(self) -> u64 {
        self.0
            .and_then(|id| abi::get_metric(id).ok())
            .unwrap_or_default()
    }
}

/// Envoy's gRPC client.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostGrpc;

impl grpc::Client for HostGrpc {
    fn call(
        &self,
        cluster: &str,
        method: grpc::Method,
        metadata: grpc::Metadata,
        message: &Message,
        timeout_ms: u64,
    ) -> Option<grpc::CallId> {
        let metadata = HeaderMap::encode(&metadata);
        let timeout = u32::try_from(timeout_ms).unwrap_or(u32::MAX);
        abi::grpc_call(
            &grpc_service(cluster),
            method,
            &metadata,
            message.as_ref(),
            timeout,
        )
        .ok()
    }

    fn open(
        &self,
        cluster: &str,
        method: grpc::Method,
        metadata: grpc::Metadata,
    ) -> Option<grpc::StreamId> {
        let metadata = HeaderMap::encode(&metadata);
        abi::grpc_stream(&grpc_service(cluster), method, &metadata).ok()
    }

    fn send(&self, stream: grpc::StreamId, message: &Message) -> bool {
        abi::grpc_send(stream, message.as_ref()).is_ok()
    }

    fn cancel(&self, stream: grpc::StreamId) {
        abi::grpc_cancel(stream);
    }
}

/// `envoy.config.core.v3.GrpcService` of a cluster. Envoy would take the plain name, too,
/// but ends the process on one that happens to be a message of this type.
fn grpc_service(cluster: &str) -> Vec<u8> {
    let envoy_grpc = Message::default().bytes(1, cluster);
    Message::default().message(1, &envoy_grpc).into()
}

/// The message that came.
pub(super) fn grpc_message() -> Vec<u8> {
    abi::get_buffer(BufferType::GrpcReceiveBuffer).unwrap_or_default()
}

/// Why a call or a stream ended with this status code.
pub(super) fn grpc_failure(code: u32) -> grpc::Failure {
    let message = abi::get_status_message().unwrap_or_default();
    grpc::Failure::new(code, String::from_utf8_lossy(&message))
}
