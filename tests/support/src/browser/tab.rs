//! What is in the tab in front, and what people do there.

use serde_json::{Value, json};
use thirtyfour::{common::keys::TypingData, prelude::*};

use super::{Browser, in_time};

impl Browser {
    /// What a function body returns in the page.
    pub fn run(&self, script: &str) -> Value {
        self.run_with(script, Vec::new())
    }

    /// The same with `arguments`.
    pub fn run_with(&self, script: &str, arguments: Vec<Value>) -> Value {
        let returned = self.wait_for(self.session.driver.execute(script, arguments));
        returned.json().clone()
    }

    /// The text of an element as people see it; empty without the element.
    pub fn text(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let text = self.run_with(script, vec![selector.into()]);
        text.as_str().unwrap().trim().to_owned()
    }

    /// Waits until the text of an element contains another.
    pub fn wait_for_text(&self, selector: &str, part: &str) {
        in_time(&format!("{part:?} in {selector}"), || {
            self.text(selector).contains(part)
        });
    }

    /// Whether people see an element.
    pub fn shows(&self, selector: &str) -> bool {
        let script = "return document.querySelector(arguments[0])?.checkVisibility() ?? false";
        self.run_with(script, vec![selector.into()]) == true
    }

    /// Waits until an element is shown.
    pub fn wait_until_shown(&self, selector: &str) {
        in_time(selector, || self.shows(selector));
    }

    /// Clicks an element.
    pub fn click(&self, selector: &str) {
        self.wait_for(self.element(selector).click());
    }

    /// Types into a field in the place of what it held.
    pub fn fill(&self, selector: &str, text: &str) {
        let field = self.element(selector);
        self.wait_for(field.clear());
        self.wait_for(field.send_keys(text));
    }

    /// Picks a value of a field that offers some: a list, a calendar.
    pub fn pick(&self, selector: &str, value: &str) {
        let script = "const field = document.querySelector(arguments[0])
            field.value = arguments[1]
            field.dispatchEvent(new Event('change'))
            return field.value";
        let picked = self.run_with(script, vec![json!(selector), json!(value)]);
        assert_eq!(picked, value, "{selector}");
    }

    /// Presses keys where the focus is.
    pub fn press(&self, keys: impl Into<TypingData>) {
        let chain = self.session.driver.action_chain().send_keys(keys);
        self.wait_for(chain.perform());
    }

    /// The element with the focus, as `tag#id`.
    pub fn focus(&self) -> String {
        let script = "const { localName, id } = document.activeElement
            return id ? `${localName}#${id}` : localName";
        self.run(script).as_str().unwrap().to_owned()
    }

    fn element(&self, selector: &str) -> WebElement {
        self.wait_for(self.session.driver.find(By::Css(selector)))
    }
}
