//! The glue on an Envoy in memory, for what looks at each of its steps: Miri.
//! What the real Envoy does with it is tested in `tests`.

mod callbacks;
mod envoy;
mod hostile;
mod requests;
mod threads;
