//! What is wrong with a field, said beside it.

use support::{
    Envoy,
    browser::{Browser, LIGHT_PHONE},
};

use super::{configuration, confirm, signed_in, start, status, switch_on};

/// Waits until a fault is said beside a field, which is marked, has the focus and is in view.
fn assert_marked(browser: &Browser, field: &str, fault: &str) {
    browser.wait_for_text(&format!("#{field}-fault"), fault);
    let is_seen = "
        const field = document.getElementById(arguments[0]), fault = document.getElementById(arguments[0] + '-fault')
        const isInView = element => {
          const { top, bottom, left, right } = element.getBoundingClientRect()
          return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth
        }
        return [document.activeElement === field, field.ariaInvalid, isInView(field), isInView(fault),
          field.getAttribute('aria-describedby').split(' ').includes(fault.id)]";
    let seen = browser.run_with(is_seen, vec![field.into()]);
    assert_eq!(seen, serde_json::json!([true, "true", true, true, true]));
    // Neither the name of a parameter nor bytes.
    let told = browser.text("body");
    for raw in ["retry_after", "bytes", "until:", "for:", "ttl"] {
        assert!(!told.contains(raw), "{raw}: {told}");
    }
}

#[test]
fn an_end_that_is_past_is_said_in_the_time_of_the_one_who_gave_it() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.look(LIGHT_PHONE);
    browser.travel("Asia/Kolkata");
    browser.reload();
    browser.wait_for_text("#zone", "Asia/");
    browser.wait_until_shown("#switch");
    browser.pick("#lasts", "until");
    browser.pick("#until", "2020-06-01T10:00");
    confirm(&browser, "#on");
    assert_marked(
        &browser,
        "until",
        "Ends: Jun 1, 2020, 10:00 AM GMT+5:30 is past",
    );
    assert_eq!(status(&envoy)["generation"], 0);

    browser.pick("#until", "2998-06-01T10:00");
    browser.pick("#start", "2998-06-01T11:00");
    confirm(&browser, "#on");
    assert_marked(&browser, "until", "Ends: must be later than “Begins”");
    browser.pick("#start", "");
    browser.pick("#lasts", "");
    switch_on(&browser, "Switched on");
    let marked = "return document.querySelectorAll('.fault, [aria-invalid]').length";
    assert_eq!(browser.run(marked), 0);

    browser.pick("#start", "2998-06-01T11:00");
    confirm(&browser, "#on");
    assert_marked(
        &browser,
        "start",
        "Begins: maintenance is on, so end it before you plan it",
    );
}

#[test]
fn what_lasts_too_long_is_told_how_long_it_may_last() {
    let mut configuration = configuration();
    configuration["admin"]["max_on_seconds"] = 7200.into();
    let envoy = Envoy::start(configuration);
    let browser = signed_in(&envoy);
    browser.look(LIGHT_PHONE);
    browser.pick("#lasts", "14400");
    confirm(&browser, "#on");
    assert_marked(&browser, "lasts", "Lasts: at most 2 hours");
}

#[test]
fn what_is_not_complete_is_not_taken_for_nothing() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.look(LIGHT_PHONE);
    // A day without a year, as it is while somebody types.
    browser.click("#start");
    browser.press("06");
    browser.click("#on");
    assert_marked(&browser, "start", "Begins: not complete, or not understood");
    assert!(!browser.shows("#ask"));
    browser.reload();
    browser.wait_until_shown("#switch");
    browser.fill("#retry", "1.5");
    browser.click("#on");
    assert_marked(
        &browser,
        "retry",
        "Retry-After, seconds: not complete, or not understood",
    );
    browser.fill("#retry", "1e30");
    confirm(&browser, "#on");
    assert_marked(
        &browser,
        "retry",
        "Retry-After, seconds: not complete, or not understood",
    );
    browser.fill("#retry", "");
    browser.pick("#lasts", "until");
    browser.click("#on");
    assert_marked(&browser, "until", "Ends: please fill this in");
    assert_eq!(status(&envoy)["generation"], 0);
}

#[test]
fn characters_are_counted_as_people_count_them() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.look(LIGHT_PHONE);
    let write = |field: &str, text: &str| {
        let script = "const field = document.querySelector(arguments[0])
            field.value = arguments[1]
            field.dispatchEvent(new Event('input', { bubbles: true }))";
        browser.run_with(script, vec![field.into(), text.into()]);
    };
    // Of 1,000 bytes, a family takes 25 and an umlaut two.
    for (text, told) in [
        ("a".repeat(10), "Characters left: about 990"),
        ("\u{e4}".repeat(10), "Characters left: about 490"),
        ("👨‍👩‍👧‍👦".repeat(10), "Characters left: about 30"),
        ("a".repeat(1003), "Characters too many: 3"),
        ("👨‍👩‍👧‍👦".repeat(41), "Characters too many: 1"),
        (String::new(), ""),
    ] {
        write("#message", &text);
        assert_eq!(browser.text("#message-room"), told, "{text}");
    }
    write("#message", &"👨‍👩‍👧‍👦".repeat(41));
    browser.click("#on");
    assert_marked(
        &browser,
        "message",
        "Message to visitors: Characters too many: 1",
    );
    write("#message", "a\tb");
    browser.click("#on");
    assert_marked(
        &browser,
        "message",
        "Message to visitors: has a character that cannot be sent",
    );
    assert_eq!(status(&envoy)["generation"], 0);
    write("#message", &"👨‍👩‍👧‍👦".repeat(40));
    switch_on(&browser, "Switched on.");

    write("#name", &"n".repeat(65));
    browser.click("#bypass .main");
    assert_marked(&browser, "name", "For whom: Characters too many: 1");
    write("#name", "");
    browser.click("#bypass .main");
    assert_marked(&browser, "name", "For whom: please fill this in");
}

#[test]
fn times_fit_their_fields_where_days_have_twelve_hours() {
    let envoy = start();
    let browser = signed_in(&envoy);
    browser.pick("#lasts", "until");
    let widths = "
        return ['#start', '#until'].map(id => {
          const field = document.querySelector(id), free = field.cloneNode()
          free.style.width = 'auto'
          free.style.position = 'absolute'
          document.querySelector('main').append(free)
          const widths = [field.offsetWidth, free.offsetWidth]
          free.remove()
          return widths
        })";
    for width in [1280, 1024, 360] {
        browser.look(LIGHT_PHONE.fine(width, 740));
        for pair in browser.run(widths).as_array().unwrap() {
            let [is, needs] = [0, 1].map(|index| pair[index].as_u64().unwrap());
            assert!(is >= needs && needs > 100, "{width}: {is} of {needs}");
        }
    }
}
