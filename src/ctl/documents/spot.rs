//! A place in a document, and what is there.

use std::iter;
use std::rc::Rc;

use maintenance_mode_core::syntax::invalid::Step;

use crate::ctl::documents::document::Document;
use crate::ctl::documents::node::{Content, Node, Position, path};

/// A value, and the way to it.
#[derive(Clone, Debug)]
pub(crate) struct Spot<'d> {
    document: &'d Document,
    way: Option<Rc<Way<'d>>>,
    node: &'d Node,
}

/// The last step, and the way to it.
#[derive(Debug)]
struct Way<'d> {
    hop: Hop<'d>,
    before: Option<Rc<Way<'d>>>,
}

#[derive(Clone, Copy, Debug)]
enum Hop<'d> {
    Key(&'d str),
    Index(usize),
}

/// Where a spot is, for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) path: String,
    pub(crate) position: Option<Position>,
}

impl<'d> Spot<'d> {
    pub(crate) fn root(document: &'d Document) -> Self {
        Self {
            document,
            way: None,
            node: &document.root,
        }
    }

    pub(crate) fn node(&self) -> &'d Node {
        self.node
    }

    pub(crate) fn file(&self) -> &'d str {
        &self.document.file
    }

    pub(crate) fn place(&self) -> Place {
        self.place_of(&[])
    }

    /// The place of a value below, or of the nearest around it that is there.
    pub(crate) fn place_of(&self, below: &[Step]) -> Place {
        let steps = [&self.steps(), below].concat();
        let mut nearest = self.node;
        let mut below = below.iter();
        while let Some(child) = below.next().and_then(|step| nearest.child(step)) {
            nearest = child;
        }
        let (part, path) = (&self.document.part, path(&steps));
        let joint = if part.is_empty() || path.is_empty() {
            ""
        } else {
            ": "
        };
        Place {
            file: self.document.file.clone(),
            path: format!("{part}{joint}{path}"),
            position: nearest.position,
        }
    }

    /// The way from the root as a JSON pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
    pub(crate) fn pointer(&self) -> String {
        let steps = self.steps().into_iter().map(|step| match step {
            Step::Key(key) => escaped(&key),
            Step::Index(index) => index.to_string(),
        });
        steps.map(|step| format!("/{step}")).collect()
    }

    /// The entry of a key, which Protobuf's JSON takes in snake and in camel case.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let entry = |key: &str| {
            let (key, node) = self.node.named_entry(key)?;
            Some(self.below(Hop::Key(key), node))
        };
        entry(key).or_else(|| entry(&camel_case(key)))
    }

    /// The entry of a key, or else this itself.
    pub(crate) fn get_or_self(&self, key: &str) -> Self {
        self.get(key).unwrap_or_else(|| self.clone())
    }

    /// The entry of the first of these keys that is there.
    pub(crate) fn get_any(&self, keys: &[&str]) -> Option<Self> {
        keys.iter().find_map(|key| self.get(key))
    }

    /// What a way of keys leads to.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<Self> {
        keys.iter()
            .try_fold(self.clone(), |spot, key| spot.get(key))
    }

    /// The elements of a list.
    pub(crate) fn items(&self) -> Vec<Self> {
        match &self.node.content {
            Content::List(items) => (items.iter().enumerate())
                .map(|(index, node)| self.below(Hop::Index(index), node))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The elements of a list that may be there.
    pub(crate) fn list(&self, key: &str) -> Vec<Self> {
        self.list_at(&[key])
    }

    /// The same of what a way of keys leads to.
    pub(crate) fn list_at(&self, keys: &[&str]) -> Vec<Self> {
        self.at(keys).map(|list| list.items()).unwrap_or_default()
    }

    /// The texts in a list.
    pub(crate) fn texts(&self, key: &str) -> Vec<&'d str> {
        self.list(key).iter().filter_map(Self::text).collect()
    }

    /// The entries of an object.
    pub(crate) fn entries(&self) -> Vec<(&'d str, Self)> {
        match &self.node.content {
            Content::Map(entries) => (entries.iter())
                .map(|(key, node)| (key.as_str(), self.below(Hop::Key(key), node)))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The entries of an object that a way of keys leads to, if there is one.
    pub(crate) fn entries_at(&self, keys: &[&str]) -> Vec<(&'d str, Self)> {
        self.at(keys).map(|map| map.entries()).unwrap_or_default()
    }

    /// The elements, or the values of the entries.
    pub(crate) fn children(&self) -> Vec<Self> {
        let entries = self.entries().into_iter().map(|(_, child)| child);
        entries.chain(self.items()).collect()
    }

    /// This and all that lies below it, from the outside in.
    pub(crate) fn all(&self) -> Vec<Self> {
        let below = self.children().into_iter().flat_map(|child| child.all());
        iter::once(self.clone()).chain(below).collect()
    }

    pub(crate) fn text(&self) -> Option<&'d str> {
        match &self.node.content {
            Content::Text(text, _) => Some(text),
            _ => None,
        }
    }

    /// The text of an entry.
    pub(crate) fn text_of(&self, key: &str) -> Option<&'d str> {
        self.get(key)?.text()
    }

    /// The text that a way of keys leads to.
    pub(crate) fn text_at(&self, keys: &[&str]) -> Option<&'d str> {
        self.at(keys)?.text()
    }

    /// The boolean of an entry.
    pub(crate) fn bool_of(&self, key: &str) -> Option<bool> {
        match self.get(key)?.node.content {
            Content::Bool(bit) => Some(bit),
            _ => None,
        }
    }

    /// The number of an entry, which Protobuf's JSON takes as a text, too.
    pub(crate) fn number_of(&self, key: &str) -> Option<f64> {
        match &self.get(key)?.node.content {
            Content::Number(number) => number.as_f64(),
            Content::Text(text, _) => text.parse().ok(),
            _ => None,
        }
    }

    /// The same as a port, or a status.
    pub(crate) fn u16_of(&self, key: &str) -> Option<u16> {
        self.number_of(key).map(|number| number as u16)
    }

    pub(crate) fn is_null(&self) -> bool {
        self.node.content == Content::Null
    }

    /// The name of a manifest.
    pub(crate) fn name(&self) -> &'d str {
        self.text_at(&["metadata", "name"]).unwrap_or_default()
    }

    /// The name of the type in `@type`, behind the last `/` of its URL.
    pub(crate) fn type_name(&self) -> Option<&'d str> {
        self.type_in("@type")
    }

    pub(crate) fn type_in(&self, key: &str) -> Option<&'d str> {
        let url = self.text_of(key)?;
        Some(url.rsplit_once('/').map_or(url, |(_, name)| name))
    }

    fn below(&self, hop: Hop<'d>, node: &'d Node) -> Self {
        Self {
            document: self.document,
            way: Some(Rc::new(Way {
                hop,
                before: self.way.clone(),
            })),
            node,
        }
    }

    /// The way from the root.
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut way = self.way.as_deref();
        while let Some(Way { hop, before }) = way {
            steps.push(match hop {
                Hop::Key(key) => Step::Key((*key).into()),
                Hop::Index(index) => Step::Index(*index),
            });
            way = before.as_deref();
        }
        steps.reverse();
        steps
    }
}

