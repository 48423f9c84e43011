//! A browser, and what tests do with it and see in it.

mod axe;
mod chromedriver;
mod clock;
mod journal;
mod look;
mod picture;
mod tab;

use std::{cell::RefCell, thread, time::Duration};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;

pub use thirtyfour::Key;

pub use self::{
    journal::Sent,
    look::{DARK_PHONE, LIGHT_DESK, LIGHT_PHONE, LOOKS},
};

use self::{chromedriver::Chromedriver, journal::Journal};
use crate::{Envoy, binary, within};

/// A Chromium with a profile of its own. It ends when it is dropped, which fails the test if
/// a page reported an error or asked a host that the test did not open.
pub struct Browser {
    runtime: Runtime,
    driver: WebDriver,
    journal: RefCell<Journal>,
    _chromedriver: Chromedriver,
}

/// As root and in a container Chromium needs the first two, and without the others it asks
/// hosts of its maker.
const ARGUMENTS: [&str; 7] = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--headless=new",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// How long a browser may take: a machine that is busy starts its many processes slowly.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something holds of a page.
pub fn in_time(what: &str, holds: impl FnMut() -> bool) {
    within(PATIENCE, what, holds);
}

impl Browser {
    /// Starts a browser, which may take a while.
    pub fn start() -> Self {
        let chromedriver = Chromedriver::start();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let mut capabilities = DesiredCapabilities::chrome();
        let chromium = binary("CHROMIUM", "/usr/bin/chromium");
        capabilities.set_binary(chromium.to_str().unwrap()).unwrap();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument).unwrap();
        }
        let logged = json!({"browser": "ALL", "performance": "ALL"});
        capabilities.set("goog:loggingPrefs", logged).unwrap();
        let driver = runtime
            .block_on(WebDriver::new(&*chromedriver.url, capabilities))
            .expect("Chromium is not there, or does not start: run `make test`");
        runtime
            .block_on(driver.set_script_timeout(PATIENCE))
            .unwrap();
        Self {
            runtime,
            driver,
            journal: RefCell::default(),
            _chromedriver: chromedriver,
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
        self.wait_for(self.driver.goto(url));
    }

    /// Loads the page anew.
    pub fn reload(&self) {
        self.wait_for(self.driver.refresh());
    }

    /// A tab of the same browser, in front of the others from now on.
    pub fn open_tab(&self) {
        let tab = self.wait_for(self.driver.new_tab());
        self.wait_for(self.driver.switch_to_window(tab));
    }

    /// Closes the tab in front, and goes back to the first.
    pub fn close_tab(&self) {
        self.wait_for(self.driver.close_window());
        let tabs = self.wait_for(self.driver.windows());
        self.wait_for(self.driver.switch_to_window(tabs[0].clone()));
    }

    /// A command of the DevTools protocol.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.wait_for(self.driver.cdp().send_raw(command, parameters))
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
        let events = self.wait_for(self.driver.get_log("performance"));
        let reports = self.wait_for(self.driver.browser_log());
        let mut journal = self.journal.borrow_mut();
        journal.read_events(&events);
        journal.read_reports(reports);
    }

    fn wait_for<T>(&self, future: impl Future<Output = WebDriverResult<T>>) -> T {
        self.runtime.block_on(future).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.read_logs();
        }
        let _ = self.runtime.block_on(self.driver.clone().quit());
        if !thread::panicking() {
            self.journal.borrow().assert_clean();
        }
    }
}
