//! The ground: texts that come from outside, and what they mean.

pub mod calendar;
pub mod date;
pub mod duration;
pub mod field;
pub mod header_lines;
pub mod hex;
pub mod html_document;
pub mod invalid;
pub mod json;
pub mod json_reader;
pub mod line;
pub mod nearest;
pub mod one_line;
pub mod path;
pub mod percent;
pub mod protobuf;
pub mod readings;
pub mod regex;
pub mod schedule;
pub mod schedule_field;
pub mod time_zone;
pub mod timestamp;
pub mod wire;
