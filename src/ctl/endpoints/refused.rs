//! What an endpoint refuses, and why.

use maintenance_mode_core::state::setting::{DURATION, RAMP, Setting};

use crate::ctl::arguments::parameters::option_name;
use crate::ctl::arguments::token::BearerToken;
use crate::ctl::endpoints::error::EndpointError;

/// A call that an endpoint has refused: `detail` is what it says of that, on one line.
pub(super) fn refused(url: &str, token: &BearerToken, status: u16, detail: &str) -> EndpointError {
    let text = match status {
        400 => format!("{url} does not take it (400): {}", in_options(detail)),
        401 => format!(
            "{token} is not accepted by {url} (401): expected the token of an entry of \
             `admin.tokens` in its configuration, or that of `admin.token_env` in Envoy's environment"
        ),
        403 => format!(
            "{url} is not for this machine (403): {detail}: expected one of `admin.client_ips` in its \
             configuration"
        ),
        404 => format!(
            "{url} is below the address of an endpoint (404): expected no more than `admin.path` of \
             its configuration after the host"
        ),
        409 if detail.starts_with("start: ") => {
            format!("{url} does not plan it (409): {}", in_options(detail))
        }
        409 => format!(
            "{url} is locked (409): {detail}; where `mode` is `auto` the endpoint decides: `reset --kube` \
             sets that in a cluster"
        ),
        412 => format!(
            "{url} has changed meanwhile, so nothing was done (412): {}; see `status`",
            detail.replace("If-Match: ", "")
        ),
        503 => format!(
            "{url} cannot change it (503): {detail}; once its store answers again, or at another Envoy \
             of the fleet, it can be tried again"
        ),
        _ => format!("{url} refuses it ({status}): {detail}"),
    };
    EndpointError::answered(status, text)
}

/// What the endpoint says of a parameter, by the name of the option that gives it.
fn in_options(detail: &str) -> String {
    let end = detail.find([':', ' ']).unwrap_or(detail.len());
    let (name, rest) = detail.split_at_checked(end).unwrap_or((detail, ""));
    let mut parameters = Setting::PARAMETERS.iter().chain([&DURATION, &RAMP]);
    match parameters.find(|parameter| parameter.name == name) {
        Some(parameter) => format!("{}{rest}", option_name(parameter.name)),
        None => detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_called_by_their_options() {
        for (detail, told) in [
            ("for: the end is past", "--for: the end is past"),
            (
                "retry_after is not a number",
                "--retry-after is not a number",
            ),
            (
                "ramp: is longer than 5 seconds",
                "--ramp: is longer than 5 seconds",
            ),
            ("unknown parameter \"fro\"", "unknown parameter \"fro\""),
            ("until", "--until"),
            ("", ""),
        ] {
            assert_eq!(in_options(detail), told);
        }
    }
}
