//! `status`, `on`, `off` and `reset`, at one endpoint or several.

use super::{
    Exit,
    arguments::{Change, Endpoints, On},
    client::{CallError, Client, Edit, Status},
    complain,
    report::report,
};

pub(super) fn status(endpoints: &Endpoints) -> Exit {
    at_each(endpoints, |client, url| client.status(url))
}

pub(super) fn on(options: &On) -> Exit {
    change(&options.change, &Edit::on(&options.setting))
}

pub(super) fn off(options: &Change) -> Exit {
    change(options, &Edit::Off)
}

pub(super) fn reset(options: &Change) -> Exit {
    change(options, &Edit::Reset)
}

fn change(options: &Change, edit: &Edit) -> Exit {
    at_each(&options.endpoints, |client, url| {
        client.change(url, edit, options.if_match)
    })
}

/// One endpoint that fails does not keep the others from being called.
fn at_each(
    endpoints: &Endpoints,
    call: impl Fn(&Client, &str) -> Result<Status, CallError>,
) -> Exit {
    let client = match Client::new(endpoints) {
        Ok(client) => client,
        Err(problem) => {
            complain(problem);
            return Exit::Usage;
        }
    };
    let urls = endpoints.urls.iter();
    let outcomes = urls.map(|url| (url.as_str(), call(&client, url))).collect();
    report(&outcomes, endpoints.json)
}
