//! Browsers that serve one test after the other.
//!
//! Most of what a test takes goes into the start of its browser. What a test leaves behind is in its
//! tabs, which are closed, and in the store of the browser, which is emptied.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;

use super::{PATIENCE, chromedriver::Chromedriver};
use crate::{binary, network};

/// As root and in a container Chromium needs the first two, and without the next it asks
/// hosts of its maker. By the last it ends with its chromedriver.
const ARGUMENTS: [&str; 8] = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--headless=new",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
];

static IDLE: Mutex<Vec<Arc<Session>>> = Mutex::new(Vec::new());

/// A running Chromium.
pub(super) struct Session {
    runtime: Runtime,
    pub(super) driver: WebDriver,
    network: Option<PathBuf>,
    _chromedriver: Chromedriver,
}

impl Session {
    /// One that no test has.
    pub(super) fn take() -> Arc<Self> {
        let network = network::of_this_thread();
        let mut idle = IDLE.lock().unwrap();
        let index = idle.iter().rposition(|session| session.network == network);
        let session = index.map(|index| idle.swap_remove(index));
        drop(idle);
        session.unwrap_or_else(|| Arc::new(Self::start()))
    }

    fn start() -> Self {
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
            network: network::of_this_thread(),
            _chromedriver: chromedriver,
        }
    }

    /// Lets the next test have it, without a trace of the one that opened these origins.
    pub(super) fn leave(this: &Arc<Self>, origins: &[String]) {
        this.forget(origins);
        IDLE.lock().unwrap().push(Arc::clone(this));
    }

    fn forget(&self, origins: &[String]) {
        let tabs = self.wait_for(self.driver.windows());
        let fresh = self.wait_for(self.driver.new_tab());
        for tab in tabs {
            self.wait_for(self.driver.switch_to_window(tab));
            self.wait_for(self.driver.close_window());
        }
        self.wait_for(self.driver.switch_to_window(fresh));
        for origin in origins {
            let everything = json!({"origin": origin, "storageTypes": "all"});
            self.devtools("Storage.clearDataForOrigin", everything);
        }
        for command in [
            "Network.clearBrowserCookies",
            "Network.clearBrowserCache",
            "Browser.resetPermissions",
        ] {
            self.devtools(command, json!({}));
        }
        self.wait_for(self.driver.get_log("performance"));
        self.wait_for(self.driver.browser_log());
    }

    /// Ends it.
    pub(super) fn quit(&self) {
        let _ = self.runtime.block_on(self.driver.clone().quit());
    }

    /// A command of the DevTools protocol.
    pub(super) fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.wait_for(self.driver.cdp().send_raw(command, parameters))
    }

    pub(super) fn wait_for<T>(&self, future: impl Future<Output = WebDriverResult<T>>) -> T {
        self.runtime.block_on(future).unwrap()
    }
}