/// A key in a JSON pointer.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn camel_case(key: &str) -> String {
    let mut words = key.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let (initial, rest) = word.split_at_checked(1).unwrap_or_default();
        name.push_str(&initial.to_ascii_uppercase());
        name.push_str(rest);
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctl::documents::document::documents;

    #[test]
    fn a_spot_is_found_in_either_case_and_knows_its_place() {
        let text = "static_resources:\n  listeners:\n  - filterChains: [{name: x}]\n";
        let documents = documents("f.yaml", text).unwrap();
        let root = Spot::root(&documents[0]);
        let listener = root
            .at(&["static_resources"])
            .unwrap()
            .list("listeners")
            .remove(0);
        let chain = listener.list("filter_chains").remove(0);
        assert_eq!(chain.text_of("name"), Some("x"));
        let place = chain.get("name").unwrap().place();
        let path = "static_resources.listeners[0].filterChains[0].name";
        assert_eq!((&*place.file, &*place.path), ("f.yaml", path));
        assert_eq!(
            place.position,
            Some(Position {
                line: 3,
                column: 21
            })
        );
        assert_eq!(
            chain.pointer(),
            "/static_resources/listeners/0/filterChains/0"
        );
        let missing = chain.place_of(&[Step::Key("filters".into())]);
        assert_eq!(
            missing.position,
            Some(Position {
                line: 3,
                column: 20
            })
        );
        assert_eq!(camel_case("http2_protocol_options"), "http2ProtocolOptions");
    }
}
