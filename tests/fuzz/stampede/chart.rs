//! The chart of the reference: how long an answer took, by the time of its request, in SVG.

use std::fmt::Write;

use super::{Ending, outcome::Outcome, site::SHOWN};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 30.0;
const STYLE: &str = "\
    text { font: 12px system-ui, sans-serif; fill: #1f2328 } \
    .title { font-weight: 600; font-size: 13px } \
    .note { fill: #59636e } \
    .grid { stroke: #9aa4af; stroke-width: .5 } \
    .line { fill: none; stroke-width: 2 } \
    .a { stroke: #bc4c00 } .b { stroke: #8250df } .c { stroke: #0969da } .d { stroke: #1a7f37 } \
    @media (prefers-color-scheme: dark) { text { fill: #f0f6fc } .note { fill: #9198a1 } \
    .grid { stroke: #656c76 } .a { stroke: #f0883e } .b { stroke: #ab7df8 } .c { stroke: #4493f8 } \
    .d { stroke: #3fb950 } }";
/// The classes of the style, by the place of an ending.
const CLASSES: [&str; 4] = ["a", "b", "c", "d"];

/// Draws a line for each ending.
pub fn draw(outcomes: &[(Ending, Outcome)]) -> String {
    let longest = outcomes.iter().map(|(_, outcome)| outcome.longest());
    let most = f64::from(longest.max().unwrap_or_default()) / 1000.0;
    let x = |second: usize| LEFT + second as f64 / SHOWN as f64 * (WIDTH - LEFT - RIGHT);
    let y = |seconds: f64| HEIGHT - BOTTOM - seconds / most * (HEIGHT - BOTTOM - TOP);
    let mut body = String::new();
    for seconds in (0..=most as u32).step_by(10) {
        let (at, right) = (y(f64::from(seconds)), WIDTH - RIGHT);
        let _ = writeln!(
            body,
            "<path class=\"grid\" d=\"M{LEFT} {at:.0}H{right}\"/>\
             <text class=\"note\" x=\"32\" y=\"{:.0}\" text-anchor=\"end\">{seconds} s</text>",
            at + 4.0
        );
    }
    for second in (0..SHOWN).step_by(30) {
        let _ = writeln!(
            body,
            "<text class=\"note\" x=\"{:.0}\" y=\"{}\" text-anchor=\"middle\">{second} s</text>",
            x(second),
            HEIGHT - 10.0
        );
    }
    for (number, ((ending, outcome), class)) in outcomes.iter().zip(CLASSES).enumerate() {
        let points = outcome.waits.iter().enumerate();
        let path = points.fold(String::new(), |mut path, (second, wait)| {
            let step = if second == 0 { 'M' } else { 'L' };
            let at = y(f64::from(*wait) / 1000.0);
            let _ = write!(path, "{step}{:.0} {at:.0}", x(second));
            path
        });
        let line = TOP + 10.0 + number as f64 * 18.0;
        let _ = writeln!(
            body,
            "<path class=\"line {class}\" d=\"{path}\"/>\
             <path class=\"line {class}\" d=\"M350 {}h16\"/>\
             <text x=\"374\" y=\"{line}\">{ending}: up to {} requests a second; {} wait longer than 10 s</text>",
            line - 4.0,
            outcome.most,
            outcome.late
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\">\n\
         <title>How long an answer takes after an outage</title>\n<style>{STYLE}</style>\n\
         <text class=\"title\" x=\"0\" y=\"20\">How long an answer takes, by the time since the end \
         of the outage</text>\n{body}</svg>\n"
    )
}
