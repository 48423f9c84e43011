//! What decided the flag.

use crate::{
    config::PluginConfig,
    flag::{DecidedBy, Flag},
    policy::Windows,
    state::State,
    timestamp::Timestamp,
};

/// What decided the flag, and where it is written.
pub(super) fn origin(
    flag: &Flag<'_>,
    config: PluginConfig,
    state: &State,
    now: Timestamp,
) -> (&'static str, String) {
    let same = |name: &'static str| (name, name.to_owned());
    match flag.decided_by {
        DecidedBy::Mode => same("mode"),
        DecidedBy::State => same("state"),
        DecidedBy::Initial => same("initial"),
        DecidedBy::Window => ("window", window(config, state, now)),
    }
}

/// The first window that is open on its own.
fn window(config: PluginConfig, state: &State, now: Timestamp) -> String {
    let off = state
        .setting
        .as_ref()
        .filter(|setting| !setting.maintenance);
    let silenced_at = off.and_then(|setting| setting.since);
    let index = config.windows.into_iter().position(|window| {
        Windows::compile(&[window]).is_ok_and(|windows| windows.active(now, silenced_at).is_some())
    });
    index.map_or_else(|| "windows".to_owned(), |index| format!("windows[{index}]"))
}
