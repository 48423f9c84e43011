//! Counters, chart, and which Envoy they are of.

use support::browser::in_time;

use super::{signed_in, start};

#[test]
fn counters_and_chart_move_with_the_traffic() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.wait_for_text("#counters", "blocked");
    assert_eq!(
        browser.text("#counters"),
        "Requests so far\nblocked\t0\nwaiting now\t0"
    );
    assert_eq!(browser.text("#rate"), "0.0 and 0.0 a second now");
    envoy.toggle(true);
    for _ in 0..30 {
        envoy.get("/");
        envoy.get("/healthz");
    }
    browser.wait_for_text(
        "#counters",
        "blocked\t30\nwaiting now\t0\nallowed by path\t30",
    );
    let heights = "return Object.fromEntries(['blocked', 'allowed'].map(kind => [kind,
        Math.max(...[...document.querySelectorAll(`#chart .${kind}`)].map(bar => bar.height.baseVal.value))]))";
    in_time("the bars", || {
        let heights = browser.run(heights);
        ["blocked", "allowed"]
            .iter()
            .all(|kind| heights[kind].as_f64().unwrap() > 10.0)
    });
    browser.wait_for_text("#rate", "0.0 and 0.0 a second now");
}

#[test]
fn the_envoy_is_named_by_its_node_with_its_generation() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.wait_for_text("#envoys", "test\t0\t");
    envoy.toggle(true);
    browser.wait_for_text("#envoys", "test\t1\t");
    assert!(browser.text("#store").starts_with("Shared data"));
    assert_eq!(browser.text("#scope"), "Scope default");
}
