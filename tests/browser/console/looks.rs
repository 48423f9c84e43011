//! Screens, colours and accessibility, in every state of the console.

use support::{
    ADMIN, TOKEN,
    browser::{Browser, LOOKS},
};

use super::start;

#[test]
fn it_fits_phone_and_desk_in_both_schemes_and_axe_finds_no_fault() {
    let envoy = start();
    let browser = Browser::start();
    let check = |state: &str| {
        for look in LOOKS {
            browser.look(look);
            browser.assert_fits(look);
            browser.assert_accessible(&format!("{state}, {}", look.name));
            browser.picture(&format!("console-{state}-{}", look.name));
        }
    };
    browser.open(&envoy, ADMIN);
    check("asking");
    browser.fill("#token", "a-wrong-token");
    browser.click("#enter button");
    browser.wait_until_shown("#problem");
    check("refused");

    browser.fill("#token", TOKEN);
    browser.click("#enter button");
    browser.wait_for_text("#state h2", "Maintenance is off");
    check("off");

    envoy.admin("POST", "on?for=5400&message=We%20are%20moving%20house.");
    for _ in 0..40 {
        envoy.get("/");
        envoy.get("/healthz");
    }
    browser.wait_for_text("#counters", "allowed by path");
    browser.pick("#lasts", "until");
    browser.fill("#name", "qa");
    browser.click("#bypass .main");
    browser.wait_until_shown("#link a");
    check("on");

    envoy.admin("POST", "off?ramp=1h");
    browser.wait_for_text("#now", "Opening until ");
    check("opening");

    envoy.toggle(false);
    envoy.admin(
        "POST",
        "on?start=2999-01-01T00:00:00Z&for=1h&hold=20&message=We%20are%20moving%20house.",
    );
    browser.wait_for_text("#next", "Planned: ");
    check("planned");
}
