//! Names on the wire that are of this filter, or of the proxies that it runs in.

/// The header that carries a bypass token for programs.
pub const BYPASS: &str = "x-maintenance-bypass";
/// The header of a reply that tells it from any other.
pub const MODE: &str = "x-maintenance-mode";
/// The details of the response code of a request that is blocked.
pub const BLOCKED: &str = "maintenance_mode";
/// The details of the response code of a call of the admin endpoint.
pub const ADMIN: &str = "maintenance_mode_admin";
/// The details of the response code of a request that is refused because its handling has failed.
pub const FAULT: &str = "maintenance_mode_fault";
/// What names of stats and keys of the shared map begin with.
pub const PREFIX: &str = "maintenance_mode";

/// The name of a store that is none of a fleet: the shared map of one process.
pub const SHARED_DATA: &str = "shared_data";

/// The header, or trailer, that is the message of a gRPC reply.
pub const GRPC_MESSAGE: &str = "grpc-message";

/// The header that has the client's address, as the proxy knows it.
pub const EXTERNAL_ADDRESS: &str = "x-envoy-external-address";
/// The header by which proxies in front know not to try again.
pub const RATE_LIMITED: &str = "x-envoy-ratelimited";
/// The header that names what a call is tried again on.
pub const RETRY_ON: &str = "x-envoy-retry-on";
/// The header that names the gRPC status codes that a call is tried again on.
pub const RETRY_GRPC_ON: &str = "x-envoy-retry-grpc-on";
/// The header that says how often a call is tried again.
pub const MAX_RETRIES: &str = "x-envoy-max-retries";
/// The header that says how long each try takes, in milliseconds.
pub const PER_TRY_TIMEOUT: &str = "x-envoy-upstream-rq-per-try-timeout-ms";
/// The key of a node's id among its counters.
pub const NODE: &str = "envoy";

/// Headers that a reply makes itself, or that would break it.
pub const RESERVED: [&str; 12] = [
    "connection",
    "content-length",
    "content-type",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    MODE,
];
