//! A request, as Envoy has it.

use std::borrow::Cow;

use maintenance_mode_core::filter::host::Stream;
use maintenance_mode_core::reply::local_reply::LocalReply;
use maintenance_mode_core::request::attribute::{Attribute, AttributePath};
use maintenance_mode_core::syntax::wire;
use proxy_wasm::types::MapType;

use crate::hosts::abi::attribute;
use crate::hosts::abi::header_map::HeaderMap;
use crate::hosts::wasm::hostcalls;
use crate::hosts::wasm::hostcalls::ContextId;
use crate::hosts::wasm::iteration::Iteration;

const REQUEST_HEADERS: MapType = MapType::HttpRequestHeaders;
const NO_GRPC_STATUS: i32 = -1;
const GRPC_OK: i32 = 0;

/// The request of a context, for which all calls are while a callback of it runs, or after it
/// was asked whether it is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct HttpStream {
    pub(super) context: ContextId,
    pub(super) ends_with_headers: bool,
}

impl Stream for HttpStream {
    type Headers = HeaderMap;

    fn path(&self) -> Cow<'_, [u8]> {
        let path = hostcalls::get_header(REQUEST_HEADERS, ":path");
        path.unwrap_or_default().into()
    }

    fn headers(&self) -> HeaderMap {
        HeaderMap::decode(hostcalls::get_header_map(REQUEST_HEADERS).unwrap_or_default())
    }

    fn has_header(&self, name: &str) -> bool {
        hostcalls::get_header(REQUEST_HEADERS, name).is_ok()
    }

    fn ends_with_headers(&self) -> bool {
        self.ends_with_headers
    }

    fn cookies(&self) -> Option<Vec<u8>> {
        hostcalls::get_property(b"request\0headers\0cookie").ok()
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        hostcalls::get_property(b"source\0address").ok()
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        let property = path.encoded(attribute::encode_path);
        read(property, |value| {
            attribute::decode(value, |value| {
                attribute::is_string(path.segments(), value, |root| {
                    hostcalls::get_property(root).unwrap_or_default()
                })
            })
        })
    }

    fn route_action(&self) -> Attribute {
        const PATH: &[u8] = b"xds\0route_metadata\0filter_metadata\0maintenance_mode\0action";
        read(PATH, attribute::decode_action)
    }

    fn set_header(&self, name: &str, value: Option<&[u8]>) {
        match value {
            Some(value) => hostcalls::set_header(REQUEST_HEADERS, name, value),
            None => hostcalls::remove_header(REQUEST_HEADERS, name),
        }
    }

    /// `%FILTER_STATE(wasm.maintenance_mode:PLAIN)%`
    fn set_filter_state(&self, value: &str) {
        hostcalls::set_property(b"maintenance_mode", value.as_bytes());
    }

    fn send(&self, reply: &LocalReply<'_>) -> bool {
        hostcalls::send_local_response(
            reply.status,
            reply.details.as_bytes(),
            reply.body.as_bytes(),
            &reply.encoded_headers(|lines| HeaderMap::encode(lines)),
            grpc_status(reply),
        )
        .is_ok()
    }

    fn resume(&self) {
        hostcalls::continue_request();
    }

    /// Envoy keeps a context for a moment after the end of its request, when a reply would go
    /// to a stream that is gone; only then the request has a duration.
    fn is_open(&self) -> bool {
        hostcalls::set_effective_context(self.context).is_ok()
            && hostcalls::get_property(b"request\0duration").is_err()
    }
}

/// Answers a request of which nothing is known; no filter should ever have one.
pub(super) fn refuse() -> Iteration {
    let _ = hostcalls::send_local_response(503, wire::BLOCKED.as_bytes(), b"", &[], NO_GRPC_STATUS);
    Iteration::StopAllAndWatermark
}

/// Envoy makes gRPC of whatever answers a request of such a content type, and would guess the
/// status of what is no gRPC: a preflight, or a call of the endpoint.
fn grpc_status(reply: &LocalReply<'_>) -> i32 {
    match reply.grpc_status {
        Some(status) => status.into(),
        None if (200..300).contains(&reply.status) => GRPC_OK,
        None => NO_GRPC_STATUS,
    }
}

fn read(property: &[u8], decode: impl FnOnce(Vec<u8>) -> Attribute) -> Attribute {
    match hostcalls::get_property(property) {
        Ok(value) => decode(value),
        Err(hostcalls::NOT_FOUND) => Attribute::Absent,
        Err(_) => Attribute::Other,
    }
}
