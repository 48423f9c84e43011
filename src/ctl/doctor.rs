//! What will not work as it is meant, in a plugin configuration and around it: a file for
//! each kind of fault.

mod access_log_filter;
mod asking_platform;
mod asking_proxies;
mod blocked_check;
pub(crate) mod checks;
mod combination;
mod cover;
mod dead_rule;
mod ejection;
mod ejects;
mod endpoint_blocked;
mod everybody;
mod fails_open;
pub(crate) mod finding;
mod forgeable_address;
mod front;
mod health_check;
mod health_filter;
mod home;
mod imf_fixdate;
mod invalid;
mod likely;

mod network;
mod no_filter;
mod null;
mod order;
mod past;
mod patch_place;
mod placeholder;
mod probe;
mod reach;
pub(crate) mod remark;
mod remote_code;
mod reply;
mod reply_replaced;
mod response_matcher;
mod retries;
mod route_config;
mod route_skips_filter;
mod shapes;
mod shared_scope;
mod store_cluster;
mod unguarded_way;
mod upgrade_skips_filter;
mod words;
