//! A JSON Schema, and what fits it.

use jsonschema::{Registry, Validator};
use serde_json::Value;

/// A JSON Schema.
pub struct JsonSchema(Validator);

impl JsonSchema {
    /// Takes a schema, which must be one of 2020-12.
    pub fn new(schema: &Value) -> Self {
        let about = "https://json-schema.org/draft/2020-12/schema";
        assert_eq!(schema["$schema"], about);
        jsonschema::meta::validate(schema).unwrap();
        Self(jsonschema::validator_for(schema).unwrap())
    }

    /// Takes a schema that refers to others, which come with their addresses.
    pub fn with_others<const N: usize>(schema: &Value, others: [(String, Value); N]) -> Self {
        let mut registry = Registry::new();
        for (address, other) in others {
            registry = registry.add(address, other).unwrap();
        }
        let registry = registry.prepare().unwrap();
        let options = jsonschema::options().with_registry(&registry);
        Self(options.build(schema).unwrap())
    }

    /// The first thing that is wrong with a value.
    ///
    /// # Errors
    /// What is expected, and the place, as a JSON Pointer.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let checked = self.0.validate(value);
        checked.map_err(|error| format!("{}: {error}", error.instance_path()))
    }
}
