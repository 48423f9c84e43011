use proptest::prelude::*;

use super::*;

/// What etcd 3.5 sent, in hexadecimal, without its header.
fn message(rest: &str) -> Vec<u8> {
    const HEADER: &str = "0a1a08b298eaf1948386fccd0110cdd2918bd2b881cf8e011807\
                          2007";
    let hex = format!("{HEADER}{rest}");
    hex.as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect()
}

const KEY_VALUE: &str = "121f0a016b1007180720012a147b226d61696e74656e616e6365223a747275657d";

fn key_value() -> KeyValue<'static> {
    KeyValue {
        mod_revision: 7,
        value: br#"{"maintenance":true}"#,
    }
}

fn hex(message: &Message) -> String {
    let bytes = message.as_ref().iter();
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_transaction_compares_the_revisions_of_both_keys() {
    let request = write_request([("k", 0), ("r", 3)], &[("k", "v")]);
    let compared = "0a0710021a016b30000a0710021a01723003";
    let expected = format!("{compared}120812060a016b1201761a050a030a016b1a050a030a0172");
    assert_eq!(hex(&request), expected);
}

#[test]
fn keys_are_read_at_a_revision() {
    let request = range_request(["k", "k/r"], 7);
    assert_eq!(hex(&request), "0a016b12046b2f72002007");
}

#[test]
fn a_watch_is_of_all_keys_from_the_first_to_the_last() {
    let request = watch_request(["k", "k/r"], 5);
    assert_eq!(hex(&request), "0a0b0a016b12046b2f72001805");
}

#[test]
fn a_read_finds_each_key_or_not_among_others() {
    let answer = message(&format!("12080a026b2d18032a00{KEY_VALUE}2002"));
    for (keys, flag, revocation) in [
        (["k", "k/r"], Presence::There(key_value()), Presence::Absent),
        (["j", "k"], Presence::Absent, Presence::There(key_value())),
        (["j", "l"], Presence::Absent, Presence::Absent),
    ] {
        let expected = Keys {
            revision: 7,
            flag,
            revocation,
        };
        assert_eq!(Keys::decode(&answer, &answer, keys), Ok(expected));
    }
}

#[test]
fn a_transaction_wrote_or_read() {
    let written = message("10011a0612040a021807");
    assert_eq!(Write::decode(&written), Ok(Write::Written(7)));
    let read = message(&format!("1a270a250a021807{KEY_VALUE}1a060a040a021807"));
    let expected = Write::Read(Keys {
        revision: 7,
        flag: Presence::There(key_value()),
        revocation: Presence::Absent,
    });
    assert_eq!(Write::decode(&read), Ok(expected));
    let absent = "1a060a040a021807";
    for rest in ["", absent, &format!("{absent}1a00")] {
        let malformed = Err(CallError::malformed());
        assert_eq!(Write::decode(&message(rest)), malformed, "{rest}");
    }
}

#[test]
fn a_watch_tells_what_happened() {
    let created = message("1801");
    assert!(WatchResponse::decode(&created).unwrap().created);
    let progress = message("10ffffffffffffffffff01");
    let silent = WatchResponse {
        created: false,
        canceled: None,
        events: Vec::new(),
    };
    assert_eq!(WatchResponse::decode(&progress), Ok(silent));
    let put = message(&format!("5a21{KEY_VALUE}"));
    let event = Event {
        key: b"k",
        revision: 7,
        seen: Presence::There(key_value()),
    };
    assert_eq!(WatchResponse::decode(&put).unwrap().events, [event]);
    let deleted = message("5a09080112050a016b1808");
    let event = Event {
        key: b"k",
        revision: 8,
        seen: Presence::Absent,
    };
    assert_eq!(WatchResponse::decode(&deleted).unwrap().events, [event]);
}

#[test]
fn no_bytes_are_no_answer() {
    assert_eq!(Range::decode(b"", "k"), Err(CallError::malformed()));
    assert_eq!(Write::decode(b""), Err(CallError::malformed()));
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(message: Vec<u8>) {
        let _ = Range::decode(&message, "k");
        let _ = Write::decode(&message);
        let _ = WatchResponse::decode(&message);
        let _ = decode_token(&message);
    }
}
