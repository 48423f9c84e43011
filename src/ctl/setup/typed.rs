//! Messages in an `Any`.

use crate::ctl::documents::spot::Spot;

pub(crate) const WASM: &str = "envoy.extensions.filters.http.wasm.v3.Wasm";
pub(crate) const DYNAMIC_MODULE: &str =
    "envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter";
pub(crate) const CONNECTION_MANAGER: &str =
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
pub(crate) const FILTER_CONFIG: &str = "envoy.config.route.v3.FilterConfig";
pub(crate) const EXTENSION_WITH_MATCHER: &str =
    "envoy.extensions.common.matching.v3.ExtensionWithMatcher";
pub(crate) const TCP_PROXY: &str = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
pub(crate) const CLUSTER: &str = "envoy.config.cluster.v3.Cluster";
pub(crate) const HTTP_PROTOCOL_OPTIONS: &str =
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/// The name of a message's type, and the message: also where a `TypedStruct` wraps it.
pub(crate) fn message<'d>(any: &Spot<'d>) -> Option<(&'d str, Spot<'d>)> {
    let kind = any.type_name()?;
    if kind.ends_with(".TypedStruct") {
        let inner = any.type_in("type_url")?;
        return Some((inner, any.get("value")?));
    }
    Some((kind, any.clone()))
}
