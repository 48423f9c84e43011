//! The way of a newcomer: blocked, allowed, toggled in a browser, and removed again.

use serde_json::Value;
use support::{
    browser::Browser,
    machine::{Machine, Running, is_taken, machine},
    pages::{GUIDE, README},
};

use crate::{
    stats,
    typing::{Typing, commands},
};

/// Types what the README has after "Block and allow".
pub fn block_and_allow(machine: &Machine) {
    let [_, calls] = README.blocks_of("Try it", "sh");
    assert_eq!(machine.follow(calls), 4);
    assert_blocked_as_shown(machine);
}

/// What is blocked gets the reply of the README.
fn assert_blocked_as_shown(machine: &Machine) {
    let [shown] = README.blocks_of("Try it", "http");
    let (shown_head, shown_body) = shown.split_once("\n\n").unwrap();
    let [_, calls] = README.blocks_of("Try it", "sh");
    let calls = commands(calls);
    let (token, on, get, off) = (&calls[0], &calls[2], &calls[3], &calls[5]);
    let answer = machine.shell(&format!("{token}\n{on} >&2\n{get}\n{off} >&2"));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    for line in shown_head.lines() {
        assert!(
            head.lines().any(|header| header == line),
            "{line}: {answer}"
        );
    }
    let problem = |body: &str| {
        let mut problem: Value = serde_json::from_str(body).unwrap();
        assert!(problem["until"].take().is_string());
        problem
    };
    assert_eq!(problem(body), problem(shown_body));
}

/// Does what the README says after "In a browser".
pub fn toggle_in_a_browser(machine: &Machine, port: u16) {
    let site = format!("http://localhost:{port}");
    let console = format!("{site}/maintenance-mode");
    let token = machine.shell("cat target/sample.env");
    let (_, token) = token.trim().split_once('=').unwrap();
    let browser = Browser::start();
    browser.open_url(&console);
    browser.fill("#token", token);
    browser.click("#enter button");
    browser.wait_for_text("#state h2", "Maintenance is off");
    for (button, name, heading, shown) in [
        (
            "#on",
            "Switch on",
            "Maintenance is on",
            "Down for maintenance",
        ),
        (
            "#off",
            "Switch off",
            "Maintenance is off",
            "Hello from the upstream.",
        ),
    ] {
        assert_eq!(browser.text(button), name);
        browser.click(button);
        if button == "#on" {
            browser.wait_until_shown("#ask");
            browser.click("#yes");
        }
        browser.wait_for_text("#state h2", heading);
        browser.open_url(&site);
        browser.wait_for_text("body", shown);
        browser.open_url(&console);
        browser.wait_for_text("#state h2", heading);
    }
}

#[test]
fn make_run_is_blocked_allowed_toggled_and_removed_as_the_readme_says() {
    let Some(machine) = machine("`make run`", &[]) else {
        return;
    };
    machine.enter();
    let [two_commands, _] = README.blocks_of("Try it", "sh");
    let [run, test] = commands(two_commands).try_into().unwrap();
    // That is what runs this.
    assert!(test.starts_with("make test "), "{test}");
    let mut sample = machine.spawn("make-run", &run);
    let printed = sample.wait_for("Ctrl-C");
    the_printed_lines_work(&machine, &printed);
    it_is_seen_in_stats_and_log(&machine, &mut sample);
    block_and_allow(&machine);
    toggle_in_a_browser(&machine, 8080);
    sample.interrupt();
    assert!(!is_taken(8080));
}

#[test]
fn the_dynamic_module_does_the_same() {
    let Some(machine) = machine("`make run HOST=native`", &[]) else {
        return;
    };
    machine.enter();
    let [commands_of_it] = GUIDE.blocks_of("As a dynamic module", "sh");
    let [run] = commands(commands_of_it).try_into().unwrap();
    let mut sample = machine.spawn("make-run-native", &run);
    let printed = sample.wait_for("Ctrl-C");
    the_printed_lines_work(&machine, &printed);
    it_is_seen_in_stats_and_log(&machine, &mut sample);
    sample.interrupt();
    assert!(!is_taken(8080));
}

/// What `make run` says to look at and to type, as printed.
fn the_printed_lines_work(machine: &Machine, printed: &str) {
    let token = machine.shell(". target/sample.env; echo $MAINTENANCE_TOKEN");
    assert!(printed.contains(&format!("  {token}")), "{printed}");
    let follow = |start: &str| {
        let mut words = printed.split_whitespace();
        let link = words.find(|word| word.starts_with(start)).unwrap();
        machine.shell(&format!(
            "curl --silent --fail --header 'accept: text/html' '{link}'"
        ))
    };
    assert!(follow("http://localhost:8080/").contains("<form"));
    assert!(follow("http://localhost:9901/").contains("maintenance_mode.default.blocked: 0"));
    let transcript = machine.type_what_is_said(printed);
    let expected = [
        ("", ""),
        ("HTTP/1.1 200 OK", "Hello from the upstream."),
        ("{\"maintenance\":true", "\"generation\":1"),
        ("HTTP/1.1 503 Service Unavailable", "retry-after: 600"),
        ("HTTP/1.1 200 OK", "Hello from the upstream."),
        ("{\"maintenance\":false", "\"generation\":2"),
        ("HTTP/1.1 200 OK", "Hello from the upstream."),
    ];
    assert_eq!(transcript.len(), expected.len(), "{transcript:#?}");
    for ((command, answer), (begins, contains)) in transcript.iter().zip(expected) {
        assert!(answer.starts_with(begins), "{command} gave {answer}");
        assert!(answer.contains(contains), "{command} gave {answer}");
    }
}

/// After these lines.
fn it_is_seen_in_stats_and_log(machine: &Machine, sample: &mut Running) {
    stats::show_one_blocked_and_one_allowed(machine);
    sample.wait_for("\"GET / HTTP/1.1\" 503 details=maintenance_mode maintenance=blocked");
}
