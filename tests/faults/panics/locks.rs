//! What panics with a lock in its hand.

use super::{Panics, configuration, envoy};

#[test]
fn what_threads_share_can_be_had_after_a_panic_that_held_it() {
    let panics = Panics::none();
    let mut configuration = configuration();
    configuration["response"]["hold_seconds"] = 0.into();
    let envoy = envoy(&panics, configuration);
    envoy.toggle(true);
    for _ in 0..5 {
        panics.during("lock", || {
            // Its filter is made anew after the first, and takes the locks for that.
            for _ in 0..3 {
                let response = envoy.get("/");
                assert!(
                    response.is_failed() || response.is_blocked(),
                    "{response:?}"
                );
            }
            assert!(envoy.admin("POST", "on").is_failed());
        });
        assert!(envoy.get("/").is_blocked());
    }
    assert!(envoy.log().contains("told to, in lock"));
    assert!(envoy.metric("errors") > 0);
}
