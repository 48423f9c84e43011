//! Switches on, runs the command, puts back what was.

use crate::ctl::{
    arguments::on::Run,
    commands::run::{
        previous::Previous,
        program::{Program, Signals},
    },
    endpoints::{client::Client, status::EndpointStatus, toggle::Toggle},
    process::{console::complain, exit::Exit},
};

/// Maintenance could not be switched on or put back; as `env` and `timeout` have it.
const OWN_FAILURE: u8 = 125;

pub(crate) fn run(options: Run) -> Exit {
    let urls: Vec<&str> = options.endpoints.urls.iter().map(String::as_str).collect();
    let client = match Client::new(&options.endpoints) {
        Ok(client) => client,
        Err(problem) => {
            complain(problem);
            return Exit::Code(OWN_FAILURE);
        }
    };
    // From here on a signal does not end this process but the command.
    let signals = match Signals::catch() {
        Ok(signals) => signals,
        Err(error) => {
            complain(&format!("signals cannot be caught: {error}"));
            return Exit::Code(OWN_FAILURE);
        }
    };
    let Some(previous) = ask_each(&client, &urls) else {
        return Exit::Code(OWN_FAILURE);
    };
    let (ours, all_on) = switch_on(&client, &urls, &Toggle::On(options.parameters));
    let code = if all_on {
        Program::new(&options.command).run(signals)
    } else {
        OWN_FAILURE
    };
    let switched = urls.iter().zip(&previous).take(ours.len());
    let mut all_back = true;
    for (url, previous) in switched {
        if let Err(problem) = previous.put_back(&client, url, &ours) {
            complain(&format!("{url}: {problem}"));
            all_back = false;
        }
    }
    match code {
        0 if !all_back => Exit::Code(OWN_FAILURE),
        code => Exit::Code(code),
    }
}

/// All are asked before any is changed: several may share one state.
fn ask_each(client: &Client, urls: &[&str]) -> Option<Vec<Previous>> {
    let ask = |url: &&str| match client.status(url) {
        Ok(status) => Some(Previous::of(&status)),
        Err(error) => {
            complain(&format!("{url}: {error}"));
            None
        }
    };
    urls.iter().map(ask).collect()
}

/// What was set where, in order; and whether that is everywhere.
fn switch_on(client: &Client, urls: &[&str], toggle: &Toggle) -> (Vec<EndpointStatus>, bool) {
    let mut ours = Vec::with_capacity(urls.len());
    for url in urls {
        match client.change(url, toggle, None) {
            Ok(status) => ours.push(status),
            Err(error) => {
                complain(&format!("{url}: {error}"));
                return (ours, false);
            }
        }
    }
    (ours, true)
}
