//! What must hold for any bytes, a module for each reader of bytes from outside.
//!
//! libFuzzer (`make fuzz`) and the run on the seeds (`make test`) call the same functions.
//! Each compares the filter with a second, plain reading of the rules, and panics where
//! they differ. Inputs are text where the format allows, a part a line.

pub mod accept;
pub mod admin_query;
pub mod bootstrap;
pub mod bypass_token;
pub mod client_address;
pub mod configuration;
pub mod contract;
pub mod cookies;
pub mod etcd_document;
pub mod etcd_messages;
pub mod grpc;
pub mod header_map;
pub mod module_attribute;
pub mod networks;
pub mod paths;
pub mod state;

mod etcd;
#[path = "../pairs/mod.rs"]
pub mod pairs;
#[path = "../reading/mod.rs"]
pub mod reading;
mod reference;
pub mod request;

/// Takes any bytes, and panics where a property does not hold.
pub type Target = fn(&[u8]);

/// All targets, by the name of their corpus.
pub const ALL: [(&str, Target); 16] = [
    ("accept", accept::check),
    ("admin_query", admin_query::check),
    ("bootstrap", bootstrap::check),
    ("bypass_token", bypass_token::check),
    ("client_address", client_address::check),
    ("configuration", configuration::check),
    ("contract", contract::check),
    ("cookies", cookies::check),
    ("etcd_document", etcd_document::check),
    ("etcd_messages", etcd_messages::check),
    ("grpc", grpc::check),
    ("header_map", header_map::check),
    ("module_attribute", module_attribute::check),
    ("networks", networks::check),
    ("paths", paths::check),
    ("state", state::check),
];

/// The first line, and what follows it.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}
