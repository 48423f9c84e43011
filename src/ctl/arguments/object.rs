//! An object in a cluster that has the configuration of a filter.

use std::fmt;

/// Which object, and how kubectl gets to it.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) name: ObjectName,
    pub(crate) namespace: Option<String>,
    pub(crate) context: Option<String>,
    /// How long a call may take, in seconds.
    pub(crate) timeout: u64,
}

/// Kind and name of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectName {
    kind: &'static ApiResource,
    name: String,
}

/// A kind of resource whose objects configure filters.
#[derive(Debug, PartialEq, Eq)]
struct ApiResource {
    /// In lower case, which is also the singular.
    name: &'static str,
    plural: &'static str,
    short: Option<&'static str>,
    group: &'static str,
}

static RESOURCES: [ApiResource; 3] = [
    ApiResource {
        name: "trafficextension",
        plural: "trafficextensions",
        short: None,
        group: "extensions.istio.io",
    },
    ApiResource {
        name: "wasmplugin",
        plural: "wasmplugins",
        short: None,
        group: "extensions.istio.io",
    },
    ApiResource {
        name: "envoyextensionpolicy",
        plural: "envoyextensionpolicies",
        short: Some("eep"),
        group: "gateway.envoyproxy.io",
    },
];

const EXPECTED: &str = "expected KIND/NAME, of the kind trafficextension, wasmplugin or \
                        envoyextensionpolicy";
const LONGEST_NAME: usize = 253;

impl ObjectName {
    /// Reads what kubectl would take as well.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let (kind, name) = text.split_once('/').ok_or(EXPECTED)?;
        let kind = kind.to_ascii_lowercase();
        let kind = RESOURCES.iter().find(|known| known.is_meant_by(&kind));
        let is_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
        let fits = (1..=LONGEST_NAME).contains(&name.len()) && !name.starts_with(['-', '.']);
        match kind {
            Some(kind) if fits && name.bytes().all(is_name) => Ok(Self {
                kind,
                name: name.to_owned(),
            }),
            _ => Err(EXPECTED),
        }
    }

    /// As it cannot mean a resource of anybody else.
    pub(crate) fn qualified(&self) -> String {
        let ApiResource { plural, group, .. } = self.kind;
        format!("{plural}.{group}/{}", self.name)
    }
}

/// For people.
impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name, self.name)
    }
}

impl ApiResource {
    /// Whether a text, in lower case, is one of its names, with or without its group, and its
    /// version before that.
    fn is_meant_by(&self, text: &str) -> bool {
        let (name, group) = text.split_once('.').unwrap_or((text, self.group));
        let is_version = |version: &str| {
            let number = version.strip_prefix('v').unwrap_or_default();
            number.starts_with(|digit: char| digit.is_ascii_digit()) && !number.contains('.')
        };
        let version = group.strip_suffix(self.group);
        let is_of_group = version.is_some_and(|version| {
            version.is_empty() || version.strip_suffix('.').is_some_and(is_version)
        });
        is_of_group && (name == self.name || name == self.plural || Some(name) == self.short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_as_for_kubectl() {
        for (text, qualified) in [
            ("wasmplugin/a", "wasmplugins.extensions.istio.io/a"),
            ("wasmplugins/a-1.b", "wasmplugins.extensions.istio.io/a-1.b"),
            ("WasmPlugin/a", "wasmplugins.extensions.istio.io/a"),
            (
                "wasmplugins.extensions.istio.io/a",
                "wasmplugins.extensions.istio.io/a",
            ),
            (
                "trafficextension.v1alpha1.extensions.istio.io/a",
                "trafficextensions.extensions.istio.io/a",
            ),
            (
                "TrafficExtension/a",
                "trafficextensions.extensions.istio.io/a",
            ),
            (
                "EnvoyExtensionPolicies.gateway.envoyproxy.io/a",
                "envoyextensionpolicies.gateway.envoyproxy.io/a",
            ),
            ("eep/a", "envoyextensionpolicies.gateway.envoyproxy.io/a"),
        ] {
            assert_eq!(ObjectName::parse(text).unwrap().qualified(), qualified);
        }
    }

    #[test]
    fn what_is_another_thing_is_refused_with_the_kinds() {
        for text in [
            "",
            "a",
            "wasmplugin",
            "wasmplugin/",
            "wasmplugin/-a",
            "wasmplugin/a/b",
            "wasmplugin/A",
            "wasmplugin/a b",
            "pod/a",
            "envoyfilter/a",
            "wasmplugin.extensions.higress.io/a",
            "wasmplugin.x.extensions.istio.io/a",
            "wasmplugin.xextensions.istio.io/a",
            "/a",
        ] {
            assert_eq!(ObjectName::parse(text), Err(EXPECTED), "{text}");
        }
    }
}
