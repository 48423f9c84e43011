//! The process as the core's host: what Envoy knows and does.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fmt};

use log::Level;
use maintenance_mode_core::filter::host::Host;
use maintenance_mode_core::policy::environment::CheckAttribute;
use maintenance_mode_core::store::grpc::Client;

use crate::hosts::abi::module_attribute;
use crate::hosts::native::callbacks;
use crate::hosts::native::client::GrpcClient;
use crate::hosts::native::filter_config::FilterConfig;
use crate::hosts::native::log::log;
use crate::hosts::native::node;
use crate::hosts::native::shared_data::SharedData;
use crate::hosts::native::stat::{MetricKind, Stat};
use crate::hosts::native::stream::HttpStream;

/// The process, as a filter sees it.
#[derive(Clone, Debug)]
pub(super) struct NativeHost {
    pub(super) config: Arc<FilterConfig>,
    pub(super) thread: Thread,
}

/// Where a filter works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thread {
    /// Here time passes, and the store is followed.
    Main,
    /// Here requests are.
    Worker,
}

impl Host for NativeHost {
    type Metric = Stat;
    type SharedMap = SharedData;
    type Stream = HttpStream;

    const ENVIRONMENT: &'static str = "Envoy";
    const CHECK_ATTRIBUTE: CheckAttribute = module_attribute::check;

    fn nanos(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
    }

    fn random(&self) -> u64 {
        // Each hasher of the standard library has keys of its own, random ones.
        RandomState::new().hash_one(0)
    }

    fn log(&self, level: Level, line: fmt::Arguments<'_>) {
        log(level, line);
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    fn counter(&self, name: &str) -> Stat {
        self.config.stat(MetricKind::Counter, name)
    }

    fn gauge(&self, name: &str) -> Stat {
        self.config.stat(MetricKind::Gauge, name)
    }

    fn shared_map(&self) -> SharedData {
        SharedData
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(GrpcClient(match self.thread {
            Thread::Main => Some(self.config.envoy),
            Thread::Worker => None,
        }))
    }

    fn node_id(&self) -> String {
        node::id()
    }

    /// Workers are woken by the requests that wait.
    fn set_tick_period(&self, millis: u32) {
        if self.thread == Thread::Main && !callbacks::is_validation() {
            self.config.wake_each(Duration::from_millis(millis.into()));
        }
    }
}
