//! What is looked at by an expression of its own, so that each keeps within the API server's budget
//! for one.

use crate::ctl::admission::cel::{if_else, indented};
use crate::ctl::admission::fault_writer::{FaultWriter, Keys, is_nested};
use crate::ctl::admission::schema::Schema;

/// A part of configurations.
#[derive(Debug)]
pub(super) struct Part {
    /// What it is called.
    pub(super) name: String,
    /// The list of the faults that configurations have there, each with its path, in CEL.
    pub(super) faults: String,
}

/// Parts that are all of a configuration: what it has itself, each of its objects and lists, and of
/// the entries of those lists each object.
pub(super) fn parts(schema: Schema) -> Vec<Part> {
    let whole = Part::new("configuration", schema, Keys::Plain, None);
    let nested = schema
        .properties()
        .into_iter()
        .filter(|(_, schema)| is_nested(*schema));
    let nested = nested.flat_map(|(key, schema)| {
        let entry = schema.resolved().schema("items");
        let of_entry = entry.map(Schema::properties).into_iter().flatten();
        let objects = of_entry.filter(|(_, schema)| schema.kind() == Some("object"));
        let objects: Vec<Part> = objects
            .map(|(inner, _)| {
                Part::new(
                    &format!("{key}_{inner}"),
                    schema,
                    Keys::Only(inner),
                    Some(key),
                )
            })
            .collect();
        let rest = if objects.is_empty() {
            Keys::All
        } else {
            Keys::Plain
        };
        let own = Part::new(key, schema, rest, Some(key));
        std::iter::once(own).chain(objects)
    });
    std::iter::once(whole).chain(nested).collect()
}

impl Part {
    /// Of the value of a key, or of the whole.
    fn new(name: &str, schema: Schema, keys: Keys, key: Option<&str>) -> Self {
        let path = key.map_or_else(String::new, |key| format!(".{key}"));
        let faults = FaultWriter {
            path: &path,
            depth: 0,
            keys,
        };
        let faults = faults.of(schema, &format!("c[1]{path}"));
        let faults = match key {
            Some(key) => if_else(&format!("!has(c[1].{key})"), "''", &faults),
            None => faults,
        };
        Self {
            name: name.to_owned(),
            faults: format!(
                "variables.plugins.map(c, [\n{}\n].map(f, f == '' ? '' : c[0] + f)[0])",
                indented(&faults)
            ),
        }
    }
}
