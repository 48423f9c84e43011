//! What is wrong with a value, as a text: the path from there, and what was expected; empty if
//! nothing is.

use crate::ctl::admission::cel::{all, any, first_of, if_else, indented, not, text, texts};
use crate::ctl::admission::holds::{has, holds, keys};
use crate::ctl::admission::schema::Schema;

/// How many entries of a list are looked at.
pub(super) const MOST: usize = 256;

/// The numbers of those entries.
pub(super) const INDICES: &str = "variables.indices";

/// Which keys of objects are looked into.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keys<'k> {
    /// All.
    All,
    /// Those that have neither objects nor lists.
    Plain,
    /// This one alone, and nothing else of the object.
    Only(&'k str),
}

impl Keys<'_> {
    fn has(self, key: &str, schema: Schema) -> bool {
        match self {
            Self::All => true,
            Self::Plain => !is_nested(schema),
            Self::Only(only) => key == only,
        }
    }
}

/// Whether it is of an object or a list.
pub(super) fn is_nested(schema: Schema) -> bool {
    matches!(schema.kind(), Some("array" | "object"))
}

/// Writes the text for a value that is called `value`, and that lies at `path` from where the text
/// is put together. `depth` is that of loops.
#[derive(Clone, Copy, Debug)]
pub(super) struct FaultWriter<'f> {
    pub(super) path: &'f str,
    pub(super) depth: usize,
    pub(super) keys: Keys<'f>,
}

