//! A status as a person reads it.

use std::iter;

use anstyle::{AnsiColor, Style};
use maintenance_mode_core::syntax::timestamp::Timestamp;
use maintenance_mode_core::syntax::wire::SHARED_DATA;
use serde_json::Value;

use crate::ctl::endpoints::moments::Moments;
use crate::ctl::endpoints::told::{Told, is_store_lost};

const HEADING: Style = Style::new().bold();
const ON: Style = AnsiColor::Red.on_default().bold();
const OFF: Style = AnsiColor::Green.on_default().bold();
const OPENING: Style = AnsiColor::Yellow.on_default().bold();
const PLANNED: Style = AnsiColor::Cyan.on_default().bold();
const LOST: Style = AnsiColor::Red.on_default();

/// Whose status it is, what is the case, what is planned, who has said so, and all else that is
/// known of it.
pub(crate) fn summary(owner: &str, status: &Value, moments: &Moments) -> String {
    let told = Told(status);
    let seconds = |key: &str| told.number(key).filter(|seconds| *seconds > 0);
    let (message, after) = (told.text("message"), told.number("retry_after"));
    let rest = [
        seconds("hold").map(|hold| format!("Held: requests wait up to {hold} s for the end")),
        message.map(|message| format!("Message: {message}")),
        after.map(|after| format!("Retry-After: {after} s")),
        reason(told, moments),
        store(status),
        identity(told),
    ];
    let lines = iter::once(flag(told, moments)).chain(planned(told, moments));
    let lines = lines.chain(rest.into_iter().flatten());
    let mut text = format!("{HEADING}{owner}{HEADING:#}");
    for line in lines {
        text.push_str("\n  ");
        text.push_str(&line);
    }
    text
}

/// Whether it is on, and for how long.
fn flag(told: Told, moments: &Moments) -> String {
    let word = |style: Style, word: &str| format!("{style}{word}{style:#}");
    match (told.flag("maintenance"), told.moment("ramp_until")) {
        (Some(true), _) => match told.moment("until") {
            Some(end) => format!("{} until {}", word(ON, "On"), moments.seen_from_now(end)),
            None if is_window(told) => format!("{}, with no end in sight", word(ON, "On")),
            None => format!("{}, with no end", word(ON, "On")),
        },
        (Some(false), Some(end)) => {
            let share = share(told, end, moments.now);
            let share = share.map(|share| format!("{share} % of clients pass, "));
            format!(
                "{}: {}all of them from {}",
                word(OPENING, "Opening"),
                share.unwrap_or_default(),
                moments.seen_from_now(end)
            )
        }
        (Some(false), None) => word(OFF, "Off"),
        (None, _) => "Not known".to_owned(),
    }
}

/// The end of windows is looked for some days ahead, and no further.
fn is_window(told: Told) -> bool {
    told.text("decided_by").is_some_and(|by| by.0 == "window")
}

/// The share of clients that pass while it opens slowly, in percent, where the endpoint tells when
/// it began.
fn share(told: Told, end: Timestamp, now: Timestamp) -> Option<u64> {
    let start = told.moment("ramp_start")?;
    let whole = start.millis_until(end).max(1);
    Some(start.millis_until(now.min(end)) * 100 / whole)
}

/// What comes next, and a planned `on` that comes later.
fn planned(told: Told, moments: &Moments) -> Vec<String> {
    let is_to_come = |told: &Told| {
        told.moment("start")
            .is_some_and(|start| moments.now < start)
    };
    let next = told.inner("next").filter(is_to_come);
    let is_next = |start| next.and_then(|next| next.moment("start")) == start;
    let own = Some(told).filter(is_to_come);
    let own = own.filter(|own| !is_next(own.moment("start")));
    let line = |occasion: Told, more: String| {
        let start = occasion.moment("start")?;
        let end = occasion.moment("until");
        let end = end.map(|end| format!(", until {}", moments.seen_from(start, end)));
        Some(format!(
            "{PLANNED}Planned{PLANNED:#}: on from {}{}{more}",
            moments.seen_from_now(start),
            end.unwrap_or_default()
        ))
    };
    let next = next.and_then(|next| {
        let window = next.text("name").map(|name| format!(", window {name}"));
        let message = next.text("message").map(|message| format!(": {message}"));
        line(next, window.into_iter().chain(message).collect())
    });
    let own = own.and_then(|own| line(own, String::new()));
    next.into_iter().chain(own).collect()
}

/// Who or what has decided it, and since when.
fn reason(told: Told, moments: &Moments) -> Option<String> {
    let since = told.moment("since");
    let since = since.map(|since| moments.seen_from_now(since));
    Some(match (told.text("decided_by")?.0, since) {
        ("state", since) => {
            let who = told.text("changed_by").map(|who| format!(" by {who}"));
            let since = since.map(|since| format!(" at {since}"));
            ["Set".to_owned()]
                .into_iter()
                .chain(who)
                .chain(since)
                .collect()
        }
        ("window", Some(since)) => format!("By a window since {since}"),
        ("window", None) => "By a window".to_owned(),
        ("initial", _) => "By `initial`: nobody has set anything".to_owned(),
        ("mode", _) => "By `mode` of the configuration, which locks the endpoint".to_owned(),
        (other, _) => format!("By {other}"),
    })
}

fn store(status: &Value) -> Option<String> {
    let store = match Told(status).text("store")?.0 {
        SHARED_DATA => "this Envoy alone",
        store => store,
    };
    Some(match is_store_lost(status) {
        true => format!("Store: {store}, {LOST}not connected{LOST:#}"),
        false => format!("Store: {store}"),
    })
}

/// Which filter says it, and of which state.
fn identity(told: Told) -> Option<String> {
    let terms = [
        ("scope", told.text("scope").map(|scope| scope.to_string())),
        (
            "generation",
            told.number("generation")
                .map(|generation| generation.to_string()),
        ),
        (
            "version",
            told.text("version").map(|version| version.to_string()),
        ),
    ];
    let terms = terms.into_iter();
    let terms = terms.filter_map(|(key, value)| Some(format!("{key} {}", value?)));
    let terms: Vec<String> = terms.collect();
    let line = terms.join(", ");
    (!line.is_empty()).then(|| line.replacen("scope", "Scope", 1))
}

#[cfg(test)]
mod tests;
