//! The chart of the reference: when each request was sent, and how long its answer took, in SVG.

use std::{collections::BTreeSet, fmt::Write, time::Duration};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 30.0;
const STYLE: &str = "\
    text { font: 12px system-ui, sans-serif; fill: #1f2328 } \
    .title { font-weight: 600; font-size: 13px } \
    .note { fill: #59636e } \
    .line { stroke: #9aa4af; stroke-width: .5 } \
    .a { stroke: #0969da } .b { stroke: #bc4c00 } .c { stroke: #1a7f37 } \
    .dots { fill: none; stroke-width: 3; stroke-linecap: round } \
    @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } .note { fill: #9198a1 } \
    .line { stroke: #656c76 } .a { stroke: #4493f8 } .b { stroke: #f0883e } .c { stroke: #3fb950 } }";
/// The classes of the style, by the place of a protocol.
const CLASSES: [&str; 3] = ["a", "b", "c"];

/// A protocol, when a request of it was sent, and how long it took.
pub type Dot = (&'static str, Duration, Duration);

/// Draws them; dots that fall together are one.
pub fn draw(dots: &[Dot]) -> String {
    let end = dots.iter().map(|(_, asked, _)| asked.as_secs_f64());
    let end = end.fold(1.0, f64::max).ceil();
    let most = dots.iter().map(|(_, _, took)| took.as_secs_f64());
    let most = most.fold(1.0, f64::max).ceil();
    let x = |seconds: f64| LEFT + seconds / end * (WIDTH - LEFT - 20.0);
    let y = |seconds: f64| HEIGHT - BOTTOM - seconds / most * (HEIGHT - BOTTOM - TOP);
    let mut body = String::new();
    for second in 0..=most as u32 {
        let at = y(f64::from(second));
        let (left, right) = (x(0.0), x(end));
        let _ = writeln!(
            body,
            "<path class=\"line\" d=\"M{left} {at:.0}H{right}\"/>\
             <text class=\"note\" x=\"32\" y=\"{:.0}\" text-anchor=\"end\">{second} s</text>",
            at + 4.0
        );
    }
    for second in 0..=end as u32 {
        let at = x(f64::from(second));
        let _ = writeln!(
            body,
            "<text class=\"note\" x=\"{at:.0}\" y=\"232\" text-anchor=\"middle\">{second} s</text>"
        );
    }
    let mut names: Vec<&str> = dots.iter().map(|(name, ..)| *name).collect();
    names.sort_unstable();
    names.dedup();
    for (number, (name, class)) in names.into_iter().zip(CLASSES).enumerate() {
        let places: BTreeSet<(u32, u32)> = dots
            .iter()
            .filter(|(other, ..)| *other == name)
            .map(|(_, asked, took)| (x(asked.as_secs_f64()) as u32, y(took.as_secs_f64()) as u32))
            .collect();
        // Beside each other, where they would cover each other.
        let path = places.iter().fold(String::new(), |mut path, (x, y)| {
            let _ = write!(path, "M{} {y}h0", x / 3 * 3 + number as u32);
            path
        });
        let left = 600 + number * 90;
        let _ = writeln!(
            body,
            "<path class=\"dots {class}\" d=\"{path}M{left} 16h0\"/>\
             <text x=\"{}\" y=\"20\">{name}</text>",
            left + 8
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\">\n\
         <title>How long requests took during a deployment</title>\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"0\" y=\"20\">How long the answer took, by the time of the \
         request</text>\n{body}</svg>\n"
    )
}