impl FaultWriter<'_> {
    /// The text of the faults of a value.
    pub(super) fn of(self, schema: Schema, value: &str) -> String {
        let alternatives = schema.resolved().list("anyOf");
        let object = alternatives.iter().find(|one| one.kind() == Some("object"));
        match (schema.kind(), object) {
            (Some("object"), _) => self.of_object(schema, value),
            (Some("array"), _) => self.of_list(schema, value),
            (None, Some(object)) => {
                let others = alternatives
                    .iter()
                    .filter(|one| one.kind() != Some("object"));
                let others = any(others.map(|one| holds(*one, value)).collect());
                let plain = if_else(&others, "''", &self.problem(&schema.expected_of_value()));
                let of_object = indented(&self.of_object(*object, value));
                if_else(
                    &format!("type({value}) == map"),
                    &format!("(\n{of_object}\n)"),
                    &plain,
                )
            }
            _ => if_else(
                &holds(schema, value),
                "''",
                &self.problem(&schema.expected_of_value()),
            ),
        }
    }

    fn problem(self, expected: &str) -> String {
        text(&format!("{}: {expected}", self.path))
    }

    fn of_object(self, schema: Schema, value: &str) -> String {
        let own = match self.keys {
            Keys::Only(_) => Vec::new(),
            _ => self.of_object_itself(schema, value),
        };
        let properties = schema.properties().into_iter();
        let chosen = properties.filter(|(key, schema)| self.keys.has(key, *schema));
        let mut values: Vec<String> = chosen
            .map(|(key, schema)| {
                let path = format!("{}.{key}", self.path);
                let below = FaultWriter {
                    path: &path,
                    keys: Keys::All,
                    ..self
                };
                let fault = below.of(schema, &format!("{value}.{key}"));
                let absent = format!("!{}", has(value, key));
                if_else(&absent, "''", &format!("(\n{}\n)", indented(&fault)))
            })
            .collect();
        for part in [Some(schema), schema.definition()].into_iter().flatten() {
            values.extend(self.of_others(part, value));
        }
        let values = first_of(values);
        own.iter().rfold(values, |rest, (condition, problem)| {
            if_else(condition, problem, &rest)
        })
    }

    /// Conditions of an object that make it faulty, and what they mean.
    fn of_object_itself(self, schema: Schema, value: &str) -> Vec<(String, String)> {
        let mut faults = vec![(
            format!("type({value}) != map"),
            self.problem("expected an object"),
        )];
        let known = schema.properties().into_iter().map(|(key, _)| key);
        let known = texts(known);
        let is_closed = schema.resolved().get("additionalProperties") == Some(&false.into());
        if is_closed {
            let unknown = format!("{value}.filter(k, !(k in {known}))");
            let path = text(&format!("{}.", self.path));
            faults.push((
                format!("!{value}.all(k, k in {known})"),
                format!("{path} + {unknown}[0] + ': unknown key'"),
            ));
        }
        for part in [schema.definition(), Some(schema)].into_iter().flatten() {
            faults.extend(self.of_keys(part, value));
        }
        faults
    }

    /// Which keys must be there, must not, or must be together.
    fn of_keys(self, schema: Schema, value: &str) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let quoted = |keys: Vec<&str>| format!("`{}`", keys.join("`, `"));
        if let Some(required) = schema.get("required") {
            for key in keys(required) {
                faults.push((
                    format!("!{}", has(value, key)),
                    self.problem(&format!("missing key `{key}`")),
                ));
            }
        }
        if let Some(dependent) = schema
            .get("dependentRequired")
            .and_then(|it| it.as_object())
        {
            for (key, needed) in dependent {
                let there = keys(needed).map(|key| has(value, key)).collect();
                let needed = quoted(keys(needed).collect());
                faults.push((
                    all(vec![has(value, key), not(&all(there))]),
                    self.problem(&format!("`{key}` needs {needed} beside it")),
                ));
            }
        }
        for (keyword, how_many) in [("anyOf", "at least one"), ("oneOf", "exactly one")] {
            let ways = schema.list(keyword);
            let named: Vec<&str> = ways
                .iter()
                .filter_map(|way| keys(way.get("required")?).next())
                .collect();
            if named.is_empty() {
                continue;
            }
            let there = ways.iter().map(|way| holds(*way, value));
            let holds = match keyword {
                "anyOf" => any(there.collect()),
                _ => format!(
                    "[{}].exists_one(it, it)",
                    there.collect::<Vec<_>>().join(", ")
                ),
            };
            let problem = format!("expected {how_many} of {}", quoted(named));
            faults.push((not(&holds), self.problem(&problem)));
        }
        if let Some(least) = schema.get("minProperties") {
            faults.push((
                format!("size({value}) < {least}"),
                self.problem("expected at least one key"),
            ));
        }
        faults
    }

    /// The values of keys that have no names here.
    fn of_others(self, schema: Schema, value: &str) -> Option<String> {
        let names = schema.schema("propertyNames");
        let values = schema
            .schema("additionalProperties")
            .filter(|schema| schema.keywords().next().is_some());
        if matches!(self.keys, Keys::Only(_)) || names.or(values).is_none() {
            return None;
        }
        let key = format!("k{}", self.depth);
        let below = FaultWriter {
            path: "",
            depth: self.depth + 1,
            keys: Keys::All,
        };
        let name = names.map(|names| below.of(names, &key));
        let entry = values.map(|values| below.of_constraint(values, &format!("{value}[{key}]")));
        let faults = first_of(
            name.into_iter()
                .chain(entry)
                .map(|it| format!("(\n{}\n)", indented(&it)))
                .collect(),
        );
        let path = text(&format!("{}.", self.path));
        Some(format!(
            "({value}.map({key}, [\n{}\n].map(f, f == '' ? '' : {path} + {key} + f)[0]).filter(f, f != '') + [''])[0]",
            indented(&faults)
        ))
    }

    /// What a value of another schema must be besides.
    fn of_constraint(self, schema: Schema, value: &str) -> String {
        match (schema.kind(), schema.get("minItems")) {
            (None, Some(least)) => if_else(
                &format!("type({value}) != list || size({value}) >= {least}"),
                "''",
                &self.problem("is empty"),
            ),
            _ => self.of(schema, value),
        }
    }

    fn of_list(self, schema: Schema, value: &str) -> String {
        let mut faults = vec![(
            format!("type({value}) != list"),
            self.problem("expected a list"),
        )];
        if let Some(least) = schema.resolved().get("minItems") {
            faults.push((format!("size({value}) < {least}"), self.problem("is empty")));
        }
        let items = schema.resolved().schema("items");
        let entries = items.map_or("''".to_owned(), |items| self.of_entries(items, value));
        faults.iter().rfold(entries, |rest, (condition, problem)| {
            if_else(condition, problem, &rest)
        })
    }

    fn of_entries(self, items: Schema, value: &str) -> String {
        let (entry, index) = (format!("e{}", self.depth), format!("i{}", self.depth));
        let below = FaultWriter {
            path: "",
            depth: self.depth + 1,
            ..self
        };
        let path = text(&format!("{}[", self.path));
        let first = format!(
            "(size({value}) <= {MOST} ? {value} : {INDICES}.map({index}, {value}[{index}]))"
        );
        let faults = indented(&below.of(items, &entry));
        format!(
            "[{first}.map({entry}, (\n{faults}\n))].map(l, l.all(f, f == '') ? '' : \
             {INDICES}.filter(i, i < size(l) && l[i] != '').map(i, {path} + string(i) + ']' + l[i])[0])[0]"
        )
    }
}

impl Schema<'_> {
    fn expected_of_value(self) -> String {
        format!("expected {}", self.expected())
    }
}
