//! The policy: a plugin configuration that was checked and compiled once, so that nothing
//! is parsed when a request comes.

pub mod attribute_match;
pub mod bypass;
pub mod bypass_cookie;
pub mod client_address;
pub mod cookie_match;
pub mod endpoint;
pub mod environment;
pub mod faults;
pub mod flag;
pub mod fleet_store;
pub mod header_match;
pub mod host_name;
pub mod hosts;
pub mod json_body;
pub mod kind;
pub mod matchers;
pub mod networks;
pub mod page;
pub mod path_entry;
pub mod path_index;
pub mod paths;
pub mod policy;
pub mod prefix_set;
pub mod problem;
pub mod reading;
pub mod response;
pub mod rules;
pub mod template;
pub mod text_match;
pub mod value_match;
pub mod values;
pub mod void_token;
pub mod windows;
pub mod words;
