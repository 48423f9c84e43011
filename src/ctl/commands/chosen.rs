//! The one configuration of a file that is meant.

use std::path::Path;

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::policy::Policy;

use crate::ctl::documents::load::load;
use crate::ctl::process::exit::{Abort, Exit};
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::survey::survey;

/// What is made of the one that is meant, the `nth` or the only one. A problem says where it is.
pub(super) fn chosen<T>(
    file: &Path,
    nth: Option<usize>,
    make: impl FnOnce(&Plugin) -> Result<T, Abort>,
) -> Result<T, Abort> {
    let file = file.display();
    let loaded = load(&[file.to_string()]);
    if let Some(problem) = loaded.problem() {
        return Err(format!("{file}: {problem}").into());
    }
    let plugins = survey(&loaded.documents).plugins;
    let plugin = select(nth, &plugins).map_err(|problem| format!("{file}: {problem}"))?;
    make(plugin).map_err(|Abort(exit, problem)| {
        let place = plugin.settings().place().path;
        let joint = if place.is_empty() { "" } else { ": " };
        exit.because(format_args!("{file}: {place}{joint}{problem}"))
    })
}

/// What the filter makes of a configuration that it accepts.
pub(super) fn accepted<'p>(plugin: &'p Plugin) -> Result<(&'p PluginConfig, &'p Policy), Abort> {
    let accepted = plugin.compiled.accepted.as_ref();
    let accepted = accepted.map(|(config, policy)| (config, policy));
    accepted.ok_or_else(|| Exit::FAILURE.because(plugin.compiled.problem()))
}

fn select<'p, 'd>(nth: Option<usize>, plugins: &'p [Plugin<'d>]) -> Result<&'p Plugin<'d>, String> {
    let count = plugins.len();
    match (plugins, nth) {
        ([], _) => Err(
            "no configuration of the filter found: expected a plugin configuration, or a filter \
             with `maintenance` in its name, VM id, root id or code"
                .to_owned(),
        ),
        ([only], None) => Ok(only),
        (_, None) => Err(format!(
            "there are {count} configurations: choose one with --nth"
        )),
        (_, Some(nth)) => (nth.checked_sub(1).and_then(|index| plugins.get(index)))
            .ok_or_else(|| format!("there are {count} configurations, and none is number {nth}")),
    }
}
