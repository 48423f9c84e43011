//! YAML that people write, good and bad.

use serde_json::{Value, json};

use super::*;

fn read(text: &str, dialect: Dialect) -> Vec<Value> {
    let documents = parse(text).unwrap().into_iter();
    documents
        .map(|document| document.read(dialect).to_json())
        .collect()
}

#[test]
fn scalars_have_types_unless_quoted() {
    let text = "a: on\nb: 'on'\nc: 10\nd: -1\ne: 10.0.0.1\nf: 2026-01-01T00:00:00Z\n\
                g: ~\nh: \"10\"\nk: |\n  x\n";
    let expected = json!({
        "a": true, "b": "on", "c": 10, "d": -1, "e": "10.0.0.1",
        "f": "2026-01-01T00:00:00Z", "g": null, "h": "10", "k": "x\n",
    });
    let tagged = "a: !!str on\n";
    assert_eq!(read(tagged, Dialect::Envoy), [json!({"a": true})]);
    assert_eq!(read(tagged, Dialect::Kubernetes), [json!({"a": "on"})]);
    for dialect in [Dialect::Envoy, Dialect::Kubernetes] {
        assert_eq!(read(text, dialect), std::slice::from_ref(&expected));
    }
}

#[test]
fn documents_anchors_and_flow_style() {
    let text = "---\na: &x [1, {b: c}]\nd: *x\n---\n# nothing\n---\n- 1\n";
    let first = json!({"a": [1, {"b": "c"}], "d": [1, {"b": "c"}]});
    assert_eq!(read(text, Dialect::Envoy), [first, json!([1])]);
}

#[test]
fn kubernetes_merges_keys() {
    let text = "a: &a {b: 1, c: 2}\nd: {<<: *a, b: 3}\n";
    let merged = json!({"a": {"b": 1, "c": 2}, "d": {"b": 3, "c": 2}});
    assert_eq!(read(text, Dialect::Kubernetes), [merged]);
    let kept = json!({"a": {"b": 1, "c": 2}, "d": {"<<": {"b": 1, "c": 2}, "b": 3}});
    assert_eq!(read(text, Dialect::Envoy), [kept]);
}

#[test]
fn a_block_says_where_its_lines_are() {
    let document = parse("# a\nv:\n  w: |\n\n    {\n  x: >\n   {\n")
        .unwrap()
        .remove(0);
    let node = document.read(Dialect::Envoy);
    let w = node.entry("v").unwrap().entry("w").unwrap();
    assert_eq!(w.position, Some(Position { line: 3, column: 3 }));
    let Content::Text(_, start) = w.content else {
        panic!("{w:?}");
    };
    assert_eq!(start, Some(Position { line: 4, column: 5 }));
}

#[test]
fn an_item_of_a_list_is_where_it_begins() {
    let text = "a:\n- filter: 1\n- {b: 1}\n- &x\n  c: 1\n- *x\n-\n  - \"d\" : 1\n- {}\n";
    let document = parse(text).unwrap().remove(0).read(Dialect::Envoy);
    let Content::List(items) = &document.entry("a").unwrap().content else {
        panic!("{document:?}");
    };
    let places = items.iter().map(|item| item.position.unwrap());
    let places: Vec<_> = places.map(|place| (place.line, place.column)).collect();
    assert_eq!(places, [(2, 3), (3, 3), (5, 3), (6, 3), (8, 3), (9, 3)]);
    let Content::List(inner) = &items[4].content else {
        panic!("{items:?}");
    };
    assert_eq!(inner[0].position, Some(Position { line: 8, column: 5 }));
    assert_eq!(document.position, Some(Position { line: 1, column: 1 }));
}

#[test]
fn faults_are_named_with_line_and_column() {
    for (text, error) in [
        ("a: [1", "not valid YAML: "),
        (
            "a: 1\na: 2\n",
            "the key \"a\" is there twice at line 2 column 1",
        ),
        ("a:\n\tb: 1\n", "tabs"),
        ("? [a]\n: b\n", "expected a key that is a string"),
    ] {
        let refused = parse(text).unwrap_err().problem;
        assert!(refused.contains(error), "{text} gave {refused}");
    }
    assert!(parse(&"[".repeat(1000)).is_err());
}

#[test]
fn brackets_and_what_is_in_them_may_stand_in_any_column() {
    let text =
        "a:\n  b: {\n  \"c\": [\n1\n],\n\t'd': \"e f\"}\n  g: |\n   }\n  h: {i: {\n}}\nj: 1\n";
    let document = parse(text).unwrap().remove(0).read(Dialect::Envoy);
    let expected = json!({"a": {"b": {"c": [1], "d": "e f"}, "g": "}\n", "h": {"i": {}}}, "j": 1});
    assert_eq!(document.to_json(), expected);
    let c = document.entry("a").unwrap().entry("b").unwrap().entry("c");
    assert_eq!(c.unwrap().position, Some(Position { line: 3, column: 3 }));
    let text = "a:\n  b: {\n}, c\n  d: 1\n";
    let fault = parse(text).unwrap_err();
    assert_eq!(fault.position.unwrap().line, 3, "{fault:?}");
    let many = format!("a: {{b: [\n{}[0]]}}\n", "1,\n[2],\n".repeat(50));
    assert!(parse(&many).is_ok());
}

#[test]
fn texts_in_quotes_may_go_on_in_any_column() {
    for quoted in ["\"e ] \\\" \\\n\n f\"", "'e '' }\n\n\"f'", "\"\n\""] {
        for open in [
            "a:\n    b: {c: ",
            "a:\n    b:\n      {\nx: 1, c: ",
            "a:\n    - c: ",
        ] {
            let close = if open.contains('{') {
                ",\nd: 1}"
            } else {
                "\n      d: 1"
            };
            let text = format!("{open}{quoted}{close}\nz: 1\n");
            let document = parse(&text).unwrap().remove(0).read(Dialect::Envoy);
            let all = text.lines().enumerate();
            let of = |key: &str| {
                let mut lines = all.clone();
                let found = lines.find_map(|(line, text)| Some((line + 1, text.find(key)? + 1)));
                found.unwrap()
            };
            let a = document.entry("a").unwrap();
            let inner = match &a.content {
                Content::List(items) => &items[0],
                _ => a.entry("b").unwrap(),
            };
            for (key, node) in [
                ("c: ", inner.entry("c").unwrap()),
                ("d: ", inner.entry("d").unwrap()),
                ("z: ", document.entry("z").unwrap()),
            ] {
                let place = node.position.unwrap();
                assert_eq!((place.line, place.column), of(key), "{key} of {text}");
            }
        }
    }
    assert!(parse("a:\n  b: \"c\nd: 1\n").is_err());
}

#[test]
fn aliases_cannot_grow_without_end() {
    let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..9 {
        let previous = format!("*a{}", level - 1);
        let list = [previous.as_str(); 10].join(",");
        text.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    assert!(
        parse(&text)
            .unwrap_err()
            .problem
            .contains("too many values")
    );
}
