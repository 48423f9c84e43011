//! Envoys as the document's blocks make them.

use serde_json::{Value, json};
use support::{Envoy, Options, another_filter};

/// The name under which the document shows the filter.
const NAME: &str = "maintenance_mode";

/// The options of an Envoy with these HTTP filters, of which `maintenance_mode` is the one
/// under test; the router comes after them.
pub fn filters(filters: &Value, configuration: &Value) -> Options {
    let filters = filters.as_array().unwrap().iter();
    let filters: Vec<Value> = filters
        .filter(|filter| filter["name"] != "envoy.filters.http.router")
        .map(|filter| {
            if filter["name"] == NAME {
                another_filter(Some(configuration))
            } else {
                filter.clone()
            }
        })
        .collect();
    Options {
        is_bare: true,
        filters_before: filters,
        ..Options::new(json!({}))
    }
}

/// These filters with the one under test at another place.
pub fn moved(filters: &Value, place: usize) -> Value {
    let mut filters = filters.as_array().unwrap().clone();
    let from = filters.iter().position(|filter| filter["name"] == NAME);
    let filter = filters.remove(from.unwrap());
    filters.insert(place, filter);
    filters.into()
}

/// A merge patch (RFC 7396) of what there was.
pub fn with(mut value: Value, patch: &Value) -> Value {
    json_patch::merge(&mut value, patch);
    value
}

/// The cluster `shop`: the Envoy with the filter, as one in front of it sees it.
///
/// Where all hosts of a cluster are out, Envoy by default asks them all the same. Istio and
/// those who have more hosts see what happens without.
pub fn shop(inner: &Envoy) -> Value {
    let mut cluster = Options::cluster("shop", [inner.address]);
    cluster["common_lb_config"] = json!({"healthy_panic_threshold": {"value": 0}});
    cluster
}

/// An Envoy without the filter, whose requests all go to this cluster `shop`.
pub fn in_front(shop: Value) -> Envoy {
    in_front_by(shop, json!({"cluster": "shop"}))
}

/// The same with more on its route.
pub fn in_front_by(shop: Value, route: Value) -> Envoy {
    Envoy::with(Options {
        is_bare: true,
        clusters: vec![shop],
        routes: vec![json!({"match": {"prefix": "/"}, "route": route})],
        ..Options::new(json!({}))
    })
}
