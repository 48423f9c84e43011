use super::*;

#[test]
fn a_good_configuration_is_logged_and_the_first_tick_comes_at_once() {
    let host = TestHost::new();
    let waiting = Waiting::new();
    let filter = Filter::configure(host.clone(), br#"{"mode":"on"}"#).unwrap();
    assert_eq!(host.log(), ["INFO configured scope default in 0 us"]);
    assert_eq!(host.tick_period.get(), Some(1));
    assert_eq!(host.stat("active"), 1);
    waiting.tick(&filter);
    assert_eq!(host.tick_period.get(), Some(500));
    host.tick_period.set(None);
    waiting.tick(&filter);
    assert_eq!(host.tick_period.get(), None, "it is set once");
}

#[test]
fn an_empty_configuration_is_warned_of_and_passes_all() {
    let host = TestHost::new();
    let filter = Filter::configure(host.clone(), b"").unwrap();
    assert!(host.log()[0].starts_with("WARN the plugin configuration is empty"));
    let waiting = Waiting::new();
    let stream = TestStream::new(&[]);
    assert_eq!(waiting.handle(&Rc::new(filter), stream), Progress::Continue);
}

#[test]
fn a_bad_configuration_is_an_error_with_its_path_and_nothing_else() {
    let host = TestHost::new();
    for (configuration, line) in [
        (&br#"{"mode":"up"}"#[..], "ERROR mode: "),
        (br#"{"allow":{"paths":["a"]}}"#, "ERROR allow.paths[0]: "),
        (
            br#"{"admin":{"path":"/m","token_env":"NONE"}}"#,
            "ERROR admin.token_env: the process has no environment variable \"NONE\"",
        ),
        (b"{", "ERROR not valid JSON: "),
    ] {
        assert!(Filter::configure(host.clone(), configuration).is_none());
        let log = host.log();
        assert!(log.len() == 1 && log[0].starts_with(line), "{log:?}");
    }
    assert_eq!(host.tick_period.get(), None);
}
