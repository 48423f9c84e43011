//! What a status tells, key by key.

use maintenance_mode_core::syntax::one_line::OneLine;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde_json::Value;

/// A status as JSON, of which anything may be missing or null.
#[derive(Clone, Copy)]
pub(super) struct Told<'v>(pub(super) &'v Value);

impl<'v> Told<'v> {
    pub(super) fn flag(self, key: &str) -> Option<bool> {
        self.0.get(key)?.as_bool()
    }

    pub(super) fn number(self, key: &str) -> Option<u64> {
        self.0.get(key)?.as_u64()
    }

    pub(super) fn text(self, key: &str) -> Option<OneLine<'v>> {
        self.0.get(key)?.as_str().map(OneLine)
    }

    pub(super) fn moment(self, key: &str) -> Option<Timestamp> {
        Timestamp::parse(self.0.get(key)?.as_str()?)
    }

    /// An object in it.
    pub(super) fn inner(self, key: &str) -> Option<Self> {
        self.0.get(key).filter(|inner| inner.is_object()).map(Self)
    }
}

/// Whether Envoy tells the last that it knows, for it has lost the store of its fleet.
pub(crate) fn is_store_lost(status: &Value) -> bool {
    Told(status).flag("store_connected") == Some(false)
}
