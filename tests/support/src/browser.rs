//! A browser, and what tests do with it and see in it.

mod axe;
mod chromedriver;
mod clock;
mod journal;
mod look;
mod picture;
mod session;
mod tab;

use std::{cell::RefCell, sync::Arc, thread, time::Duration};

use serde_json::Value;
use thirtyfour::prelude::*;

pub use thirtyfour::Key;

pub use self::{
    journal::Sent,
    look::{DARK_PHONE, LIGHT_DESK, LIGHT_PHONE, LOOKS},
};

use self::{journal::Journal, session::Session};
use crate::{Envoy, within};

/// A Chromium that knows nothing of other tests. When it is dropped, the test fails if a page
/// reported an error or asked a host that the test did not open.
pub struct Browser {
    session: Arc<Session>,
    journal: RefCell<Journal>,
}

/// How long a browser may take: a machine that is busy starts its many processes slowly.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something holds of a page.
pub fn in_time(what: &str, holds: impl FnMut() -> bool) {
    within(PATIENCE, what, holds);
}

impl Browser {
    /// Starts a browser, or takes one that another test had.
    pub fn start() -> Self {
        Self {
            session: Session::take(),
            journal: RefCell::default(),
        }
    }

    /// Opens a path of an Envoy.
    pub fn open(&self, envoy: &Envoy, path: &str) {
        self.open_url(&format!("http://{}{path}", envoy.address));
    }

    /// Opens an `http` URL.
    pub fn open_url(&self, url: &str) {
        let origin: Vec<&str> = url.splitn(4, '/').take(3).collect();
        self.journal.borrow_mut().allow(&origin.join("/"));
        self.wait_for(self.session.driver.goto(url));
    }

    /// Loads the page anew.
    pub fn reload(&self) {
        self.wait_for(self.session.driver.refresh());
    }

    /// A tab of the same browser, in front of the others from now on.
    pub fn open_tab(&self) {
        let tab = self.wait_for(self.session.driver.new_tab());
        self.wait_for(self.session.driver.switch_to_window(tab));
    }

    /// Closes the tab in front, and goes back to the first.
    pub fn close_tab(&self) {
        self.wait_for(self.session.driver.close_window());
        let tabs = self.wait_for(self.session.driver.windows());
        self.wait_for(self.session.driver.switch_to_window(tabs[0].clone()));
    }

    /// A command of the DevTools protocol.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.session.devtools(command, parameters)
    }

    /// The requests that pages have made so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.read_logs();
        self.journal.borrow().sent.clone()
    }

    /// What pages have reported so far, which then fails the test no more.
    pub fn take_reports(&self) -> Vec<String> {
        self.read_logs();
        std::mem::take(&mut self.journal.borrow_mut().reports)
    }

    fn read_logs(&self) {
        let events = self.wait_for(self.session.driver.get_log("performance"));
        let reports = self.wait_for(self.session.driver.browser_log());
        let mut journal = self.journal.borrow_mut();
        journal.read_events(&events);
        journal.read_reports(reports);
    }

    fn wait_for<T>(&self, future: impl Future<Output = WebDriverResult<T>>) -> T {
        self.session.wait_for(future)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if thread::panicking() {
            self.session.quit();
        } else {
            self.read_logs();
            let journal = self.journal.borrow();
            Session::leave(&self.session, &journal.origins);
            journal.assert_clean();
        }
    }
}
