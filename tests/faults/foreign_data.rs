//! Shared data holds what another version or another plugin has written.
