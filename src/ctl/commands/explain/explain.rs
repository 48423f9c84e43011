//! Reads the configuration and the request, and prints what the filter decides.

use maintenance_mode_core::decision::decide::decide;
use maintenance_mode_core::policy::outlook::Outlook;
use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::state::state::State;

use crate::ctl::arguments::explain::Explain;
use crate::ctl::commands::explain::explanation::Explanation;
use crate::ctl::commands::explain::nearly::Made;
use crate::ctl::commands::explain::request::DescribedRequest;
use crate::ctl::documents::load::load;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::say;
use crate::ctl::process::exit::{Abort, Exit};
use crate::ctl::setup::plugin::Plugin;
use crate::ctl::setup::survey::survey;

pub(crate) fn explain(options: &Explain) -> Result<Exit, Abort> {
    let file = options.file.display();
    let loaded = load(&[file.to_string()]);
    if let Some(problem) = loaded.problem() {
        return Err(format!("{file}: {problem}").into());
    }
    let plugins = survey(&loaded.documents).plugins;
    let plugin = select(options, &plugins).map_err(|problem| format!("{file}: {problem}"))?;
    let explanation = decided(options, plugin).map_err(|Abort(exit, problem)| {
        let place = plugin.settings().place().path;
        let joint = if place.is_empty() { "" } else { ": " };
        exit.because(format_args!("{file}: {place}{joint}{problem}"))
    })?;
    say(&if options.json {
        serde_json::to_string(&explanation).unwrap_or_default()
    } else {
        explanation.to_text()
    });
    Ok(Exit::SUCCESS)
}

/// The configuration that is meant.
fn select<'p, 'd>(options: &Explain, plugins: &'p [Plugin<'d>]) -> Result<&'p Plugin<'d>, String> {
    let count = plugins.len();
    match (plugins, options.nth) {
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

fn decided(options: &Explain, plugin: &Plugin) -> Result<Explanation, Abort> {
    let accepted = plugin.compiled.accepted.as_ref();
    let (config, policy) =
        accepted.ok_or_else(|| Exit::FAILURE.because(plugin.compiled.problem()))?;
    let now = options.at.unwrap_or_else(now);
    let setting = (options.on || options.off).then(|| Setting {
        maintenance: options.on,
        since: Some(now),
        ..Setting::default()
    });
    let state = State {
        setting,
        ..State::default()
    };
    let request = DescribedRequest::new(options, &policy.client_address, now);
    let decision = decide(policy, &state, &Outlook::default(), &request);
    let made = Made {
        config,
        policy,
        request: &request,
        decision: &decision,
    };
    if options.ip.is_none()
        && let Some(place) = made.places_of_address().first()
    {
        let problem = format!("{place} decides by the client's address: give it with --ip");
        return Err(problem.into());
    }
    Ok(Explanation::of(&decision, made.nearly()))
}
