//! The VM as the core's host: what Envoy knows and does. A call that fails is an absent value.

use std::hash::{BuildHasher, RandomState};
use std::{env, fmt};

use log::Level;
use maintenance_mode_core::filter::host::Host;
use maintenance_mode_core::store::grpc::{CallId, Client, Rpc};
use maintenance_mode_core::syntax::protobuf::Message;
use proxy_wasm::types::MetricType;

use crate::hosts::abi::header_map::HeaderMap;
use crate::hosts::wasm::hostcalls;
use crate::hosts::wasm::stat::Stat;
use crate::hosts::wasm::stream::HttpStream;

/// The VM.
#[derive(Clone, Copy, Debug)]
pub(super) struct WasmHost;

impl Host for WasmHost {
    type Metric = Stat;
    type SharedMap = Self;
    type Stream = HttpStream;

    const ENVIRONMENT: &'static str = "the VM";

    fn nanos(&self) -> u64 {
        hostcalls::get_current_time()
    }

    fn random(&self) -> u64 {
        // Each hasher of the standard library has keys of its own, random ones.
        RandomState::new().hash_one(0)
    }

    fn log(&self, level: Level, line: fmt::Arguments<'_>) {
        log::log!(level, "maintenance-mode: {line}");
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    fn counter(&self, name: &str) -> Stat {
        Stat::define(MetricType::Counter, name)
    }

    fn gauge(&self, name: &str) -> Stat {
        Stat::define(MetricType::Gauge, name)
    }

    fn shared_map(&self) -> Self {
        *self
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(*self)
    }

    fn node_id(&self) -> String {
        let id = hostcalls::get_property(b"xds\0node\0id").unwrap_or_default();
        String::from_utf8_lossy(&id).into_owned()
    }

    fn set_tick_period(&self, millis: u32) {
        hostcalls::set_tick_period(millis);
    }
}

impl Client for WasmHost {
    fn call(&self, rpc: Rpc<'_>, message: &Message, timeout_ms: u64) -> Option<CallId> {
        let service = grpc_service(rpc.cluster);
        let metadata = HeaderMap::encode(&rpc.metadata);
        let (message, millis) = (message.as_ref(), timeout_ms.try_into().unwrap_or(u32::MAX));
        hostcalls::grpc_call(&service, rpc.method, &metadata, message, millis).ok()
    }

    fn open(&self, rpc: Rpc<'_>) -> Option<CallId> {
        let metadata = HeaderMap::encode(&rpc.metadata);
        hostcalls::grpc_stream(&grpc_service(rpc.cluster), rpc.method, &metadata).ok()
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
