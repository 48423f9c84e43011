//! A browser that serves one test after the other knows nothing of the last.

use serde_json::json;
use support::{
    Envoy,
    browser::{Browser, DARK_PHONE},
};

const LEAVE: &str = "
document.cookie = 'left=1; max-age=3600'
localStorage.left = sessionStorage.left = 1
return caches.open('left').then(() => 1)";

const FOUND: &str = "
const time = Intl.DateTimeFormat().resolvedOptions().timeZone
return caches.keys().then(keys => [
  document.cookie, localStorage.length, sessionStorage.length, keys.length, history.length,
  time === 'Pacific/Chatham', matchMedia('(prefers-color-scheme: dark)').matches,
  innerWidth === 360, typeof letPass])";

#[test]
fn the_next_test_finds_nothing_of_the_last() {
    let envoy = Envoy::start(json!({}));
    let used = Browser::start();
    used.take_clock();
    used.travel("Pacific/Chatham");
    used.look(DARK_PHONE);
    used.open(&envoy, "/");
    assert_eq!(used.run(LEAVE), 1);
    used.open_tab();
    used.open(&envoy, "/");
    drop(used);

    let browser = Browser::start();
    browser.open(&envoy, "/");
    assert_eq!(
        browser.run(FOUND),
        json!(["", 0, 0, 0, 2, false, false, false, "undefined"])
    );
}
