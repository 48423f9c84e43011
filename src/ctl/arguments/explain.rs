//! `explain`: a request, and all that decides on it.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::arguments::values::{address, assignment, given, header};

#[derive(Clone, Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The file with the configuration, `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Which configuration of the file, if there are several, counted from 1
    #[arg(long, value_name = "N")]
    pub(crate) nth: Option<usize>,
    /// The path, with its query
    #[arg(long)]
    pub(crate) path: String,
    /// The address that the connection comes from, Envoy's source.address; needed where it decides
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) ip: Option<IpAddr>,
    /// The method
    #[arg(long, default_value = "GET")]
    pub(crate) method: String,
    /// The host
    #[arg(long, default_value = "")]
    pub(crate) host: String,
    /// A header line
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
    /// A cookie
    #[arg(long = "cookie", value_name = "NAME=VALUE", value_parser = assignment)]
    pub(crate) cookies: Vec<(String, String)>,
    /// An attribute, the segments of its path joined by dots
    #[arg(long = "attribute", value_name = "PATH=VALUE", value_parser = assignment)]
    pub(crate) attributes: Vec<(String, String)>,
    /// The time of the request, RFC 3339; now if absent
    #[arg(long, value_name = "TIME", value_parser = given::<Timestamp>)]
    pub(crate) at: Option<Timestamp>,
    /// Somebody has switched maintenance on
    #[arg(long, conflicts_with = "off")]
    pub(crate) on: bool,
    /// Somebody has switched maintenance off just now
    #[arg(long)]
    pub(crate) off: bool,
    /// The action in the metadata of the route
    #[arg(long, value_name = "ACTION", value_parser = ["allow", "block", "on", "follow"])]
    pub(crate) route_action: Option<String>,
    /// Print JSON: {decision, reason, matched, rule, status, nearly: [{entry, why}]}
    #[arg(long)]
    pub(crate) json: bool,
}
