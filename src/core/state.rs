//! The state of a scope, and the flag that it makes.

pub mod change;
pub mod flag;
pub mod given;
pub mod hold;
pub mod ramp;
pub mod setting;
pub mod state;
