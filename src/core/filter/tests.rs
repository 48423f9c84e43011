//! The application on a host in memory.

mod announcing;
mod configuring;
mod endpoint;
mod fleet;
mod holding;
mod opening;
mod requests;
mod state;

use std::rc::Rc;

use crate::filter::filter::Filter;
use crate::filter::testing::{TestHost, TestStream};
use crate::filter::waiting::{Progress, Waiter, Waiting};
use crate::syntax::timestamp::Timestamp;

/// One worker with one filter.
struct Worker {
    host: TestHost,
    filter: Rc<Filter<TestHost>>,
    waiting: Waiting<TestHost>,
}

impl Worker {
    fn new(configuration: &str) -> Self {
        Self::of(&TestHost::new(), configuration)
    }

    /// Another worker of the same process.
    fn of(host: &TestHost, configuration: &str) -> Self {
        let filter = Filter::configure(host.clone(), configuration.as_bytes());
        let filter = filter.unwrap_or_else(|| panic!("{:?}", host.log()));
        host.log();
        Self {
            host: host.clone(),
            filter: Rc::new(filter),
            waiting: Waiting::new(),
        }
    }

    fn handle(&self, stream: &TestStream) -> Progress {
        self.waiting.handle(&self.filter, stream.clone())
    }

    /// A tick of the filter, as its root has it.
    fn tick(&self) {
        self.waiting.look_at_held();
        self.waiting.tick(&self.filter);
    }

    /// The status of the answer to a call of the endpoint.
    fn call(&self, method: &str, call: &str) -> Option<u16> {
        let stream = TestStream::call(method, call);
        assert_eq!(self.handle(&stream), Progress::Stop);
        stream.status()
    }

    /// Whether a request passes.
    fn passes(&self, path: &str) -> bool {
        let stream = TestStream::new(&[(":method", "GET"), (":path", path)]);
        self.handle(&stream) == Progress::Continue
    }
}
