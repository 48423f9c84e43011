//! Requests that are as long and odd as can be, each with a name.

use maintenance_mode_core::policy::kind::Kind;
use support::Request;

use crate::clients::long_paths::paths;

/// As many bytes of headers as Envoy takes by default, with some room for the others.
const ALL: usize = 57_000;
/// As many as are compared.
const LONGEST: usize = 8190;
/// As many lines as Envoy takes by default, with some room for the others.
const LINES: usize = 90;

type Named = (String, Request);

/// Those that are hard for entries of a kind.
pub fn requests(kind: Kind) -> Vec<Named> {
    match kind {
        Kind::ClientIp => of_addresses(),
        Kind::Path => of_paths(),
        Kind::Host => of_hosts(),
        Kind::Method => vec![("method".to_owned(), Request::get("/"))],
        Kind::Header => of_headers(),
        Kind::Cookie => of_cookies(),
        Kind::Attribute => [of_paths(), of_headers(), of_cookies()].concat(),
    }
}

fn fill(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len())
}

fn with(name: &str, what: &str, value: impl AsRef<[u8]>) -> Named {
    let value = value.as_ref();
    let what = format!("{name} of {what}, {} bytes", value.len());
    (what, Request::get("/").header(name, value))
}

fn of_addresses() -> Vec<Named> {
    let units = [
        "10.0.0.1,",
        "127.0.0.1, ",
        "[::ffff:127.0.0.1]:1,",
        ",",
        "a,",
    ];
    let forwarded = |unit| with("x-forwarded-for", unit, fill(unit, ALL));
    units.map(forwarded).into()
}

fn of_paths() -> Vec<Named> {
    let odd = ["/a;b/%2561//../%c3%a9\\", "/%2e./a%2Fb;/../%25c3"];
    let odd = odd.map(|unit| format!("/{}", fill(unit, LONGEST)));
    let all = paths().into_iter().chain(odd);
    all.map(|path| {
        let what = format!("path {}…, {} bytes", &path[..24], path.len());
        (what, Request::get(&path))
    })
    .collect()
}

fn of_hosts() -> Vec<Named> {
    let units = [
        "a",
        "a.",
        ".",
        ":",
        "a:",
        "@",
        "u@a..",
        "a.example.",
        "[::]:1",
    ];
    let of_size = |size| units.map(|unit| with("host", unit, fill(unit, size)));
    [LONGEST, ALL].into_iter().flat_map(of_size).collect()
}

fn of_headers() -> Vec<Named> {
    let units = ["a", "\u{e9}", "ab,", ","];
    let mut all: Vec<Named> = units
        .map(|unit| with("x-role", unit, fill(unit, LONGEST)))
        .into();
    all.push(with("x-role", "a", fill("a", ALL)));
    all.push(with("x-role", "\\xff", [0xff; LONGEST]));
    for byte in [b'a', 0xff] {
        for size in [80, 600] {
            let value = vec![byte; size];
            let lines = |name: &dyn Fn(usize) -> String| {
                (0..LINES).fold(Request::get("/"), |request, line| {
                    request.header(&name(line), &value)
                })
            };
            let what = format!("{LINES} lines of {size} times {byte:#x}");
            all.push((format!("x-role, {what}"), lines(&|_| "x-role".to_owned())));
            all.push((what, lines(&|line| format!("x{line}"))));
        }
    }
    all
}

fn of_cookies() -> Vec<Named> {
    let units = [
        ";",
        "a",
        "a;",
        "=;",
        "a=;",
        " ; ",
        "a=b; ",
        "a=b;",
        "role=staff-1;",
        "x1=1; ",
        "x",
        "x99;",
        "role=",
        "role=;",
    ];
    let mut all: Vec<Named> = units
        .map(|unit| with("cookie", unit, fill(unit, ALL)))
        .into();
    for names in [&["a"][..], &["role"], &["x1"], &["x2", "x5", "x8", "x11"]] {
        let names = names.iter().cycle();
        let each = names
            .zip(0..)
            .map(|(name, number)| format!("{name}={};", word(number)));
        all.push(with("cookie", "all values", some(each)));
    }
    let each = (0..).map(|number| format!("{}=;", word(number)));
    all.push(with("cookie", "all names", some(each)));
    all.push(with("cookie", "role=\\xff", b"role=\xff;".repeat(ALL / 7)));
    all.push(with("cookie", "a=\\xff", b"a=\xff;".repeat(ALL / 4)));
    let long = format!("role={};", fill("a", LONGEST));
    all.push(with("cookie", "role=aaa…", fill(&long, ALL)));
    let lines = (0..LINES).fold(Request::get("/"), |request, _| {
        request.header("cookie", fill("a=b;", 600))
    });
    all.push((format!("cookie, {LINES} lines"), lines));
    all
}

/// As many as there is room for.
fn some(cookies: impl Iterator<Item = String>) -> String {
    let mut left = ALL;
    cookies
        .take_while(|cookie| {
            let fits = cookie.len() <= left;
            left = left.saturating_sub(cookie.len());
            fits
        })
        .collect()
}

/// The shortest word that no smaller number has.
fn word(mut number: usize) -> String {
    const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz-_.~!";
    let mut word = String::new();
    loop {
        word.push(DIGITS[number % DIGITS.len()].into());
        number /= DIGITS.len();
        if number == 0 {
            return word;
        }
        number -= 1;
    }
}
