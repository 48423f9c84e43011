//! Moments, in milliseconds since 1970, and durations.

use serde_json::Value;

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: usize) -> i64 {
    let february = if is_leap(year) { 29 } else { 28 };
    [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
}

/// Reads `2026-11-22T00:00:00Z`, or with an offset.
pub fn parse(text: &str) -> i64 {
    let number = |from: usize, to: usize| -> i64 { text[from..to].parse().unwrap() };
    let (year, month) = (number(0, 4), number(5, 7) as usize);
    let mut days = number(8, 10) - 1;
    for year in 1970..year {
        days += if is_leap(year) { 366 } else { 365 };
    }
    for month in 0..month - 1 {
        days += days_of(year, month);
    }
    let seconds = ((days * 24 + number(11, 13)) * 60 + number(14, 16)) * 60 + number(17, 19);
    let offset = match &text[19..20] {
        "Z" => 0,
        sign => {
            let minutes = number(20, 22) * 60 + number(23, 25);
            if sign == "-" { -minutes } else { minutes }
        }
    };
    (seconds - offset * 60) * 1000
}

/// Seconds, written as a number or as `1h30m`; none where nothing is given.
pub fn seconds(given: &Value) -> u64 {
    let Some(text) = given.as_str() else {
        return given.as_u64().unwrap_or(0);
    };
    let (mut all, mut number) = (0, 0);
    for character in text.chars() {
        let unit = match character {
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            digit => {
                number = number * 10 + u64::from(digit.to_digit(10).unwrap());
                continue;
            }
        };
        all += number * unit;
        number = 0;
    }
    all
}

/// What a person has typed: a number of seconds, or `1h30m`, each unit once, the longest first.
pub fn typed(text: &str) -> Option<u64> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_number(text) {
        return text.parse().ok();
    }
    let mut rest = text;
    for unit in ['d', 'h', 'm', 's'] {
        if let Some((number, behind)) = rest.split_once(unit) {
            if !is_number(number) {
                return None;
            }
            rest = behind;
        }
    }
    (rest.is_empty() && !text.is_empty()).then(|| seconds(&text.into()))
}

/// In UTC, without what is less than a second.
pub fn format(millis: i64) -> String {
    let seconds = millis.div_euclid(1000);
    let (mut days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let mut year = 1970;
    while days >= if is_leap(year) { 366 } else { 365 } {
        days -= if is_leap(year) { 366 } else { 365 };
        year += 1;
    }
    let mut month = 0;
    while days >= days_of(year, month) {
        days -= days_of(year, month);
        month += 1;
    }
    format!(
        "{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        month + 1,
        days + 1,
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}
