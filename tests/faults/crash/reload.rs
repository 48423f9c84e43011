//! Under `FAIL_RELOAD`.

use std::time::Instant;
use super::{assert_failed, deadly, mortal, mortal::Death, status, workers};
use crate::support::{Connection, Envoy, Request, eventually};

#[test]
fn explore() {
    for policy in ["FAIL_RELOAD", "FAIL_CLOSED", "FAIL_OPEN"] {
        for on in [false, true] {
            let mut options = mortal(&Death::BY_REQUEST);
            options.failure_policy = policy;
            options.connection_manager["access_log"] = serde_json::json!([{
            "name": "envoy.access_loggers.stderr",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog",
                "log_format": {"text_format_source": {"inline_string":
                    "ACCESS %REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %FILTER_STATE(wasm.maintenance_mode:PLAIN)%\n",
                }},
            }}]);
            let envoy = Envoy::with(options);
            println!("{policy} {on}");
            envoy.toggle(on);
            let mut o = mortal(&Death::BY_REQUEST);
            o.workers = 2;
            let mut c = workers::connections(&envoy, &o);
            let t = Instant::now();
            let before = envoy.upstream.requests();
            let r = c[0].fetch(&deadly(Request::get("/die")));
            println!("killed: {:?} {:?}", t.elapsed(), (r.status, &r.headers, r.text()));
            for i in 0..40 {
                let a = c[0].fetch(&Request::get("/a"));
                let b = c[1].fetch(&Request::get("/b"));
                if i % 8 == 0 {
                println!("{:?}: {} {} {} | {} {} | up {}", t.elapsed(), a.status, a.is_blocked(), a.is_upstream(), b.is_blocked(), b.is_upstream(), envoy.upstream.requests() - before);
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            println!("{}", envoy.envoy_admin("/stats?filter=vm_reload"));
            println!("{}", envoy.envoy_admin("/stats?filter=v8"));
            println!("{}", envoy.log());
        }
    }
}
