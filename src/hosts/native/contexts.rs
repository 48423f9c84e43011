//! The filters and requests of a thread of Envoy.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use maintenance_mode_core::filter::filter::Filter;
use maintenance_mode_core::filter::host::Stream;
use maintenance_mode_core::filter::waiting::{Progress, Waiting};

use crate::hosts::native::callbacks::Sender;
use crate::hosts::native::client;
use crate::hosts::native::client::{CallEvent, at_request};
use crate::hosts::native::filter_config::FilterConfig;
use crate::hosts::native::host::{NativeHost, Thread};
use crate::hosts::native::stream::HttpStream;

thread_local! {
    /// Those of this thread. They are not dropped when it ends: what they would lead to is gone by
    /// then.
    pub(super) static CONTEXTS: ManuallyDrop<Contexts> = const { ManuallyDrop::new(Contexts::new()) };
}

type Configured = (Arc<FilterConfig>, Rc<Filter<NativeHost>>);

pub(super) struct Contexts {
    filters: RefCell<Vec<Configured>>,
    waiting: Waiting<NativeHost>,
    /// The requests that were stopped and are not over.
    stopped: RefCell<Vec<HttpStream>>,
}

impl Contexts {
    const fn new() -> Self {
        Self {
            filters: RefCell::new(Vec::new()),
            waiting: Waiting::new(),
            stopped: RefCell::new(Vec::new()),
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
        self.forget_those(|other| other.is_followed_as(&configuration));
        let _ = config.configuration.set(configuration);
        self.add(config, Rc::new(filter));
        true
    }

    /// On the main thread: time passes, but for what a newer configuration follows. Of one that is
    /// no more, Envoy may end the calls on a worker, where they are not: so it has none by then.
    pub(super) fn tick(&self, config: &Arc<FilterConfig>) {
        if self.is_outdated(config) {
            return;
        }
        if let Some(filter) = self.filter(config, Thread::Main) {
            self.waiting.tick(&filter);
        }
    }

    /// On the main thread: what came of calls of a store.
    pub(super) fn answers(&self, config: &Arc<FilterConfig>, answers: Vec<CallEvent>) {
        let Some(filter) = self.find(config) else {
            return;
        };
        for (id, answer) in answers {
            filter.store_answer(id, answer.as_deref().map_err(Clone::clone));
        }
    }

    /// The headers of a request have come.
    pub(super) fn request(&self, stream: &HttpStream) -> Progress {
        let Some(filter) = self.filter(stream.config(), Thread::Worker) else {
            stream.refuse();
            return Progress::Stop;
        };
        let handle = || self.waiting.handle(&filter, stream.clone());
        let progress = at_request(stream.filter(), handle);
        match progress {
            Progress::Continue => stream.pass(),
            Progress::Stop | Progress::Hold if !stream.is_decided() => {
                stream.stop();
                self.stopped.borrow_mut().push(stream.clone());
            }
            Progress::Stop | Progress::Hold => {}
        }
        if progress == Progress::Hold {
            stream.wake();
        }
        progress
    }

    /// What came of calls of a store that a request has made.
    pub(super) fn request_answers(&self, stream: &HttpStream, answers: Vec<CallEvent>) {
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
        if stream.was_stopped() {
            CONTEXTS.with(|contexts| contexts.forget_request(stream));
        }
    }

    fn forget_request(&self, stream: &HttpStream) {
        self.stopped.borrow_mut().retain(|other| !other.is(stream));
        client::forget(Sender::Filter(stream.filter()));
        self.waiting.forget_closed();
    }

    /// A hook of a configuration has panicked: its filter is made anew, but not at once again
    /// and again.
    pub(super) fn give_up(&self, config: &Arc<FilterConfig>) {
        const PAUSE: Duration = Duration::from_secs(1);

        self.count_error(config, Thread::Main);
        self.forget(config);
        config.wake_each(PAUSE);
    }

    /// A hook of a request has panicked.
    pub(super) fn give_up_request(&self, stream: &HttpStream) {
        let sender = Sender::Filter(stream.filter());
        if stream.is_open() {
            stream.refuse();
            client::reset(sender);
        } else {
            client::forget(sender);
        }
        self.count_error(stream.config(), Thread::Worker);
        self.forget(stream.config());
        HttpStream::let_go_on();
    }

    /// A look at the requests that wait has panicked: nobody knows which of them wait still.
    pub(super) fn give_up_all(&self, stream: &HttpStream) {
        let stopped = self.stopped.borrow().clone();
        stopped.iter().for_each(HttpStream::refuse);
        self.give_up_request(stream);
    }

    /// Counts a panic.
    pub(super) fn count_error(&self, config: &Arc<FilterConfig>, thread: Thread) {
        if let Some(filter) = self.filter(config, thread) {
            filter.count_error();
        }
    }

    /// Forgets the filter of a configuration, so that it is made anew.
    pub(super) fn forget(&self, config: &Arc<FilterConfig>) {
        self.forget_those(|other| Arc::ptr_eq(other, config));
    }

    fn forget_those(&self, are_meant: impl Fn(&Arc<FilterConfig>) -> bool) {
        let mut filters = self.filters.borrow_mut();
        let forgotten = filters.extract_if(.., |(config, _)| are_meant(config));
        let forgotten: Vec<Configured> = forgotten.collect();
        drop(filters);
        for (config, filter) in forgotten {
            // Where Envoy has destroyed it on another thread, there is nothing to be ended.
            let sender = Sender::Config(config.envoy);
            if config.is_gone.load(Ordering::Relaxed) {
                client::forget(sender);
            } else {
                client::reset(sender);
            }
            // What it ends may lead back to here.
            drop(filter);
        }
    }

    /// The filter of a configuration on this thread, which is made when it is first asked for.
    fn filter(&self, config: &Arc<FilterConfig>, thread: Thread) -> Option<Rc<Filter<NativeHost>>> {
        if let Some(filter) = self.find(config) {
            return Some(filter);
        }
        let host = NativeHost {
            config: Arc::clone(config),
            thread,
        };
        let configuration = Arc::clone(config.configuration.get()?);
        let filter = Rc::new(Filter::new(host, configuration));
        self.add(config, Rc::clone(&filter));
        Some(filter)
    }

    /// Whether another follows the store of a configuration that is followed no more.
    fn is_outdated(&self, config: &Arc<FilterConfig>) -> bool {
        let Some(configuration) = config.configuration.get() else {
            return false;
        };
        let is_newer = |(other, _): &Configured| {
            !other.is_gone.load(Ordering::Relaxed) && other.is_followed_as(configuration)
        };
        self.find(config).is_none() && self.filters.borrow().iter().any(is_newer)
    }

    fn find(&self, config: &Arc<FilterConfig>) -> Option<Rc<Filter<NativeHost>>> {
        let filters = self.filters.borrow();
        let mut filters = filters.iter();
        let (_, filter) = filters.find(|(other, _)| Arc::ptr_eq(other, config))?;
        Some(Rc::clone(filter))
    }

    /// Adds one, and takes out those of configurations that are gone.
    fn add(&self, config: &Arc<FilterConfig>, filter: Rc<Filter<NativeHost>>) {
        self.forget_those(|other| other.is_gone.load(Ordering::Relaxed));
        let configured = (Arc::clone(config), filter);
        self.filters.borrow_mut().push(configured);
    }
}
