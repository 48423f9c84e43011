//! A JSON patch ([RFC 6902](https://www.rfc-editor.org/rfc/rfc6902)) of what differs.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::ctl::documents::spot::escaped;

/// What makes one configuration of another, of an object in a version.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Patch(Vec<Value>);

impl Patch {
    /// The patch of a configuration at a place; none may be there before.
    pub(super) fn between(
        version: &str,
        place: &str,
        before: Option<&Map<String, Value>>,
        after: &Map<String, Value>,
    ) -> Self {
        let mut operations = Vec::new();
        match before {
            Some(before) => objects(place, before, after, &mut operations),
            None if after.is_empty() => {}
            None => operations.push(json!({"op": "add", "path": place, "value": after})),
        }
        if !operations.is_empty() {
            let path = "/metadata/resourceVersion";
            let test = json!({"op": "test", "path": path, "value": version});
            operations.insert(0, test);
        }
        Self(operations)
    }

    /// Whether nothing differs.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Value::from(self.0.clone()))
    }
}

fn objects(
    place: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    operations: &mut Vec<Value>,
) {
    let keys = before
        .keys()
        .chain(after.keys().filter(|key| !before.contains_key(*key)));
    for key in keys {
        let path = format!("{place}/{}", escaped(key));
        match (before.get(key), after.get(key)) {
            (Some(before), Some(after)) if before == after => {}
            (Some(Value::Array(before)), Some(Value::Array(after))) => {
                lists(&path, before, after, operations);
            }
            (Some(_), Some(after)) => {
                operations.push(json!({"op": "replace", "path": path, "value": after}));
            }
            (_, Some(after)) => operations.push(json!({"op": "add", "path": path, "value": after})),
            (_, None) => operations.push(json!({"op": "remove", "path": path})),
        }
    }
}

/// What lies between what both begin and end with.
fn lists(place: &str, before: &[Value], after: &[Value], operations: &mut Vec<Value>) {
    let is_same = |(one, other): &(&Value, &Value)| one == other;
    let begin = before.iter().zip(after).take_while(is_same).count();
    let left = before.len().min(after.len()) - begin;
    let ends = before.iter().rev().zip(after.iter().rev());
    let end = ends.take(left).take_while(is_same).count();
    let (old, new) = (before.len() - end, after.len() - end);
    for index in (new..old).rev() {
        operations.push(json!({"op": "remove", "path": format!("{place}/{index}")}));
    }
    for (index, value) in after.iter().enumerate().take(new).skip(begin) {
        let path = format!("{place}/{index}");
        match before.get(index).filter(|_| index < old) {
            Some(same) if same == value => {}
            Some(_) => operations.push(json!({"op": "replace", "path": path, "value": value})),
            None => operations.push(json!({"op": "add", "path": path, "value": value})),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// The operations behind the test of the version.
    fn between(before: Value, after: &Value) -> Vec<Value> {
        let patch = Patch::between(
            "7",
            "/spec",
            Some(&object(before.clone())),
            &object(after.clone()),
        );
        let mut patched = json!({"metadata": {"resourceVersion": "7"}, "spec": before});
        let operations: json_patch::Patch = serde_json::from_str(&patch.to_string()).unwrap();
        json_patch::patch(&mut patched, &operations).unwrap();
        assert_eq!(&patched["spec"], after);
        patch.0.into_iter().skip(1).collect()
    }

    #[test]
    fn only_what_differs_is_patched() {
        let before = json!({"a/b": 1, "c": [], "d": 2});
        assert!(between(before.clone(), &before).is_empty());
        assert_eq!(
            between(before, &json!({"a/b": 2, "c": [], "e": 3})),
            [
                json!({"op": "replace", "path": "/spec/a~1b", "value": 2}),
                json!({"op": "remove", "path": "/spec/d"}),
                json!({"op": "add", "path": "/spec/e", "value": 3}),
            ]
        );
    }

    #[test]
    fn of_a_list_what_is_the_same_stays() {
        let list = |items: &[u8]| json!({ "l": items });
        for (before, after, expected) in [
            (&[1, 2][..], &[1, 2, 3][..], &[("add", 2)][..]),
            (&[1, 2, 3], &[1, 3], &[("remove", 1)]),
            (&[1, 2, 3], &[1, 4, 3], &[("replace", 1)]),
            (&[2, 1, 2], &[3, 1], &[("remove", 2), ("replace", 0)]),
            (&[1, 3], &[1, 2, 3], &[("add", 1)]),
            (&[1, 1], &[1], &[("remove", 1)]),
            (&[1], &[1, 1], &[("add", 1)]),
            (&[1, 2], &[2], &[("remove", 0)]),
            (&[1, 2], &[], &[("remove", 1), ("remove", 0)]),
        ] {
            let expected = expected
                .iter()
                .map(|(op, index)| (*op, format!("/spec/l/{index}")));
            let operations = between(list(before), &list(after));
            let found = operations.iter().map(|operation| {
                let path = operation["path"].as_str().unwrap().to_owned();
                (operation["op"].as_str().unwrap(), path)
            });
            assert!(found.eq(expected), "{before:?} {after:?} {operations:?}");
        }
    }

    #[test]
    fn a_configuration_that_is_not_there_is_added() {
        let after = object(json!({"mode": "on"}));
        let patch = Patch::between("7", "/spec/config", None, &after);
        assert_eq!(
            patch.0[1],
            json!({"op": "add", "path": "/spec/config", "value": after})
        );
        assert_eq!(patch.0[0]["value"], "7");
        assert!(Patch::between("7", "/spec/config", None, &Map::new()).is_empty());
    }
}
