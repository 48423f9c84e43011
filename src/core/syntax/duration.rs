//! Durations as people write them.

/// How a duration is written, for an error.
pub const EXPECTED: &str = "a duration like 90 (seconds), 90s, 45m, 1h30m or 2d";

/// The units, from the longest, and their seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

/// The seconds of a number of them, or of `2d`, `1h30m`, `90s`: units from the longest to the
/// shortest, each at most once.
pub fn parse(text: &str) -> Option<u64> {
    if let Some(seconds) = number(text) {
        return Some(seconds);
    }
    let mut rest = text;
    let mut seconds: u64 = 0;
    for (unit, length) in UNITS {
        if let Some((count, behind)) = rest.split_once(unit) {
            seconds = seconds.checked_add(number(count)?.checked_mul(length)?)?;
            rest = behind;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(seconds)
}

fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_go_from_the_longest_to_the_shortest() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("90", Some(90)),
            ("90s", Some(90)),
            ("45m", Some(2700)),
            ("1h30m", Some(5400)),
            ("2d", Some(172_800)),
            ("1d2h3m4s", Some(93_784)),
            ("0s", Some(0)),
            ("", None),
            ("h", None),
            ("1", Some(1)),
            ("1h30", None),
            ("30m1h", None),
            ("1h1h", None),
            ("-1h", None),
            ("+1h", None),
            ("1.5h", None),
            ("1 h", None),
            ("1H", None),
            ("1w", None),
            ("99999999999999999999d", None),
            ("999999999999999999d", None),
        ] {
            assert_eq!(parse(text), seconds, "{text}");
        }
    }
}
