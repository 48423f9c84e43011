//! What will not work as it is meant, in a plugin configuration and around it: a file for
//! each kind of fault.

mod access_log_filter;
pub(crate) mod checks;
mod cover;
mod dead_rule;
mod ejection;
mod ejects;
mod endpoint_blocked;
mod everybody;
mod fails_open;
pub(crate) mod finding;
mod forgeable_address;
mod health_check;
mod hold_timeout;
mod imf_fixdate;
mod invalid;
mod likely;
mod manifest_words;
mod network;
mod no_filter;
mod null;
mod order;
mod past;
mod placeholder;
mod probe;
mod reply;
mod reply_replaced;
mod response_matcher;
mod retries;
mod route_skips_filter;
mod shared_scope;
mod store_cluster;
mod unguarded_way;
mod upgrade_skips_filter;
