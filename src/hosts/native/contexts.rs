//! The filters and requests of a thread of Envoy.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use maintenance_mode_core::filter::filter::Filter;
use maintenance_mode_core::filter::waiting::{Progress, Waiting};

use crate::hosts::native::callbacks::Sender;
use crate::hosts::native::client;
use crate::hosts::native::client::{Answer, at_request};
use crate::hosts::native::filter_config::FilterConfig;
use crate::hosts::native::host::{NativeHost, Thread};
use crate::hosts::native::stream::HttpStream;

thread_local! {
    /// Those of this thread.
    pub(super) static CONTEXTS: Contexts = const { Contexts::new() };
}

type Configured = (Arc<FilterConfig>, Rc<Filter<NativeHost>>);

pub(super) struct Contexts {
    filters: RefCell<Vec<Configured>>,
    waiting: Waiting<NativeHost>,
}

impl Contexts {
    const fn new() -> Self {
        Self {
            filters: RefCell::new(Vec::new()),
            waiting: Waiting::new(),
        }
    }

    /// On the main thread: configures a filter; `false` if its configuration is none.
    pub(super) fn configure(&self, config: &Arc<FilterConfig>, text: &[u8]) -> bool {
        let host = NativeHost {
            config: Arc::clone(config),
            thread: Thread::Main,
        };
        let Some(filter) = Filter::configure(host, text) else {
            return false;
        };
        let configuration = Arc::clone(filter.configuration());
        let _ = config.configuration.set(configuration);
        self.add(config, Rc::new(filter));
        true
    }

    /// On the main thread: time passes.
    pub(super) fn tick(&self, config: &Arc<FilterConfig>) {
        if let Some(filter) = self.find(config) {
            self.waiting.tick(&filter);
        }
    }

    /// On the main thread: what came of calls of a store.
    pub(super) fn answers(&self, config: &Arc<FilterConfig>, answers: Vec<Answer>) {
        let Some(filter) = self.find(config) else {
            return;
        };
        for (id, answer) in answers {
            filter.store_answer(id, answer.as_deref().map_err(Clone::clone));
        }
    }

    /// The headers of a request have come.
    pub(super) fn request(&self, stream: &HttpStream) -> Progress {
        let Some(filter) = self.filter(stream.config()) else {
            stream.refuse();
            return Progress::Stop;
        };
        let handle = || self.waiting.handle(&filter, stream.clone());
        let progress = at_request(stream.filter(), handle);
        if progress != Progress::Continue {
            stream.stop();
        }
        if progress == Progress::Hold {
            stream.wake();
        }
        progress
    }

    /// The handling of a request has panicked.
    pub(super) fn give_up(&self, stream: &HttpStream) {
        if let Some(filter) = self.find(stream.config()) {
            filter.count_error();
        }
        self.forget(stream.config());
        stream.refuse();
    }

    /// What came of calls of a store that a request has made.
    pub(super) fn request_answers(&self, stream: &HttpStream, answers: Vec<Answer>) {
        for (id, answer) in answers {
            at_request(stream.filter(), || {
                self.waiting
                    .resume(id, answer.as_deref().map_err(Clone::clone));
            });
        }
        HttpStream::let_go_on();
    }

    /// Time passes for the requests that wait.
    pub(super) fn look(&self) {
        self.waiting.look_at_held();
        HttpStream::let_go_on();
    }

    /// A request is over.
    pub(super) fn complete(stream: &HttpStream) {
        stream.close();
        if stream.waits() {
            client::forget(Sender::Filter(stream.filter()));
            CONTEXTS.with(|contexts| contexts.waiting.forget_closed());
        }
    }

    /// Forgets the filter of a configuration, so that it is made anew.
    pub(super) fn forget(&self, config: &Arc<FilterConfig>) {
        if let Ok(mut filters) = self.filters.try_borrow_mut() {
            filters.retain(|(other, _)| !Arc::ptr_eq(other, config));
        }
    }

    /// The filter of a configuration on this worker, which is made at its first request.
    fn filter(&self, config: &Arc<FilterConfig>) -> Option<Rc<Filter<NativeHost>>> {
        if let Some(filter) = self.find(config) {
            return Some(filter);
        }
        let host = NativeHost {
            config: Arc::clone(config),
            thread: Thread::Worker,
        };
        let configuration = Arc::clone(config.configuration.get()?);
        let filter = Rc::new(Filter::new(host, configuration));
        self.add(config, Rc::clone(&filter));
        Some(filter)
    }

    fn find(&self, config: &Arc<FilterConfig>) -> Option<Rc<Filter<NativeHost>>> {
        let filters = self.filters.borrow();
        let mut filters = filters.iter();
        let (_, filter) = filters.find(|(other, _)| Arc::ptr_eq(other, config))?;
        Some(Rc::clone(filter))
    }

    /// Adds one, and takes out those of configurations that are gone.
    fn add(&self, config: &Arc<FilterConfig>, filter: Rc<Filter<NativeHost>>) {
        let mut filters = self.filters.borrow_mut();
        filters.retain(|(other, _)| !other.is_gone.load(Ordering::Relaxed));
        filters.push((Arc::clone(config), filter));
    }
}
