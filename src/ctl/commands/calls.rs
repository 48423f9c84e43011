//! `status`, `on`, `off` and `reset`, at one endpoint or several.

use crate::ctl::arguments::change::Output;
use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::endpoints::client::{Client, EndpointError};
use crate::ctl::endpoints::lines::is_store_lost;
use crate::ctl::endpoints::report::{Outcomes, report};
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::console::complain;
use crate::ctl::process::exit::{Abort, Exit};

pub(crate) fn status(endpoints: &Endpoints, output: &Output) -> Result<Exit, Abort> {
    let client = Client::new(endpoints)?;
    let outcomes = at_each(endpoints, |url| client.status(url));
    let exit = report(&outcomes, output);
    let statuses = outcomes
        .iter()
        .filter_map(|(url, o)| Some((url, o.as_ref().ok()?)));
    let lost: Vec<_> = statuses
        .filter(|(_, status)| is_store_lost(&status.document))
        .collect();
    for (url, _) in &lost {
        complain(&format!(
            "{url}: the store is not connected: this is the last that Envoy knows, and changes \
             are refused"
        ));
    }
    Ok(match exit {
        Exit::SUCCESS if !lost.is_empty() => Exit::STORE_LOST,
        exit => exit,
    })
}

pub(crate) fn change(
    endpoints: &Endpoints,
    if_match: Option<u64>,
    output: &Output,
    toggle: &Toggle,
) -> Result<Exit, Abort> {
    let client = Client::new(endpoints)?;
    let outcomes = at_each(endpoints, |url| client.change(url, toggle, if_match));
    Ok(report(&outcomes, output))
}

/// One endpoint that fails does not keep the others from being called.
fn at_each(
    endpoints: &Endpoints,
    call: impl Fn(&str) -> Result<EndpointStatus, EndpointError>,
) -> Outcomes<'_> {
    let urls = endpoints.urls.iter();
    urls.map(|url| (url.as_str(), call(url))).collect()
}
