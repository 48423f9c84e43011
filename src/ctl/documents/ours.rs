//! Which Wasm filters are this one.

use serde_json::Value;

/// Whether a name, or where the code comes from, says so.
pub(super) fn is_ours<'v>(names: impl IntoIterator<Item = Option<&'v Value>>) -> bool {
    names.into_iter().flatten().any(|name| {
        let name = name.to_string().to_ascii_lowercase();
        name.contains("maintenance")
    })
}
