//! Reads the configuration and the request, and prints what the filter decides.

use maintenance_mode_core::decision::decide::decide;
use maintenance_mode_core::policy::outlook::Outlook;
use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::state::state::State;

use crate::ctl::arguments::explain::ExplainArgs;
use crate::ctl::commands::chosen::{accepted, chosen};
use crate::ctl::commands::explain::explanation::Explanation;
use crate::ctl::commands::explain::nearly::Made;
use crate::ctl::commands::explain::request::described;
use crate::ctl::process::clock::now;
use crate::ctl::process::console::say;
use crate::ctl::process::exit::{Abort, Exit};
use crate::ctl::setup::plugin::Plugin;

pub(crate) fn explain(options: &ExplainArgs) -> Result<Exit, Abort> {
    let explanation = chosen(&options.file, options.nth, |plugin| {
        decided(options, plugin)
    })?;
    say(&if options.json {
        serde_json::to_string(&explanation).unwrap_or_default()
    } else {
        explanation.to_text()
    });
    Ok(Exit::SUCCESS)
}

fn decided(options: &ExplainArgs, plugin: &Plugin) -> Result<Explanation, Abort> {
    let (config, policy) = accepted(plugin)?;
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
    let request = described(options, &policy.client_address, now);
    let decision = decide(policy, &state, &Outlook::default(), &request);
    let made = Made {
        config,
        policy,
        request: &request,
        decision: &decision,
        peer: options.ip,
    };
    if options.ip.is_none()
        && let Some(place) = made.places_of_address().first()
    {
        let problem = format!("{place} decides by the client's address: give it with --ip");
        return Err(problem.into());
    }
    Ok(Explanation::of(&decision, made.nearly()))
}
