//! Whether several endpoints say the same.

use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::endpoints::status::EndpointStatus;

/// How far apart two ends may lie that one `--for` gave, in milliseconds.
const TOLERANCE_MILLIS: u64 = 10_000;

/// Whether all say the same of maintenance, and of its start and its end where they are
/// still to come.
pub(super) fn agree<'s>(
    statuses: impl IntoIterator<Item = &'s EndpointStatus>,
    now: Timestamp,
) -> bool {
    let mut settings = statuses.into_iter().map(|status| &status.setting);
    let Some(first) = settings.next() else {
        return true;
    };
    let to_come = |moment: Option<Timestamp>| moment.filter(|&moment| now < moment);
    settings.all(|other| {
        first.maintenance == other.maintenance
            && close(to_come(first.start), to_come(other.start))
            && close(to_come(first.until), to_come(other.until))
    })
}

fn close(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            one.unix_millis().abs_diff(other.unix_millis()) <= TOLERANCE_MILLIS
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::endpoints::status::testing::status;

    #[test]
    fn what_is_over_does_not_matter_and_what_is_to_come_does() {
        let now = Timestamp::parse("2026-01-01T12:00:00Z").unwrap();
        let on = r#"{"maintenance":true}"#;
        let until = |time: &str| format!(r#"{{"maintenance":true,"until":"2026-01-01T{time}Z"}}"#);
        for (one, other, expected) in [
            (on, on, true),
            (on, r#"{"maintenance":false}"#, false),
            (on, &until("11:00:00"), true),
            (on, &until("13:00:00"), false),
            (&until("13:00:00"), &until("13:00:09"), true),
            (&until("13:00:00"), &until("13:00:11"), false),
        ] {
            let statuses = [status(one), status(other)];
            assert_eq!(agree(&statuses, now), expected, "{one} {other}");
        }
        assert!(agree(&[], now));
    }
}
