//! `schema`: what a configuration may be.

use maintenance_mode_core::config::schema;

use crate::ctl::admission::manifest::manifest;
use crate::ctl::arguments::schema::SchemaArgs;
use crate::ctl::process::console::say;
use crate::ctl::process::exit::Exit;

pub(crate) fn schema(options: &SchemaArgs) -> Exit {
    let schema = schema::schema();
    say(&match options.admission_policy {
        true => manifest(&schema),
        false => format!("{schema:#}"),
    });
    Exit::SUCCESS
}
