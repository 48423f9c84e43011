//! What pages sent and reported.

use serde_json::Value;
use thirtyfour::BrowserLogEntry;

/// A request that a page made.
#[derive(Clone, Debug)]
pub struct Sent {
    id: String,
    /// The method.
    pub method: String,
    /// Where it went.
    pub url: String,
}

/// All that was read from the logs of a browser.
#[derive(Default)]
pub struct Journal {
    /// Those that pages may ask.
    pub origins: Vec<String>,
    /// The requests, in their order.
    pub sent: Vec<Sent>,
    /// What pages reported to the console, but for answers that are errors.
    pub reports: Vec<String>,
}

/// What is in no network.
const LOCAL: [&str; 3] = ["about:", "blob:", "data:"];

impl Journal {
    /// Pages may ask this origin.
    pub fn allow(&mut self, origin: &str) {
        self.origins.push(origin.to_owned());
    }

    /// Reads the `performance` log. What the Content-Security-Policy stopped was not sent.
    pub fn read_events(&mut self, entries: &[BrowserLogEntry]) {
        for entry in entries {
            let event: Value = serde_json::from_str(&entry.message).unwrap();
            let event = &event["message"];
            let details = &event["params"];
            let id = details["requestId"].as_str().unwrap_or_default();
            if event["method"] == "Network.requestWillBeSent" {
                let text = |key: &str| details["request"][key].as_str().unwrap().to_owned();
                self.sent.push(Sent {
                    id: id.to_owned(),
                    method: text("method"),
                    url: text("url"),
                });
            } else if details["blockedReason"] == "csp" {
                self.sent.retain(|sent| sent.id != id);
            }
        }
    }

    /// Reads the `browser` log.
    pub fn read_reports(&mut self, entries: Vec<BrowserLogEntry>) {
        let reports = entries
            .into_iter()
            .filter(|entry| entry.source.as_deref() != Some("network"))
            .map(|entry| format!("{:?}: {}", entry.source, entry.message));
        self.reports.extend(reports);
    }

    /// Fails if a page reported something, or asked an origin that is not allowed.
    pub fn assert_clean(&self) {
        assert!(self.reports.is_empty(), "{:#?}", self.reports);
        let is_known = |url: &str| {
            let mut known = self.origins.iter().map(String::as_str).chain(LOCAL);
            known.any(|start| url.starts_with(start))
        };
        let strange: Vec<&Sent> = self
            .sent
            .iter()
            .filter(|sent| !is_known(&sent.url))
            .collect();
        assert!(strange.is_empty(), "{strange:#?}");
    }
}
