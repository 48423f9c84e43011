use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Bytes that are often, but not always, what the endpoint knows.
fn bytes(known: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        9 => select(known).prop_map(|text| text.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..40),
    ]
}

fn method() -> impl Strategy<Value = Vec<u8>> {
    bytes(&["GET", "HEAD", "POST", "PUT", "DELETE", ""])
}

fn path() -> impl Strategy<Value = Vec<u8>> {
    let query = bytes(&[
        "",
        "for=60",
        "message=a",
        "until=2027-01-01T00:00:00Z",
        "for=1&for=2",
    ]);
    (bytes(&["", "/on", "/off", "/reset", "/bypass", "/"]), query)
        .prop_map(|(call, query)| [b"/m", call.as_slice(), b"?", &query].concat())
}

proptest! {
    #[test]
    fn nothing_changes_without_a_good_token(
        method in method(),
        path in path(),
        authorization in prop_oneof![
            vec(any::<u8>(), 0..40),
            vec(any::<u8>(), 0..40).prop_map(|token| [b"Bearer ", token.as_slice()].concat()),
            select(&["Bearer", "Bearer a", "Basic a token of the environment"][..])
                .prop_map(|text| text.as_bytes().to_vec()),
        ],
    ) {
        let filter = Filter::new("", "");
        let answer = filter.send("192.0.2.1", &[
            (":method", &method),
            (":path", &path),
            ("authorization", &authorization),
        ]);
        prop_assert_eq!(answer.reply.status, 401);
        prop_assert_eq!(answer.access, Access::Denied);
        prop_assert_eq!(filter.generation(), 0);
    }

    #[test]
    fn any_call_is_answered_and_only_a_200_to_a_post_or_put_changes_anything(
        method in method(),
        path in path(),
        if_match in vec(any::<u8>(), 0..8),
    ) {
        let filter = Filter::new("", "");
        let mut headers: Vec<(&str, &[u8])> = vec![
            (":method", &method),
            (":path", &path),
            ("authorization", BEARER.as_bytes()),
        ];
        if if_match.len() > 4 {
            headers.push(("if-match", &if_match));
        }
        let answer = filter.send("192.0.2.1", &headers);
        let is_change = answer.reply.status == 200 && matches!(&*method, b"POST" | b"PUT");
        prop_assert!([200, 400, 404, 405, 412].contains(&answer.reply.status));
        prop_assert_eq!(filter.generation(), u64::from(is_change));
        prop_assert!(serde_json::from_str::<Value>(&answer.reply.body).is_ok());
        let audit = answer.audit.unwrap_or_default();
        prop_assert!(!audit.chars().any(char::is_control), "{:?}", audit);
    }
}
