//! Smaller cases with the same difference.

use serde_json::Value;

use super::{
    Difference, Outcomes, compare,
    reading::case::{Case, Given},
};

/// Takes away what the difference does not need, until nothing more can go.
pub fn smallest(mut case: Case, difference: &Difference) -> Case {
    let kind = difference.kind();
    let differs = |case: &Case| {
        let differences = compare(case, &mut Outcomes::new());
        differences.iter().any(|other| other.kind() == kind)
    };
    loop {
        let smaller = smaller(&case).into_iter().find(differs);
        match smaller {
            Some(smaller) => case = smaller,
            None => return case,
        }
    }
}

/// All cases with one thing less.
fn smaller(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    for at in 0..case.requests.len() {
        let mut one = case.clone();
        one.requests.remove(at);
        all.push(one);
    }
    for at in 0..case.calls.len() {
        let mut one = case.clone();
        one.calls.remove(at);
        all.push(one);
    }
    for configuration in smaller_json(&case.configuration) {
        all.push(Case {
            configuration,
            ..case.clone()
        });
    }
    for at in 0..case.requests.len() {
        for line in 0..case.requests[at].lines.len() {
            if !case.requests[at].lines[line].0.starts_with(':') {
                let mut one = case.clone();
                one.requests[at].lines.remove(line);
                all.push(one);
            }
        }
        let mut one = case.clone();
        one.requests[at]
            .attributes
            .retain(|(_, given)| *given == Given::Absent);
        if one.requests[at].attributes.len() < case.requests[at].attributes.len() {
            all.push(one);
        }
        if case.requests[at].route_action != Given::Absent {
            let mut one = case.clone();
            one.requests[at].route_action = Given::Absent;
            all.push(one);
        }
    }
    all
}

/// A value without one of its keys or elements, at any depth.
fn smaller_json(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(keys) => {
            for (key, inner) in keys {
                let mut without = keys.clone();
                without.remove(key);
                all.push(without.into());
                for smaller in smaller_json(inner) {
                    let mut with = keys.clone();
                    with.insert(key.clone(), smaller);
                    all.push(with.into());
                }
            }
        }
        Value::Array(elements) => {
            for at in 0..elements.len() {
                if elements.len() > 1 {
                    let mut without = elements.clone();
                    without.remove(at);
                    all.push(without.into());
                }
                for smaller in smaller_json(&elements[at]) {
                    let mut with = elements.clone();
                    with[at] = smaller;
                    all.push(with.into());
                }
            }
        }
        _ => {}
    }
    all
}
