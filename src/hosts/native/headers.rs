//! The headers of a request, which stay where Envoy has them.

use maintenance_mode_core::request::headers::Headers;

use crate::hosts::native::callbacks::Filter;

/// The headers of a request. What is read of one is valid until that one is changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestHeaders(pub(super) Filter);

impl Headers for RequestHeaders {
    fn values<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        (0..).map_while(move |index| self.0.header(name, index))
    }

    fn first(&self, name: &str) -> Option<&[u8]> {
        self.0.header(name, 0)
    }
}
