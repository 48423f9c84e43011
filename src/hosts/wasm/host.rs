//! The VM as the core's host: what Envoy knows and does. A call that fails is an absent value.

use std::{
    env, fmt,
    hash::{BuildHasher, RandomState},
};

use log::Level;
use maintenance_mode_core::{
    filter::host::{Host, Metric},
    store::{
        call::CallId,
        grpc::{Client, Metadata, Method},
    },
    syntax::protobuf::Message,
};
use proxy_wasm::types::MetricType;

use crate::hosts::{
    abi::header_map::HeaderMap,
    wasm::{hostcalls, shared_data::SharedData, stream::HttpStream},
};

/// The VM.
#[derive(Clone, Copy, Debug)]
pub(super) struct WasmHost;

impl Host for WasmHost {
    type Metric = Stat;
    type SharedMap = SharedData;
    type Client = GrpcClient;
    type Stream = HttpStream;

    const ENVIRONMENT: &'static str = "the VM";

    fn nanos(&self) -> u64 {
        hostcalls::get_current_time()
    }

    fn random(&self) -> u64 {
        random()
    }

    fn log(&self, level: Level, line: fmt::Arguments<'_>) {
        log::log!(level, "maintenance-mode: {line}");
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    fn counter(&self, name: &str) -> Stat {
        Stat(hostcalls::define_metric(MetricType::Counter, name).ok())
    }

    fn gauge(&self, name: &str) -> Stat {
        Stat::gauge(name)
    }

    fn shared_map(&self) -> SharedData {
        SharedData
    }

    fn client(&self) -> GrpcClient {
        GrpcClient
    }

    fn node_id(&self) -> String {
        let id = hostcalls::get_property(b"xds\0node\0id").unwrap_or_default();
        String::from_utf8_lossy(&id).into_owned()
    }

    fn set_tick_period(&self, millis: u32) {
        hostcalls::set_tick_period(millis);
    }
}

/// Any number, another one at each call.
pub(super) fn random() -> u64 {
    // Each hasher of the standard library has keys of its own, random ones.
    RandomState::new().hash_one(0)
}

/// A number in Envoy's stats, `wasmcustom.<name>`; none where Envoy refuses to keep it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stat(Option<u32>);

impl Stat {
    pub(super) fn gauge(name: &str) -> Self {
        Self(hostcalls::define_metric(MetricType::Gauge, name).ok())
    }

    pub(super) fn add(self, amount: u32) {
        if let Some(id) = self.0 {
            hostcalls::increment_metric(id, i64::from(amount));
        }
    }
}

impl Metric for Stat {
    fn increment(&self) {
        self.add(1);
    }

    fn set(&self, value: u64) {
        if let Some(id) = self.0 {
            hostcalls::record_metric(id, value);
        }
    }

    fn value(&self) -> u64 {
        let value = self.0.and_then(|id| hostcalls::get_metric(id).ok());
        value.unwrap_or_default()
    }
}

/// Envoy's gRPC client.
#[derive(Clone, Copy, Debug)]
pub(super) struct GrpcClient;

impl Client for GrpcClient {
    fn call(
        &self,
        cluster: &str,
        method: Method,
        metadata: Metadata,
        message: &Message,
        timeout_ms: u64,
    ) -> Option<CallId> {
        let service = grpc_service(cluster);
        let metadata = HeaderMap::encode(&metadata);
        let timeout_ms = u32::try_from(timeout_ms).unwrap_or(u32::MAX);
        hostcalls::grpc_call(&service, method, &metadata, message.as_ref(), timeout_ms).ok()
    }

    fn open(&self, cluster: &str, method: Method, metadata: Metadata) -> Option<CallId> {
        let metadata = HeaderMap::encode(&metadata);
        hostcalls::grpc_stream(&grpc_service(cluster), method, &metadata).ok()
    }

    fn send(&self, stream: CallId, message: &Message) -> bool {
        hostcalls::grpc_send(stream, message.as_ref()).is_ok()
    }

    fn cancel(&self, stream: CallId) {
        hostcalls::grpc_cancel(stream);
    }
}

/// `envoy.config.core.v3.GrpcService` of a cluster. Envoy would take the plain name, too,
/// but ends the process on one that happens to be a message of this type.
fn grpc_service(cluster: &str) -> Vec<u8> {
    let envoy_grpc = Message::default().bytes(1, cluster);
    Message::default().message(1, &envoy_grpc).into()
}
