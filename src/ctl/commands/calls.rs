//! `status`, `on`, `off` and `reset`, at one endpoint or several.

use crate::ctl::arguments::endpoints::{Change, Endpoints};
use crate::ctl::endpoints::client::{Client, EndpointError};
use crate::ctl::endpoints::report::report;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::exit::{Abort, Exit};

pub(crate) fn status(endpoints: &Endpoints) -> Result<Exit, Abort> {
    at_each(endpoints, |client, url| client.status(url))
}

pub(crate) fn change(options: &Change, toggle: &Toggle) -> Result<Exit, Abort> {
    at_each(&options.endpoints, |client, url| {
        client.change(url, toggle, options.if_match)
    })
}

/// One endpoint that fails does not keep the others from being called.
fn at_each(
    endpoints: &Endpoints,
    call: impl Fn(&Client, &str) -> Result<EndpointStatus, EndpointError>,
) -> Result<Exit, Abort> {
    let client = Client::new(endpoints)?;
    let urls = endpoints.urls.iter();
    let outcomes = urls.map(|url| (url.as_str(), call(&client, url))).collect();
    Ok(report(&outcomes, endpoints))
}
