//! What Envoy does with a request whose headers the filter has seen.

use maintenance_mode_core::filter::waiting::Progress;

/// Two of Envoy's `FilterHeadersStatus`. The ABI names but one that stops; that one holds the
/// headers alone where `allow_on_headers_stop_iteration` is set, and Envoy would then keep the
/// whole body, or refuse one that it cannot keep.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum Iteration {
    Continue = 0,
    /// The body is not read beyond what the buffers of a connection and a stream take.
    StopAllAndWatermark = 4,
}

impl From<Progress> for Iteration {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Continue => Self::Continue,
            Progress::Stop | Progress::Hold => Self::StopAllAndWatermark,
        }
    }
}
