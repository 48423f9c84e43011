//! Reads the configuration and the request, and prints what the filter decides.

use maintenance_mode_core::decision::decide::decide;
use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::state::state::State;

use crate::ctl::arguments::explain::Explain;
use crate::ctl::commands::explain::explanation::Explanation;
use crate::ctl::commands::explain::request::DescribedRequest;
use crate::ctl::documents::file::configurations;
use crate::ctl::documents::found::{Found, location};
use crate::ctl::process::clock::now;
use crate::ctl::process::console::say;
use crate::ctl::process::exit::{Abort, Exit};

pub(crate) fn explain(options: &Explain) -> Result<Exit, Abort> {
    let file = options.file.display();
    let found = select(options).map_err(|problem| format!("{file}: {problem}"))?;
    let explanation = decided(options, &found).map_err(|problem| {
        let location = location(file, &found.place);
        Exit::FAILURE.because(format_args!("{location}: {problem}"))
    })?;
    say(&if options.json {
        serde_json::to_string(&explanation).unwrap_or_default()
    } else {
        explanation.to_text()
    });
    Ok(Exit::SUCCESS)
}

/// The configuration that is meant.
fn select(options: &Explain) -> Result<Found, String> {
    let found = configurations(&options.file).map_err(|error| error.to_string())?;
    let count = found.len();
    if options.nth.is_none() && count > 1 {
        return Err(format!(
            "there are {count} configurations: choose one with --nth"
        ));
    }
    let nth = options.nth.unwrap_or(1);
    let meant = (1..).zip(found).find(|(number, _)| *number == nth);
    let (_, found) = meant
        .ok_or_else(|| format!("there are {count} configurations, and none is number {nth}"))?;
    Ok(found)
}

fn decided(options: &Explain, found: &Found) -> Result<Explanation, String> {
    let policy = found.compile()?.policy;
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
    Ok(Explanation::of(&decide(&policy, &state, &request)))
}
