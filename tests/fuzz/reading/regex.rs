//! The regular expressions of the configurations, each beside what it means.

/// An expression, and whether it matches a whole text.
pub type Regex = (&'static str, fn(&str) -> bool);

/// Those that are tried on paths.
pub const PATHS: [Regex; 4] = [
    ("/v[12]/.*", |text| {
        let rest = text
            .strip_prefix("/v1/")
            .or_else(|| text.strip_prefix("/v2/"));
        rest.is_some_and(is_one_line)
    }),
    ("/a/[0-9]+", |text| {
        let digits = text.strip_prefix("/a/");
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(is_digit))
    }),
    ("/pay|/beta/b", |text| text == "/pay" || text == "/beta/b"),
    (".*[.]css", |text| {
        text.strip_suffix(".css").is_some_and(is_one_line)
    }),
];

/// Those that are tried on other values.
pub const VALUES: [Regex; 4] = [
    ("b|s.*f", |text| {
        let inner = text
            .strip_prefix('s')
            .and_then(|rest| rest.strip_suffix('f'));
        text == "b" || inner.is_some_and(is_one_line)
    }),
    ("[0-9]{2,3}", |text| {
        (2..=3).contains(&text.len()) && text.bytes().all(is_digit)
    }),
    ("st.ff", |text| {
        let middle = text
            .strip_prefix("st")
            .and_then(|rest| rest.strip_suffix("ff"));
        middle.is_some_and(|middle| middle.chars().count() == 1 && is_one_line(middle))
    }),
    ("(?i)K|\u{e9}.", |text| {
        let last = text.strip_prefix('\u{e9}');
        let is_one = |last: &str| last.chars().count() == 1 && is_one_line(last);
        text.eq_ignore_ascii_case("k") || last.is_some_and(is_one)
    }),
];

pub fn matches(expression: &str, text: &str) -> bool {
    let mut all = PATHS.iter().chain(&VALUES);
    let (_, means) = all.find(|(other, _)| *other == expression).unwrap();
    means(text)
}

/// `.` is any character but a line feed.
fn is_one_line(text: &str) -> bool {
    !text.contains('\n')
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}
