//! Switches on, runs the command, puts back what was.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::ctl::arguments::parameters::Parameters;
use crate::ctl::arguments::run::Run;
use crate::ctl::commands::run::ours::Ours;
use crate::ctl::commands::run::previous::Previous;
use crate::ctl::commands::run::program::{self, Signals};
use crate::ctl::commands::run::renewal::renew;
use crate::ctl::endpoints::client::Client;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::console::complain;
use crate::ctl::process::exit::{Abort, Exit};

pub(crate) fn run(options: Run) -> Result<Exit, Abort> {
    let urls = &options.endpoints.urls;
    let client = Client::new(&options.endpoints)?;
    program::check(&options.command)?;
    // From here on a signal does not end this process but the command.
    let signals = Signals::catch().map_err(|error| {
        Exit::OWN_FAILURE.because(format_args!("signals cannot be caught: {error}"))
    })?;
    let previous = ask_each(&client, urls).map_err(|problem| Exit::OWN_FAILURE.because(problem))?;
    let mut ours = switch_on(&client, urls, &options.parameters);
    let switched = ours.len();
    let mut exit = Exit::OWN_FAILURE;
    if switched == urls.len() {
        (exit, ours) = run_while_on(&options, &client, ours, signals);
    }
    let mut unlike = Exit::SUCCESS;
    for (url, previous) in urls.iter().zip(&previous).take(switched) {
        if let Err(Abort(problem_exit, problem)) = previous.put_back(&client, url, &ours) {
            complain(&format!("{url}: {problem}"));
            if unlike != Exit::OWN_FAILURE {
                unlike = problem_exit;
            }
        }
    }
    Ok(if exit == Exit::SUCCESS { unlike } else { exit })
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
fn switch_on(client: &Client, urls: &[String], parameters: &Parameters) -> Ours {
    let toggle = Toggle::On(parameters.clone());
    let mut ours = Ours::default();
    for url in urls {
        match client.change(url, &toggle, None) {
            Ok(status) => ours.add(status),
            Err(error) => {
                complain(&format!("{url}: {error}"));
                break;
            }
        }
    }
    ours
}

/// Runs the command, and meanwhile puts off an end that nobody has asked for.
fn run_while_on(options: &Run, client: &Client, ours: Ours, signals: Signals) -> (Exit, Ours) {
    let Run {
        endpoints,
        parameters,
        drain,
        command,
    } = options;
    let drain = Duration::from_secs(*drain);
    if parameters.have_an_end() {
        return (program::run(command, drain, signals), ours);
    }
    let (running, stop) = mpsc::channel();
    thread::scope(|scope| {
        let before = ours.clone();
        let renewal = scope.spawn(move || renew(client, &endpoints.urls, parameters, ours, &stop));
        let exit = program::run(command, drain, signals);
        drop(running);
        (exit, renewal.join().unwrap_or(before))
    })
}
