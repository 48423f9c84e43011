//! The imports, as arrows from file to file.

use std::{collections::HashMap, fmt};

use crate::sources::Source;

/// One file imports from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    pub from: String,
    pub to: String,
    /// What it names.
    pub name: String,
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {} → {} ({})", self.from, self.to, self.name)
    }
}

/// The arrows of a file. Every path counts that begins at the top of a crate of ours, or with
/// `super` or `self`, wherever it stands.
pub fn of(source: &Source, all: &[Source]) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for path in paths(source.code()) {
        let Some(to) = resolve(&source.path, &path, all) else {
            continue;
        };
        let arrow = Arrow {
            from: source.path.clone(),
            to,
            name: path.join("::"),
        };
        if arrow.to != arrow.from && !arrows.contains(&arrow) {
            arrows.push(arrow);
        }
    }
    arrows
}

/// The paths in a text, those of trees in braces one by one.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let code: String = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    for begin in ["crate::", "super::", "self::", "maintenance_mode_core::"] {
        for (at, _) in code.match_indices(begin) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| is_name(c) || c == ':' || c == '$') {
                continue;
            }
            tree(&code[at..], &mut Vec::new(), &mut found);
        }
    }
    found
}

/// Reads `a::b::{c, d::e}`; what follows it is left.
fn tree<'t>(text: &'t str, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> &'t str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        while let Some((first, _)) = rest.trim_start().split_at_checked(1)
            && first != "}"
        {
            let after = tree(rest, &mut prefix.clone(), found).trim_start();
            rest = after.strip_prefix(',').unwrap_or(after);
            if after == rest && !rest.starts_with('}') {
                break;
            }
        }
        return rest.trim_start().strip_prefix('}').unwrap_or(rest);
    }
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    prefix.push(name.to_owned());
    match rest.strip_prefix("::") {
        Some(rest) => tree(rest, prefix, found),
        None => {
            found.push(prefix.clone());
            let rest = rest.trim_start();
            match rest.strip_prefix("as ") {
                Some(alias) => alias.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'),
                None => rest,
            }
        }
    }
}

/// The file of the longest part of a path that is a module.
fn resolve(from: &str, path: &[String], all: &[Source]) -> Option<String> {
    let top = if from.starts_with("src/core/") {
        "src/core"
    } else {
        "src"
    };
    let mut folder = match path.first()?.as_str() {
        "crate" => top.to_owned(),
        "maintenance_mode_core" => "src/core".to_owned(),
        "self" => from.strip_suffix(".rs")?.to_owned(),
        _ => parent(from)?,
    };
    let mut rest = &path[1..];
    while rest.first().is_some_and(|name| name == "super") {
        folder = folder.rsplit_once('/')?.0.to_owned();
        rest = &rest[1..];
    }
    let mut file = None;
    for name in rest {
        folder = format!("{folder}/{name}");
        let candidate = format!("{folder}.rs");
        match all.iter().any(|source| source.path == candidate) {
            true => file = Some(candidate),
            false => break,
        }
    }
    file
}

/// The module around a file: the folder that it lies in.
fn parent(file: &str) -> Option<String> {
    Some(file.rsplit_once('/')?.0.to_owned())
}

/// Arrows that lead back to where they begin, if there are any.
pub fn circle(arrows: &[Arrow]) -> Option<Vec<Arrow>> {
    let mut from: HashMap<&str, Vec<&Arrow>> = HashMap::new();
    for arrow in arrows {
        from.entry(&arrow.from).or_default().push(arrow);
    }
    let mut done: Vec<&str> = Vec::new();
    let mut files: Vec<&str> = from.keys().copied().collect();
    files.sort_unstable();
    files
        .into_iter()
        .find_map(|file| walk(file, &from, &mut Vec::new(), &mut done))
}

fn walk<'a>(
    file: &'a str,
    from: &HashMap<&'a str, Vec<&'a Arrow>>,
    way: &mut Vec<&'a Arrow>,
    done: &mut Vec<&'a str>,
) -> Option<Vec<Arrow>> {
    if let Some(begin) = way.iter().position(|arrow| arrow.from == file) {
        return Some(way[begin..].iter().map(|&arrow| arrow.clone()).collect());
    }
    if done.contains(&file) {
        return None;
    }
    for arrow in from.get(file).into_iter().flatten() {
        way.push(arrow);
        let found = walk(&arrow.to, from, way, done);
        way.pop();
        if found.is_some() {
            return found;
        }
    }
    done.push(file);
    None
}

#[test]
fn a_tree_is_read_path_by_path() {
    let names = |code: &str| -> Vec<String> { paths(code).iter().map(|p| p.join("::")).collect() };
    assert_eq!(
        names("use crate::{\n    a::{self, B as C},\n    d::E,\n};\nlet x = crate::f::g();"),
        [
            "crate::a::self",
            "crate::a::B",
            "crate::d::E",
            "crate::f::g"
        ]
    );
    assert_eq!(names("// crate::a::B\n$crate::a::B my_crate::x"), [""; 0]);
}

#[test]
fn a_circle_is_found_and_a_way_down_is_none() {
    let arrow = |from: &str, to: &str| Arrow {
        from: from.to_owned(),
        to: to.to_owned(),
        name: String::new(),
    };
    let down = [arrow("a", "b"), arrow("b", "c"), arrow("a", "c")];
    assert_eq!(circle(&down), None);
    let round = [&down[..], &[arrow("c", "b")]].concat();
    assert_eq!(circle(&round).unwrap().len(), 2);
}
