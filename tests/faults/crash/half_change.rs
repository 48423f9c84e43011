//! A VM dies in the midst of a change.

use support::{Envoy, Request, admin_request, eventually};

use super::{Death, assert_failed, assert_serves, deadly, mortal, status, workers};

/// Dies in an `on` after this call of Envoy: whoever asked gets no 200, and the change is
/// made, or not, for all workers.
fn dies_after(call: &'static str, is_made: bool) {
    let envoy = Envoy::with(mortal(&Death::in_request_after(call)));
    let mut connections = workers::connections(&envoy);
    let (one, others) = connections.split_first_mut().unwrap();
    let answer = one.fetch(&deadly(admin_request("POST", "on?message=a-message")));
    assert_failed(&answer);
    let generation = u64::from(is_made);
    // Each of the others looks at its next tick, since nothing tells of the change until the
    // one that died has another VM, which it has with its next request.
    for connection in others {
        eventually(call, || {
            connection.fetch(&Request::get("/")).is_blocked() == is_made
        });
        assert_eq!(status(connection)["generation"], generation, "{call}");
    }
    assert_serves(one, is_made);

    envoy.toggle(!is_made);
    for connection in &mut connections {
        assert_serves(connection, !is_made);
        assert_eq!(status(connection)["generation"], generation + 1, "{call}");
    }
}

#[test]
fn a_change_that_was_not_written_is_not_made() {
    dies_after("proxy_get_shared_data", false);
}

#[test]
fn a_change_that_was_written_but_not_signalled_is_obeyed_after_a_tick() {
    dies_after("proxy_set_shared_data", true);
}

#[test]
fn a_change_that_was_signalled_is_obeyed() {
    dies_after("proxy_increment_metric", true);
}

#[test]
fn a_change_whose_answer_was_on_its_way_is_made() {
    dies_after("proxy_send_local_response", true);
}
