//! [Hot restart](https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/operations/hot_restart):
//! an Envoy takes over the sockets of another, which drains and ends.

use std::{ffi::OsString, fs, path::Path, time::Duration};

use super::{Envoy, Options, within};

/// A process of a hot restart.
#[derive(Clone)]
pub struct Epoch {
    base_id: String,
    number: u32,
}

const BASE_ID: &str = "base-id";
const END: Duration = Duration::from_secs(30);

impl Envoy {
    /// Starts the next process, which is like this one but for what `edit` changes.
    pub fn hot_restart(&self, edit: impl FnOnce(&mut Options)) -> Self {
        let mut options = self.options.clone();
        options.port = self.address.port();
        options.upstream = Some(options.upstream.unwrap_or(self.upstream.address));
        options.epoch = Some(match &self.options.epoch {
            Some(epoch) => Epoch {
                number: epoch.number + 1,
                ..epoch.clone()
            },
            None => Epoch {
                base_id: fs::read_to_string(self.directory.path().join(BASE_ID)).unwrap(),
                number: 1,
            },
        });
        edit(&mut options);
        Self::with(options)
    }

    /// Waits until the next process has ended this one.
    pub fn wait_for_end(&mut self) {
        within(END, "the end of Envoy", || {
            let ended = self.process.try_wait().unwrap();
            ended.is_some_and(|status| status.success())
        });
        self.has_ended = true;
    }
}

/// The arguments that make an Envoy this process of a hot restart.
pub(super) fn arguments(options: &Options, directory: &Path) -> Vec<OsString> {
    match &options.epoch {
        None => vec![
            "--use-dynamic-base-id".into(),
            "--base-id-path".into(),
            directory.join(BASE_ID).into_os_string(),
        ],
        Some(epoch) => vec![
            "--base-id".into(),
            (&epoch.base_id).into(),
            "--restart-epoch".into(),
            epoch.number.to_string().into(),
        ],
    }
}
