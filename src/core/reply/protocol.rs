//! What a request says of its protocol.

use crate::request::headers::Headers;

/// Whether the host, too, takes the request for gRPC and translates the reply.
pub(crate) fn is_grpc(headers: &impl Headers) -> bool {
    headers
        .first("content-type")
        .and_then(|content_type| content_type.strip_prefix(b"application/grpc"))
        .is_some_and(|rest| matches!(rest, [] | [b'+', ..]))
}

/// Whether the method only reads.
pub(crate) fn is_read(headers: &impl Headers) -> bool {
    matches!(headers.first(":method"), Some(b"GET" | b"HEAD"))
}

/// Whether the client came by https, as far as the host knows.
pub(crate) fn is_https(headers: &impl Headers) -> bool {
    [":scheme", "x-forwarded-proto"]
        .into_iter()
        .any(|name| headers.first(name) == Some(b"https"))
}

/// The attribute of a cookie that no plain http is to carry, where the client came by https.
pub(crate) fn secure(headers: &impl Headers) -> &'static str {
    if is_https(headers) { "; Secure" } else { "" }
}
