//! What answers say.

use support::Response;
use time::format_description::well_known::Rfc3339;

use super::kind::{Exemption, Kind, Reply};
use crate::{
    clock::Moment,
    expectation::Answer,
    windows::{self, Window},
};

/// `upstream_header`.
pub const HEADER: &str = "x-maintenance";
/// The headers in which an answer of the upstream has what the filter told it of the request, and
/// why it let that pass.
pub const TOLD: &str = "x-told";
pub const REASON: &str = "x-reason";

/// What the plugin configuration says to those that are blocked.
pub const OWN: &str = "Not yet.";
/// In seconds.
pub const RETRY_AFTER: u64 = 3600;

/// The message of a change.
pub fn message(change: usize) -> String {
    format!("Back after change {change}.")
}

/// The number of seconds in the `retry-after` of a change.
pub const fn retry_after(change: usize) -> u64 {
    10_000 + change as u64
}

/// How a request passed.
pub(super) fn passed(response: &Response) -> Result<Answer, &'static str> {
    let told = response.header(TOLD);
    let exempt = match (told, response.header(REASON)) {
        (Some("on; allowed=ramp"), Some("allowed:ramp")) => Answer::Turn { was_held: false },
        (Some("on; allowed=released"), Some("allowed:released")) => Answer::Turn { was_held: true },
        (Some("on; allowed=path"), Some("allowed:path")) => Answer::Exempt(Exemption::Path),
        (Some("on; allowed=bypass"), Some("allowed:bypass")) => Answer::Exempt(Exemption::Bypass),
        (_, reason @ (None | Some("allowed:released"))) => Answer::Open {
            was_held: reason.is_some(),
            announced: match told {
                Some(told) => Some(announced(told).ok_or("a window that is announced")?),
                None => None,
            },
        },
        _ => return Err("one reason why it passed"),
    };
    Ok(exempt)
}

fn announced(told: &str) -> Option<Window> {
    let (begin, end) = told.strip_prefix("soon; starts=")?.split_once("; until=")?;
    Some(Window {
        begin: moment(begin)?,
        end: moment(end)?,
    })
}

/// What blocked a request of a kind.
pub(super) fn blocked(kind: &Kind, response: &Response) -> Result<Answer, &'static str> {
    if response.header("x-maintenance-mode") != Some("default") {
        return Err("the upstream or the reply of the scope");
    }
    let status = if kind.is_grpc() { 200 } else { 503 };
    if response.status != status {
        return Err("the status of the reply");
    }
    let content_type = match kind.reply {
        Reply::Html => "text/html; charset=utf-8",
        Reply::Json => "application/problem+json",
        Reply::Text => "text/plain; charset=utf-8",
        Reply::Grpc => "application/grpc",
    };
    if response.header("content-type") != Some(content_type) {
        return Err("the content type that was asked for");
    }
    let mut until = None;
    let text = match kind.reply {
        Reply::Html | Reply::Text => response.text(),
        Reply::Json => {
            let json = response.json();
            until = json["until"].as_str().and_then(moment);
            json["detail"].to_string()
        }
        Reply::Grpc if response.header("grpc-status") == Some("14") => response
            .header("grpc-message")
            .unwrap_or_default()
            .to_owned(),
        Reply::Grpc => return Err("grpc-status 14"),
    };
    let retry_after = response.header("retry-after");
    let seconds = retry_after.and_then(|seconds| seconds.parse().ok());
    let seconds = seconds.ok_or("a retry-after in seconds")?;
    if let Some(change) = change_of(&text) {
        if seconds != self::retry_after(change) {
            return Err("the retry-after of the same change as the message");
        }
        Ok(Answer::Set(change))
    } else if text.contains(windows::MESSAGE) {
        Ok(Answer::Window {
            retry_after: seconds,
            until,
        })
    } else if text.contains(OWN) {
        Ok(Answer::Configured {
            retry_after: seconds,
        })
    } else {
        Err("the message of a change, of a window or of the configuration")
    }
}

/// The change whose [`message`] a text holds.
fn change_of(text: &str) -> Option<usize> {
    let (_, rest) = text.split_once("Back after change ")?;
    let (number, _) = rest.split_once('.')?;
    number.parse().ok()
}

fn moment(text: &str) -> Option<Moment> {
    Moment::parse(text, &Rfc3339).ok()
}
