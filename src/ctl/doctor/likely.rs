//! What can be said of a condition without running Envoy.

/// Whether something holds for the filter's reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likely {
    No,
    /// It depends on the request, or on what is not read here.
    Maybe,
    Yes,
}

impl Likely {
    pub(super) fn inverted(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }

    pub(super) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        conditions.into_iter().min().unwrap_or(Self::Yes)
    }

    pub(super) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        conditions.into_iter().max().unwrap_or(Self::No)
    }
}

impl From<bool> for Likely {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}
