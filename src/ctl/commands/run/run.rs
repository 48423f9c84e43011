//! Switches on, runs the command, puts back what was.

use crate::ctl::arguments::run::Run;
use crate::ctl::commands::run::previous::Previous;
use crate::ctl::commands::run::program::{self, Signals};
use crate::ctl::endpoints::client::Client;
use crate::ctl::endpoints::status::EndpointStatus;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::console::complain;
use crate::ctl::process::exit::{Abort, Exit};

/// Maintenance could not be switched on or put back; as `env` and `timeout` have it.
const OWN_FAILURE: Exit = Exit(125);

pub(crate) fn run(options: Run) -> Result<Exit, Abort> {
    let urls = &options.endpoints.urls;
    let client = Client::new(&options.endpoints).map_err(|problem| OWN_FAILURE.because(problem))?;
    // From here on a signal does not end this process but the command.
    let signals = Signals::catch()
        .map_err(|error| OWN_FAILURE.because(format_args!("signals cannot be caught: {error}")))?;
    let previous = ask_each(&client, urls).map_err(|problem| OWN_FAILURE.because(problem))?;
    let ours = switch_on(&client, urls, &Toggle::On(options.parameters));
    let mut exit = if ours.len() == urls.len() {
        program::run(&options.command, signals)
    } else {
        OWN_FAILURE
    };
    let switched = urls.iter().zip(&previous).take(ours.len());
    for (url, previous) in switched {
        if let Err(problem) = previous.put_back(&client, url, &ours) {
            complain(&format!("{url}: {problem}"));
            if exit == Exit::SUCCESS {
                exit = OWN_FAILURE;
            }
        }
    }
    Ok(exit)
}

/// All are asked before any is changed: several may share one state.
fn ask_each(client: &Client, urls: &[String]) -> Result<Vec<Previous>, String> {
    let ask = |url: &String| match client.status(url) {
        Ok(status) => Ok(Previous::of(&status)),
        Err(error) => Err(format!("{url}: {error}")),
    };
    urls.iter().map(ask).collect()
}

/// What was set where, in order, up to the first that fails.
fn switch_on(client: &Client, urls: &[String], toggle: &Toggle) -> Vec<EndpointStatus> {
    let mut ours = Vec::with_capacity(urls.len());
    for url in urls {
        match client.change(url, toggle, None) {
            Ok(status) => ours.push(status),
            Err(error) => {
                complain(&format!("{url}: {error}"));
                break;
            }
        }
    }
    ours
}
