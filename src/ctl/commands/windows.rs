//! `windows`: what is planned.

use maintenance_mode_core::config::mode::Mode;
use maintenance_mode_core::syntax::one_line::OneLine;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde::Serialize;

use crate::ctl::arguments::windows::WindowsArgs;
use crate::ctl::commands::chosen::{accepted, chosen};
use crate::ctl::process::clock::now;
use crate::ctl::process::console::{complain, say};
use crate::ctl::process::exit::{Abort, Exit};
use crate::ctl::setup::plugin::Plugin;

/// One time of a window; what is not known is `null`.
#[derive(Debug, Serialize)]
struct Planned {
    start: Option<Timestamp>,
    until: Option<Timestamp>,
    name: Option<String>,
    message: Option<String>,
}

pub(crate) fn windows(options: &WindowsArgs) -> Result<Exit, Abort> {
    let planned = chosen(&options.file, options.nth, |plugin| {
        planned(options, plugin)
    })?;
    if options.json {
        say(&serde_json::to_string(&planned).unwrap_or_default());
    } else if !planned.is_empty() {
        let lines: Vec<String> = planned.iter().map(Planned::to_text).collect();
        say(&lines.join("\n"));
    }
    Ok(Exit::SUCCESS)
}

fn planned(options: &WindowsArgs, plugin: &Plugin) -> Result<Vec<Planned>, Abort> {
    let (_, policy) = accepted(plugin)?;
    if policy.mode != Mode::Auto && !policy.windows.is_empty() {
        let mode = policy.mode.as_str();
        complain(&format!("`mode` is {mode}, so that no window counts"));
    }
    let planned = policy.windows.planned(options.from.unwrap_or_else(now));
    let planned = planned.take(options.count).map(|(window, time)| Planned {
        start: time.begin,
        until: time.end.at(),
        name: window.name.as_deref().map(str::to_owned),
        message: window.setting.message.clone(),
    });
    Ok(planned.collect())
}

impl Planned {
    /// The columns are as wide as a moment, in UTC.
    fn to_text(&self) -> String {
        let cell = |time: Option<Timestamp>| time.map_or("-".to_owned(), |time| time.to_string());
        let name = self
            .name
            .as_deref()
            .map(|name| format!("  {}", OneLine(name)));
        let message = self.message.as_deref();
        let message = message.map(|message| format!("  \u{201c}{}\u{201d}", OneLine(message)));
        let line = format!("{:<20}  {:<20}", cell(self.start), cell(self.until));
        let line = [Some(line), name, message].into_iter().flatten();
        line.collect::<String>().trim_end().to_owned()
    }
}
