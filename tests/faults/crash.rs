//! A VM dies.
