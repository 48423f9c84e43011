//! Envoy's access log filters, which also choose local replies.

use maintenance_mode_core::syntax::wire;

use crate::ctl::doctor::likely::Likely;
use crate::ctl::doctor::reply::Reply;
use crate::ctl::documents::spot::Spot;

/// Whether a filter holds for the reply.
pub(super) fn holds(filter: &Spot, reply: &Reply) -> Likely {
    let holds = |filter: &Spot| holds(filter, reply);
    if let Some(set) = filter.get("and_filter") {
        Likely::all(set.list("filters").iter().map(holds))
    } else if let Some(set) = filter.get("or_filter") {
        Likely::any(set.list("filters").iter().map(holds))
    } else if let Some(status) = filter.get("status_code_filter") {
        let comparison = status.get("comparison");
        comparison.map_or(Likely::Maybe, |comparison| compares(&comparison, reply))
    } else if let Some(expression) = filter.at(&["extension_filter", "typed_config", "expression"])
    {
        expression
            .text()
            .map_or(Likely::Maybe, |text| evaluate(text, reply))
    } else if filter.get("response_flag_filter").is_some() {
        // A filter's reply has no flag.
        Likely::No
    } else {
        Likely::Maybe
    }
}

fn compares(comparison: &Spot, reply: &Reply) -> Likely {
    let value = comparison.get("value");
    let Some(value) = value.and_then(|value| value.number_of("default_value")) else {
        return Likely::Maybe;
    };
    let operator = match comparison.text_of("op").unwrap_or("EQ") {
        "EQ" => "==",
        "GE" => ">=",
        "LE" => "<=",
        "NE" => "!=",
        _ => return Likely::Maybe,
    };
    are(f64::from(reply.status), operator, value)
}

/// Whether two values are as an operator has it.
fn are<V: PartialOrd>(one: V, operator: &str, other: V) -> Likely {
    match operator {
        "==" => (one == other).into(),
        "!=" => (one != other).into(),
        ">=" => (one >= other).into(),
        "<=" => (one <= other).into(),
        ">" => (one > other).into(),
        "<" => (one < other).into(),
        _ => Likely::Maybe,
    }
}

/// A CEL expression, as far as it is one of comparisons that are joined.
fn evaluate(expression: &str, reply: &Reply) -> Likely {
    if expression.contains(['(', '[', '?']) {
        return Likely::Maybe;
    }
    let all = |part: &str| Likely::all(part.split("&&").map(|term| term_holds(term, reply)));
    Likely::any(expression.split("||").map(all))
}

fn term_holds(term: &str, reply: &Reply) -> Likely {
    const OPERATORS: [&str; 6] = ["==", "!=", ">=", "<=", ">", "<"];
    let mut operators = OPERATORS.into_iter();
    let found = operators.find_map(|operator| Some((operator, term.split_once(operator)?)));
    let Some((operator, (name, value))) = found else {
        return Likely::Maybe;
    };
    let value = value.trim();
    match (name.trim(), operator, value.parse::<u16>()) {
        ("response.code_details", "==" | "!=", _) => {
            are(wire::BLOCKED, operator, value.trim_matches(['\'', '"']))
        }
        ("response.code", _, Ok(number)) => are(reply.status, operator, number),
        _ => Likely::Maybe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_far_as_they_are_plain() {
        for (expression, holds) in [
            ("response.code_details == 'maintenance_mode'", Likely::Yes),
            ("response.code_details != \"maintenance_mode\"", Likely::No),
            (
                "response.code >= 500 && response.code_details != 'maintenance_mode'",
                Likely::No,
            ),
            ("response.code >= 500", Likely::Yes),
            ("response.code == 404 || response.code == 503", Likely::Yes),
            ("request.path == '/x'", Likely::Maybe),
            ("request.path == '/x' && response.code == 404", Likely::No),
            ("!(response.code == 503)", Likely::Maybe),
        ] {
            assert_eq!(
                evaluate(expression, &Reply::unknown()),
                holds,
                "{expression}"
            );
        }
    }
}
