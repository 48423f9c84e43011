//! The chart of the pages: bars of CPU time and of instructions, in SVG.

use std::fmt::Write;

use support::Host;

use crate::report::{Report, Row};

const WIDTH: f64 = 860.0;
const LINE: f64 = 22.0;
const BAR: f64 = 13.0;
/// Where the names end and the bars begin, and how long a bar can be.
const NAMES: f64 = 258.0;
const CPU: Column = Column {
    left: 270.0,
    width: 210.0,
};
const INSTRUCTIONS: Column = Column {
    left: 570.0,
    width: 210.0,
};
/// Bars that are longer than this many times the reference are cut off.
const LIMIT: f64 = 2.2;

const STYLE: &str = "\
    text { font: 12px system-ui, sans-serif; fill: #1f2328 } \
    .title { font-weight: 600; font-size: 13px } \
    .note { fill: #59636e } \
    .wasm { fill: #0969da } \
    .native { fill: #1a7f37 } \
    .other { fill: #9aa4af } \
    @media (prefers-color-scheme: dark) { \
    text { fill: #f0f6fc } .note { fill: #9198a1 } .wasm { fill: #4493f8 } .native { fill: #3fb950 } .other { fill: #656c76 } }";

#[derive(Clone, Copy)]
struct Column {
    left: f64,
    width: f64,
}

/// Draws the figures.
pub fn draw(report: &Report) -> String {
    let mut body = String::new();
    let mut y = 24.0;
    for group in &report.groups {
        text(&mut body, (0.0, y), "title", group.title);
        text(&mut body, (CPU.left, y), "note", "CPU time of Envoy, µs");
        text(
            &mut body,
            (INSTRUCTIONS.left, y),
            "note",
            "instructions of Envoy",
        );
        y += LINE;
        for row in &group.rows {
            draw_row(&mut body, y, row, &group.rows[0]);
            y += LINE;
        }
        y += LINE;
    }
    let note = format!(
        "Per request, one worker; blue: this filter by Wasm, green: as a dynamic module. \
         make bench, {}, {}",
        report.date, report.machine
    );
    text(&mut body, (0.0, y), "note", &note);
    let height = y + 12.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <title>Cost of a request by filter</title>\n<style>{STYLE}</style>\n{body}</svg>\n"
    )
}

fn draw_row(body: &mut String, y: f64, row: &Row, reference: &Row) {
    let class = match row.host {
        Some(Host::Wasm) => "wasm",
        Some(Host::Native) => "native",
        None => "other",
    };
    let name = escaped(&row.name);
    let _ = writeln!(
        body,
        "<text x=\"{NAMES}\" y=\"{y}\" text-anchor=\"end\">{name}</text>"
    );
    let micros = format!("{:.1}", row.micros);
    bar(body, CPU, y, class, row.micros / reference.micros, &micros);
    if let (Some(count), Some(base)) = (row.instructions, reference.instructions) {
        let label = format!("{:.1} k", count / 1e3);
        bar(body, INSTRUCTIONS, y, class, count / base, &label);
    }
}

fn bar(body: &mut String, column: Column, y: f64, class: &str, ratio: f64, label: &str) {
    let width = column.width * ratio.min(LIMIT) / LIMIT;
    let top = y - BAR + 2.0;
    let left = column.left;
    let _ = writeln!(
        body,
        "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{width:.1}\" height=\"{BAR}\" rx=\"2\"/>"
    );
    let label = if ratio > LIMIT {
        format!("→ {label}")
    } else {
        label.to_owned()
    };
    text(body, (left + width + 6.0, y), "note", &label);
}

fn text(body: &mut String, (x, y): (f64, f64), class: &str, text: &str) {
    let text = escaped(text);
    let _ = writeln!(
        body,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y}\">{text}</text>"
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
