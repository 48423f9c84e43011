//! Accessibility, by [axe-core](https://github.com/dequelabs/axe-core).

use std::fs;

use super::Browser;
use crate::binary;

const FILE: &str = "target/axe-0.1.8/axe_playwright_python/axe.min.js";

/// What is wrong, each fault with the elements that have it.
const RUN: &str = "
const done = arguments[arguments.length - 1]
axe.run({ resultTypes: ['violations'] }).then(({ violations }) => done(violations.map(({ id, help, nodes }) => ({
  id, help, nodes: nodes.map(node => node.html + ': ' + node.failureSummary),
}))))";

impl Browser {
    /// Fails if axe-core finds any fault in the page as it is.
    pub fn assert_accessible(&self, state: &str) {
        assert_eq!(self.accessibility_faults(), "[]", "{state}");
    }

    /// What axe-core finds.
    pub fn accessibility_faults(&self) -> String {
        if self.run("return typeof axe") == "undefined" {
            let axe = fs::read_to_string(binary("AXE", FILE));
            self.run(&axe.expect("axe-core is not there: run `make test`"));
        }
        let faults = self.wait_for(self.session.driver.execute_async(RUN, Vec::new()));
        format!("{:#}", faults.json())
    }
}
