//! A change of the flag.

use maintenance_mode_core::state::setting::RAMP;

use crate::ctl::arguments::parameters::Parameters;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Toggle {
    On(Parameters),
    Off,
    /// Off, but slowly: within so many seconds.
    Open(u64),
    Reset,
}

impl Toggle {
    /// The path below the endpoint, with its query.
    pub(super) fn call(&self) -> String {
        match self {
            Self::Off => "off".to_owned(),
            Self::Open(seconds) => format!("off?{}={seconds}", RAMP.name),
            Self::Reset => "reset".to_owned(),
            Self::On(parameters) if parameters.is_empty() => "on".to_owned(),
            Self::On(parameters) => format!("on?{}", parameters.to_query()),
        }
    }
}
