//! `status`, `on`, `off` and `reset`, of the configuration in an object of a cluster.

use crate::ctl::arguments::change::Output;
use crate::ctl::arguments::object::Object;
use crate::ctl::cluster::change::{Change, read};
use crate::ctl::cluster::overlay::{Overlay, check_expressible};
use crate::ctl::cluster::snapshot::Snapshot;
use crate::ctl::cluster::status;
use crate::ctl::endpoints::moments::Moments;
use crate::ctl::endpoints::summary::summary;
use crate::ctl::endpoints::toggle::Toggle;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::{Abort, Exit};

pub(crate) fn status(object: &Object, output: &Output) -> Result<Exit, Abort> {
    let snapshot = read(object).map_err(|problem| failed(object, &problem))?;
    snapshot.warn(object);
    report(object, &snapshot, output);
    if snapshot.leaves_it_to_endpoints() {
        complain("what somebody has set at an endpoint is not seen here: `status --url` tells it");
    }
    Ok(match snapshot.is_accepted() {
        true => Exit::SUCCESS,
        false => Exit::FAILURE,
    })
}

/// What a dry run would patch.
pub(crate) fn plan(object: &Object, toggle: &Toggle) -> Result<Exit, Abort> {
    let failed = |problem: String| failed(object, &problem);
    let overlay = overlay(object, toggle)?;
    let change = Change::planned(object, &overlay).map_err(failed)?;
    change.after.warn(object);
    say(&change.patch.to_string());
    Ok(Exit::SUCCESS)
}

pub(crate) fn change(object: &Object, output: &Output, toggle: &Toggle) -> Result<Exit, Abort> {
    let failed = |problem: String| failed(object, &problem);
    let overlay = overlay(object, toggle)?;
    let change = Change::carried_out(object, |_| Ok(&overlay)).map_err(failed)?;
    change.after.warn(object);
    report(object, &change.after, output);
    if change.patch.is_empty() {
        complain(&format!(
            "{}: nothing differs, so nothing was written",
            object.name
        ));
    }
    if overlay.locks() {
        complain("endpoints of this filter are locked by `mode` until `reset`");
    }
    Ok(Exit::SUCCESS)
}

fn overlay(object: &Object, toggle: &Toggle) -> Result<Overlay, Abort> {
    check_expressible(toggle)?;
    Overlay::new(toggle, now()).map_err(|problem| failed(object, &problem))
}

fn failed(object: &Object, problem: &str) -> Abort {
    Exit::FAILURE.because(format_args!("{}: {problem}", object.name))
}

fn report(object: &Object, snapshot: &Snapshot, output: &Output) {
    let status = status::status(object, snapshot, now());
    say(&match output.json {
        true => status.to_string(),
        false => summary(&snapshot.title(object), &status, &Moments::here()),
    });
}
