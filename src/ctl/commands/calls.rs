//! `status`, `is-on`, `on`, `off` and `reset`, at one endpoint or several.

use crate::ctl::arguments::change::Output;
use crate::ctl::arguments::endpoints::Endpoints;
use crate::ctl::endpoints::client::EndpointClient;
use crate::ctl::endpoints::error::EndpointError;
use crate::ctl::endpoints::report::Outcomes;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::exit::Exit;

pub(crate) fn status(endpoints: &Endpoints, output: &Output) -> Exit {
    let outcomes = at_each(endpoints, EndpointClient::status);
    let exit = outcomes.report(output);
    let is_any_lost = outcomes.complain_of_lost_stores();
    match exit {
        Exit::SUCCESS if is_any_lost => Exit::STORE_LOST,
        exit => exit,
    }
}

/// Prints nothing but what is wrong.
pub(crate) fn is_on(endpoints: &Endpoints) -> Exit {
    let outcomes = at_each(endpoints, EndpointClient::status);
    outcomes.complain_of_lost_stores();
    outcomes.is_on()
}

pub(crate) fn change(
    endpoints: &Endpoints,
    if_match: Option<u64>,
    output: &Output,
    toggle: &Toggle,
) -> Exit {
    let change = |client: &EndpointClient, url: &str| client.change(url, toggle, if_match);
    at_each(endpoints, change).report(output)
}

/// One endpoint that fails does not keep the others from being called.
fn at_each(
    endpoints: &Endpoints,
    call: impl Fn(&EndpointClient, &str) -> Result<EndpointStatus, EndpointError>,
) -> Outcomes<'_> {
    let client = EndpointClient::new(endpoints);
    let urls = endpoints.urls.iter();
    Outcomes(urls.map(|url| (url.as_str(), call(&client, url))).collect())
}
