//! Switches on, runs the command, puts back what was.

use std::sync::mpsc;
use std::thread;

use crate::ctl::arguments::run::RunArgs;
use crate::ctl::arguments::target::Target;
use crate::ctl::commands::run::at_endpoints::AtEndpoints;
use crate::ctl::commands::run::in_cluster::InCluster;
use crate::ctl::commands::run::program::{self, Signals};
use crate::ctl::commands::run::switched::Switched;
use crate::ctl::process::console::complain;
use crate::ctl::process::exit::{Abort, Exit};

pub(crate) fn run(options: &RunArgs) -> Result<Exit, Abort> {
    let parameters = &options.parameters;
    match &options.target {
        Target::Endpoints(endpoints) => run_at(options, AtEndpoints::new(endpoints, parameters)),
        Target::Object(object) => run_at(options, InCluster::new(object, parameters)?),
    }
}

fn run_at(options: &RunArgs, mut switched: impl Switched) -> Result<Exit, Abort> {
    program::check(&options.command)?;
    // From here on a signal does not end this process but the command.
    let signals = Signals::catch().map_err(|error| {
        Exit::OWN_FAILURE.because(format_args!("signals cannot be caught: {error}"))
    })?;
    let exit = match switched.switch_on() {
        Ok(()) => run_while_on(options, &mut switched, signals),
        Err(problem) => {
            complain(&problem);
            Exit::OWN_FAILURE
        }
    };
    let unlike = switched.put_back();
    Ok(if exit == Exit::SUCCESS { unlike } else { exit })
}

/// Runs the command, and meanwhile sees to it that what is on stays on.
fn run_while_on(options: &RunArgs, switched: &mut impl Switched, signals: Signals) -> Exit {
    let (running, stop) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || switched.keep_on(&stop));
        let exit = program::run(&options.command, options.drain(), signals);
        drop(running);
        exit
    })
}
