//! `status`, `on`, `off` and `reset`, at one endpoint or several.

use crate::ctl::{
    arguments::{
        endpoints::{Change, Endpoints},
        on::On,
    },
    endpoints::{
        client::{Client, EndpointError},
        report::report,
        status::EndpointStatus,
        toggle::Toggle,
    },
    process::{console::complain, exit::Exit},
};

pub(crate) fn status(endpoints: &Endpoints) -> Exit {
    at_each(endpoints, |client, url| client.status(url))
}

pub(crate) fn on(options: On) -> Exit {
    change(&options.change, &Toggle::On(options.parameters))
}

pub(crate) fn off(options: &Change) -> Exit {
    change(options, &Toggle::Off)
}

pub(crate) fn reset(options: &Change) -> Exit {
    change(options, &Toggle::Reset)
}

fn change(options: &Change, toggle: &Toggle) -> Exit {
    at_each(&options.endpoints, |client, url| {
        client.change(url, toggle, options.if_match)
    })
}

/// One endpoint that fails does not keep the others from being called.
fn at_each(
    endpoints: &Endpoints,
    call: impl Fn(&Client, &str) -> Result<EndpointStatus, EndpointError>,
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
    report(&outcomes, endpoints.output)
}
